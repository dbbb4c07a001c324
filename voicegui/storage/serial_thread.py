"""Blocking calls off the event loop's thread: one at a time, and none can keep the program from ending."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class SerialThread:
    """Not `asyncio.to_thread`: its threads are awaited when the program ends, and a call that hangs would hang that.

    The thread starts with the first call and ends with the program.
    """

    def __init__(self, name: str, timeout_s: float) -> None:
        self._name = name
        self.timeout_s = timeout_s
        """How long a call is waited for, from when it was made."""
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._running: Future[Any] | None = None
        self._given_up: Future[Any] | None = None

    @property
    def hangs(self) -> bool:
        """A call that was given up still goes on."""
        return self._given_up is not None and not self._given_up.done()

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises; it begins when those before it have ended.

        Raises TimeoutError, at once while the thread hangs. Work that has begun goes on then, and when the caller is
        cancelled; work that has not begun is dropped.
        """
        if self.hangs:
            raise TimeoutError
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._thread.start()
        call: Future[T] = Future()
        self._calls.put((work, call))
        try:
            async with asyncio.timeout(self.timeout_s):
                return await asyncio.wrap_future(call)
        except TimeoutError:
            if not call.done() or call.cancelled():  # else it is the work's own
                self._given_up = self._running
            raise

    def _serve(self) -> None:
        while True:
            work, call = self._calls.get()
            if call.set_running_or_notify_cancel():
                self._running = call
                _carry_out(work, call)
            del work, call  # may hold what nobody should keep


def _carry_out(work: Callable[[], T], call: Future[T]) -> None:
    try:
        result = work()
    except BaseException as error:
        call.set_exception(error)
    else:
        call.set_result(result)
