"""One run of the child process, seen from the event loop: nothing here ever blocks the loop's thread."""

import asyncio
import logging
import multiprocessing
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from . import worker
from .protocol import Cancel, LocalModels, Report, Request

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """The process is gone."""

    exit_code: int | None
    """Minus the number of the signal that killed it; None if it did not even start."""


class Child:
    """Starts at once. Two threads: one starts the process and reads its reports, one writes to it.

    `receive` gets every report, then `Ended`, on the loop's thread.
    """

    def __init__(
        self, models: LocalModels, receive: Callable[[Report | Ended], None], loop: asyncio.AbstractEventLoop
    ) -> None:
        self._models = models
        self._receive = receive
        self._loop = loop
        self._outbox: SimpleQueue[Request | Cancel | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._killed = False
        context = multiprocessing.get_context("spawn")  # fork would copy Qt's and PortAudio's threads' locks
        self._pipe, self._child_pipe = context.Pipe()
        self._process = context.Process(
            target=worker.main, args=(self._child_pipe, models), name="voicegui-models", daemon=True
        )
        threading.Thread(target=self._run, name="models-reader", daemon=True).start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def send(self, message: Request | Cancel) -> None:
        self._outbox.put(message)

    def kill(self) -> None:
        """Ends it at once; `Ended` follows. It keeps nothing that would have to be saved."""
        with self._lock:
            self._killed = True
            if self._process.pid is not None:
                self._process.kill()

    def _run(self) -> None:
        writer = threading.Thread(target=self._write, name="models-writer", daemon=True)
        writer.start()
        try:
            if self._start():
                while True:
                    self._tell(self._pipe.recv())
        except (EOFError, OSError) as error:
            logger.debug("child ended: %s", type(error).__name__)
        except RuntimeError:
            self.kill()  # the loop was closed without us: nobody listens any more
        self._finish(writer)

    def _start(self) -> bool:
        with self._lock:
            if not self._killed:
                self._process.start()
            self._child_pipe.close()  # so that the pipe breaks when the child dies
            return not self._killed

    def _finish(self, writer: threading.Thread) -> None:
        if self._process.pid is not None:
            self._process.kill()  # it may have closed the pipe only
            self._process.join()
        self._outbox.put(None)
        writer.join()  # a pipe without a reader never blocks it
        self._pipe.close()
        try:
            self._tell(Ended(self._process.exitcode))
        except RuntimeError:
            logger.debug("the event loop was closed before the child")

    def _tell(self, report: Report | Ended) -> None:
        self._loop.call_soon_threadsafe(self._receive, report)

    def _write(self) -> None:
        while (message := self._outbox.get()) is not None:
            try:
                self._pipe.send(message)
            except OSError:
                return  # the reader sees it too
