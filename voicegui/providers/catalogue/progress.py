"""How far a download is, and how fast: of one file, and of several together."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

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


class Overall:
    """Makes one progress of several downloads, which come one after the other."""

    def __init__(self, sizes: Sequence[int], here: Sequence[int], report: Callable[[Loading], None]) -> None:
        """`sizes`: bytes of each; `here`: how many of them have arrived earlier."""
        self._sizes, self._here, self._report = list(sizes), list(here), report

    def of(self, index: int) -> Callable[[Loading], None]:
        """What takes the reports of one of them."""
        return lambda loading: self._add(index, loading)

    def _add(self, index: int, loading: Loading) -> None:
        self._sizes[index] = loading.total or self._sizes[index]  # a stand-in has another size
        self._here[index] = loading.done
        what = f"{loading.what} ({index + 1} of {len(self._sizes)})" if len(self._sizes) > 1 else loading.what
        self._report(replace(loading, what=what, done=sum(self._here), total=sum(self._sizes)))
