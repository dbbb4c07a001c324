"""voicegui with services of no cost: `--stt scripted --llm scripted --tts scripted`; the rest is the real program.

What they answer stands in the file that VOICEGUI_BENCH_SCRIPT names and is read at each call (see `Script`); when the
language model was asked is written beside it.
"""

import asyncio
import json
import os
import sys
import time
import wave
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from voicegui.core.audio import Audio
from voicegui.core.ports import LoadingProgress, Message, ReplyPiece
from voicegui.core.tools import ToolCall, ToolInfo
from voicegui.providers.engine_entry import EngineEntry, EngineRequest, Provided

from .clips import voice_file

VARIABLE = "VOICEGUI_BENCH_SCRIPT"


@dataclass(frozen=True)
class Script:
    """`heard`: what speech is transcribed to; `reply`: sentences; `thinking_s`: before the first word, and before a
    call; `tool`: what is called, without arguments, before the reply."""

    heard: str = ""
    reply: tuple[str, ...] = ()
    thinking_s: float = 0.0
    tool: str = ""

    def write(self, path: Path) -> None:
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(asdict(self)))
        unfinished.replace(path)


def current() -> Script:
    return Script(**json.loads(Path(os.environ[VARIABLE]).read_text()))


class _Hearing:
    def feed(self, audio: Audio) -> None:
        pass

    async def text(self) -> str:
        return current().heard

    async def aclose(self) -> None:
        pass


class _Scripted:
    """All three stages and their engine."""

    async def start(self, progress: Callable[[LoadingProgress], None]) -> None:
        pass

    async def aclose(self) -> None:
        pass

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> _Hearing:
        return _Hearing()

    async def prepare(self, messages: Sequence[Message]) -> None:
        pass

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        script = current()
        with Path(os.environ[VARIABLE]).with_suffix(".asked").open("a") as asked:
            print(time.monotonic(), file=asked)
        if script.thinking_s:
            await asyncio.sleep(script.thinking_s)
        if script.tool and messages[-1].role != "tool":
            yield ToolCall(f"call_{len(messages)}", script.tool, "{}")
        else:
            yield " ".join(script.reply)

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        yield _spoken(text)

    def voices(self) -> Sequence[str]:
        return ("scripted",)


@cache
def _spoken(text: str) -> Audio:
    with wave.open(str(voice_file(text))) as file:
        return Audio(file.readframes(file.getnframes()), file.getframerate())


async def build(request: EngineRequest) -> Provided:
    scripted = _Scripted()
    return Provided(scripted, scripted, scripted, scripted)


SCRIPTED = EngineEntry("scripted", "scripted", build)


def main() -> int:
    from voicegui.__main__ import main as run

    return run(sys.argv[1:], providers=(SCRIPTED,))


if __name__ == "__main__":
    sys.exit(main())
