"""Whether the child with the models still lives, seen from outside: that needs neither its help nor its locks.

A child that is slow works, or waits for a processor or a disk. A child that hangs does none of it, although it owes an
answer: it was stopped, or its threads wait for each other.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

LOOK_S = 0.5
STOPPED_LOOKS = 5
"""So many looks in a row without a sign of life are a hang. Looks count, not seconds: when the parent itself was
stopped, or the whole machine slept, only the next look comes late."""

LOADING_LOOKS = 20
"""While it loads, for a child that sleeps: it may wait for a disk far away without any other sign. Also where the
system does not tell waiting for a processor from sleeping."""

_WORKED_S = 0.015
"""Seconds of processor time between two looks that are work; to read the pipe takes less."""


class State(Enum):
    BUSY = auto()
    """It runs, or waits for a processor or a disk."""
    ASLEEP = auto()
    STOPPED = auto()
    UNKNOWN = auto()
    """It is just beginning or ending, or the system does not tell."""


@dataclass(frozen=True, slots=True)
class Look:
    state: State
    worked_s: float = 0.0
    """Processor time so far."""
    read: int = 0
    """Bytes read so far."""
    sure: bool = True
    """Whether ASLEEP cannot be waiting for a processor."""


@dataclass(slots=True)
class Silence:
    """Counts the looks without a sign of life."""

    _last: Look | None = None
    _reports: int = 0
    _looks: int = field(default=0)

    def grows(self, look: Look, reports: int, *, loading: bool) -> bool:
        """Whether it is a hang by now. `reports`: how many the child has sent so far."""
        before, self._last = self._last, look
        alive = before is None or self._lives(before, look, loading=loading) or reports != self._reports
        self._reports = reports
        self._looks = 0 if alive else self._looks + 1
        if look.state is State.STOPPED or (look.sure and not loading):
            return self._looks >= STOPPED_LOOKS
        return self._looks >= LOADING_LOOKS

    @staticmethod
    def _lives(before: Look, look: Look, *, loading: bool) -> bool:
        if look.state is State.STOPPED:
            return False
        worked = look.worked_s - before.worked_s > _WORKED_S
        return worked or look.state is not State.ASLEEP or (loading and look.read != before.read)


async def until_hang(
    pid: Callable[[], int | None], owes: asyncio.Event, loading: asyncio.Event, reports: Callable[[], int]
) -> None:
    """Returns when the process hangs while `owes` is set. `reports`: how many it has sent so far."""
    while True:
        await owes.wait()
        silence = Silence()
        while owes.is_set():
            number = pid()
            seen = await asyncio.to_thread(look, number) if number else Look(State.UNKNOWN)
            if silence.grows(seen, reports(), loading=loading.is_set()):
                return
            await asyncio.sleep(LOOK_S)


def look(pid: int) -> Look:
    """At one process, for less than a millisecond."""
    import psutil

    try:
        process = psutil.Process(pid)
        status, times = process.status(), process.cpu_times()
    except psutil.Error:
        return Look(State.UNKNOWN)
    read = _read(pid)
    worked = times.user + times.system
    if status == psutil.STATUS_STOPPED:
        return Look(State.STOPPED, worked, read)
    if status in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD, psutil.STATUS_TRACING_STOP):  # the last is a debugger
        return Look(State.UNKNOWN, worked, read)
    if sys.platform != "linux":
        return Look(State.ASLEEP, worked, read, sure=False)
    return Look(State.BUSY if _any_thread_is_busy(pid) else State.ASLEEP, worked, read)


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
