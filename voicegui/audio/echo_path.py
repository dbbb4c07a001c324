"""Does the microphone hear the speaker? With loudspeakers it does, with headphones not, and nobody says which it is.

The generalised cross-correlation with phase transform (Knapp & Carter 1976) of what was played and what was heard has
one sharp peak if there is an echo and none if not; a user who talks at the same time does not change that.
"""

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .signals import SHORT_BLOCK, Samples

_WINDOW, _REACH, _EVERY = 50, 100, 25
"""Blocks of 10 ms: half a second of the microphone, compared with what was played up to half a second before, four
times a second."""

_SIZE = 16_384
_LOWEST_HZ, _HIGHEST_HZ = 150, 6_000

_ECHO, _NO_ECHO = 9.0, 6.5
"""Peak over root mean square. In simulated rooms it is 10 to 45 with an echo down to -40 dB, 3.7 to 5.5 without one,
up to 7.4 while somebody talks."""

_SURE = 2
"""Windows without an echo, one after the other, that mean headphones."""

_SILENCE = np.zeros(SHORT_BLOCK, np.int16)

_LOUD = SHORT_BLOCK * 180.0**2
"""Energy of a block at -45 dBFS: what is played softer tells nothing."""

_QUIET = 0.06
"""A microphone 12 dB below the speaker: nobody talks into it, so what it hears would be the echo."""


class EchoPath:
    """`heard` is None until enough was played to tell: 0.75 s. Each check takes about 1 ms."""

    def __init__(self) -> None:
        self.heard: bool | None = None
        self._near: deque[Samples] = deque(maxlen=_WINDOW)
        self._far: deque[Samples] = deque(maxlen=_REACH)
        self._loud_blocks = 0
        self._without = 0
        self._taper = np.hanning(_WINDOW * SHORT_BLOCK)
        frequencies = np.fft.rfftfreq(_SIZE, 1 / (100 * SHORT_BLOCK))
        self._band = (frequencies > _LOWEST_HZ) & (frequencies < _HIGHEST_HZ)

    def feed(self, near: Samples, far: Samples | None) -> None:
        """160 samples of each at 16 kHz, without gaps; None is silence."""
        self._near.append(near)
        self._far.append(_SILENCE if far is None else far)
        if far is None:
            return
        self._loud_blocks += _energy(far) > _LOUD
        if self._loud_blocks >= _WINDOW and len(self._far) == _REACH:
            self._loud_blocks -= _EVERY
            self._check()

    def rest(self) -> None:
        """Nothing is played for a while: what comes next is judged by itself."""
        self._loud_blocks = 0

    def _check(self) -> None:
        near, far = np.concatenate(self._near).astype(float), np.concatenate(self._far).astype(float)
        peak = self._peak(near, far)
        if peak > _ECHO:
            self.heard, self._without = True, 0
        elif peak < _NO_ECHO and _energy(near) < _QUIET * _energy(far[len(far) - len(near) :]):
            self._without += 1
            if self._without >= _SURE:
                self.heard = False

    def _peak(self, near: NDArray[np.float64], far: NDArray[np.float64]) -> float:
        cross = np.fft.rfft(near * self._taper, _SIZE) * np.conj(np.fft.rfft(far, _SIZE))
        cross = np.where(self._band, cross / (np.abs(cross) + 1e-9), 0)
        # `near` begins when half of `far` is over: negative lags, which wrap around, are the possible delays
        delays = np.fft.irfft(cross)[-(len(far) - len(near)) :]
        return float(np.abs(delays).max() / np.sqrt(np.mean(delays**2)))


def _energy(samples: NDArray[Any]) -> float:
    wide = samples.astype(np.float64)
    return float(np.dot(wide, wide))
