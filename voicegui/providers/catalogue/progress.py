"""How far a download is, and how fast."""

import time
from collections import deque
from collections.abc import Callable

from voicegui.core.ports import Loading

_INTERVAL_S = 0.1
_WINDOW_S = 5.0


class Meter:
    """Reports at most ten times a second; the speed is that of the last five seconds."""

    def __init__(
        self,
        what: str,
        total: int,
        report: Callable[[Loading], None],
        *,
        done: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._total = total
        self._report = report
        self._clock = clock
        self._recent = deque([(clock(), done)])
        self._reported_at = float("-inf")

    def at(self, done: int) -> None:
        """`done` bytes are here."""
        now = self._clock()
        if now - self._reported_at < _INTERVAL_S and done < self._total:
            return
        self._reported_at = now
        self._recent.append((now, done))
        while len(self._recent) > 2 and now - self._recent[0][0] > _WINDOW_S:
            self._recent.popleft()
        began, had = self._recent[0]
        speed = max(done - had, 0) / (now - began) if now > began else 0.0
        self._report(Loading(self._what, done, self._total, speed))
