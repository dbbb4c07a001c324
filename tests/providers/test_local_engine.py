"""The child process: dies in each phase and comes back, leaves nothing behind."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from tests.contract.speech_to_text import feed
from tests.contract.words import word_errors
from tests.providers.scripted_child import wait_until
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import Message
from voicegui.providers.local import LocalEngine, LocalModels

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform == "win32", reason="kills with signals"),
]

HELLO = (Message("user", "Hello"),)


@dataclass
class Watched:
    """An engine and what it told."""

    models: LocalModels
    troubles: list[VoiceError] = field(default_factory=list)
    troubled: asyncio.Event = field(default_factory=asyncio.Event)
    mended: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.engine = LocalEngine(self.models, on_trouble=self._on_trouble, on_mended=self.mended.set)

    def _on_trouble(self, error: VoiceError) -> None:
        self.troubles.append(error)
        self.troubled.set()

    def signal(self, number: int) -> None:
        assert self.engine.child_pid
        os.kill(self.engine.child_pid, number)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(smollm2: Path) -> AsyncIterator[Watched]:
    watched = Watched(LocalModels(language_model=smollm2, end_of_turn=smollm2))
    await watched.engine.start(lambda loading: None)
    yield watched
    await watched.engine.aclose()


async def hear(engine: LocalEngine, audio: Audio) -> str:
    hearing = engine.stt.listen(lambda text: None)
    feed(hearing, audio)
    return await hearing.text()


async def reply(engine: LocalEngine) -> str:
    return "".join([piece async for piece in engine.llm.reply(HELLO, max_tokens=4) if isinstance(piece, str)])


async def speak(engine: LocalEngine) -> int:
    return sum([len(audio) async for audio in engine.tts.speak("Hello there.")])


async def judge(engine: LocalEngine) -> float:
    return await engine.end_of_turn.probability("What is the capital of France?")


async def listen(engine: LocalEngine) -> str:
    tone = (b"\xff\x3f" * 20 + b"\x01\xc0" * 20) * 400
    return await hear(engine, Audio(tone, 16_000)) or "nothing"


@pytest.mark.parametrize("phase", [listen, reply, speak, judge])
async def test_killed_while_it_works(watched: Watched, phase: Callable[[LocalEngine], Awaitable[object]]) -> None:
    watched.troubles.clear()
    watched.mended.clear()
    watched.signal(signal.SIGSTOP)  # so that it surely has not answered yet
    pending = asyncio.ensure_future(phase(watched.engine))
    await asyncio.sleep(0)
    watched.signal(signal.SIGKILL)
    with pytest.raises(VoiceError) as caught:
        await pending
    assert caught.value.code is ErrorCode.ENGINE_FAILED
    assert caught.value.retryable
    assert await phase(watched.engine)  # waits for the new child
    await watched.mended.wait()
    assert len(watched.troubles) == 1


async def test_killed_in_the_middle_of_a_reply(watched: Watched) -> None:
    watched.mended.clear()
    story = watched.engine.llm.reply((Message("user", "Tell me a long story."),), max_tokens=2000)
    await anext(story)
    watched.signal(signal.SIGKILL)
    with pytest.raises(VoiceError):
        while True:
            await anext(story)
    await watched.mended.wait()
    assert await reply(watched.engine)


async def test_killed_while_idle_and_while_loading(watched: Watched) -> None:
    watched.mended.clear()
    watched.troubled.clear()
    watched.signal(signal.SIGKILL)
    await watched.troubled.wait()
    await asyncio.to_thread(wait_until, lambda: watched.engine.child_pid)  # the new child begins in a thread
    watched.signal(signal.SIGKILL)
    assert await judge(watched.engine)
    await watched.mended.wait()


async def test_a_hung_child_is_replaced(watched: Watched) -> None:
    watched.mended.clear()
    watched.signal(signal.SIGSTOP)
    with pytest.raises(VoiceError, match="stopped responding"):
        await speak(watched.engine)
    await watched.mended.wait()
    assert await speak(watched.engine)


async def test_a_hearing_outlives_the_child(watched: Watched, beckett: tuple[Audio, str]) -> None:
    audio, words = beckett
    hearing = watched.engine.stt.listen(lambda text: None)
    feed(hearing, audio)
    watched.mended.clear()
    watched.signal(signal.SIGKILL)
    await watched.mended.wait()
    assert word_errors(words, await hearing.text()) <= 0.2


async def test_everything_at_once(watched: Watched, beckett: tuple[Audio, str]) -> None:
    audio, words = beckett
    heard, said, sound, end = await asyncio.gather(
        hear(watched.engine, audio), reply(watched.engine), speak(watched.engine), judge(watched.engine)
    )
    assert word_errors(words, heard) <= 0.2
    assert said and sound and end > 0.2


async def test_closing_leaves_no_process(smollm2: Path) -> None:
    watched = Watched(LocalModels(hearing=False, voice="", end_of_turn=smollm2))
    await watched.engine.start(lambda loading: None)
    pid = watched.engine.child_pid
    assert pid
    pending = asyncio.ensure_future(judge(watched.engine))
    await asyncio.sleep(0)
    await watched.engine.aclose()
    with pytest.raises(VoiceError):
        await pending
    assert not psutil.pid_exists(pid)
    assert not watched.troubles
    with pytest.raises(VoiceError):
        await judge(watched.engine)


async def test_the_child_dies_with_its_parent() -> None:
    code = (
        "import asyncio, os, signal\n"
        "from voicegui.providers.local import LocalEngine, LocalModels\n"
        "async def main():\n"
        "    engine = LocalEngine(LocalModels(hearing=False))\n"
        "    await engine.start(lambda loading: None)\n"
        "    print(engine.child_pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    child = int((await parent.communicate())[0])
    if psutil.pid_exists(child):
        gone, alive = psutil.wait_procs([psutil.Process(child)], timeout=10)
        assert gone and not alive


async def test_the_child_knows_nothing_of_windows(watched: Watched) -> None:
    maps = Path(f"/proc/{watched.engine.child_pid}/maps")
    if maps.exists():
        assert "PySide6" not in maps.read_text()


async def test_parts_that_are_not_loaded_say_so(smollm2: Path) -> None:
    watched = Watched(LocalModels(hearing=False, voice="", end_of_turn=smollm2))
    await watched.engine.start(lambda loading: None)
    with pytest.raises(VoiceError):
        await speak(watched.engine)
    await watched.engine.aclose()


async def test_missing_model(tmp_path: Path) -> None:
    models = LocalModels(language_model=tmp_path / "none.gguf", language_model_name="qwen")
    with pytest.raises(VoiceError) as caught:
        await LocalEngine(models).start(lambda loading: None)
    assert caught.value.code is ErrorCode.MODEL_MISSING
    assert caught.value.hint == "voicegui models get qwen"


@pytest.mark.parametrize("size", [0, 100, 5_000_000, 90_000_000])
async def test_truncated_model(smollm2: Path, tmp_path: Path, size: int) -> None:
    path = tmp_path / "cut.gguf"
    with smollm2.open("rb") as file:
        path.write_bytes(file.read(size))
    watched = Watched(LocalModels(hearing=False, voice="", end_of_turn=path))
    with pytest.raises(VoiceError) as caught:
        await watched.engine.start(lambda loading: None)
    assert caught.value.code is ErrorCode.MODEL_DAMAGED
    assert caught.value.hint == "voicegui models get cut"
    assert watched.engine.child_pid is None


async def test_starting_can_be_cancelled_and_repeated() -> None:
    watched = Watched(LocalModels(hearing=False))
    begun = asyncio.Event()
    starting = asyncio.create_task(watched.engine.start(lambda loading: begun.set()))
    await begun.wait()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert watched.engine.child_pid is None
    await watched.engine.start(lambda loading: None)
    assert await speak(watched.engine)
    await watched.engine.aclose()
