"""Functions that may block, off the event loop's thread.

Not `asyncio.to_thread`: its pool is awaited when the program ends, and a few functions that never return would take it
from everybody else.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")

MOST_AT_ONCE = 16
"""Those that were given up but still run count too."""

_running = 0
_lock = threading.Lock()


class TooManyThreads(Exception):
    """`MOST_AT_ONCE` run already."""


async def in_thread(work: Callable[[], T], *, limited: bool = True) -> T:
    """What `work` returns, from a daemon thread of its own that has a copy of the context.

    `work` must not raise: not every exception can cross. Cancelling leaves it running. `limited`: counted, and refused
    with TooManyThreads if there are too many.
    """
    _take(limited)
    call: Future[T] = Future()
    call.set_running_or_notify_cancel()  # whoever waits may go; the result then goes nowhere
    context = copy_context()
    threading.Thread(target=context.run, args=(_carry_out, work, call, limited), name="tool", daemon=True).start()
    return await asyncio.wrap_future(call)


async def in_own_loop(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """The same for a coroutine that may block: it gets an event loop of its own. Cancelling cancels it there."""
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[T]]] = []
    unwanted = threading.Event()

    async def run() -> T:
        task: asyncio.Task[T] = asyncio.ensure_future(work())
        running.append((asyncio.get_running_loop(), task))
        if unwanted.is_set():
            task.cancel()
        return await task

    try:
        return await in_thread(lambda: asyncio.run(run()))
    except asyncio.CancelledError:
        unwanted.set()
        for loop, task in running:
            with suppress(RuntimeError):  # it has just ended
                loop.call_soon_threadsafe(task.cancel)
        raise


def _take(limited: bool) -> None:
    global _running
    with _lock:
        if limited and _running >= MOST_AT_ONCE:
            raise TooManyThreads
        _running += limited


def _carry_out(work: Callable[[], T], call: "Future[T]", limited: bool) -> None:
    try:
        result = work()
    except BaseException as error:
        _give_back(limited)
        call.set_exception(error)
    else:
        _give_back(limited)
        call.set_result(result)


def _give_back(limited: bool) -> None:
    global _running
    with _lock:
        _running -= limited
