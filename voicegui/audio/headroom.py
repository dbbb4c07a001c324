"""How much sound the speaker's device holds ahead: little on a machine that calls back in time, more on a busy one.

What is held ahead covers a stall and delays what is played next (headphones: nothing, since their device is restarted).
"""

from collections import deque
from collections.abc import Callable

SHORT_S = 0.06
"""A GIL held for 50 ms underruns 20 ms every time, 40 ms on a busy machine, 60 ms never (measured)."""
LONG_S = 0.2
"""Beside programs that keep all processors busy a process waits for up to 150 ms for its turn (measured)."""

LATE_S = 0.04
"""Between two callbacks, which come every 10 to 20 ms on a quiet machine."""
_LATE_CALLS = 2
_WITHIN_S = 10.0
_CALM_S = 60.0
"""Without a late callback: the machine is quiet again."""


class Headroom:
    """Fed by the thread that keeps the devices; `seconds` may be read by any."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._late: deque[float] = deque(maxlen=_LATE_CALLS)
        self.seconds = SHORT_S

    def follow(self, late_calls: int) -> None:
        """`late_calls`: callbacks that came late since the last time."""
        now = self._clock()
        self._late.extend([now] * late_calls)
        if len(self._late) == _LATE_CALLS and now - self._late[0] <= _WITHIN_S:
            self.seconds = LONG_S
        elif not self._late or now - self._late[-1] >= _CALM_S:
            self.seconds = SHORT_S
