"""How sessions of /v1/realtime begin, are refused, and end."""

import asyncio

import pytest
from websockets import ConnectionClosed, InvalidStatus
from websockets.asyncio.client import connect

from .realtime_server import KEY, RunningServer, broken

pytestmark = pytest.mark.usefixtures("loud_is_speech")


def dial(server, **headers):
    return connect(
        f"ws://127.0.0.1:{server.port}/v1/realtime",
        additional_headers={"Authorization": f"Bearer {KEY}", **headers},
    )


async def closed(socket):
    with pytest.raises(ConnectionClosed):
        async with asyncio.timeout(10):
            while True:
                await socket.recv()
    return socket.close_code, socket.close_reason


async def test_the_server_ends():
    async with RunningServer([]).running() as server, dial(server) as socket:
        await socket.recv()
        await server.sessions.drain(1.0)
        assert (await closed(socket))[0] == 1012


async def test_one_more_than_there_may_be_is_refused_before_the_upgrade():
    async with RunningServer([], sessions=1).running() as server, dial(server) as socket:
        await socket.recv()
        with pytest.raises(InvalidStatus) as refused:
            await dial(server)
        assert refused.value.response.status_code == 429


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
async def test_pages_of_others_are_refused(headers):
    async with RunningServer([]).running() as server:
        with pytest.raises(InvalidStatus) as refused:
            await dial(server, **headers)
        assert refused.value.response.status_code in (400, 403)


async def test_a_conversation_that_cannot_begin_says_why():
    running = RunningServer([])
    running.fails = broken()
    async with running.running() as server, dial(server) as socket:
        assert "It broke." in str(await socket.recv())
        assert (await closed(socket))[0] == 1011


async def test_nobody_talks():
    async with RunningServer([], idle_s=0.2).running() as server, dial(server) as socket:
        assert await closed(socket) == (1000, "nobody has talked for long")


async def test_whoever_leaves_leaves_nothing_behind():
    async with RunningServer([]).running() as server:
        for _ in range(5):
            async with dial(server) as socket:
                await socket.recv()
        await server.sessions.drain(5.0)
        assert server.sessions.states() == []
        assert all(conversation.state.phase == "idle" for conversation in server.conversations)
