"""How much a client may send in what time: a leaky bucket for messages, and one for seconds of sound."""

from collections.abc import Callable
from time import monotonic

from .limits import ServerLimits


class MessageRate:
    """`allows` is asked for each message. Two bytes count as a sample, whatever the format."""

    def __init__(self, limits: ServerLimits, clock: Callable[[], float] = monotonic) -> None:
        self._limits, self._clock = limits, clock
        self._messages = _LeakyBucket(limits.messages_per_second, limits.messages_per_second * limits.burst_s, clock)
        self._sound = _LeakyBucket(limits.audio_times_real, limits.burst_audio_s, clock)

    def allows(self, message: str | bytes, rate_hz: int) -> bool:
        seconds = len(message) / 2 / rate_hz if isinstance(message, bytes) else 0.0
        return self._messages.takes(1) and self._sound.takes(seconds)


class _LeakyBucket:
    def __init__(self, per_second: float, most: float, clock: Callable[[], float]) -> None:
        self._per_second, self._most, self._clock = per_second, most, clock
        self._filled, self._at = 0.0, clock()

    def takes(self, amount: float) -> bool:
        now = self._clock()
        self._filled = max(0.0, self._filled - (now - self._at) * self._per_second)
        self._at = now
        if self._filled + amount > self._most:
            return False
        self._filled += amount
        return True
