"""Keys for a short time: who gets one, where it lets somebody in, and what of it is believed."""

import httpx2
import pytest
from openai import AuthenticationError, PermissionDeniedError
from websockets import InvalidStatus
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from voicegui.server.realtime.client_secrets import is_valid_secret, session_of, signed, verified

from .realtime_server import KEY, RunningServer

pytestmark = pytest.mark.usefixtures("loud_is_speech")


async def made(server, **given):
    async with server.client() as client:
        return await client.realtime.client_secrets.create(**given)


async def test_it_begins_the_session_that_was_asked_for():
    async with RunningServer([]).running() as server:
        secret = await made(server, session={"type": "realtime", "instructions": "Rhyme.", "model": "gpt-realtime"})
        assert secret.value.startswith("ek_")
        assert secret.session.type == "realtime"
        assert secret.session.instructions == "Rhyme."
        async with server.talk(secret.value) as talk:
            assert (await talk.until("session.created"))["session"]["instructions"] == "Rhyme."


async def test_a_browser_shows_it_as_a_subprotocol_and_only_realtime_is_answered():
    async with RunningServer([]).running() as server:
        value = (await made(server)).value
        names = ("realtime", f"openai-insecure-api-key.{value}", "openai-agents-sdk.0.20.0")
        offered = [Subprotocol(name) for name in names]
        async with connect(f"ws://127.0.0.1:{server.port}/v1/realtime?model=x", subprotocols=offered) as socket:
            assert socket.subprotocol == "realtime"
            assert "session.created" in await socket.recv()


async def test_for_transcription_too():
    async with RunningServer([]).running() as server:
        secret = await made(server, session={"type": "transcription"}, expires_after={"seconds": 60})
        assert secret.session.type == "transcription"
        async with server.talk(secret.value) as talk:
            assert (await talk.until("session.created"))["session"]["type"] == "transcription"


async def test_it_lets_nobody_make_another_one():
    async with RunningServer([]).running() as server:
        value = (await made(server)).value
        async with server.client(value) as client:
            with pytest.raises((AuthenticationError, PermissionDeniedError)):
                await client.realtime.client_secrets.create()


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"\xff", b"null", b'{"session": 1}', b'{"session": {"type": "other"}}',
        b'{"expires_after": 5}', b'{"expires_after": {"seconds": 1}}', b'{"expires_after": {"seconds": true}}',
        b'{"expires_after": {"seconds": 100000}}', b'{"session": {"type": "realtime", "tools": 5}}',
        b'{"session": {"type": "realtime", "instructions": "' + b"x" * 9000 + b'"}}', b"[" * 100_000,
        b'{"session": {"tracing": NaN}}', b'{"session": {"prompt": Infinity}}',
    ],
)  # fmt: skip
async def test_what_cannot_be_signed_is_refused(body):
    async with RunningServer([]).running() as server, httpx2.AsyncClient() as client:
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = await client.post(f"{server.http}/realtime/client_secrets", content=body, headers=headers)
        assert answer.status_code == 400
        assert set(answer.json()["error"]) == {"message", "type", "code", "param"}


async def test_half_a_character_does_no_harm():
    body = rb'{"session": {"type": "realtime", "instructions": "Hi \ud800", "model": "\udfff"}}'
    async with RunningServer([]).running() as server, httpx2.AsyncClient() as client:
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = await client.post(f"{server.http}/realtime/client_secrets", content=body, headers=headers)
        assert answer.status_code == 200 and answer.json()["session"]["instructions"] == "Hi \ufffd"


def test_only_what_this_key_has_signed_is_opened():
    content = {"until": 1000, "session": {"type": "realtime"}}
    secret = signed(content, KEY)
    assert verified(secret, KEY, now=999) == content
    assert verified(secret, KEY, now=1000) is None
    assert verified(secret, KEY + "x", now=0) is None
    packed, _, signature = secret.partition(".")
    other = signed({**content, "until": 5000}, "another")
    for forged in (
        packed, f"{packed}.", f".{signature}", f"{packed}.{signature[:-1]}", f"{packed}x.{signature}", "ek_", "ek_.",
        f"{other.partition('.')[0]}.{signature}", secret.removeprefix("ek_"), secret + "\u00fc", f"{secret}.x", KEY, "",
    ):  # fmt: skip
        assert verified(forged, KEY, now=0) is None, forged
    assert session_of([KEY, "ek_x"], KEY) is None


@pytest.mark.parametrize("path", ["/v1/models", "/v1/realtime/client_secrets", "/", "/metrics", "/v1/realtime/x"])
def test_it_opens_conversations_only(path):
    secret = signed({"until": 1 << 40, "session": {}}, KEY)
    assert is_valid_secret(secret, KEY, "/v1/realtime")
    assert is_valid_secret(secret, KEY, "/voice")
    assert not is_valid_secret(secret, KEY, path)


async def test_one_that_is_over_is_refused_before_the_upgrade():
    async with RunningServer([]).running() as server:
        for key in (signed({"until": 5, "session": {}}, KEY), "ek_x.y", "wrong"):
            with pytest.raises(InvalidStatus) as refused:
                await connect(
                    f"ws://127.0.0.1:{server.port}/v1/realtime", additional_headers={"Authorization": f"Bearer {key}"}
                )
            assert refused.value.response.status_code == 401
