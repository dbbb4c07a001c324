"""Small streaming filters in numpy: one call per 10 ms, nothing lost and nothing late between calls."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]


BLOCK = 480
"""Samples of 10 ms at 48 kHz: what devices and clocks hand over at a time."""

SHORT_BLOCK = 160
"""The same 10 ms at 16 kHz."""


class Decimator:
    """48 kHz to 16 kHz: each 480 samples give 160 at once, 1.3 ms late.

    A Kaiser-windowed low-pass of 131 taps (pass 7 kHz, stop 8.7 kHz, -60 dB). soxr would do as well, but hands out 300
    samples every 20 ms after a delay of 30 ms, and the user waits for those. Sixteen outputs are computed from each row
    of a strided view of the line, as one small matrix product (about 10 µs).
    """

    DELAY = 21
    """In samples at 16 kHz."""
    _TAPS = 131
    _OUTPUTS = 16

    def __init__(self) -> None:
        n = np.arange(self._TAPS) - (self._TAPS - 1) / 2
        taps = np.sinc(n * 2 * 7_850 / 48_000) * np.kaiser(self._TAPS, 5.65)
        width = self._TAPS + 3 * (self._OUTPUTS - 1)
        self._bank = np.zeros((width, self._OUTPUTS), np.float32)
        for k in range(self._OUTPUTS):
            self._bank[3 * k : 3 * k + self._TAPS, k] = taps / taps.sum()
        self._line = np.zeros(self._TAPS - 3 + BLOCK, np.float32)
        self._rows = np.lib.stride_tricks.sliding_window_view(self._line, width)[:: 3 * self._OUTPUTS]

    def process(self, block: Samples) -> Samples:
        """`block`: 480 samples."""
        line = self._line
        line[:-BLOCK] = line[BLOCK:]
        line[-BLOCK:] = block
        out = (self._rows @ self._bank).ravel()
        np.rint(out, out=out)
        return np.clip(out, -32768, 32767, out=out).astype(np.int16)


class Resampler:
    """Any rate to any other, block by block, without clicks at the edges. It hands out bursts, up to 30 ms late."""

    def __init__(self, from_hz: int, to_hz: int, quality: str = "HQ") -> None:
        self.from_hz = from_hz
        self._stream: Any = None
        if from_hz != to_hz:
            import soxr

            self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="int16", quality=quality)

    def process(self, block: Samples, *, last: bool = False) -> Samples:
        """With `last` it gives out all that it still holds; it cannot be used after that."""
        if self._stream is None:
            return block
        result: Samples = self._stream.resample_chunk(block, last=last)
        return result


class Rise:
    """Whether a block is 8 dB louder than the lower envelope of those before it, which the peaks of a steady noise are
    not. Cheap enough for a device's callback: it looks at every eighth sample."""

    _EVERY = 8
    _LOUDER = 2.5
    _ENVELOPE_RISES = 1.005
    """Per block of 10 ms: 4 dB a second."""

    def __init__(self) -> None:
        self.risen = True
        self._softest = 0.0

    def feed(self, block: bytes) -> None:
        """Samples are int16."""
        peak = max(0, *memoryview(block).cast("h")[:: self._EVERY]) + 1
        self._softest = min(peak, self._softest * self._ENVELOPE_RISES) if self._softest else peak
        self.risen = peak > self._LOUDER * self._softest


def peak(samples: Samples) -> float:
    """Largest magnitude, 0..1 of full scale."""
    return max(int(samples.max()), -int(samples.min())) / 32768
