"""Peaks for the window's waveform."""

from ..core.ports import Levels
from .signals import Samples, peak

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

    def add(self, microphone: Samples | None, speaker: Samples | None) -> None:
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

    def levels(self, since: int) -> Levels:
        until = self._until
        count = min(max(until - since, 0), _BLOCKS, until)
        begin, end = (until - count) % _BLOCKS, until % _BLOCKS
        microphone = _span(self._microphone, begin, end, count)
        speaker = _span(self._speaker, begin, end, count)
        return Levels(microphone, speaker, until, self.speech_probability)


def _span(ring: list[float], begin: int, end: int, count: int) -> list[float]:
    if not count:
        return []
    return ring[begin:end] if begin < end else ring[begin:] + ring[:end]
