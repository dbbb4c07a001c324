"""Tools that block run in threads, of which there are never more than a few."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from voicegui.tools import execution
from voicegui.tools.registry import tool

from .test_registry import MINE, call, mood

# ---------------------------------------------------------------- threads


@pytest.fixture
def latch() -> Iterator[threading.Event]:
    """Lets those that block go on at the end."""
    event = threading.Event()
    yield event
    event.set()


async def test_what_blocks_runs_off_the_loop(latch: threading.Event) -> None:
    def block() -> str:
        """Blocks."""
        latch.wait()
        return threading.current_thread().name

    async def block_too() -> str:
        """Blocks."""
        return block()

    calls = [asyncio.create_task(call(each, source=MINE)) for each in (block, block_too)]
    await asyncio.sleep(0)  # the loop goes on while they block
    latch.set()
    assert [(await each).text for each in calls] == ["tool", "tool"]


async def test_those_that_never_return_do_not_take_more_and_more_threads(latch: threading.Event) -> None:
    @tool(timeout_s=0.001)
    def hang() -> None:
        """Hangs."""
        latch.wait()

    for _ in range(execution.MOST_AT_ONCE):
        assert "was stopped" in (await call(hang)).text
    assert "still run" in (await call(hang)).text
    assert all(each.daemon for each in threading.enumerate() if each.name == "tool")
    latch.set()
    for each in threading.enumerate():
        if each.name == "tool":
            await asyncio.to_thread(each.join, 60)
    assert (await call(mood, {"place": "x"})).ok
