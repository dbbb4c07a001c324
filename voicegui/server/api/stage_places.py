"""How many requests may use a stage at once, so that conversations come to their turn.

Whoever finds no place is told at once: a queue would only make everybody late.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from http import HTTPStatus

from ..limits import ServerLimits
from .errors import BUSY_S, ApiError


class Place(StrEnum):
    HEARING = "hearing"
    THINKING = "thinking"
    SPEAKING = "speaking"
    UPLOAD = "upload"
    """A sound file that is being received: it is in memory."""


class StagePlaces:
    """Of one process. Requests and conversations are counted apart: these have a limit of their own."""

    def __init__(self, limits: ServerLimits) -> None:
        self._most = dict.fromkeys(Place, limits.stage_requests) | {Place.UPLOAD: limits.uploads}
        self._taken: Counter[Place] = Counter()

    def taken(self, place: Place) -> int:
        return self._taken[place]

    def check(self, place: Place) -> None:
        """Raises ApiError(429) if nobody else finds room now."""
        if self._taken[place] >= self._most[place]:
            message = f"This server is busy: {self._most[place]} requests at a time for {place}. Try again in a moment."
            raise ApiError(
                HTTPStatus.TOO_MANY_REQUESTS, message, code="rate_limit_exceeded", retry_after_s=BUSY_S
            )  # fmt: skip

    @contextmanager
    def hold(self, place: Place) -> Iterator[None]:
        """Raises ApiError(429)."""
        self.check(place)
        self._taken[place] += 1
        try:
            yield
        finally:
            self._taken[place] -= 1
