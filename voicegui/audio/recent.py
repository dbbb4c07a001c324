"""The last seconds of a signal."""

import numpy as np

from .signals import SHORT_BLOCK, Samples


class Recent:
    """The last blocks of 10 ms at 16 kHz; silence before the first."""

    def __init__(self, blocks: int) -> None:
        self._samples = np.zeros(blocks * SHORT_BLOCK, np.int16)
        self.blocks = 0
        """Of those that are kept, how many came."""

    def add(self, block: Samples | None) -> None:
        """160 samples; None is silence."""
        self._samples[:-SHORT_BLOCK] = self._samples[SHORT_BLOCK:]
        self._samples[-SHORT_BLOCK:] = 0 if block is None else block
        self.blocks = min(self.blocks + 1, len(self._samples) // SHORT_BLOCK)

    def last(self, count: int, before: int = 0) -> Samples:
        """A view of the `count` samples that ended `before` samples ago."""
        end = len(self._samples) - before
        return self._samples[end - count : end]
