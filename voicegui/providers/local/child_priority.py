"""How much of the processors the models get: little beside the window alone, a fair share beside other programs.

Linux shares the processors between sessions (sched(7), "The autogroup feature"). In the window's own session the
models' threads kept it waiting for up to 200 ms, whatever their niceness (measured). So they get a session of theirs,
and that is a nice one. But beside programs that keep all processors busy a nice session starves: it was ready after
31 s instead of 4. So while others use much of them, it is an ordinary session. A user may change the niceness of a
session in both directions, that of a process only upwards.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)

NICE_SESSION, FAIR_SESSION = 10, 0
NICE_PROCESS = 4
"""Where the system does not share by session: beside one busy program it still gets three tenths of a processor."""

CROWDED, ROOMY = 0.5, 0.3
"""Share of all processors that others use: from the first on the models need their fair share, up to the second they do
not any more. Sound server, screen and other small work take up to a quarter of two slow processors."""

LOOK_S = 0.25

_SESSION = Path("/proc/self/autogroup")


@dataclass(frozen=True, slots=True)
class Usage:
    """Ticks of all processors together since the machine has started."""

    total: int
    busy: int
    ours: int
    """Of them, spent by the models and the window."""

    def others_since(self, before: "Usage") -> float:
        """Share of all processors that other programs have used since; 0..1."""
        others = (self.busy - before.busy) - (self.ours - before.ours)
        return max(0.0, others / max(1, self.total - before.total))


class Priority:
    """Of the process that makes it: `step_back` first. It looks around only while something is `working`."""

    def __init__(self, look: Callable[[], Usage] | None = None) -> None:
        self._look = look or usage
        self._working = 0
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._niceness = NICE_SESSION
        self._before: Usage | None = None

    def step_back(self) -> None:
        if hasattr(os, "nice"):
            os.nice(NICE_PROCESS)
        if not hasattr(os, "setsid"):
            return
        with suppress(OSError):  # it leads one already
            os.setsid()
        if self._set(NICE_SESSION):
            threading.Thread(target=self._look_around, name="priority", daemon=True).start()

    @contextmanager
    def working(self) -> Iterator[None]:
        """While it lasts somebody waits for the models. Any thread."""
        with self._lock:
            self._working += 1
            self._wanted.set()
        try:
            yield
        finally:
            with self._lock:
                self._working -= 1
                if not self._working:
                    self._wanted.clear()

    def _look_around(self) -> None:
        pause = threading.Event()  # never set
        try:
            while True:
                self._wanted.wait()
                self._adjust(self._look())
                pause.wait(LOOK_S)
        except (OSError, ValueError, IndexError) as error:
            logger.info("the processors' use is not told: %s", type(error).__name__)

    def _adjust(self, now: Usage) -> None:
        before, self._before = self._before, now
        if before is None or now.total == before.total:
            return
        wanted = niceness(self._niceness, now.others_since(before))
        if wanted != self._niceness and self._set(wanted):
            self._niceness = wanted

    def _set(self, value: int) -> bool:
        """False where that is not possible, or not yet: the system takes ten changes a second, of all users."""
        try:
            _SESSION.write_text(str(value))
        except OSError:
            return False
        return True


def niceness(now: int, others: float) -> int:
    """Of the session. `others`: share of all processors that other programs use."""
    if others >= CROWDED:
        return FAIR_SESSION
    return NICE_SESSION if others <= ROOMY else now


def usage() -> Usage:
    """Raises OSError, ValueError and IndexError where the system does not tell."""
    user, nice, system, idle, wait, *rest = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    total = user + nice + system + idle + wait + sum(rest)
    return Usage(total, total - idle - wait, _spent("self") + _spent(str(os.getppid())))


def _spent(process: str) -> int:
    """Ticks of a process with all its threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
