"""Transcriptions."""

import asyncio
import io
import wave

import pytest

from tests.openai_server.script import hearing, scripted
from tests.openai_server.server import Answer, Fault, Request, as_json, sse
from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.errors import ErrorCode, VoiceError

from .conftest import compatible_at, refusal, talking, tone, transcript

QUIET = Audio(b"\x10\x00" * LISTENING_RATE_HZ, LISTENING_RATE_HZ)


def samples_of(request: Request) -> bytes:
    with wave.open(io.BytesIO(request.form["file"][0])) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (LISTENING_RATE_HZ, 1, 2)
        frames: bytes = file.readframes(file.getnframes())
    return frames


async def test_sends_the_sound_from_memory() -> None:
    sound = tone(1.0)

    def expect(request: Request) -> None:
        assert samples_of(request) == sound.samples
        assert request.form["model"] == [b"gpt-transcribe"]
        assert request.form["stream"] == [b"true"]

    async with scripted(hearing(sse(*transcript(" Hello there. ")), expect)) as server, talking(server) as talk:
        assert await talk.hear(sound) == "Hello there."
        assert talk.told == []


async def test_silence_costs_no_request() -> None:
    async with scripted() as server, talking(server) as talk:
        assert await talk.hear(QUIET) == ""
        assert await talk.hear(Audio(b"", LISTENING_RATE_HZ)) == ""


async def test_silence_after_an_answer_costs_no_request() -> None:
    async with scripted(hearing(sse(*transcript("Hello.")))) as server, talking(server) as talk:
        ear = talk.engine.stt().listen(print)
        ear.feed(tone(0.5))
        assert await ear.text() == "Hello."
        ear.feed(QUIET)
        assert await ear.text() == "Hello."


async def test_an_empty_transcript_has_no_words() -> None:
    async with scripted(hearing(sse(*transcript("")))) as server, talking(server) as talk:
        assert await talk.hear() == ""


async def test_cancelling_closes_the_request_and_the_next_hears_all() -> None:
    answer = sse(b": soon\n\n", end=[Fault.STALL])
    async with scripted(hearing(answer), hearing(sse(*transcript("Hello.")))) as server, talking(server) as talk:
        ear = talk.engine.stt().listen(print)
        ear.feed(tone(0.5))
        asking = asyncio.create_task(ear.text())
        await answer.begun.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        async with asyncio.timeout(5):
            await answer.given_up.wait()
        assert await ear.text() == "Hello."


async def test_sound_fed_while_it_is_asked_is_asked_for_next() -> None:
    go_on = asyncio.Event()
    first = sse(b": soon\n\n", go_on, *transcript("Hello"))
    second = hearing(sse(*transcript("Hello there")), lambda request: len(samples_of(request)) == 32_000)
    async with scripted(hearing(first), second) as server, talking(server) as talk:
        ear = talk.engine.stt().listen(print)
        ear.feed(tone(0.5))
        asking = asyncio.create_task(ear.text())
        await first.begun.wait()
        ear.feed(tone(0.5))
        go_on.set()
        assert await asking == "Hello"
        assert await ear.text() == "Hello there"


# ---------------------------------------------------------------- guidance


async def test_languages_and_keywords_guide_the_newest_model() -> None:
    def expect(request: Request) -> None:
        assert request.form["languages[]"] == [b"en", b"pt"]
        assert request.form["keywords[]"] == [b"Ishikawa", b"PyPI"]

    async with scripted(hearing(sse(*transcript("Olá")), expect)) as server, talking(server) as talk:
        ear = talk.engine.stt(languages=["en", "pt"], keywords=["Ishikawa", "PyPI"]).listen(print)
        ear.feed(tone(0.5))
        assert await ear.text() == "Olá"


@pytest.mark.parametrize(("languages", "expected"), [(["pt"], [b"pt"]), (["en", "pt"], None)])
async def test_others_get_one_language_and_a_prompt(languages: list[str], expected: list[bytes] | None) -> None:
    def expect(request: Request) -> None:
        assert request.form.get("language") == expected
        assert request.form["prompt"] == [b"Ishikawa, PyPI"]
        assert not {"languages[]", "keywords[]"} & set(request.form)

    async with scripted(hearing(as_json({"text": "Olá"}), expect)) as server, talking(server) as talk:
        ear = talk.engine.stt("whisper-1", languages=languages, keywords=["Ishikawa", "PyPI"]).listen(print)
        ear.feed(tone(0.5))
        assert await ear.text() == "Olá"


# ---------------------------------------------------------------- what servers lack


async def test_a_server_that_ignores_streaming_answers_whole_and_it_is_said_once() -> None:
    async with (
        scripted(*(hearing(as_json({"text": " Hello. "})) for _ in range(2))) as server,
        talking(compatible_at(server.url)) as talk,
    ):
        stt = talk.engine.stt()
        for _ in range(2):
            ear = stt.listen(print)
            ear.feed(tone(0.5))
            assert await ear.text() == "Hello."
        assert len(talk.told) == 1 and "only when all are there" in talk.told[0]


async def test_what_a_server_refuses_is_left_out_from_then_on() -> None:
    steps = (
        hearing(as_json({"detail": [{"loc": ["body", "stream"]}]}, 422)),
        hearing(as_json(refusal("unknown_parameter", param="languages"), 400), lambda r: "stream" not in r.form),
        hearing(Answer([b"Hello."], kind="text/plain; charset=utf-8"), lambda r: {"file", "model"} == set(r.form)),
        hearing(as_json({"text": "Again."}), lambda r: {"file", "model"} == set(r.form)),
    )
    async with scripted(*steps) as server, talking(server) as talk:
        stt = talk.engine.stt(languages=["en", "pt"])
        for expected in ("Hello.", "Again."):
            ear = stt.listen(print)
            ear.feed(tone(0.5))
            assert await ear.text() == expected
        assert len(talk.told) == 2


@pytest.mark.parametrize(
    "events",
    [
        [{"choices": [{"delta": {"content": "Hello"}}]}, {"choices": [{"delta": {"content": " there"}}]}],
        [{"text": " Hello "}, {"text": "there"}],
        [{"type": "transcript.text.delta", "delta": "Hello "}, {"type": "transcript.text.delta", "delta": "there"}],
        [{"type": "x.unknown"}, {"type": "transcript.text.done", "text": "Hello there"}],
    ],
)
async def test_understands_what_servers_stream(events: list[object]) -> None:
    async with scripted(hearing(sse(*events))) as server, talking(compatible_at(server.url)) as talk:
        assert await talk.hear() == "Hello there"


@pytest.mark.parametrize(
    "answer",
    [
        sse(),
        sse({"type": "x.unknown"}),
        sse(b"data: {oops\n\n"),
        as_json({"words": []}),
        as_json({"text": None}),
        Answer([b"{oops"]),
        Answer([b"<html>"], kind="text/html"),
        Answer([b"\xff\xfe"], kind="application/octet-stream"),
    ],
)
async def test_garbage_is_a_bad_answer(answer: Answer) -> None:
    async with scripted(hearing(answer)) as server, talking(server) as talk:
        with pytest.raises(VoiceError) as caught:
            await talk.hear()
        assert caught.value.code is ErrorCode.BAD_ANSWER
