"""The way to a Realtime server: doors that stay shut, certificates, proxies, logs."""

import asyncio
import logging
from pathlib import Path

import pytest

from tests.socks_proxy import socks_proxy
from voicegui.core.errors import ErrorCode, VoiceError

from .conftest import Maker
from .hearing import ONE, answer, error_of, heard
from .logs import assert_discreet
from .messages import refusal, words
from .server import (
    KEY,
    Commit,
    Drop,
    Held,
    Refused,
    Send,
    scripted,
    talk,
)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, {"error": {"code": "invalid_api_key", "message": f"Incorrect API key: {KEY}"}}, ErrorCode.WRONG_KEY),
        (403, {}, ErrorCode.NO_PERMISSION),
        (404, {}, ErrorCode.NOT_OFFERED),
        (429, {"error": {"code": "insufficient_quota"}}, ErrorCode.QUOTA_USED_UP),
    ],
)
async def test_refused_at_the_door(make: Maker, status: int, body: dict[str, object], code: ErrorCode) -> None:
    async with scripted(Refused(status, body)) as url:
        error = await error_of(make.stt(url))
        assert (error.code, error.retryable) == (code, False)
        assert KEY not in str(error)
        await make.aclose()


async def test_a_busy_door_is_knocked_at_again(make: Maker) -> None:
    busy = Refused(503)
    async with scripted(busy, busy, talk(Commit(len(ONE)), *answer("a", "north"))) as url:
        assert await heard(make.stt(url), ONE) == "north"
        await make.aclose()
    assert make.pauses == [0.25, 0.5]


async def test_a_redirect_to_another_host_is_not_followed(make: Maker) -> None:
    async with scripted(Refused(302, location="ws://localhost.invalid/v1/realtime")) as url:
        assert (await error_of(make.stt(url))).code is ErrorCode.REDIRECTED
        await make.aclose()


async def test_nobody_there(make: Maker) -> None:
    async with scripted() as url:
        pass
    assert (await error_of(make.stt(url))).code is ErrorCode.OFFLINE


async def test_neither_key_nor_words_are_logged(make: Maker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    complaint = Send(refusal("server_error", "oops"))
    script = talk(Commit(len(ONE)), complaint, Send(words("a", "SECRETWORDS")), *answer("a", "SECRETWORDS"), Drop())
    async with scripted(script, Refused(401, {"error": {"message": KEY}})) as url:
        stt = make.stt(url)
        assert await heard(stt, ONE) == "SECRETWORDS"
        with pytest.raises(VoiceError) as caught:
            while True:  # until the loss is noticed
                await stt.warm()
                await asyncio.sleep(0)
        assert caught.value.code is ErrorCode.WRONG_KEY
        await make.aclose()
    assert_discreet(caplog, "SECRETWORDS")


async def test_a_certificate_that_nobody_trusts(make: Maker, certificate: Path) -> None:
    async with scripted(tls=certificate) as url:
        error = await error_of(make.stt(url))
        assert (error.code, error.retryable) == (ErrorCode.NOT_SECURE, False)
        await make.aclose()


async def test_a_certificate_that_the_environment_trusts(
    make: Maker, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with scripted(talk(Commit(len(ONE)), *answer("a", "north")), tls=certificate) as url:
        assert await heard(make.stt(url), ONE) == "north"
        await make.aclose()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
async def test_a_proxy_that_is_not_there(make: Maker, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    async with scripted() as url:
        nobody = url.removesuffix("/v1")
    monkeypatch.setenv(variable, nobody)
    assert (await error_of(make.stt("https://voice.invalid/v1"))).code is ErrorCode.OFFLINE


async def test_a_proxy_is_not_asked_for_this_machine(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scripted(talk(Commit(len(ONE)), *answer("a", "north"))) as url:
        monkeypatch.setenv("HTTP_PROXY", "http://voice.invalid:1")
        assert await heard(make.stt(url), ONE) == "north"
        await make.aclose()


async def test_a_socks_proxy(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scripted(talk(Commit(len(ONE)), *answer("a", "north"))) as url, socks_proxy(url) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert await heard(make.stt("http://voice.invalid/v1"), ONE) == "north"
        await make.aclose()
    assert proxy.asked == [("voice.invalid", 80)]


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
async def test_a_socks_proxy_that_is_not_there(make: Maker, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "socks5h://127.0.0.1:1")
    error = await error_of(make.stt("https://voice.invalid/v1"))
    assert (error.code, error.retryable) == (ErrorCode.OFFLINE, True)


async def test_closing_while_it_is_opened(make: Maker) -> None:
    """Nobody keeps the connection that would come."""
    asked, never = asyncio.Event(), asyncio.Event()
    async with scripted(Held(asked, never)) as url:
        stt = make.stt(url)
        opening = asyncio.create_task(stt.warm())
        await asked.wait()
        await stt.aclose()
        with pytest.raises(asyncio.CancelledError):
            await opening
        with pytest.raises(VoiceError) as caught:
            await stt.warm()
        assert caught.value.code is ErrorCode.ENGINE_FAILED
        never.set()
        await make.aclose()


async def test_another_key_gets_another_connection(make: Maker) -> None:
    first, second = talk(Commit(len(ONE)), *answer("a", "one")), talk(Commit(len(ONE)), *answer("a", "two"))
    async with scripted(first, second) as url:
        stt = make.stt(url)
        assert await heard(stt, ONE) == "one"
        stt.reconnect()
        assert await heard(stt, ONE) == "two"
        await make.aclose()


async def test_tls_to_a_server_that_speaks_none(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicegui.providers.openai.realtime.socket.OPEN_S", 0.3)
    waiting: list[asyncio.StreamWriter] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting.append(writer)

    silent = await asyncio.start_server(connected, "127.0.0.1", 0)
    place = f"127.0.0.1:{silent.sockets[0].getsockname()[1]}/v1"
    error = await error_of(make.stt(f"https://{place}"))
    assert error.code is ErrorCode.NOT_SECURE and f"http://{place}" in error.message
    await make.aclose()
    silent.close()
    for writer in waiting:
        writer.transport.abort()


async def test_no_tls_to_a_server_that_speaks_nothing_else(make: Maker, certificate: Path) -> None:
    async with scripted(tls=certificate) as url:
        error = await error_of(make.stt(url.replace("https:", "http:")))
        assert error.code is ErrorCode.BAD_SETTINGS and url in error.message
        await make.aclose()
