"""The last seconds of sound, pulled from the session at the display's own rate."""

import math
import time
from collections import deque
from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from voicegui.core.ports import LevelSource

FRAME_MS = 16
REST_MS = 100
"""How often it looks whether something moves while nothing does."""
BLOCKS = 320
"""Of 20 ms: a bit more than six seconds."""
BLOCK_MS = 20.0
BEHIND = 4
"""Sound comes in pieces of 20 or 40 ms; so many blocks at most wait until the picture has scrolled to them."""
FLOOR = 0.005
"""Peak below which a block is silence: -46 dBFS."""
ONSET_BLOCKS = 15
"""Speech is known for sure only after it began: as many blocks before become the user's, too."""


class VoiceLevel(IntEnum):
    NOBODY = 0
    SOUND = 1
    USER = 2
    AGENT = 3


def bar_height(peak: float) -> float:
    """0..1 of the height for a peak 0..1 of full scale: linear in dB from -46 to -4 dBFS, with quiet parts lowered."""
    if peak < FLOOR:
        return 0.0
    return float(min(1.0, max(0.04, (20 * math.log10(peak) + 46) / 42)) ** 1.5)


class LevelFeed(QObject):
    """Pulls, keeps and says when the picture changes. Stopped while the window cannot be seen."""

    moved = Signal()
    """The bars have changed."""
    judged = Signal(float)
    """The probability that the microphone hears speech has changed."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__()
        self.heights: deque[float] = deque([0.0] * BLOCKS, BLOCKS)
        self.voices: deque[VoiceLevel] = deque([VoiceLevel.NOBODY] * BLOCKS, BLOCKS)
        self.pull_ms = 0.0
        self.until = 0
        """Blocks so far."""
        self.position = 0.0
        """Blocks that have scrolled into the picture: as smooth as the display, close behind `until`."""
        self._clock = clock
        self._pulled_at = clock()
        self._source: LevelSource | None = None
        self._user_speaking = False
        self._seen = False
        self._quiet_blocks = BLOCKS
        self._probability = -1.0
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=REST_MS)
        self._timer.timeout.connect(self.pull)

    def connect_source(self, source: LevelSource | None) -> None:
        self._source = source
        self.until = source.levels(0).until if source else 0
        self.position = float(self.until)
        self._run()

    def set_seen(self, seen: bool) -> None:
        """Whether anybody can see the window."""
        if seen != self._seen:
            self._seen = seen
            self._run()

    def set_user_speaking(self, on: bool) -> None:
        if on and not self._user_speaking:
            for i in range(BLOCKS - ONSET_BLOCKS, BLOCKS):
                if self.voices[i] is VoiceLevel.SOUND:
                    self.voices[i] = VoiceLevel.USER
        self._user_speaking = on

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def settle(self) -> None:
        """Everything that has come is in the picture: for one that does not move."""
        self.position = float(self.until)

    def pull(self) -> None:
        if self._source is None:
            return
        began = self._clock()
        new = self._source.levels(self.until)
        self.until = new.until
        was_still = self._quiet_blocks >= BLOCKS
        for microphone, speaker in zip(new.microphone, new.speaker, strict=True):
            self._append(microphone, speaker)
        still = self._quiet_blocks >= BLOCKS
        before = self.position
        self._scroll(began, still=still)
        self.pull_ms = (self._clock() - began) * 1000
        if self.position != before and not (still and was_still):
            self.moved.emit()
        self._timer.setInterval(REST_MS if still else FRAME_MS)
        if abs(new.speech_probability - self._probability) >= 0.01:
            self._probability = new.speech_probability
            self.judged.emit(self._probability)

    def _scroll(self, now: float, *, still: bool) -> None:
        passed = (now - self._pulled_at) * 1000 / BLOCK_MS
        self._pulled_at = now
        if still:
            self.settle()
        else:
            self.position = min(max(self.position + passed, self.until - BEHIND), float(self.until))

    def _append(self, microphone: float, speaker: float) -> None:
        if speaker >= FLOOR and not (self._user_speaking and microphone > speaker):
            voice, height = VoiceLevel.AGENT, bar_height(speaker)
        elif microphone >= FLOOR:
            voice = VoiceLevel.USER if self._user_speaking else VoiceLevel.SOUND
            height = bar_height(microphone)
        else:
            voice, height = VoiceLevel.NOBODY, 0.0
        self._quiet_blocks = 0 if height else self._quiet_blocks + 1
        self.heights.append(height)
        self.voices.append(voice)

    def _run(self) -> None:
        if self._seen and self._source is not None:
            self._timer.start()
        else:
            self._timer.stop()
