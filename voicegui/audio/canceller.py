"""The echo canceller: WebRTC's AEC3 as livekit packages it. It runs without a LiveKit server."""

import numpy as np

from .echo_path import EchoPath
from .signals import SHORT_BLOCK, Samples

_REST_AFTER = 100
"""10 ms blocks of a silent reference (1 s: no room echoes longer)."""


class EchoCanceller:
    """Removes what the speaker played from what the microphone got, at 16 kHz in blocks of 10 ms.

    Every block of the reference must be given, in order. While the reference has been exactly silent for a second there
    is no echo, and the canceller rests: its time stands still for both signals, so it loses nothing (measured: 57 dB
    removed before and after pauses of 10 and 60 s), an idle conversation costs nothing, and the user's words stay
    untouched. With headphones they stay untouched during a reply, too: the canceller expects an echo and would take
    away up to 8 dB of them (measured), enough to be misheard.
    """

    def __init__(self) -> None:
        from livekit.rtc import AudioFrame, AudioProcessingModule

        self._module = AudioProcessingModule(echo_cancellation=True, high_pass_filter=False)
        # The frames look into these buffers: they are filled and read in place.
        self._near, self._far = bytearray(2 * SHORT_BLOCK), bytearray(2 * SHORT_BLOCK)
        self._near_frame = AudioFrame(self._near, 100 * SHORT_BLOCK, 1, SHORT_BLOCK)
        self._far_frame = AudioFrame(self._far, 100 * SHORT_BLOCK, 1, SHORT_BLOCK)
        self._silent_blocks = _REST_AFTER
        self._path = EchoPath()

    @property
    def echoing(self) -> bool:
        """The microphone hears the speaker, as far as one can tell yet."""
        return self._path.heard is True

    def process(self, near: Samples, far: Samples | None) -> Samples:
        """160 samples of each, None for silence. Raises ValueError: the library would end the process."""
        if near.size != SHORT_BLOCK or (far is not None and far.size != SHORT_BLOCK):
            raise ValueError("the echo canceller takes blocks of exactly 10 ms")
        self._path.feed(near, far)
        self._silent_blocks = self._silent_blocks + 1 if far is None else 0
        if self._silent_blocks > _REST_AFTER:
            self._path.rest()
            return near
        self._far[:] = bytes(2 * SHORT_BLOCK) if far is None else far.tobytes()
        self._near[:] = near.tobytes()
        self._module.process_reverse_stream(self._far_frame)
        self._module.process_stream(self._near_frame)
        return near if self._path.heard is False else np.frombuffer(bytes(self._near), np.int16)
