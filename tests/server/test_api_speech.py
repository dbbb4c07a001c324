"""Texts become files of sound, sent while they are spoken; what is not made here is refused clearly."""

import asyncio
import base64
import io
import json
from collections.abc import Mapping
from typing import Any

import httpx2
import numpy as np
import openai
import pytest
import soundfile

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.server.limits import ServerLimits

from .api_server import KEY, ApiStages, Voice, answering, refused, serving

HELLO: dict[str, Any] = {"model": "tts-1", "input": "Hello there. How are you?", "voice": "alloy"}


def sound_of(data: bytes, format: str) -> tuple[float, float]:
    """Seconds, and the loudest frequency in Hz."""
    if format == "pcm":
        samples, rate = np.frombuffer(data, "<i2") / 32768, 24_000
    else:
        samples, rate = soundfile.read(io.BytesIO(data))
    spectrum = np.abs(np.fft.rfft(samples))
    return len(samples) / rate, float(np.fft.rfftfreq(len(samples), 1 / rate)[spectrum.argmax()])


@pytest.mark.parametrize("rate_hz", [24_000, 16_000, 48_000])
@pytest.mark.parametrize("format", ["mp3", "opus", "flac", "wav", "pcm"])
async def test_every_format_holds_what_was_spoken(format: Any, rate_hz: int) -> None:
    async with serving(ApiStages(voice=Voice(rate_hz=rate_hz))) as server, server.client() as client:
        spoken = await client.audio.speech.create(
            model="tts-1", input="Hello there. How are you?", voice="alloy", response_format=format
        )
        seconds, loudest = sound_of(await spoken.aread(), format)
    assert 0.99 < seconds < 1.12 and abs(loudest - 440) < 3
    assert server.stages.ended == 1


async def test_mp3_is_what_comes_if_nothing_is_said() -> None:
    async with serving() as server:
        spoken = await server.sync(lambda client: client.audio.speech.create(**HELLO))
        answer = await server.post("/audio/speech", HELLO)
    assert sound_of(spoken.content, "mp3")[0] > 0.99
    assert answer.headers["content-type"] == "audio/mpeg" and "content-length" not in answer.headers


async def test_the_client_streams_it_while_it_is_spoken() -> None:
    async with serving() as server, server.client() as client:
        stalls = {**HELLO, "input": "Hello STALL.", "response_format": "pcm"}
        async with client.audio.speech.with_streaming_response.create(**stalls) as answer:
            first = await anext(answer.iter_bytes(4800))
        assert len(first) == 4800  # though what is spoken has no end
        await asyncio.wait_for(server.stages.voice.stopped.wait(), 20)


async def test_sound_comes_as_events_if_that_is_wanted() -> None:
    async with serving() as server:
        answer = await server.post("/audio/speech", {**HELLO, "stream_format": "sse", "response_format": "wav"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = [json.loads(line.removeprefix("data: ")) for line in answer.text.strip().split("\n\n")]
    assert {each["type"] for each in told[:-1]} == {"speech.audio.delta"}
    assert told[-1] == {
        "type": "speech.audio.done",
        "usage": {"input_tokens": 7, "output_tokens": 20, "total_tokens": 27, "estimated": True},
    }
    sound = b"".join(base64.b64decode(each["audio"]) for each in told[:-1])
    assert sound_of(sound, "wav")[0] == 1.0


@pytest.mark.parametrize(
    ("voice", "speaks"),
    [
        ("heart", "heart"), ("fable", "fable"), ("alloy", ""), ("marin", ""), ("cedar", ""), ("onyx", ""), ("nova", ""),
        ({"id": "heart"}, "heart"),
    ],
)  # fmt: skip
async def test_voices_are_ours_and_the_names_of_openai_mean_the_own_one(voice: Any, speaks: str) -> None:
    async with answering() as server:
        assert (await server.post("/audio/speech", {**HELLO, "voice": voice, "speed": 1.5})).status_code == 200
    assert server.stages.voice.spoken == [(speaks, "Hello there.", 1.5), (speaks, "How are you?", 1.5)]


FLAWS: list[tuple[Mapping[str, Any], str]] = [
    ({"input": None}, "input"),
    ({"input": ""}, "input"),
    ({"input": "  \n\t "}, "input"),
    ({"input": "…!?"}, "input"),
    ({"input": "🎉"}, "input"),
    ({"input": "a" * 4097}, "input"),
    ({"input": 7}, "input"),
    ({"input": ["Hello"]}, "input"),
    ({"response_format": "aac"}, "response_format"),
    ({"response_format": "ogg"}, "response_format"),
    ({"response_format": "MP3"}, "response_format"),
    ({"response_format": ["mp3"]}, "response_format"),
    ({"response_format": {}}, "response_format"),
    ({"stream_format": "websocket"}, "stream_format"),
    ({"voice": None}, "voice"),
    ({"voice": ""}, "voice"),
    ({"voice": "darth"}, "voice"),
    ({"voice": "Heart"}, "voice"),
    ({"voice": {"id": "voice_1234"}}, "voice"),
    ({"voice": {"name": "heart"}}, "voice"),
    ({"voice": ["heart"]}, "voice"),
    ({"speed": 0}, "speed"),
    ({"speed": 0.25}, "speed"),
    ({"speed": 4}, "speed"),
    ({"speed": -1}, "speed"),
    ({"speed": 1e308}, "speed"),
    ({"speed": "fast"}, "speed"),
    ({"speed": True}, "speed"),
    ({"model": "whisper-1"}, "model"),
    ({"pitch": 3}, "pitch"),
]


@pytest.mark.parametrize(("change", "param"), FLAWS)
async def test_what_cannot_be_spoken_so_is_refused(change: Mapping[str, Any], param: str) -> None:
    async with answering() as server:
        answer = await server.post("/audio/speech", {**HELLO, **change})
    refused(answer, 404 if param == "model" else 400, param)
    assert server.stages.voice.spoken == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"hello", b"[]", b'"text"', b"{", b'{"model": "tts-1"', b"\xff\xfe{}", b'{"speed": NaN}',
        b'{"input": "\\ud800"}', b"[" * 100_000, b'{"a":' * 200 + b"1" + b"}" * 200, b"[" * 101 + b"]" * 101,
        b'{"a": ' * 50_000, b"1" * 10_000, b"null", b"\0",
        '{"model": "tts-1"}'.encode("utf-16"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/audio/speech", "/chat/completions"])
async def test_what_is_no_json_is_refused(path: str, body: bytes) -> None:
    async with answering() as server, server.raw() as client:
        refused(await client.post(path, content=body, headers={"Content-Type": "application/json"}), 400)


async def test_a_request_that_is_too_large_is_refused() -> None:
    async with answering(limits=ServerLimits(json_bytes=10_000)) as server:
        refused(await server.post("/audio/speech", {**HELLO, "input": "a" * 20_000}), 413)


async def test_a_client_that_goes_away_stops_the_voice() -> None:
    async with serving() as server, server.raw() as client:
        body = {**HELLO, "input": "Hello STALL.", "response_format": "wav"}
        async with client.stream("POST", "/audio/speech", json=body) as answer:
            await anext(answer.aiter_bytes())
        await asyncio.wait_for(server.stages.voice.stopped.wait(), 20)


async def test_a_client_that_reads_nothing_is_given_up() -> None:
    async with serving(limits=ServerLimits(send_s=0.05)) as server:
        body = json.dumps({**HELLO, "input": "Hello STALL.", "response_format": "wav"}).encode()
        _, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1000)
        head = f"POST /v1/audio/speech HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await asyncio.wait_for(server.stages.voice.stopped.wait(), 20)
        writer.close()


async def test_a_voice_that_fails_before_its_first_sound_is_told_with_a_status() -> None:
    late = VoiceError(ErrorCode.ENGINE_FAILED, "It broke.", retryable=True)
    async with serving(ApiStages(voice=Voice([late, late]))) as server, server.client() as client:
        with pytest.raises(openai.InternalServerError, match=r"It broke\.") as error:
            await client.audio.speech.create(model="tts-1", input="Hello.", voice="alloy")
        assert error.value.status_code == 503 and error.value.response.headers["retry-after"] == "5"
        answer = await server.post("/audio/speech", {**HELLO, "stream_format": "sse"})
    refused(answer, 503, code="engine_failed")


@pytest.mark.parametrize("format", ["mp3", "opus", "flac", "wav", "pcm"])
async def test_a_voice_that_says_nothing_has_failed(format: str) -> None:
    async with answering() as server:
        answer = await server.post("/audio/speech", {**HELLO, "input": "MUTE.", "response_format": format})
    refused(answer, 502, code="no_speech")


async def test_a_voice_that_fails_later_leaves_no_file_that_looks_whole() -> None:
    body = {**HELLO, "input": "Hello there. BREAK now.", "response_format": "wav"}
    async with serving() as server:
        with pytest.raises(httpx2.RemoteProtocolError):
            await server.post("/audio/speech", body)
        answer = await server.post("/audio/speech", {**body, "stream_format": "sse"})
    assert json.loads(answer.text.strip().split("\n\n")[-1].removeprefix("data: "))["error"]["code"] == "engine_failed"


async def test_one_more_than_there_is_room_for_is_told_at_once() -> None:
    async with serving(limits=ServerLimits(stage_requests=1)) as server, server.raw() as client:
        body = {**HELLO, "input": "Hello STALL.", "response_format": "wav"}
        async with client.stream("POST", "/audio/speech", json=body) as answer:
            pieces = answer.aiter_bytes()
            await anext(pieces)
            refused(await server.post("/audio/speech", HELLO), 429, code="rate_limit_exceeded")
            assert (await server.upload(b"x")).status_code == 400  # another stage has its own places
        await asyncio.wait_for(server.stages.voice.stopped.wait(), 20)
        assert (await server.post("/audio/speech", HELLO)).status_code == 200
