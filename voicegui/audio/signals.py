"""Small streaming filters and measures in numpy: resampling, one channel from two, peaks, the last seconds of a signal.

One call per 10 ms; nothing is lost and nothing comes late between calls.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voicegui.core.ports import AudioLevels

Int16Samples = NDArray[np.int16]


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

    def process(self, block: Int16Samples) -> Int16Samples:
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

    def process(self, block: Int16Samples, *, last: bool = False) -> Int16Samples:
        """With `last` it gives out all that it still holds; it cannot be used after that."""
        if self._stream is None:
            return block
        result: Int16Samples = self._stream.resample_chunk(block, last=last)
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


def peak(samples: Int16Samples) -> float:
    """Largest magnitude, 0..1 of full scale."""
    return max(int(samples.max()), -int(samples.min())) / 32768


# ---------------------------------------------------------------- the last seconds of a signal


class RecentSignal:
    """The last blocks of 10 ms at 16 kHz; silence before the first."""

    def __init__(self, blocks: int) -> None:
        self._samples = np.zeros(blocks * SHORT_BLOCK, np.int16)
        self.blocks = 0
        """Of those that are kept, how many came."""

    def add(self, block: Int16Samples | None) -> None:
        """160 samples; None is silence."""
        self._samples[:-SHORT_BLOCK] = self._samples[SHORT_BLOCK:]
        self._samples[-SHORT_BLOCK:] = 0 if block is None else block
        self.blocks = min(self.blocks + 1, len(self._samples) // SHORT_BLOCK)

    def last(self, count: int, before: int = 0) -> Int16Samples:
        """A view of the `count` samples that ended `before` samples ago."""
        end = len(self._samples) - before
        return self._samples[end - count : end]


# ---------------------------------------------------------------- one channel from two

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


# ---------------------------------------------------------------- levels
# Peaks for the window's waveform.

_BLOCKS = 500
"""10 s of 20 ms."""


class LevelRing:
    """Written by the audio thread, read by the window's; neither waits: a torn read shows one bar 20 ms early."""

    def __init__(self) -> None:
        self._microphone = [0.0] * _BLOCKS
        self._speaker = [0.0] * _BLOCKS
        self._until = 0
        self._half: tuple[float, float] | None = None
        self.speech_probability = 0.0

    def add(self, microphone: Int16Samples | None, speaker: Int16Samples | None) -> None:
        """10 ms of each; None is silence."""
        mic = 0.0 if microphone is None else peak(microphone)
        spk = 0.0 if speaker is None else peak(speaker)
        if self._half is None:
            self._half = (mic, spk)
            return
        at = self._until % _BLOCKS
        self._microphone[at] = max(mic, self._half[0])
        self._speaker[at] = max(spk, self._half[1])
        self._half = None
        self._until += 1

    def levels(self, since: int) -> AudioLevels:
        until = self._until
        count = min(max(until - since, 0), _BLOCKS, until)
        begin, end = (until - count) % _BLOCKS, until % _BLOCKS
        microphone = _span(self._microphone, begin, end, count)
        speaker = _span(self._speaker, begin, end, count)
        return AudioLevels(microphone, speaker, until, self.speech_probability)


def _span(ring: list[float], begin: int, end: int, count: int) -> list[float]:
    if not count:
        return []
    return ring[begin:end] if begin < end else ring[begin:] + ring[:end]
