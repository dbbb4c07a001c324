"""A child that hangs is replaced, and one that is slow is not; how often, and what is said."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.providers import scripted_child
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.providers.local import LocalEngine, LocalModels, worker
from voicegui.providers.local.child_process import (
    LOADING_LOOKS,
    STOPPED_LOOKS,
    ProcessSample,
    ProcessState,
    Silence,
    sample_process,
)
from voicegui.providers.local.rpc_client import RESTARTS

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")

BUSY, ASLEEP, STOPPED, UNKNOWN = ProcessState.BUSY, ProcessState.ASLEEP, ProcessState.STOPPED, ProcessState.UNKNOWN


def states(*several: ProcessState) -> list[ProcessSample]:
    return [ProcessSample(state) for state in several]


ENOUGH = STOPPED_LOOKS + 1
"""The first look only begins."""


@pytest.mark.parametrize(
    ("looks", "loading", "hangs"),
    [
        (states(*[STOPPED] * ENOUGH), False, True),
        (states(*[STOPPED] * ENOUGH), True, True),
        (states(*[STOPPED] * (ENOUGH - 1)), False, False),
        (states(*[STOPPED] * (ENOUGH - 2), ASLEEP, *[STOPPED] * 2), False, True),
        (states(*[STOPPED] * 3, BUSY, *[STOPPED] * (STOPPED_LOOKS - 1)), False, False),
        (states(*[ASLEEP] * ENOUGH), False, True),
        (states(*[ASLEEP] * ENOUGH), True, False),
        (states(*[ASLEEP] * (LOADING_LOOKS + 1)), True, True),
        (states(*[BUSY] * 100), False, False),
        (states(*[UNKNOWN] * 100), False, False),
        (states(*[ASLEEP, ASLEEP, ASLEEP, BUSY] * 20), False, False),
        ([ProcessSample(ASLEEP, 0.02 * count) for count in range(100)], False, False),
        ([ProcessSample(ASLEEP, 0.001 * count) for count in range(100)], False, True),
        ([ProcessSample(ASLEEP, read=4096 * count) for count in range(100)], True, False),
        ([ProcessSample(ASLEEP, read=4096 * count) for count in range(100)], False, True),
        ([ProcessSample(ASLEEP, sure=False)] * ENOUGH, False, False),
        ([ProcessSample(ASLEEP, sure=False)] * (LOADING_LOOKS + 1), False, True),
        ([ProcessSample(STOPPED, sure=False)] * ENOUGH, False, True),
    ],
)
def test_what_a_hang_is(looks: Sequence[ProcessSample], loading: bool, hangs: bool) -> None:
    silence = Silence()
    assert any([silence.grows(each, 0, loading=loading) for each in looks]) is hangs


def test_a_report_is_a_sign_of_life() -> None:
    silence = Silence()
    assert not any([silence.grows(ProcessSample(ASLEEP), count, loading=False) for count in range(100)])


@linux
async def test_what_is_seen_of_a_process() -> None:
    async def until(state: ProcessState) -> None:
        await asyncio.to_thread(scripted_child.wait_until, lambda: sample_process(process.pid).state is state)

    code = "import sys\nsys.stdin.readline()\nwhile True: pass"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdin=asyncio.subprocess.PIPE)
    await until(ASLEEP)
    process.send_signal(signal.SIGSTOP)
    await until(STOPPED)
    process.send_signal(signal.SIGCONT)
    await until(ASLEEP)
    assert process.stdin
    process.stdin.write(b"\n")
    await until(BUSY)
    process.kill()
    await process.wait()
    assert sample_process(process.pid).state is UNKNOWN


# ---------------------------------------------------------------- real processes


@dataclass
class Scripted:
    """An engine with a scripted child, and what it told."""

    counter: Path
    how: str
    told: list[str] = field(default_factory=list)
    mended: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.counter.touch()
        models = LocalModels(hearing=False, voice=self.how, end_of_turn=self.counter)
        self.engine = LocalEngine(
            models, on_trouble=lambda error: self.told.append(error.message), on_mended=self.mended.set
        )

    async def start(self) -> None:
        await self.engine.start(lambda loading: None)

    async def ask(self, words: str = "hello") -> float:
        return await self.engine.end_of_turn.probability(words)

    @property
    def runs(self) -> int:
        return scripted_child.runs(self.counter)


Make = Callable[[str], Scripted]


@pytest.fixture
async def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Make]:
    monkeypatch.setattr(worker, "main", scripted_child.main)
    monkeypatch.setattr("voicegui.providers.local.engine._check", lambda models: None)
    made: list[Scripted] = []

    def new(how: str) -> Scripted:
        made.append(Scripted(tmp_path / "runs", how))
        return made[-1]

    yield new
    for each in made:
        await each.engine.aclose()


async def failing(work: Awaitable[object]) -> str:
    with pytest.raises(VoiceError) as caught:
        await work
    assert caught.value.code is ErrorCode.ENGINE_FAILED and caught.value.retryable
    return caught.value.message


@linux
@pytest.mark.parametrize("how", ["hangs-1", "stops-1"])
async def test_a_child_that_hangs_over_an_answer_is_replaced(make: Make, how: str) -> None:
    scripted = make(how)
    await scripted.start()
    said = await failing(scripted.ask())
    assert said == "The speech engine stopped responding and is being started again. Try again."
    assert await scripted.ask() == 2.0
    assert scripted.told == [said]
    assert scripted.mended.is_set()


@linux
async def test_one_lane_hangs_and_the_others_do_not(make: Make) -> None:
    scripted = make("one-hangs")
    await scripted.start()
    hanging = asyncio.ensure_future(scripted.ask("hang"))
    assert await scripted.ask() == 1.0
    assert "stopped responding" in await failing(hanging)
    assert await scripted.ask("hang") == 2.0


@linux
async def test_a_hang_is_noticed_also_if_nobody_waits_any_more(make: Make) -> None:
    scripted = make("hangs-1")
    await scripted.start()
    asking = asyncio.ensure_future(scripted.ask())
    await asyncio.sleep(0)
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    async with asyncio.timeout(60):
        await scripted.mended.wait()
    assert await scripted.ask() == 2.0


@linux
async def test_stopped_for_a_moment_it_goes_on(make: Make) -> None:
    scripted = make("stops-9")
    await scripted.start()
    pid = scripted.engine.child_pid
    assert pid
    asking = asyncio.ensure_future(scripted.ask())
    await asyncio.to_thread(scripted_child.wait_until, lambda: sample_process(pid).state is STOPPED)
    os.kill(pid, signal.SIGCONT)
    assert await asking == 1.0
    assert (scripted.runs, scripted.told) == (1, [])


@linux
async def test_long_work_is_no_hang(make: Make) -> None:
    scripted = make("works-4")
    await scripted.start()
    assert await scripted.ask() == 1.0
    assert scripted.told == []


@pytest.mark.parametrize("how", ["dies-1", "dies-2", f"dies-{RESTARTS}"])
async def test_a_child_that_dies_is_started_again(make: Make, how: str) -> None:
    scripted = make(how)
    await scripted.start()
    times = int(how[-1])
    for _ in range(times):
        assert "is being started again" in await failing(scripted.ask())
    assert await scripted.ask() == times + 1
    assert scripted.mended.is_set()


async def test_one_that_dies_whatever_is_asked_is_given_up_until_it_is_asked_again(make: Make) -> None:
    scripted = make(f"dies-{RESTARTS + 1}")
    await scripted.start()
    for _ in range(RESTARTS):
        await failing(scripted.ask())
    assert f"{RESTARTS + 1} times in a row" in await failing(scripted.ask())
    assert scripted.engine.child_pid is None
    assert "in a row" in scripted.told[-1]
    scripted.mended.clear()
    scripted.engine.revive()
    async with asyncio.timeout(60):
        await scripted.mended.wait()
    assert await scripted.ask() == RESTARTS + 2


@linux
@pytest.mark.parametrize("how", ["load-dies-1", f"load-dies-{RESTARTS}", "load-killed-1", "load-stops-1"])
async def test_one_that_dies_or_hangs_during_the_first_load_is_started_again(make: Make, how: str) -> None:
    scripted = make(how)
    await scripted.start()
    assert scripted.runs == int(how[-1]) + 1
    assert await scripted.ask() == scripted.runs
    assert scripted.told == [], "the start itself was waited for"


@linux
@pytest.mark.parametrize(
    ("how", "said"),
    [("load-dies-9", "stopped unexpectedly"), ("load-killed-9", "memory is short")],
)
async def test_a_first_load_that_never_succeeds_ends(make: Make, how: str, said: str) -> None:
    scripted = make(how)
    message = await failing(scripted.start())
    assert said in message and "being started again" not in message
    assert scripted.runs == RESTARTS + 1
    await failing(scripted.start())  # Retry tries as often again
    assert scripted.runs == 2 * (RESTARTS + 1)


async def test_a_damaged_model_is_not_tried_again(make: Make) -> None:
    scripted = make("load-refuses")
    with pytest.raises(VoiceError) as caught:
        await scripted.start()
    assert caught.value.code is ErrorCode.MODEL_DAMAGED
    assert scripted.runs == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ModuleNotFoundError("No module named 'xllamacpp'", name="xllamacpp"), "the library xllamacpp is missing"),
        (OSError("libgomp.so.1: cannot open shared object file: No such file"), "the library libgomp.so.1 is missing"),
        (ImportError("/usr/lib/libonnx.so.1.2: undefined symbol"), "the library libonnx.so.1.2 is missing"),
        (PermissionError(13, "Permission denied", "heart.bin"), "a file cannot be read"),
    ],
)
def test_a_missing_library_is_named(error: ImportError | OSError, said: str) -> None:
    assert said in worker._missing_library(error).message
