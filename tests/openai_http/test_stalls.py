"""Nothing that a service is sent or sends keeps the program's loop from anything else."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.benchmarks.openai_server import KEY, OpenAIServer
from tests.injection.services_attacks import Attack, Send, chunk, event, head, hostile
from voicegui.core.keys import Secret
from voicegui.core.ports import Message
from voicegui.core.tools import ToolCall, ToolInfo
from voicegui.providers.openai.engine import OpenAIEngine
from voicegui.providers.openai.service import OPENAI

from .conftest import tone

LONGEST_S = 0.03
"""Of processor time of this thread, in one pass of its loop: other programs on the machine do not count."""

_WORDS = "What it is about, in as many words as people use for such a thing. "
_PROPERTIES = {f"p{number}": {"type": "string", "description": _WORDS} for number in range(6)}
TOOLS = tuple(
    ToolInfo(f"tool_{number}", _WORDS * 4, {"type": "object", "properties": _PROPERTIES, "required": ["p0"]})
    for number in range(19)
)


@asynccontextmanager
async def watched() -> AsyncIterator[None]:
    longest_s = 0.0

    async def beat() -> None:
        nonlocal longest_s
        while True:
            begun_s = time.thread_time()
            await asyncio.sleep(0)
            longest_s = max(longest_s, time.thread_time() - begun_s)
            await asyncio.sleep(0.001)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
    assert longest_s < LONGEST_S


@asynccontextmanager
async def engine_at(url: str) -> AsyncIterator[OpenAIEngine]:
    engine = OpenAIEngine(replace(OPENAI.at(url), key=Secret(KEY)))
    try:
        yield engine
    finally:
        await engine.aclose()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    for name in ("STT_S", "FIRST_TOKEN_S", "TOKEN_S", "SPEECH_S"):
        monkeypatch.setattr(f"tests.benchmarks.openai_server.{name}", 0.0)
    with OpenAIServer({}) as server:
        server.heard, server.reply = "What is it about?", ("The answer is wool.", "Right?")
        yield server


async def test_sixty_turns_whose_requests_grow(quick: OpenAIServer) -> None:
    async with engine_at(quick.url) as engine:
        llm, messages = engine.llm(), [Message("system", _WORDS * 10)]
        await engine.start(lambda loading: None)
        async with watched():
            for turn in range(60):
                messages.append(Message("user", _WORDS * 3))
                assert [piece async for piece in llm.reply(messages, max_tokens=50, tools=TOOLS)][0] == "The"
                call = ToolCall(f"call_{turn}", "tool_1", json.dumps({"p0": _WORDS}))
                messages += [
                    Message("assistant", "", calls=(call,)),
                    Message("tool", _WORDS * 10, call_id=call.id),
                    Message("assistant", _WORDS * 4),
                ]
    assert quick.failures == []


async def test_a_start_with_all_that_is_imported(quick: OpenAIServer) -> None:
    async with engine_at(quick.url) as engine, watched():
        engine.llm()
        await engine.start(lambda loading: None)


async def test_a_minute_of_sound_is_sent(quick: OpenAIServer) -> None:
    async with engine_at(quick.url) as engine:
        await engine.start(lambda loading: None)
        sound, ear = tone(60.0), engine.stt().listen(lambda text: None)
        step = 512 * 2
        for start in range(0, len(sound.samples), step):
            ear.feed(replace(sound, samples=sound.samples[start : start + step]))
        async with watched():
            assert await ear.text() == quick.heard


def answering(start: bytes, *pieces: bytes) -> Attack:
    async def attack(send: Send) -> None:
        await send(start)
        for piece in pieces:
            await send(chunk(piece))
        await send(chunk(b""))

    return attack


async def test_a_long_list_of_models() -> None:
    entries = [{"id": f"model-{number}", "description": _WORDS} for number in range(15_000)]
    listed = json.dumps({"data": entries}).encode()
    assert 1_500_000 < len(listed) < 2_000_000
    with hostile(answering(head("application/json"), listed)) as url:
        async with engine_at(url) as engine, watched():
            assert len(await engine.list_models()) == 5_000


async def test_ten_megabytes_of_speech_at_once() -> None:
    pieces = [b"\x00\x20" * 32_768] * 160
    with hostile(answering(head("audio/pcm"), *pieces)) as url:
        async with engine_at(url) as engine, watched():
            length = 0
            async for audio in engine.tts().speak("Paris."):
                length += len(audio.samples)
            assert length == 160 * 65_536


async def test_thousands_of_words_at_once() -> None:
    said = [event({"choices": [{"delta": {"content": "word "}}]})] * 10_000
    end = event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    with hostile(answering(head("text/event-stream"), *said, end)) as url:
        async with engine_at(url) as engine, watched():
            pieces = [piece async for piece in engine.llm().reply([Message("user", "?")], max_tokens=50)]
            assert len(pieces) == 10_000
