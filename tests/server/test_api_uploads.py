"""Uploads that are no recordings, damaged, too large, packed or slow: each is refused before it costs anything."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.conversation.virtual_time import VirtualTimeLoop
from voicegui.server.limits import ServerLimits

from .api_server import KEY, ApiStages, answering, recording, refused, serving


@pytest.mark.parametrize(
    "sound",
    [
        b"", b"hello", b"\0" * 1000, b"%PDF-1.7\n" + b"x" * 500, b"\x89PNG\r\n\x1a\n" + b"x" * 500, b"<html></html>",
        b"PK\x03\x04" + b"x" * 500, b"RIFF\xff\xff\xff\xffWAVEfmt ", recording(1)[:40], recording(1)[:44],
        b"\x1aE\xdf\xa3" + b"webm" * 100, b"\0\0\0\x20ftypM4A " + b"x" * 500, b"OggS" + b"\0" * 100,
        b"fLaC" + b"\xff" * 100, b"ID3\x04" + b"\0" * 500, recording(600.5),
    ],
)  # fmt: skip
async def test_what_is_no_recording_or_a_too_long_one_is_refused(sound: bytes) -> None:
    async with answering() as server:
        refused(await server.upload(sound), 400)


def packed(seconds: int, rate_hz: int, channels: int) -> bytes:
    """Silence as FLAC: some kilobytes."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", rate_hz, channels, format="FLAC", subtype="PCM_16") as opened:
        for _ in range(seconds):
            opened.write(np.zeros((rate_hz, channels), np.int16))
    return file.getvalue()


@pytest.mark.parametrize(
    ("seconds", "rate_hz", "channels"), [(45, 192_000, 8), (85, 96_000, 8), (99, 96_000, 7), (610, 8000, 1)]
)
async def test_a_small_file_that_holds_very_much_is_refused(seconds: int, rate_hz: int, channels: int) -> None:
    async with answering() as server:
        refused(await server.upload(packed(seconds, rate_hz, channels)), 400, code="bad_audio_file")


def a_form(*parts: tuple[str, bytes], end: str = "--b--\r\n") -> bytes:
    made = b"".join(
        f"--b\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode() + body + b"\r\n" for name, body in parts
    )
    return made + end.encode()


MODEL, FILE = ('name="model"', b"whisper-1"), ('name="file"; filename="a.wav"', recording(0.5))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=b"),
        (b"garbage", "multipart/form-data; boundary=b"),
        (a_form(MODEL, FILE, end=""), "multipart/form-data; boundary=b"),
        (a_form(MODEL, FILE)[:200], "multipart/form-data; boundary=b"),
        (a_form(MODEL, FILE), "multipart/form-data"),
        (a_form(MODEL, FILE), "application/json"),
        (a_form(MODEL, FILE), "multipart/form-data; boundary=other"),
        (a_form(('name="model"', b"\xff\xfe"), FILE), "multipart/form-data; boundary=b"),
        (a_form(("", b"x"), FILE), "multipart/form-data; boundary=b"),
        (a_form(*[MODEL] * 101, FILE), "multipart/form-data; boundary=b"),
        (a_form(MODEL), "multipart/form-data; boundary=b"),
        (b'{"model": "whisper-1"}', "application/json"),
        (b"model=whisper-1", "application/x-www-form-urlencoded"),
        (a_form(('name="model"; x="' + "y" * 100_000 + '"', b"x")), "multipart/form-data; boundary=b"),
    ],
)
async def test_damaged_forms_are_refused(body: bytes, kind: str) -> None:
    async with answering() as server, server.raw() as client:
        refused(await client.post("/audio/transcriptions", content=body, headers={"Content-Type": kind}), 400)


async def test_what_is_too_large_is_refused_before_it_is_there() -> None:
    limits = ServerLimits(upload_bytes=10_000, text_bytes=1000)
    async with serving(limits=limits) as server:
        refused(await server.upload(recording(10)), 413, code="request_too_large")  # by its declared length
        refused(await server.upload(recording(0.32)), 413, code="request_too_large")  # by the file alone
        refused(await server.upload(recording(0.1), prompt="x" * 2000), 413, code="request_too_large")

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b"x" * 1000  # is no form

        async def one_large() -> AsyncIterator[bytes]:
            yield a_form(MODEL)[:-7] + b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
            for _ in range(1000):
                yield b"x" * 1000

        async with server.raw() as client:
            kind = {"Content-Type": "multipart/form-data; boundary=b"}
            with_no_length = client.build_request("POST", "/audio/transcriptions", content=pieces(), headers=kind)
            with_no_length.headers.pop("content-length", None)
            refused(await client.send(with_no_length), 400)
            refused(await client.post("/audio/transcriptions", content=one_large(), headers=kind), 413)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "gzip, gzip"])
async def test_nothing_compressed_is_unpacked(encoding: str) -> None:
    async with answering() as server, server.raw() as client:
        answer = await client.post("/audio/transcriptions", content=a_form(MODEL, FILE), headers={
            "Content-Type": "multipart/form-data; boundary=b", "Content-Encoding": encoding})  # fmt: skip
        refused(answer, 415)


async def ask(app: Any, path: str, receive: Any, kind: str = "application/json") -> int:
    """The status that the application answers with, without a network."""
    headers = {"host": "127.0.0.1", "authorization": f"Bearer {KEY}", "content-type": kind}
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "root_path": "",
             "query_string": b"", "scheme": "http", "http_version": "1.1", "server": ("127.0.0.1", 80),
             "client": ("127.0.0.1", 1), "asgi": {"version": "3.0", "spec_version": "2.3"},
             "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize("path", ["/v1/audio/transcriptions", "/v1/audio/speech", "/v1/chat/completions"])
@pytest.mark.parametrize("every_s", [1.0, 7.0, 1000.0])
def test_a_slow_upload_is_given_up(path: str, every_s: float) -> None:
    async def scenario() -> int:
        async def receive() -> dict[str, Any]:
            await asyncio.sleep(every_s)
            return {"type": "http.request", "body": b"-", "more_body": True}

        kind = "multipart/form-data; boundary=b" if "transcriptions" in path else "application/json"
        return await ask(ApiStages().app(), path, receive, kind)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        status = runner.run(scenario())
    assert status == (400 if "transcriptions" in path and every_s < 1000 else 408)
