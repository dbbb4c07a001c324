"""Keeps what the speaker played in step with what the microphone got."""

from collections import deque

from .playback import SILENCE


class Reference:
    """For each block of the microphone the block of the speaker that goes with it.

    It may be early, never late: the canceller looks for an echo after its cause. So a block that was not there in time
    is replaced by silence and dropped when it comes, and a queue that has grown (the microphone was away) is cut back
    to `lead` blocks of 10 ms.
    """

    def __init__(self, lead: int) -> None:
        self._lead = lead
        self._queue: deque[bytes] | None = None
        self._owed = 0

    def next(self, played: deque[bytes]) -> bytes:
        """`played`: the queue that the speaker's callback fills; another one begins anew."""
        if played is not self._queue:
            self._queue, self._owed = played, 0
        if len(played) > 2 * self._lead:
            self._owed = len(played) - self._lead
        while self._owed and len(played) > 1:
            played.popleft()
            self._owed -= 1
        try:
            return played.popleft()
        except IndexError:  # also when the speaker's stream was emptied a moment ago
            self._owed = min(self._owed + 1, self._lead)
            return SILENCE
