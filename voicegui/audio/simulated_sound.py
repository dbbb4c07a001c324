"""A sound card that is not there: a WAV file as microphone in real time, and a speaker that is only recorded."""

import asyncio
import threading
import time
from collections.abc import Callable

import numpy as np

from voicegui.core.audio import LISTENING_RATE_HZ, PLAYBACK_RATE_HZ, Audio
from voicegui.core.ports import AudioLevels, FirstSound, PlaybackDone, SoundEvent

from ..media.wav import interleave
from .capture import Capture
from .playback import SILENCE, Playback
from .signals import BLOCK, Int16Samples, Resampler

_BLOCK_SECONDS = BLOCK / PLAYBACK_RATE_HZ


class PacedSound:
    """A `Sound` and `LevelSource` without a device, on one sample clock paced by the monotonic clock.

    The microphone is silent until `begin()`, gets `question` in real time, then silence for ever: the end of a file is
    not an input. A late clock catches up and never skips. Microphone and speaker are recorded from the opening on. The
    speaker has no latency.
    """

    def __init__(self, question: Audio | None = None) -> None:
        self._question = question
        self._playback = Playback()
        self._capture: Capture | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._pending: list[bytes] = []  # what the microphone will get, in blocks
        self._listening = False
        self._muted = False
        self._microphone, self._speaker = bytearray(), bytearray()
        self._answer: list[bytes] = []

    # ------------------------------------------------------------ Sound

    async def open(self, receive: Callable[[SoundEvent], None]) -> None:
        self._capture = capture = await asyncio.to_thread(Capture, self._record)
        capture.muted = self._muted
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, args=(capture, loop, receive), name="audio", daemon=True)
        self._thread.start()

    async def aclose(self) -> None:
        self._stop.set()
        if self._thread:
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def listen(self, on: bool) -> None:
        self._listening = on

    def mute(self, on: bool) -> None:
        self._muted = on
        if self._capture:
            self._capture.muted = on

    def play(self, audio: Audio) -> None:
        self._playback.play(audio)

    def finish(self) -> None:
        self._playback.finish()

    def pause(self) -> None:
        self._playback.pause()

    def resume(self, at: int) -> None:
        self._playback.resume(at)

    def flush(self) -> int:
        return self._playback.flush()

    def heard(self) -> int:
        return self._playback.heard()

    def levels(self, since: int) -> AudioLevels:
        return self._capture.levels.levels(since) if self._capture else AudioLevels((), (), 0, 0.0)

    # ------------------------------------------------------------ the world around it

    def begin(self) -> None:
        """The engine is ready: from now on the microphone gets the question."""
        if self._question is not None:
            self.say(self._question)
            self._question = None

    def say(self, audio: Audio) -> None:
        """The microphone gets `audio` from now on, after what it is still getting."""
        resampler = Resampler(audio.rate_hz, PLAYBACK_RATE_HZ)
        samples = np.frombuffer(audio.samples, np.int16)
        data = resampler.process(samples).tobytes()
        if audio.rate_hz != PLAYBACK_RATE_HZ:
            data += resampler.process(samples[:0], last=True).tobytes()
        size = len(SILENCE)
        blocks = [data[k : k + size].ljust(size, b"\0") for k in range(0, len(data), size)]
        with self._lock:
            self._pending.extend(blocks)

    def timeline(self) -> Audio:
        """Both directions since the opening on one clock: 16 kHz, left (microphone) and right (speaker) alternate.

        Write it with `write_wav(path, audio, channels=2)`.
        """
        with self._lock:
            return Audio(interleave(bytes(self._microphone), bytes(self._speaker)), LISTENING_RATE_HZ)

    def answer(self) -> Audio:
        """What was played, 48 kHz, without the waiting before, between and after."""
        with self._lock:
            return Audio(b"".join(self._answer), PLAYBACK_RATE_HZ)

    # ------------------------------------------------------------ the audio thread

    def _record(self, microphone: Int16Samples, speaker: Int16Samples) -> None:
        self._microphone += microphone.tobytes()
        self._speaker += speaker.tobytes()

    def _run(self, capture: Capture, loop: asyncio.AbstractEventLoop, receive: Callable[[SoundEvent], None]) -> None:
        def tell(generation: int, fact: FirstSound | PlaybackDone) -> None:
            if self._playback.is_current(generation):
                receive(fact)

        start = time.monotonic()
        block = 0
        while not self._stop.is_set():
            begins = start + block * _BLOCK_SECONDS
            reference = self._playback.render(begins)
            ends = begins + _BLOCK_SECONDS
            # Half a millisecond early is on time; a late block is made up for at once, because `ends` does not move.
            if (wait := ends - time.monotonic()) > 0.0005:
                time.sleep(wait)
            with self._lock:
                microphone = self._pending.pop(0) if self._pending else SILENCE
                if reference is not SILENCE:
                    self._answer.append(reference)
                frames = capture.feed(microphone, reference, ends)
            if self._listening:
                for frame in frames:
                    loop.call_soon_threadsafe(receive, frame)
            for generation, fact in self._playback.due():
                loop.call_soon_threadsafe(tell, generation, fact)
            block += 1
