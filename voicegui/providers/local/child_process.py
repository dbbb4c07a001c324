"""The child process with the models, seen from the event loop: one run of it, and whether it still lives.

Nothing here blocks the loop's thread or needs the child's help. A child that is slow works, or waits for a processor or
a disk. A child that hangs does none of it, although it owes an answer: it was stopped, or its threads wait for each
other.
"""

import asyncio
import logging
import multiprocessing
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from queue import SimpleQueue

from . import worker
from .rpc_messages import Cancel, LocalModels, Report, Request

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """The process is gone."""

    exit_code: int | None
    """Minus the number of the signal that killed it; None if it did not even start."""


class Child:
    """Starts at once. Two threads: one starts the process and reads its reports, one writes to it.

    `receive` gets every report, then `ChildEnded`, on the loop's thread.
    """

    def __init__(
        self, models: LocalModels, receive: Callable[[Report | ChildEnded], None], loop: asyncio.AbstractEventLoop
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
        """Ends it at once; `ChildEnded` follows. It keeps nothing that would have to be saved."""
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
            self._tell(ChildEnded(self._process.exitcode))
        except RuntimeError:
            logger.debug("the event loop was closed before the child")

    def _tell(self, report: Report | ChildEnded) -> None:
        self._loop.call_soon_threadsafe(self._receive, report)

    def _write(self) -> None:
        while (message := self._outbox.get()) is not None:
            try:
                self._pipe.send(message)
            except OSError:
                return  # the reader sees it too


# ---------------------------------------------------------------- whether it still lives

LOOK_S = 0.5
STOPPED_LOOKS = 5
"""So many looks in a row without a sign of life are a hang. Looks count, not seconds: when the parent itself was
stopped, or the whole machine slept, only the next look comes late."""

LOADING_LOOKS = 20
"""While it loads, for a child that sleeps: it may wait for a disk far away without any other sign. Also where the
system does not tell waiting for a processor from sleeping."""

_WORKED_S = 0.015
"""Seconds of processor time between two looks that are work; to read the pipe takes less."""


class ProcessState(Enum):
    BUSY = auto()
    """It runs, or waits for a processor or a disk."""
    ASLEEP = auto()
    STOPPED = auto()
    UNKNOWN = auto()
    """It is just beginning or ending, or the system does not tell."""


@dataclass(frozen=True, slots=True)
class ProcessSample:
    state: ProcessState
    worked_s: float = 0.0
    """Processor time so far."""
    read: int = 0
    """Bytes read so far."""
    sure: bool = True
    """Whether ASLEEP cannot be waiting for a processor."""


@dataclass(slots=True)
class Silence:
    """Counts the looks without a sign of life."""

    _last: ProcessSample | None = None
    _reports: int = 0
    _looks: int = field(default=0)

    def grows(self, look: ProcessSample, reports: int, *, loading: bool) -> bool:
        """Whether it is a hang by now. `reports`: how many the child has sent so far."""
        before, self._last = self._last, look
        alive = before is None or self._lives(before, look, loading=loading) or reports != self._reports
        self._reports = reports
        self._looks = 0 if alive else self._looks + 1
        if look.state is ProcessState.STOPPED or (look.sure and not loading):
            return self._looks >= STOPPED_LOOKS
        return self._looks >= LOADING_LOOKS

    @staticmethod
    def _lives(before: ProcessSample, look: ProcessSample, *, loading: bool) -> bool:
        if look.state is ProcessState.STOPPED:
            return False
        worked = look.worked_s - before.worked_s > _WORKED_S
        return worked or look.state is not ProcessState.ASLEEP or (loading and look.read != before.read)


async def until_hang(
    pid: Callable[[], int | None], owes: asyncio.Event, loading: asyncio.Event, reports: Callable[[], int]
) -> None:
    """Returns when the process hangs while `owes` is set. `reports`: how many it has sent so far."""
    while True:
        await owes.wait()
        silence = Silence()
        while owes.is_set():
            number = pid()
            seen = await asyncio.to_thread(sample_process, number) if number else ProcessSample(ProcessState.UNKNOWN)
            if silence.grows(seen, reports(), loading=loading.is_set()):
                return
            await asyncio.sleep(LOOK_S)


def sample_process(pid: int) -> ProcessSample:
    """At one process, for less than a millisecond."""
    import psutil

    try:
        process = psutil.Process(pid)
        status, times = process.status(), process.cpu_times()
    except psutil.Error:
        return ProcessSample(ProcessState.UNKNOWN)
    read = _read(pid)
    worked = times.user + times.system
    if status == psutil.STATUS_STOPPED:
        return ProcessSample(ProcessState.STOPPED, worked, read)
    if status in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD, psutil.STATUS_TRACING_STOP):  # the last is a debugger
        return ProcessSample(ProcessState.UNKNOWN, worked, read)
    if sys.platform != "linux":
        return ProcessSample(ProcessState.ASLEEP, worked, read, sure=False)
    return ProcessSample(ProcessState.BUSY if _any_thread_is_busy(pid) else ProcessState.ASLEEP, worked, read)


def _read(pid: int) -> int:
    """Bytes read so far; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/{pid}/io").read_text()
    except OSError:
        return 0
    return next((int(line.partition(":")[2]) for line in told.splitlines() if line.startswith("rchar:")), 0)


def _any_thread_is_busy(pid: int) -> bool:
    """R: runs or waits for a processor; D: waits for a disk."""
    for thread in Path(f"/proc/{pid}/task").glob("*/stat"):
        try:
            state = thread.read_text().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            continue  # the thread has just ended
        if state in "RD":
            return True
    return False
