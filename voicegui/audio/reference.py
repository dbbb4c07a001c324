"""Keeps what the speaker played in step with what the microphone got."""

from collections import deque
from dataclasses import dataclass
from math import ceil
from statistics import median

from .playback import SILENCE

_BLOCK_S = 0.01
_JUDGED = 25
"""Blocks whose times are compared before something is changed: a single time is off by up to a device's buffer."""

_WANTED_LEAD_S = 0.06
_LATE_S = -0.02
"""The times that devices tell wander by up to 40 ms (measured) without a gap in the sound: only more is believed."""


@dataclass(frozen=True, slots=True)
class Played:
    """10 ms at 48 kHz that the speaker's device has taken."""

    block: bytes
    heard_at: float
    """Monotonic seconds at which its first sample is heard."""


class Reference:
    """For each block of the microphone the block of the speaker that goes with it.

    The canceller looks for an echo after its cause, so a block may be early, never late. The blocks are taken in order,
    without a gap or a jump, as long as they are not late: only the continuous signal can be subtracted. Where the
    speaker has stopped for a moment its silence is the reference. Where the microphone has (its blocks are missing), as
    many blocks of the speaker are dropped.
    """

    def __init__(self) -> None:
        self._leads: list[float] = []
        self._least_s = _WANTED_LEAD_S / 2
        """Of the lead; at first, while nothing depends on it, more is asked for."""

    def next(self, played: deque[Played], captured_at: float) -> bytes:
        """`played`: the queue that the speaker's callback fills. `captured_at`: monotonic seconds of the microphone's
        last sample."""
        try:
            taken = played.popleft()
        except IndexError:
            return SILENCE
        self._leads.append(taken.heard_at + _BLOCK_S - captured_at)
        if len(self._leads) < _JUDGED:
            return taken.block
        lead = median(self._leads)
        self._leads.clear()
        enough, self._least_s = lead >= self._least_s, _LATE_S
        if enough:
            return taken.block
        return self._skipped(played, ceil((_WANTED_LEAD_S - lead) / _BLOCK_S)) or taken.block

    @staticmethod
    def _skipped(played: deque[Played], count: int) -> bytes | None:
        """The block after `count` others; the last one there is if there are fewer; None without any."""
        block = None
        try:
            for _ in range(count):
                block = played.popleft().block
        except IndexError:  # also when the stream was emptied a moment ago
            pass
        return block
