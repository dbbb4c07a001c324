"""How a function that is a tool runs: blocking ones in a thread, and what it prints kept apart from the program's
lines."""

import asyncio
import io
import os
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from typing import Any, TextIO, TypeVar

_inside: ContextVar[bool] = ContextVar("inside a tool", default=False)


@contextmanager
def inside_tool() -> Iterator[None]:
    """Tasks and threads that are begun inside count as inside too."""
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


@contextmanager
def stdout_for_program(lost: Callable[[OSError], object] = lambda error: None) -> Iterator[None]:
    """While it lasts, standard output gets only what the program itself prints on its main thread.

    What tools print goes to standard error, from whatever thread. So does what reaches file descriptor 1 without
    Python: the output of child processes and of C libraries. `sys.stdout` is another object inside.

    `lost` is told when nobody reads it any more, or it cannot be written; what is printed from then on goes nowhere.
    """
    before = sys.stdout
    before.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    stream = open(os.dup(kept), "w", encoding=before.encoding, errors=before.errors)  # noqa: SIM115
    sys.stdout = program = _ProgramOnly(stream, lost)
    try:
        yield
    finally:
        sys.stdout = before
        program.end()
        os.dup2(kept, 1)
        os.close(kept)


class _ProgramOnly(io.TextIOBase):
    def __init__(self, program: TextIO, lost: Callable[[OSError], object]) -> None:
        self._program, self._lost = program, lost

    def write(self, text: str, /) -> int:
        try:
            self._stream().write(text)
        except OSError as error:
            self._lose(error)
        return len(text)

    def flush(self) -> None:
        try:
            self._stream().flush()
        except OSError as error:
            self._lose(error)

    def end(self) -> None:
        """Flushes and closes it."""
        try:
            self._program.close()  # it is closed also when flushing fails
        except OSError as error:
            self._lost(error)

    def _lose(self, error: OSError) -> None:
        if self._stream() is self._program:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._program.fileno())
            os.close(nowhere)
            self._lost(error)

    def fileno(self) -> int:
        return self._program.fileno()

    def isatty(self) -> bool:
        return self._program.isatty()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._program.encoding

    def _stream(self) -> TextIO:
        is_main = threading.current_thread() is threading.main_thread()
        return self._program if is_main and not _inside.get() else sys.stderr


# ---------------------------------------------------------------- blocking functions
# They run off the event loop's thread. Not `asyncio.to_thread`: its pool is awaited when the program ends, and a few
# functions that never return would take it from everybody else.

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
