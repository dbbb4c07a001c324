"""PortAudio streams: the only place that knows sounddevice. Callbacks copy to and from queues and nothing else."""

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

import numpy as np

from ..core.audio import PLAYBACK_RATE_HZ
from ..core.errors import ErrorCode, VoiceError
from ..core.ports import DeviceInfo
from .channels import OneChannel
from .headroom import LATE_S, SHORT_S
from .keeper import nothing_there
from .playback import Playback
from .reference import Played
from .signals import BLOCK, Resampler, Rise, Samples

log = logging.getLogger(__name__)

INPUT_LATENCY_SECONDS = 0.04

CLOSING_SECONDS = 2.0


def library() -> Any:
    """The sounddevice module. Raises VoiceError(NO_SOUND_LIBRARY)."""
    try:
        import sounddevice
    except OSError as error:
        raise VoiceError(
            ErrorCode.NO_SOUND_LIBRARY,
            "The sound library PortAudio is missing. Install it and start again; typing works without it.",
            hint="apt install libportaudio2 libasound2-plugins",
        ) from error
    return sounddevice


_left_behind: list[threading.Thread] = []
"""They still close a stream."""


def refresh() -> None:
    """Looks for devices again. Only while no stream is open: PortAudio's list is a snapshot from its start."""
    _left_behind[:] = [thread for thread in _left_behind if thread.is_alive()]
    if _left_behind:
        return
    sounddevice = library()
    sounddevice._terminate()
    sounddevice._initialize()


def hardware() -> Sequence[str]:
    """What the system lists of sound hardware, cheap to ask: when it changes it is worth while to `refresh`."""
    try:
        return sorted(os.listdir("/dev/snd"))
    except OSError:
        return ()


def has_bridge(direction: str) -> bool:
    """Whether PortAudio's snapshot has a way to the sound server."""
    return _index("", direction, server=True) is not None


def listed(direction: str) -> Sequence[DeviceInfo]:
    """PortAudio's own list, for systems without a sound server; `direction` is "input" or "output"."""
    sounddevice = library()
    default = sounddevice.default.device[0 if direction == "input" else 1]
    found = [each for each in sounddevice.query_devices() if each[f"max_{direction}_channels"] > 0]
    return [DeviceInfo(each["name"], each["name"], each["index"] == default) for each in found]


def _index(name: str, direction: str, *, server: bool) -> int | None:
    """PortAudio's number of a device; with a sound server that of its bridge, which is routed by the environment."""
    device = _device(name, direction, server=server)
    return None if device is None else int(device["index"])


def _device(name: str, direction: str, *, server: bool) -> Any:
    found = [each for each in library().query_devices() if each[f"max_{direction}_channels"] > 0]
    names = ("pulse", "default") if server else (name,)
    return next((each for wanted in names for each in found if each["name"] == wanted), None)


def _open(
    direction: str, name: str, callbacks: tuple[Callable[..., None], Callable[[], None]], latency_s: float, server: bool
) -> Any:
    """`callbacks`: for each block, and for the end of the stream."""
    sounddevice = library()
    kind = sounddevice.RawInputStream if direction == "input" else sounddevice.RawOutputStream
    found = _device(name, direction, server=server)
    if found is None:
        raise nothing_there("microphone" if direction == "input" else "speaker")
    device = int(found["index"])
    # Whoever asks for one channel gets the mean of all, which may be nothing
    channels = min(2, int(found["max_input_channels"])) if direction == "input" else 1
    rate = PLAYBACK_RATE_HZ
    arguments = {"device": device, "channels": channels, "dtype": "int16", "latency": latency_s}
    arguments |= dict(zip(("callback", "finished_callback"), callbacks, strict=True))
    variable = "PULSE_SOURCE" if direction == "input" else "PULSE_SINK"
    before = os.environ.get(variable)
    if server:
        os.environ[variable] = name  # read by libpulse when the stream connects
    try:
        try:
            return kind(samplerate=rate, blocksize=BLOCK, **arguments)
        except sounddevice.PortAudioError as error:
            if "sample rate" not in str(error):
                raise
            rate = int(sounddevice.query_devices(device)["default_samplerate"])
            return kind(samplerate=rate, blocksize=rate // 100, **arguments)
    except sounddevice.PortAudioError as error:
        log.info("%s does not open: %s", direction, error)
        raise _translated(direction, name, str(error)) from error
    finally:
        if server and before is None:
            del os.environ[variable]
        elif server and before is not None:
            os.environ[variable] = before


def _translated(direction: str, name: str, problem: str) -> VoiceError:
    what = "microphone" if direction == "input" else "speaker"
    if "busy" in problem.lower() or "unavailable" in problem.lower():
        message = f"The {what} {name} is used by another program. Close that program or choose another {what}."
        return VoiceError(ErrorCode.DEVICE_BUSY, message, retryable=True)
    message = f"The {what} {name} cannot be opened. Check that it is connected, or choose another {what}."
    return VoiceError(ErrorCode.DEVICE_LOST, message, retryable=True)


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
                log.warning("a stream does not close and is left behind")
                _left_behind.append(closing)


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
        stream = _open("input", name, (self._callback, self._on_finished), INPUT_LATENCY_SECONDS, server)
        rate = int(stream.samplerate)
        self._resampler = Resampler(rate, PLAYBACK_RATE_HZ, "LQ") if rate != PLAYBACK_RATE_HZ else None
        self._mixed = OneChannel().process if stream.channels == 2 else bytes
        self._rest: Samples = np.zeros(0, np.int16)
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

    def _convert(self, block: Samples, at: float) -> None:
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
        stream = _open("output", name, (self._callback, self._on_finished), ahead_s, server)
        rate = int(stream.samplerate)
        self._resampler = Resampler(PLAYBACK_RATE_HZ, rate, "LQ") if rate != PLAYBACK_RATE_HZ else None
        self._rest: Samples = np.zeros(0, np.int16)
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
