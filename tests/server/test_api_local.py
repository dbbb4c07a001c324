"""The routes with the real models of this machine: what was spoken is heard again."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from tests.contract.words import word_errors
from voicegui.app.composition import load_program
from voicegui.app.serve import ServeRequest, server_parts
from voicegui.server.application import build_application
from voicegui.server.guard import Access
from voicegui.server.limits import ServerLimits
from voicegui.server.listening import Address, listen, serve
from voicegui.server.sessions import Sessions

from .api_server import KEY

pytestmark = pytest.mark.slow

SENTENCE = "It was a bright cold day in April, and the clocks were striking nine. Nobody was surprised."


async def test_what_was_spoken_is_heard_again(smallest_model: str, tmp_path: Path) -> None:
    program, address, limits = load_program(tmp_path, {"llm": smallest_model}), Address(), ServerLimits()
    sessions, stop, started = Sessions(limits), asyncio.Event(), asyncio.Event()
    async with server_parts(program, ServeRequest(address), lambda loading: None) as parts:
        app = build_application(parts, Access(KEY), limits, sessions)
        with listen(address) as listening:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
            task = asyncio.create_task(serve(app, address, listening, limits, sessions, stop, started.set))
            await started.wait()
            web = DefaultAsyncHttpxClient(trust_env=False)
            async with AsyncOpenAI(base_url=url, api_key=KEY, http_client=web) as client:
                await _speak_and_hear(client)
                await _chat(client)
            stop.set()
            await task


async def _speak_and_hear(client: AsyncOpenAI) -> None:
    formats: Any = ("mp3", "opus", "flac", "wav")
    for format in formats:
        spoken = await client.audio.speech.create(
            model="gpt-4o-mini-tts", voice="alloy", input=SENTENCE, response_format=format
        )
        file = (f"a.{format}", await spoken.aread())
        heard = await client.audio.transcriptions.create(model="whisper-1", file=file, language="en")
        assert word_errors(SENTENCE, heard.text) <= 0.2, heard.text
        timed = await client.audio.transcriptions.create(model="whisper-1", file=file, response_format="verbose_json")
        assert timed.segments and 0 <= timed.segments[0].start < 0.5
        assert timed.segments[-1].end == pytest.approx(timed.duration, abs=1.0)


async def _chat(client: AsyncOpenAI) -> None:
    asked: Any = [{"role": "user", "content": "Say hello."}]
    answer = await client.chat.completions.create(model="gpt-4o-mini", messages=asked, max_tokens=5)
    assert answer.choices[0].message.content and answer.choices[0].finish_reason in ("length", "stop")
    stream = await client.chat.completions.create(model="gpt-4o-mini", messages=asked, max_tokens=5, stream=True)
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
