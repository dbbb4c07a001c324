"""The loop beside the program's: pieces in order, cancelled at once, never more than a few ahead."""

import asyncio
import sys
import threading
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from voicegui.loops.loop_thread import LoopThread, loop_for_processes, run_aside


class Ended(Exception):
    pass


@pytest.fixture
async def loop() -> AsyncIterator[LoopThread]:
    loop = LoopThread("test", Ended)
    yield loop
    await loop.aclose()


async def numbers(count: int) -> AsyncGenerator[int, None]:
    for number in range(count):
        yield number


async def test_pieces_come_in_order_from_another_thread(loop: LoopThread) -> None:
    async def where() -> str:
        return threading.current_thread().name

    assert await loop.call(where) == "test"
    assert [number async for number in loop.stream(lambda: numbers(1000))] == list(range(1000))


async def test_who_makes_pieces_waits_for_who_takes_them(loop: LoopThread) -> None:
    made = 0

    async def eager() -> AsyncGenerator[int, None]:
        nonlocal made
        while True:
            made += 1
            yield made

    stream = loop.stream(eager)
    assert await anext(stream) == 1
    await loop.call(lambda: asyncio.sleep(0.05))
    assert made <= 34
    await stream.aclose()


async def test_closing_and_cancelling_end_the_work_before_they_return(loop: LoopThread) -> None:
    ended = []

    async def waiting() -> AsyncGenerator[int, None]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            ended.append(threading.current_thread().name)

    stream = loop.stream(waiting)
    await anext(stream)
    await stream.aclose()
    assert ended == ["test"]

    async def take() -> None:
        async for _ in loop.stream(waiting):
            pass

    task = asyncio.create_task(take())
    await loop.call(lambda: asyncio.sleep(0))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended in (["test"], ["test", "test"])  # it may not even have begun


async def test_what_is_raised_there_is_raised_here_after_the_pieces(loop: LoopThread) -> None:
    async def failing() -> AsyncGenerator[int, None]:
        yield 1
        raise ZeroDivisionError

    got = []
    with pytest.raises(ZeroDivisionError):
        async for piece in loop.stream(failing):
            got.append(piece)
    assert got == [1]


async def test_the_end_ends_what_is_under_way_and_refuses_what_comes() -> None:
    loop = LoopThread("test", Ended)

    async def forever() -> None:
        await asyncio.Event().wait()

    waiting = asyncio.create_task(loop.call(forever))
    await loop.call(lambda: asyncio.sleep(0))
    await loop.aclose()
    with pytest.raises(Ended):
        await waiting
    with pytest.raises(Ended):
        await loop.call(forever)
    await loop.aclose()


async def test_a_loop_that_was_never_used_ends_at_once() -> None:
    await LoopThread("test").aclose()


async def test_work_aside_gives_its_result_and_ends_its_thread() -> None:
    async def work() -> str:
        return threading.current_thread().name

    assert await run_aside("aside", work) == "aside"
    assert "aside" not in {thread.name for thread in threading.enumerate()}


async def test_what_is_raised_aside_is_raised_here() -> None:
    async def work() -> None:
        raise Ended

    with pytest.raises(Ended):
        await run_aside("aside", work)


async def test_cancelling_what_runs_aside_waits_until_it_has_cleaned_up() -> None:
    here, begun, cleaned = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    async def work() -> None:
        try:
            here.call_soon_threadsafe(begun.set)
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.set()

    running = asyncio.create_task(run_aside("aside", work))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert cleaned.is_set()


async def test_processes_can_be_started_aside() -> None:
    async def work() -> int | None:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", "raise SystemExit(3)")
        await process.wait()
        return process.returncode

    assert await run_aside("aside", work, starts_processes=True) == 3


def test_a_loop_for_processes_is_not_that_of_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    def qt() -> None:
        raise AssertionError("Qt's loop cannot run in a thread")

    monkeypatch.setattr(asyncio, "new_event_loop", qt)
    loop_for_processes().close()


@pytest.mark.parametrize("steps", range(6))
async def test_cancelled_twice_it_leaves_no_thread(steps: int) -> None:
    begun = threading.Event()

    async def work() -> None:
        begun.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(run_aside("cancelled twice", work))
    await asyncio.to_thread(begun.wait)
    running.cancel()
    for _ in range(steps):
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    for thread in [each for each in threading.enumerate() if each.name == "cancelled twice"]:
        await asyncio.to_thread(thread.join, 60)
        assert not thread.is_alive()
