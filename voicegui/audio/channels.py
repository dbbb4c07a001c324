"""A microphone of two channels made into one, block by block."""

import numpy as np
from numpy.typing import NDArray

_FORGETS = 0.9
"""Per block of 10 ms: what is compared is the last tenth of a second."""

_TAKEN_AWAY = 0.3
"""Share of the energy of the louder channel that is left in the mean of both. One channel that is silent leaves 0.25,
two that run against each other leave nothing; noise without any relation leaves 0.5."""

_AGREE = 0.7

_BOTH, _LEFT, _RIGHT = ((np.array(pair, np.float32)) for pair in ((0.5, 0.5), (1.0, 0.0), (0.0, 1.0)))


class OneChannel:
    """The mean of both channels where they agree, else the louder one: some sockets and cables turn one over, some
    leave one empty. Changes over within one block, without a click."""

    def __init__(self) -> None:
        self._weights = _BOTH
        self._together = np.zeros((2, 2))

    def process(self, data: bytes) -> bytes:
        """`data`: int16, left and right in turn."""
        samples = np.frombuffer(data, np.int16).reshape(-1, 2)
        before = self._weights
        if before is _BOTH and np.array_equal(samples[:, 0], samples[:, 1]):
            return bytes(samples[:, 0].tobytes())
        stereo = samples.astype(np.float32)
        self._compare(stereo)
        mono = stereo @ self._weights
        if self._weights is not before and len(mono):
            new = np.linspace(0, 1, len(mono), dtype=np.float32)
            mono = mono * new + (stereo @ before) * (1 - new)
        return bytes(np.rint(mono, out=mono).clip(-32768, 32767).astype(np.int16).tobytes())

    def _compare(self, stereo: NDArray[np.float32]) -> None:
        steps = stereo[1:] - stereo[:-1]  # a constant offset is no sound
        self._together = _FORGETS * self._together + steps.T @ steps
        left, right = self._together[0, 0], self._together[1, 1]
        louder = max(left, right)
        both = self._together.sum() / 4
        if both > _AGREE * louder:
            self._weights = _BOTH
        elif both < _TAKEN_AWAY * louder and (self._weights is _BOTH or min(left, right) < _TAKEN_AWAY * louder):
            self._weights = _LEFT if left >= right else _RIGHT
