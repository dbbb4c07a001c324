"""Who gets in, and what everybody else is told before anything begins."""

import asyncio
import socket
from http import HTTPStatus

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from voicegui.server.guard import Access, is_local_address, is_own_host, is_own_origin, presented_keys, same_key
from voicegui.server.limits import ServerLimits

from .running import KEY, PATIENCE_S, Stages, running


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8990", "localhost", "localhost:1", "LOCALHOST:80", "[::1]:8990", "192.168.1.20:8990", "10.0.0.1",
     "box.local", "box.local:8990", "voice.localhost", "[fe80::1]:1", "named.example:9"],
)  # fmt: skip
def test_these_names_cannot_be_rebound_or_were_named(host: str) -> None:
    assert is_own_host(host, ["named.example"])


@pytest.mark.parametrize(
    "host",
    ["", " ", "evil.example", "evil.example:8990", "localhost.evil.example", "127.0.0.1.evil.example", "local",
     "evil.local.example", "named.example.evil", "a@localhost", "localhost@evil.example", "127.0.0.1 evil", "[::1",
     "localhost:port", "localhost:99999999", "localhost/evil", "//localhost", "xn--localhost", "localhost\t",
     "2130706433.example", "0x7f.1"],
)  # fmt: skip
def test_all_other_names_are_refused(host: str) -> None:
    assert not is_own_host(host, ["named.example"])


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        (None, "127.0.0.1:8990", True),
        ("http://127.0.0.1:8990", "127.0.0.1:8990", True),
        ("https://box.local:8990", "box.local:8990", True),
        ("HTTP://LOCALHOST:8990", "localhost:8990", True),
        ("https://friend.example", "127.0.0.1:8990", True),
        ("null", "127.0.0.1:8990", False),
        ("", "127.0.0.1:8990", False),
        ("http://127.0.0.1:8991", "127.0.0.1:8990", False),
        ("http://localhost:8990", "127.0.0.1:8990", False),
        ("http://evil.example", "127.0.0.1:8990", False),
        ("https://friend.example.evil", "127.0.0.1:8990", False),
        ("https://friend.example:444", "127.0.0.1:8990", False),
        ("file://", "127.0.0.1:8990", False),
        ("chrome-extension://abc", "127.0.0.1:8990", False),
        ("http://127.0.0.1:8990@evil.example", "127.0.0.1:8990", False),
        ("http://[", "127.0.0.1:8990", False),
        ("http://127.0.0.1:8990/x", "127.0.0.1:8990", False),
    ],
)
def test_pages_of_others_may_not_ask(origin: str | None, host: str, *, allowed: bool) -> None:
    assert is_own_origin(origin, host, ["https://friend.example"]) is allowed


@pytest.mark.parametrize(
    ("headers", "keys"),
    [
        ({"authorization": "Bearer abc"}, ["abc"]),
        ({"authorization": "bearer  abc "}, ["abc"]),
        ({"authorization": "Basic abc"}, []),
        ({"authorization": "Bearer"}, []),
        ({"authorization": "Bearer "}, []),
        ({"sec-websocket-protocol": "realtime, openai-insecure-api-key.abc"}, ["abc"]),
        ({"sec-websocket-protocol": "voicegui-key.abc,voicegui"}, ["abc"]),
        ({"cookie": "a=b; voicegui_key=abc"}, ["abc"]),
        ({"cookie": "\x00;;=;voicegui_key"}, []),
        ({"x-api-key": "abc"}, []),
        ({"authorization": "Bearer one", "sec-websocket-protocol": "voicegui-key.two"}, ["one", "two"]),
    ],
)
def test_where_a_key_may_stand(headers: dict[str, str], keys: list[str]) -> None:
    assert presented_keys(headers) == keys


def test_keys_are_compared_whole() -> None:
    assert same_key(KEY, KEY) and not same_key(KEY[:-1], KEY) and not same_key("ключ", KEY) and not same_key("", KEY)
    assert is_local_address("127.0.0.1") and is_local_address("::1") and is_local_address("localhost")
    assert not is_local_address("0.0.0.0") and not is_local_address("192.168.1.2") and not is_local_address("example")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, "missing_key"),
        ({"Authorization": "Bearer wrong"}, 401, "wrong_key"),
        ({"Authorization": f"Bearer {KEY}x"}, 401, "wrong_key"),
        ({"Authorization": f"Bearer {KEY}", "Host": "evil.example"}, 403, "host_not_allowed"),
        ({"Authorization": f"Bearer {KEY}", "Origin": "http://evil.example"}, 403, "origin_not_allowed"),
        ({"Origin": "http://evil.example"}, 403, "origin_not_allowed"),
    ],
)
async def test_it_is_refused_before_the_upgrade_and_on_every_route(
    headers: dict[str, str], status: int, code: str
) -> None:
    async with running() as server, httpx2.AsyncClient() as web:
        for path in ("/voice", "/", "/v1/anything", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd"):
            answer = await web.get(server.web + path, headers=headers)
            assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
            assert KEY not in answer.text
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://127.0.0.1:{server.port}/voice", additional_headers=headers):
                pass
        # A client that sets its own Host header sends two: the first one counts for it
        assert refused.value.response.status_code in (status, 400)
    assert server.stages.opened == []


async def test_health_needs_no_key_and_tells_nothing() -> None:
    async with running() as server, httpx2.AsyncClient() as web:
        answer = await web.get(server.web + "/healthz")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"}) and "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers
        assert (await web.get(server.web + "/healthz", headers={"Host": "evil.example"})).status_code == 403


async def test_a_browser_names_its_key_as_a_subprotocol_which_is_never_answered() -> None:
    async with running() as server:
        url = f"ws://127.0.0.1:{server.port}/voice?mode=push_to_talk"
        async with connect(url, subprotocols=[f"voicegui-key.{KEY}", "voicegui"]) as client:  # type: ignore[list-item]
            assert client.subprotocol in (None, "voicegui")
            assert "session" in str(await asyncio.wait_for(client.recv(), PATIENCE_S))


async def test_when_all_are_taken_the_next_is_told_when_to_come_again() -> None:
    async with running(limits=ServerLimits(sessions=1)) as server, server.talk("?mode=push_to_talk") as client:
        await client.until("session")
        with pytest.raises(InvalidStatus) as refused:
            async with server.talk("?mode=push_to_talk"):
                pass
        answer = refused.value.response
        assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS and answer.headers["Retry-After"] == "10"
        await client.send("end")
        await client.closed()
        await server.sessions.emptied()
        async with server.talk("?mode=push_to_talk") as client:
            await client.until("session")


async def test_half_a_request_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicegui.server.listening.HEADER_S", 0.2)
    async with running() as server:
        for half in (b"", b"GET /voice HTTP/1.1\r\nHost: localhost\r\n", b"GET"):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(half)
            await writer.drain()
            answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
            assert answer == b"" or b"408" in answer
            writer.close()


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("POST", ""),
        ("HEAD", ""),
        ("OPTIONS", ""),
        ("GET", "Content-Length: 3\r\n"),
        ("GET", "Transfer-Encoding: chunked\r\n"),
    ],
)
async def test_an_upgrade_that_is_none_is_refused_at_once(method: str, more: str) -> None:
    async with running() as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        writer.write(f"{method} / HTTP/1.1\r\nHost: evil\r\n{upgrade}{key}{more}\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
        assert answer.startswith(b"HTTP/1.1 400")
        writer.close()


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00", b"\0" * 5000, b"GET / HTTP/9.9\r\n\r\n", b"\r\n\r\n" * 10,
                                  b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n"])  # fmt: skip
async def test_what_is_no_request_disturbs_nobody(sent: bytes) -> None:
    async with running(Stages([("how are you", "I am well.")])) as server, server.talk("?mode=push_to_talk") as client:
        await client.until("session")
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(sent)
        await asyncio.wait_for(reader.read(100), PATIENCE_S)
        writer.close()
        await client.send("text", text="how are you")
        await client.until("turn", assistant="I am well.")


async def test_many_connections_that_say_nothing_leave_room() -> None:
    async with running() as server, httpx2.AsyncClient() as web:
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(300)]
        assert (await web.get(server.web + "/healthz")).status_code == 200
        for each in idle:
            each.close()


def test_a_key_opens_nothing_under_another_name() -> None:
    access = Access(KEY, origins=["https://friend.example"])
    refused = access.refusal("/voice", {"host": "evil.example", "authorization": f"Bearer {KEY}"})
    assert refused is not None and refused.code == "host_not_allowed"
