"""A program that asks a hostile service, in a process of its own: what it cost and what it said.

`python -m tests.injection.services_victim STAGE URL` prints one line of JSON.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from voicegui.core.audio import Audio
from voicegui.core.errors import VoiceError
from voicegui.core.keys import Secret
from voicegui.core.ports import Message
from voicegui.core.tools import ToolInfo
from voicegui.providers.openai.client import Timeouts
from voicegui.providers.openai.discovery import discover
from voicegui.providers.openai.engine import OpenAIEngine
from voicegui.providers.openai.realtime.speech import RealtimeTextToSpeech
from voicegui.providers.openai.realtime.transcription import LiveSpeechToText
from voicegui.providers.openai.service import OLLAMA, OPENAI

SOUND = Audio(b"\x00\x20" * 16_000, 16_000)
PATIENCE_S = 2.0
TOOL = ToolInfo("current_time", "Tells the time.", {"type": "object", "properties": {}})


async def _asked(stage: str, url: str) -> int:
    """Pieces that came. Raises VoiceError."""
    service = replace(OPENAI.at(url), key=Secret("test"))
    engine = OpenAIEngine(service, timeouts=Timeouts(PATIENCE_S, PATIENCE_S, PATIENCE_S))
    live = LiveSpeechToText(engine.client, patience_s=PATIENCE_S)
    voice = RealtimeTextToSpeech(engine.client, patience_s=PATIENCE_S)
    try:
        match stage:
            case "models":
                return len(await engine.list_models())
            case "discovery":
                return len(await discover([OLLAMA.at(url)]))
            case "llm":
                question = [Message("user", "What time is it?")]
                return await _count(engine.llm().reply(question, max_tokens=50, tools=[TOOL]))
            case "tts":
                return await _count(engine.tts().speak("Paris."))
            case "realtime_tts":
                return await _count(voice.speak("Paris."))
        hearing = (live if stage == "live_stt" else engine.stt()).listen(lambda text: None)
        hearing.feed(SOUND)
        try:
            return len(await hearing.text())
        finally:
            await hearing.aclose()
    finally:
        await live.aclose()
        await voice.aclose()
        await engine.aclose()


async def _count(pieces: AsyncGenerator[object, None]) -> int:
    number = 0
    async with aclosing(pieces):
        async for _ in pieces:
            number += 1
    return number


class _Beat:
    """How long the program's loop was away at most, of its own doing: in seconds of processor time of its thread."""

    def __init__(self) -> None:
        self.beats = 0
        self.longest_s = 0.0

    async def run(self) -> None:
        while True:
            begun = time.thread_time()
            await asyncio.sleep(0.005)
            self.longest_s = max(self.longest_s, time.thread_time() - begun)
            self.beats += 1


def _peak_mb() -> float:
    """Of this program alone: Linux counts in `ru_maxrss` what it was copied from."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    own = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return (own[0] if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


async def main(stage: str, url: str) -> None:
    beat = _Beat()
    beating = asyncio.create_task(beat.run())
    said, code, pieces = "", "", 0
    before_s = time.process_time()
    try:
        pieces = await _asked(stage, url)
    except VoiceError as error:
        said, code = error.message, str(error.code)
    cpu_s = time.process_time() - before_s
    beating.cancel()
    peak_mb = _peak_mb()
    found = {"said": said, "code": code, "pieces": pieces, "peak_mb": peak_mb, "cpu_s": cpu_s}
    print(json.dumps({**found, "beats": beat.beats, "longest_s": beat.longest_s}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
