"""What is being played: a queue with a position that can be paused, resumed and dropped between two samples."""

import threading
from collections.abc import Callable
from time import monotonic

import numpy as np

from voicegui.core.audio import PLAYBACK_RATE_HZ, Audio
from voicegui.core.ports import FirstSound, PlaybackDone

from .signals import BLOCK, Int16Samples, Resampler

SILENCE = bytes(2 * BLOCK)

_FADE_OUT = np.linspace(1, 0, PLAYBACK_RATE_HZ * 20 // 1000, dtype=np.float32)
_FADE_IN = np.linspace(0, 1, PLAYBACK_RATE_HZ * 5 // 1000, dtype=np.float32)
_RAMP = 1 / (PLAYBACK_RATE_HZ * 20 // 1000)
"""Largest change of the volume from one sample to the next: from silent to full in 20 ms."""
_AUDIBLE = 0.01
"""-40 dBFS: from here on a reply counts as begun."""


class Playback:
    """Filled by the event loop's thread, emptied by the speaker's callback; each holds the lock for some microseconds.

    Positions count samples at 48 kHz since the last flush. A flush also ends a pause. `clock` gives monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._resampler: Resampler | None = None
        self._generation = 0
        self._gain = self._wanted_gain = 1.0
        self._forget()

    def _forget(self) -> None:
        self._samples: Int16Samples = np.zeros(PLAYBACK_RATE_HZ, np.int16)
        self._length = 0
        self._position = 0
        self._heard_at = 0.0  # when the sample before `_position` reaches the speaker
        self._paused = False
        self._fading = 0  # samples of the fade out done so far, while one is running
        self._faded_in = len(_FADE_IN)
        self._finished = False
        self._done_told = False
        self._first_sound_at: float | None = None
        self._first_told = False
        self._generation += 1

    # ------------------------------------------------------------ the event loop's side

    def set_volume(self, percent: int) -> None:
        """0 to 100, from the next block on: 50 sounds about half as loud, which is a quarter of the amplitude."""
        with self._lock:
            self._wanted_gain = (min(max(percent, 0), 100) / 100) ** 2

    def play(self, audio: Audio) -> None:
        if self._resampler is None or self._resampler.from_hz != audio.rate_hz:
            self._drain()
            self._resampler = Resampler(audio.rate_hz, PLAYBACK_RATE_HZ)
        self._append(self._resampler.process(np.frombuffer(audio.samples, np.int16)))
        with self._lock:
            self._finished = self._done_told = False

    def finish(self) -> None:
        self._drain()
        with self._lock:
            self._finished = True

    def pause(self) -> None:
        with self._lock:
            if not self._paused:
                self._paused = True
                self._fading = 0 if 0 < self._position < self._length else len(_FADE_OUT)

    def cut(self) -> bool:
        """A pause without a fade, for a device that drops what it holds; False when all of that was heard."""
        with self._lock:
            now = self._clock()
            self._position, held = self._heard(), self._heard_at > now
            self._heard_at = min(self._heard_at, now)
            self._paused, self._fading = True, len(_FADE_OUT)
            if self._first_sound_at is not None and self._first_sound_at > now:
                self._first_sound_at = None
        return held

    def rewind(self, at: int) -> bool:
        """For a device that drops what it holds: the samples from `at` on are to be taken again. False, and nothing
        changes, when some of them were heard or a pause keeps them."""
        with self._lock:
            if self._paused or self._heard() > at:
                return False
            now = self._clock()
            self._position, self._heard_at = at, min(self._heard_at, now)
            if self._first_sound_at is not None and self._first_sound_at > now:
                self._first_sound_at = None
        return True

    def resume(self, at: int) -> None:
        with self._lock:
            self._position = max(0, min(at, self._position))
            self._paused = False
            self._faded_in = 0 if self._position else len(_FADE_IN)

    def flush(self) -> int:
        """Returns the samples heard; what the device still holds counts as unheard."""
        with self._lock:
            heard = self._heard()
            self._forget()
        self._resampler = None
        return heard

    def heard(self) -> int:
        with self._lock:
            return self._heard()

    def _heard(self) -> int:
        coming = max(0.0, self._heard_at - self._clock())
        return max(0, self._position - round(coming * PLAYBACK_RATE_HZ))

    def played_until(self, heard: int) -> None:
        """Whoever plays it says that it is at sample `heard` now. More than what it got it cannot have played."""
        with self._lock:
            if self._paused:
                self._position = min(max(heard, 0), self._length)
            self._heard_at = self._clock() + max(0, self._position - heard) / PLAYBACK_RATE_HZ

    @property
    def position(self) -> int:
        """The sample that is rendered next."""
        return self._position

    def renders_next(self) -> bool:
        """There is a whole block to render now, or the last part of one."""
        with self._lock:
            left = self._length - self._position
            return not self._paused and (left >= BLOCK or (self._finished and left > 0))

    def rests(self) -> bool:
        """Nothing waits, nothing is on its way to the speaker."""
        with self._lock:
            return not self._paused and self._position >= self._length and self._heard_at <= self._clock()

    def _drain(self) -> None:
        if self._resampler is not None:
            self._append(self._resampler.process(np.zeros(0, np.int16), last=True))
            self._resampler = None

    def _append(self, samples: Int16Samples) -> None:
        # Only this thread changes `_samples` and `_length`; a larger array is filled before the callback sees it.
        length, storage = self._length, self._samples
        if length + len(samples) > len(storage):
            storage = np.zeros(2 * (length + len(samples)), np.int16)
            storage[:length] = self._samples[:length]
        storage[length : length + len(samples)] = samples
        with self._lock:
            self._samples, self._length = storage, length + len(samples)

    # ------------------------------------------------------------ the speaker's side

    def render(self, at: float) -> bytes:
        """The next 480 samples, silence where there are none. `at`: monotonic seconds when the first is heard."""
        with self._lock:
            position = self._position
            count = min(BLOCK, self._length - position)
            if count <= 0 or (self._paused and self._fading >= len(_FADE_OUT)):
                self._gain = self._wanted_gain
                return SILENCE
            block = self._samples[position : position + count]
            if self._paused or self._faded_in < len(_FADE_IN):
                block = self._faded(block)
            self._position = position + count
            self._heard_at = at + count / PLAYBACK_RATE_HZ
            if self._first_sound_at is None:
                self._look_for_sound(block, at)  # a reply begins however low the volume is
            block = self._at_volume(block)
        return block.tobytes() if count == BLOCK else block.tobytes().ljust(2 * BLOCK, b"\0")

    def _faded(self, block: Int16Samples) -> Int16Samples:
        if self._paused:
            gain = _FADE_OUT[self._fading : self._fading + len(block)]
            self._fading += len(block)
            faded = np.zeros(len(block), np.int16)
            faded[: len(gain)] = block[: len(gain)] * gain
            return faded
        gain = _FADE_IN[self._faded_in : self._faded_in + len(block)]
        self._faded_in += len(block)
        faded = block.copy()
        faded[: len(gain)] = block[: len(gain)] * gain
        return faded

    def _at_volume(self, block: Int16Samples) -> Int16Samples:
        change = self._wanted_gain - self._gain
        if not change and self._gain == 1:
            return block
        steps = np.minimum(np.arange(1, len(block) + 1) * _RAMP, abs(change))
        gain = self._gain + np.copysign(steps, change)
        self._gain = float(gain[-1]) if steps[-1] < abs(change) else self._wanted_gain
        scaled: Int16Samples = (block * gain).astype(np.int16)
        return scaled

    def _look_for_sound(self, block: Int16Samples, at: float) -> None:
        loud = np.flatnonzero(np.abs(block.astype(np.int32)) >= _AUDIBLE * 32768)
        if loud.size:
            self._first_sound_at = at + int(loud[0]) / PLAYBACK_RATE_HZ

    # ------------------------------------------------------------ the audio thread's side

    def due(self) -> list[tuple[int, FirstSound | PlaybackDone]]:
        """What has become true since the last call, each with the generation it belongs to (see `is_current`)."""
        now = self._clock()
        facts: list[tuple[int, FirstSound | PlaybackDone]] = []
        with self._lock:
            if not self._first_told and self._first_sound_at is not None and self._first_sound_at <= now:
                self._first_told = True
                facts.append((self._generation, FirstSound(self._first_sound_at)))
            if self._finished and not self._done_told and self._position >= self._length and self._heard_at <= now:
                self._done_told = True
                facts.append((self._generation, PlaybackDone()))
        return facts

    def is_current(self, generation: int) -> bool:
        """False when a flush came between a fact and its delivery: nobody wants to hear of it any more."""
        return generation == self._generation
