"""A thread with an event loop of its own, for what would keep the loop of a window from drawing."""

import asyncio
import sys
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_MOST_WAITING = 32
"""Pieces that wait to be taken; whoever makes them waits then."""

_AT_ONCE = 8
"""Pieces that are taken before others on the loop have their turn."""


async def run_aside(name: str, work: Callable[[], Coroutine[Any, Any, T]], *, starts_processes: bool = False) -> T:
    """What `work` gives on a `LoopThread` of its own. Cancelling cancels it, and waits until it has cleaned up."""
    aside = LoopThread(name, starts_processes=starts_processes)
    try:
        return await aside.call(work)
    finally:
        await aside.aclose()


def loop_for_processes() -> asyncio.AbstractEventLoop:
    """A new event loop that can start processes. Not what the policy says: that may be Qt's."""
    if sys.platform == "win32":
        return asyncio.ProactorEventLoop()
    return asyncio.SelectorEventLoop()


class LoopThread:
    """Belongs to the loop on which it is made, called home. The thread begins with the first work; a daemon.

    What runs over there sees only its own loop. Home gets finished pieces, and is the only one to call the methods.
    `ended` makes what is raised for all that is under way when the loop ends, and after that. `starts_processes`: so
    does what runs over there.
    """

    def __init__(
        self,
        name: str,
        ended: Callable[[], Exception] = lambda: RuntimeError("the loop has ended"),
        *,
        starts_processes: bool = False,
    ) -> None:
        self._name = name
        self._ended = ended
        self._starts_processes = starts_processes
        self._thread: threading.Thread | None = None
        self._home: asyncio.AbstractEventLoop | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: set[_Wire[Any]] = set()
        self._closed = False

    async def call(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `work` gives over there. Cancelling this cancels it, and waits until it has ended."""

        async def one() -> AsyncGenerator[T, None]:
            yield await work()

        async with aclosing(self.stream(one)) as results:
            return await anext(results)

    async def stream(self, make: Callable[[], AsyncGenerator[T, None]]) -> AsyncGenerator[T, None]:
        """The pieces of what `make` gives over there. Closing this closes it, and waits until it has ended.

        Raises what it raises.
        """
        if self._closed:
            raise self._ended()
        home, away = asyncio.get_running_loop(), self._begun()
        wire: _Wire[T] = _Wire(home, away, self._ended)
        self._under_way.add(wire)
        wire.begin(make)
        try:
            async with aclosing(wire.pieces()) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            await wire.stop()
            self._under_way.discard(wire)

    def tell_home(self, callback: Callable[..., object], *arguments: object) -> None:
        """From over there: `callback` is called at home, in order with the pieces."""
        if self._home is not None and not self._home.is_closed():
            self._home.call_soon_threadsafe(callback, *arguments)

    async def aclose(self, goodbye: Callable[[], Coroutine[Any, Any, None]] | None = None) -> None:
        """Ends all that is under way, then does `goodbye` over there if the thread has begun, then ends it."""
        self._closed = True
        try:
            await asyncio.gather(*(wire.stop() for wire in self._under_way))
            if goodbye is not None and self._loop is not None and not self._loop.is_closed():
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(goodbye(), self._loop))
        finally:  # also when this is cancelled meanwhile: the thread must not stay behind
            if self._thread is not None and self._loop is not None and self._thread.is_alive():
                self._loop.call_soon_threadsafe(self._end.set)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _begun(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._home = asyncio.get_running_loop()
            # Not what the policy says: that may be Qt's
            self._loop = loop_for_processes() if self._starts_processes else asyncio.SelectorEventLoop()
            self._end = asyncio.Event()
            self._thread = threading.Thread(target=self._run, args=(self._loop,), name=self._name, daemon=True)
            self._thread.start()
        return self._loop

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(self._until_the_end())

    async def _until_the_end(self) -> None:
        await self._end.wait()


class _Wire(Generic[T]):
    """One stream between the two loops."""

    def __init__(
        self, home: asyncio.AbstractEventLoop, away: asyncio.AbstractEventLoop, ended: Callable[[], Exception]
    ) -> None:
        self._home, self._away, self._cut = home, away, ended
        self._waiting: deque[T] = deque()
        self._news = asyncio.Event()
        """At home: there is a piece, or the end."""
        self._room = asyncio.Event()
        """Over there: fewer pieces wait."""
        self._task: asyncio.Task[None] | None = None
        self._error: BaseException | None = None
        self._over = False

    # ------------------------------------------------------------ at home

    def begin(self, make: Callable[[], AsyncGenerator[T, None]]) -> None:
        self._away.call_soon_threadsafe(self._start, make)

    async def pieces(self) -> AsyncGenerator[T, None]:
        taken = 0
        while await self._piece_is_there():
            piece = self._waiting.popleft()
            if len(self._waiting) == _MOST_WAITING // 2:
                self._away.call_soon_threadsafe(self._room.set)
            yield piece
            taken += 1
            if taken % _AT_ONCE == 0:
                await asyncio.sleep(0)
        if self._error is not None:
            raise self._error

    async def stop(self) -> None:
        if not self._over:
            self._away.call_soon_threadsafe(self._cancel)
        while not self._over:
            self._news.clear()
            if not self._over:
                await self._news.wait()

    async def _piece_is_there(self) -> bool:
        while not self._waiting:
            if self._over:
                return bool(self._waiting)
            self._news.clear()
            if not self._waiting and not self._over:
                await self._news.wait()
        return True

    # ------------------------------------------------------------ over there

    def _start(self, make: Callable[[], AsyncGenerator[T, None]]) -> None:
        self._task = asyncio.ensure_future(self._pump(make))
        self._task.add_done_callback(self._ended)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _pump(self, make: Callable[[], AsyncGenerator[T, None]]) -> None:
        async with aclosing(make()) as pieces:
            async for piece in pieces:
                self._waiting.append(piece)
                self._tell()
                while len(self._waiting) >= _MOST_WAITING:
                    self._room.clear()
                    if len(self._waiting) >= _MOST_WAITING:
                        await self._room.wait()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._error = self._cut() if task.cancelled() else task.exception()
        self._over = True
        self._tell()

    def _tell(self) -> None:
        if not self._home.is_closed():
            self._home.call_soon_threadsafe(self._news.set)
