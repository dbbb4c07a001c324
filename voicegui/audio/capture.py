"""Capture, the microphone's way to frames: 48 kHz blocks of 10 ms in, `Frame`s of 32 ms at 16 kHz out.

`Capture` knows no device and no thread; `MicrophoneKeeper` keeps a device running and feeds it.
"""

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np

from voicegui.core.audio import FRAME_SAMPLES, LISTENING_RATE_HZ
from voicegui.core.ports import Frame, SoundMended, SoundTrouble

from .echo_canceller import EchoCanceller, EchoReference, Played
from .playback import SILENCE
from .signals import BLOCK, SHORT_BLOCK, Decimator, Int16Samples, LevelRing
from .stream_keeper import StreamKeeper
from .streams import MicrophoneStream
from .voice_activity import VoiceActivity

Tap = Callable[[Int16Samples, Int16Samples], None]
"""Gets what reached the microphone and what was played, 160 samples each at 16 kHz, before the canceller."""

_SUSPICIOUS = 0.3
"""Speech probability from which a frame may be taken for the user's voice."""

_LISTENED_AGAIN = 6
"""Frames, 0.2 s: enough for the voice activity to start anew and judge the last ones."""

_SILENCE_SHORT = np.zeros(SHORT_BLOCK, np.int16)
_NO_FRAMES: tuple[Frame, ...] = ()


class _Ear:
    """48 kHz blocks to 16 kHz blocks; exact zeros cost nothing."""

    def __init__(self) -> None:
        self._decimator = Decimator()
        self._was_silent = True

    def process(self, block: bytes) -> Int16Samples:
        silent = block == SILENCE
        if silent and self._was_silent:
            return _SILENCE_SHORT
        self._was_silent = silent
        return self._decimator.process(np.frombuffer(block, np.int16))


class Capture:
    """Echo canceller, resampling, voice activity and levels. Used by one thread; `mute` and `levels` by any.

    Loading the models takes 0.3 s.
    """

    def __init__(self, tap: Tap | None = None) -> None:
        self.levels = LevelRing()
        self.muted = False
        self._microphone, self._speaker = _Ear(), _Ear()
        self._canceller = EchoCanceller()
        self._activity = VoiceActivity()
        self._tap = tap
        self._frame = np.zeros(FRAME_SAMPLES + SHORT_BLOCK, np.int16)
        self._filled = 0
        self._end = 0

    @property
    def echoing(self) -> bool:
        """The microphone hears the speaker (they are not headphones)."""
        return self._canceller.echoing

    @property
    def blocks_to_frame(self) -> int:
        """Blocks of the microphone that make the next frame: before them there is nothing to tell."""
        return -(-(FRAME_SAMPLES - self._filled) // SHORT_BLOCK)

    @property
    def at_rest(self) -> bool:
        """Nothing is played, and what was heard for a while was no voice: frames may come a few at a time."""
        return self._canceller.rests and (self.muted or self._activity.rests)

    def idle(self, reference: bytes) -> None:
        """10 ms in which nobody listens: only the levels move."""
        self._filled = 0
        short = self._speaker.process(reference)
        self.levels.speech_probability = 0.0
        self.levels.add(None, None if short is _SILENCE_SHORT else short)

    def feed(self, microphone: bytes, reference: bytes, captured_at: float) -> Sequence[Frame]:
        """10 ms of the microphone and the 10 ms that the speaker played, 960 bytes each, both without gaps.

        `captured_at`: monotonic seconds of the microphone's last sample.
        """
        if len(microphone) != 2 * BLOCK or len(reference) != 2 * BLOCK:
            raise ValueError("a block is 10 ms: the echo canceller ends the process for any other length")
        near, far = self._microphone.process(microphone), self._speaker.process(reference)
        if self._tap:
            self._tap(near, far)
        clean = self._canceller.process(near, None if far is _SILENCE_SHORT else far)
        if self.muted:
            clean = _SILENCE_SHORT
        self.levels.add(None if clean is _SILENCE_SHORT else clean, None if far is _SILENCE_SHORT else far)
        self._frame[self._filled : self._filled + SHORT_BLOCK] = clean
        self._filled += SHORT_BLOCK
        return (self._cut(captured_at),) if self._filled >= FRAME_SAMPLES else _NO_FRAMES

    def _cut(self, captured_at: float) -> Frame:
        probability, own_voice = self._judge()
        samples = self._frame[:FRAME_SAMPLES].tobytes()
        left = self._filled - FRAME_SAMPLES
        self._frame[:left] = self._frame[FRAME_SAMPLES : self._filled]
        self._filled = left
        self._end += FRAME_SAMPLES
        self.levels.speech_probability = probability
        late = left / LISTENING_RATE_HZ + Decimator.DELAY / LISTENING_RATE_HZ
        return Frame(samples, probability, self._end, captured_at - late, own_voice)

    def _judge(self) -> tuple[float, bool]:
        """Speech probability of the frame that is full; whether frames before it held the reply's own voice.

        Before a voice is believed, the echo canceller makes sure that it is not the echo, shifted by a stall.
        """
        if self.muted:
            self._canceller.realigned()
            return 0.0, False
        probability = self._activity.probability(self._frame[:FRAME_SAMPLES])
        if probability >= _SUSPICIOUS:
            self._canceller.glance()
        if not self._canceller.realigned():
            return probability, False
        left = self._filled - FRAME_SAMPLES
        again = self._canceller.cleaned(_LISTENED_AGAIN * FRAME_SAMPLES + left)
        self._frame[: self._filled] = again[-self._filled :]
        probabilities = self._activity.again(again[: _LISTENED_AGAIN * FRAME_SAMPLES])
        return probabilities[-1], max(probabilities) < _SUSPICIOUS


# ---------------------------------------------------------------- microphone keeper
# Keeps the microphone running and passes what it heard to the capture, block by block.

_MORE_TOGETHER = 10
"""Blocks, 100 ms: three frames more at a time. A wake with cold caches costs three times the work on a frame
(measured)."""


class MicrophoneKeeper(StreamKeeper[MicrophoneStream]):
    """`take_in` and `say_when_to_wake` are for the audio thread, the rest for the thread of the keepers."""

    def __init__(
        self,
        wake: Callable[[], None],
        opened: Callable[[], None],
        move: Callable[[str], bool],
        tell: Callable[[SoundTrouble | SoundMended], None],
        clock: Callable[[], float],
    ) -> None:
        super().__init__("microphone", self._open, move, tell, clock)
        self._wake, self._opened = wake, opened
        self._reference = EchoReference()

    def _open(self, name: str, server: bool) -> MicrophoneStream:
        stream = MicrophoneStream(name, self._wake, server=server)
        self._opened()
        return stream

    def take_in(self, stream: MicrophoneStream, capture: Capture, played: deque[Played]) -> Sequence[Frame]:
        """The frames that are full now."""
        frames: list[Frame] = []
        while stream.blocks:
            block, at = stream.blocks.popleft()
            self.hear_block(zeros=block == SILENCE and not capture.muted)
            frames += capture.feed(block, self._reference.next(played, at), at)
        return frames

    @staticmethod
    def say_when_to_wake(stream: MicrophoneStream, capture: Capture, *, together: bool) -> None:
        """For each frame, or for some `together`, and then at once for a sound that rises."""
        stream.wanted_after_a_rise = capture.blocks_to_frame
        stream.wanted = capture.blocks_to_frame + (_MORE_TOGETHER if together else 0)
