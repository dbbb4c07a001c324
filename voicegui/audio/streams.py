"""The two streams that run, microphone and speaker, and how much sound the speaker's device holds ahead (headroom).

Callbacks copy to and from queues and nothing else. Headroom covers a stall and delays what is played next (headphones:
nothing, since their device is restarted).
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any

import numpy as np

from voicegui.core.audio import PLAYBACK_RATE_HZ

from .echo_canceller import Played
from .playback import Playback
from .portaudio import leave_behind, library, open_stream
from .signals import BLOCK, Int16Samples, OneChannel, Resampler, Rise

log = logging.getLogger(__name__)

SHORT_S = 0.06
"""A GIL held for 50 ms underruns 20 ms every time, 40 ms on a busy machine, 60 ms never (measured)."""
LONG_S = 0.2
"""Beside programs that keep all processors busy a process waits for up to 150 ms for its turn (measured)."""

LATE_S = 0.04
"""Between two callbacks, which come every 10 to 20 ms on a quiet machine."""
_LATE_CALLS = 2
_WITHIN_S = 10.0
_CALM_S = 60.0
"""Without a late callback: the machine is quiet again."""


class Headroom:
    """Fed by the thread that keeps the devices; `seconds` may be read by any."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._late: deque[float] = deque(maxlen=_LATE_CALLS)
        self.seconds = SHORT_S

    def follow(self, late_calls: int) -> None:
        """`late_calls`: callbacks that came late since the last time."""
        now = self._clock()
        self._late.extend([now] * late_calls)
        if len(self._late) == _LATE_CALLS and now - self._late[0] <= _WITHIN_S:
            self.seconds = LONG_S
        elif not self._late or now - self._late[-1] >= _CALM_S:
            self.seconds = SHORT_S


# ---------------------------------------------------------------- microphone's and speaker's stream

INPUT_LATENCY_SECONDS = 0.04
CLOSING_SECONDS = 2.0


def _close(stream: Any) -> None:
    stream.abort(ignore_errors=True)
    stream.close(ignore_errors=True)


class _Stream:
    """What both directions share: one PortAudio stream, when it last called back, whether it died."""

    def __init__(self) -> None:
        self._stream: Any = None
        self._lock = threading.Lock()
        self._closing = False
        self.called_at = 0.0
        self.began_at = monotonic()
        self.died = False
        self.sleeps = False
        self.glitches = 0

    def _started(self, stream: Any) -> None:
        self._stream = stream
        stream.start()

    def _on_finished(self) -> None:
        if not self._closing:
            self.died = True

    def close(self) -> None:
        """Returns after 2 s at the latest: the bridge to a sound server that has died may never let go (seen once)."""
        with self._lock:
            self._closing = True
            stream, self._stream = self._stream, None
        if stream is not None:
            closing = threading.Thread(target=_close, args=(stream,), name="close a stream", daemon=True)
            closing.start()
            closing.join(CLOSING_SECONDS)
            if closing.is_alive():
                leave_behind(closing)


class MicrophoneStream(_Stream):
    """Puts (960 bytes at 48 kHz, monotonic seconds of the last sample) into `blocks`."""

    def __init__(self, name: str, wake: Callable[[], None], *, server: bool) -> None:
        super().__init__()
        self.blocks: deque[tuple[bytes, float]] = deque(maxlen=500)
        self.wanted, self.wanted_after_a_rise = 1, 1
        """Blocks that are worth waking the audio thread for, and as soon as one is louder than those before: each wake
        costs more than the work on a block."""
        self._wake = wake
        self._rise = Rise()
        stream = open_stream("input", name, (self._callback, self._on_finished), INPUT_LATENCY_SECONDS, server)
        rate = int(stream.samplerate)
        self._resampler = Resampler(rate, PLAYBACK_RATE_HZ, "LQ") if rate != PLAYBACK_RATE_HZ else None
        self._mixed = OneChannel().process if stream.channels == 2 else bytes
        self._rest: Int16Samples = np.zeros(0, np.int16)
        self._latency = float(stream.latency)
        self._started(stream)

    def _callback(self, data: Any, frames: int, times: Any, status: Any) -> None:
        now = self.called_at = monotonic()
        if status:
            self.glitches += 1
        late = times.currentTime - times.inputBufferAdcTime - frames / PLAYBACK_RATE_HZ
        at = now - (late if 0 <= late < 1 else self._latency)
        if self._resampler is None:
            self._add(self._mixed(bytes(data)), at)
        else:
            self._convert(np.frombuffer(self._mixed(bytes(data)), np.int16), at)
        if len(self.blocks) >= (self.wanted_after_a_rise if self._rise.risen else self.wanted):
            self._wake()

    def _add(self, block: bytes, at: float) -> None:
        self._rise.feed(block)
        self.blocks.append((block, at))

    def _convert(self, block: Int16Samples, at: float) -> None:
        assert self._resampler is not None
        self._rest = np.concatenate((self._rest, self._resampler.process(block)))
        while self._rest.size >= BLOCK:
            self._add(self._rest[:BLOCK].tobytes(), at)
            self._rest = self._rest[BLOCK:]


class SpeakerStream(_Stream):
    """Plays `playback`; what it played goes into `reference`, block by block, silence too. The device holds so many
    seconds ahead: `ahead_s`."""

    def __init__(self, name: str, playback: Playback, *, server: bool, ahead_s: float = SHORT_S) -> None:
        super().__init__()
        self.ahead_s = ahead_s
        self.late_calls = 0
        self.reference: deque[Played] = deque(maxlen=500)
        self._playback = playback
        stream = open_stream("output", name, (self._callback, self._on_finished), ahead_s, server)
        rate = int(stream.samplerate)
        self._resampler = Resampler(PLAYBACK_RATE_HZ, rate, "LQ") if rate != PLAYBACK_RATE_HZ else None
        self._rest: Int16Samples = np.zeros(0, np.int16)
        self._latency = float(stream.latency)
        self._started(stream)

    def _callback(self, data: Any, frames: int, times: Any, status: Any) -> None:
        now = monotonic()
        if self.called_at > self.began_at and now - self.called_at > LATE_S:
            self.late_calls += 1
        self.called_at = now
        if status and not status.priming_output:
            self.glitches += 1
        coming = times.outputBufferDacTime - times.currentTime
        at = now + (coming if 0 <= coming < 1 else self._latency)
        if self._resampler is None:
            data[:] = self._rendered(at)
        else:
            data[:] = self._converted(frames, at)

    def _converted(self, frames: int, at: float) -> bytes:
        assert self._resampler is not None
        while self._rest.size < frames:
            block = self._rendered(at + self._rest.size / PLAYBACK_RATE_HZ)
            self._rest = np.concatenate((self._rest, self._resampler.process(np.frombuffer(block, np.int16))))
        out, self._rest = self._rest[:frames], self._rest[frames:]
        return out.tobytes()

    def _rendered(self, at: float) -> bytes:
        block = self._playback.render(at)
        self.reference.append(Played(block, at))
        return block

    def take_late_calls(self) -> int:
        """Callbacks that came late since this was last asked."""
        late, self.late_calls = self.late_calls, 0
        return late

    def restart(self, between: Callable[[], None] = lambda: None) -> None:
        """Drops what the device still holds and takes what comes at once: heard after 9 ms instead of 85 (measured).
        `between` is done while nothing is taken."""
        with self._lock:
            if self._stream is None or self.died:
                between()
                return
            self._stop(self._stream)
            between()
            self._start(self._stream)

    def sleep(self) -> None:
        """Until `wake` the device stands still and calls nobody back."""
        with self._lock:
            if self._stream is not None and not self.died and not self.sleeps:
                self._stop(self._stream)
                self.sleeps = True

    def wake(self) -> None:
        with self._lock:
            if self._stream is not None and self.sleeps:
                self._start(self._stream)

    def _stop(self, stream: Any) -> None:
        self._closing = True
        self.began_at = monotonic()
        stream.abort(ignore_errors=True)
        self.reference.clear()  # it was never heard

    def _start(self, stream: Any) -> None:
        """A device that does not start again has died: it is opened anew."""
        try:
            stream.start()
        except library().PortAudioError as error:
            log.info("the speaker does not start again: %s", error)
            self.died = True
        self.began_at, self.sleeps, self._closing = monotonic(), False, False
