"""Does the microphone hear the speaker, and how late? With loudspeakers it does, with headphones not, and nobody says
which it is; and a machine that stalls shifts what was heard against what was played.

The generalised cross-correlation with phase transform (Knapp & Carter 1976) of what was played and what was heard has
one sharp peak if there is an echo and none if not; a user who talks at the same time does not change that.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .signals import SHORT_BLOCK, Int16Samples, RecentSignal

_Floats = NDArray[np.float64]

HISTORY = 100
"""Blocks of 10 ms of the microphone that are kept; of what was played as many more as an echo can be late."""

_REACH, _WINDOW, _EVERY = 50, 50, 25
"""Blocks: half a second of the microphone, compared with what was played up to half a second before, four times a
second."""

_GLANCE, _GLANCE_REACH = 20, 20
"""Blocks of the microphone in which a shift is seen at once, and how far it is looked for: 99 % of those with a user as
loud as the echo are told right (measured), and 30 ms at the beginning of a reply are enough."""

_SIZE = 16_384
_LOWEST_HZ, _HIGHEST_HZ = 150, 6_000

_ECHO, _NO_ECHO = 9.0, 6.5
"""Peak over root mean square. In simulated rooms it is 10 to 45 with an echo down to -40 dB, 3.7 to 5.5 without one,
up to 7.4 while somebody talks."""

_CLEAR = 12.0
"""A peak whose place is believed."""

_SHIFTED = 64
"""4 ms: the canceller follows a smaller change by itself (measured)."""

_STRAY = 0.15
"""Share of the microphone's energy that may fall where nothing was played; the rest of a user's sentence after a few
last words of a reply has false peaks."""

_SURE = 2
"""Windows without an echo, one after the other, that mean headphones."""

_LOUD = SHORT_BLOCK * 180.0**2
"""Energy of a block at -45 dBFS: what is played softer tells nothing."""

_QUIET = 0.06
"""A microphone 12 dB below the speaker: nobody talks into it, so what it hears would be the echo."""


@dataclass(frozen=True, slots=True)
class _Peak:
    height: float
    delay: int
    at_old: float
    """Height at the delay known so far."""


class EchoPath:
    """`heard` is None until enough was played to tell: 0.75 s. Each check takes about 1 ms."""

    def __init__(self) -> None:
        self.heard: bool | None = None
        self.delay: int | None = None
        """Samples at 16 kHz by which the echo follows what was played; None until it was clearly heard."""
        self.near, self.far = RecentSignal(HISTORY), RecentSignal(HISTORY + _REACH)
        self._loud_blocks = 0
        self._without = 0
        self._taper = np.hanning(_WINDOW * SHORT_BLOCK)
        self._glance_taper = _tapered(_GLANCE * SHORT_BLOCK)
        frequencies = np.fft.rfftfreq(_SIZE, 1 / (100 * SHORT_BLOCK))
        self._band = (frequencies > _LOWEST_HZ) & (frequencies < _HIGHEST_HZ)

    def feed(self, near: Int16Samples, far: Int16Samples | None) -> bool:
        """160 samples of each at 16 kHz, without gaps; None is silence. True when another `delay` was found."""
        self.near.add(near)
        self.far.add(far)
        if far is None:
            return False
        self._loud_blocks += _energy(far) > _LOUD
        if self._loud_blocks < _WINDOW:
            return False
        self._loud_blocks -= _EVERY
        return self._check()

    def rest(self) -> None:
        """Nothing is played for a while: what comes next is judged by itself."""
        self._loud_blocks = 0

    def glance(self) -> bool:
        """Whether what was heard just now is the echo at another delay, which becomes `delay`."""
        if not self.heard or self.delay is None or not self.far.last((_GLANCE + _REACH) * SHORT_BLOCK).any():
            return False
        reach = _GLANCE_REACH * SHORT_BLOCK
        peak = self._peak(self._glance_taper, max(0, self.delay - reach), self.delay + reach)
        return self._take(peak, len(self._glance_taper))

    def _check(self) -> bool:
        peak = self._peak(self._taper, 0, _REACH * SHORT_BLOCK)
        window = len(self._taper)
        if peak.height > _ECHO:
            self.heard, self._without = True, 0
            return self._take(peak, window)
        if peak.height < _NO_ECHO and _energy(self.near.last(window)) < _QUIET * _energy(self.far.last(window)):
            self._without += 1
            if self._without >= _SURE:
                self.heard = False
        return False

    def _take(self, peak: _Peak, window: int) -> bool:
        """The delay of a peak that cannot be anything else."""
        if peak.height < _CLEAR or not self._is_covered(peak.delay, window):
            return False
        if self.delay is not None and (abs(peak.delay - self.delay) <= _SHIFTED or peak.at_old > peak.height / 2):
            return False
        self.delay = peak.delay
        self._loud_blocks = 0  # the next window is to hold nothing from before
        return True

    def _peak(self, taper: _Floats, first: int, last: int) -> _Peak:
        """The highest between two delays."""
        reach = _REACH * SHORT_BLOCK
        near, far = self.near.last(len(taper)) * taper, self.far.last(len(taper) + reach)
        cross = np.fft.rfft(near, _SIZE) * np.conj(np.fft.rfft(far, _SIZE))
        cross = np.where(self._band, cross / (np.abs(cross) + 1e-9), 0)
        # `near` begins half a second into `far`: negative lags, which wrap around, are the possible delays
        delays = np.abs(np.fft.irfft(cross)[-reach:])
        delays /= np.sqrt(np.mean(delays**2)) or 1.0  # a microphone that sends only zeros hears nothing
        best = first + int(delays[first : last + 1].argmax())
        old = best if self.delay is None else self.delay
        at_old = delays[max(0, old - _SHIFTED) : old + _SHIFTED + 1].max()
        return _Peak(float(delays[best]), best, float(at_old))

    def _is_covered(self, delay: int, window: int) -> bool:
        """What was heard was heard while this was played so long ago."""
        near, far = _energies(self.near.last(window)), _energies(self.far.last(window, delay))
        return bool(near[far < _LOUD].sum() <= _STRAY * near.sum())


def _tapered(length: int) -> _Floats:
    """A window whose end, the newest sound, counts almost in full: it rises for 16 ms and falls for 4."""
    window = np.ones(length)
    window[:256] = np.hanning(512)[:256]
    window[-64:] = np.hanning(128)[64:]
    return window


def _energy(samples: NDArray[Any]) -> float:
    wide = samples.astype(np.float64)
    return float(np.dot(wide, wide))


def _energies(samples: Int16Samples) -> _Floats:
    """Of each block."""
    energies: _Floats = (samples.astype(np.float64).reshape(-1, SHORT_BLOCK) ** 2).sum(axis=1)
    return energies
