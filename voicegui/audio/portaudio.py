"""PortAudio: its list of devices, kept fresh, and how a stream is opened. The only place that imports sounddevice.

The list is a snapshot: to look again all streams have to be closed.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from voicegui.core.audio import PLAYBACK_RATE_HZ
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import DeviceInfo
from voicegui.core.wording import sentence, verbatim

from . import pulseaudio
from .pulseaudio import ServerView
from .signals import BLOCK
from .stream_keeper import StreamKeeper, Surroundings, nothing_there

log = logging.getLogger(__name__)


def library() -> Any:
    """The sounddevice module. Raises VoiceError(NO_SOUND_LIBRARY)."""
    try:
        import sounddevice
    except OSError as error:
        raise VoiceError(
            ErrorCode.NO_SOUND_LIBRARY,
            sentence("The sound library PortAudio is missing. Install it and start again; typing works without it."),
            hint=verbatim("apt install libportaudio2 libasound2-plugins"),
        ) from error
    return sounddevice


_left_behind: list[threading.Thread] = []
"""They still close a stream."""


def leave_behind(closing: threading.Thread) -> None:
    """It closes a stream and does not come to an end."""
    log.warning("a stream does not close and is left behind")
    _left_behind.append(closing)


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


def portaudio_devices(direction: str) -> Sequence[DeviceInfo]:
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


def open_stream(
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
    busy = "busy" in problem.lower() or "unavailable" in problem.lower()
    code = ErrorCode.DEVICE_BUSY if busy else ErrorCode.DEVICE_LOST
    return VoiceError(code, _NOT_OPENED[direction, code].filled(name=name), retryable=True)


_NOT_OPENED = {
    ("input", ErrorCode.DEVICE_BUSY): sentence(
        "The microphone {name} is used by another program. Close that program or choose another microphone."
    ),
    ("output", ErrorCode.DEVICE_BUSY): sentence(
        "The speaker {name} is used by another program. Close that program or choose another speaker."
    ),
    ("input", ErrorCode.DEVICE_LOST): sentence(
        "The microphone {name} cannot be opened. Check that it is connected, or choose another microphone."
    ),
    ("output", ErrorCode.DEVICE_LOST): sentence(
        "The speaker {name} cannot be opened. Check that it is connected, or choose another speaker."
    ),
}


# ---------------------------------------------------------------- devices, once
# For a list in the terminal.


def list_devices() -> tuple[Sequence[DeviceInfo], Sequence[DeviceInfo]]:
    """Microphones and speakers. Blocks for up to 2 s: not for an event loop. Raises VoiceError(NO_SOUND_LIBRARY)."""
    library()
    view = pulseaudio.look() if sys.platform == "linux" else None
    if view is not None:
        return view.microphones, view.speakers
    return portaudio_devices("input"), portaudio_devices("output")


# ---------------------------------------------------------------- devices, kept fresh

_AGAIN_SECONDS = 1.5
"""Between two looks while a device is missing. One takes 40 ms: too much for every look around."""


class DeviceList:
    """Not thread-safe: for the thread of the keepers. `rests`: nothing is being played."""

    def __init__(
        self,
        microphone: StreamKeeper[Any],
        speaker: StreamKeeper[Any],
        rests: Callable[[], bool],
        clock: Callable[[], float],
        hardware: Callable[[], Sequence[str]] = hardware,
    ) -> None:
        self._microphone, self._speaker = microphone, speaker
        self._rests, self._clock, self._hardware = rests, clock, hardware
        self._known = hardware()
        self._next = clock() + _AGAIN_SECONDS
        self.server_seen = False
        """Since it answered for the first time devices are taken from the server alone."""

    def renew(self, view: ServerView | None) -> tuple[Surroundings, Surroundings]:
        """What is there for microphone and speaker. Looks for devices again if one is wanted that PortAudio does not
        know: at once when the hardware has changed, else now and then."""
        self._refresh(view)
        if self.server_seen:
            seen, there = view or ServerView(), view is not None
            return (
                Surroundings(seen.microphones, True, there, seen.recording, seen.seen_at),
                Surroundings(seen.speakers, True, there, seen.playing, seen.seen_at),
            )
        try:
            return Surroundings(portaudio_devices("input"), False), Surroundings(portaudio_devices("output"), False)
        except VoiceError:  # no library: opening says so
            return Surroundings((), False), Surroundings((), False)

    def _refresh(self, view: ServerView | None) -> None:
        if view is not None and not self.server_seen:
            self.server_seen, self._next = True, 0.0
            for keeper in self._keepers():
                keeper.start_anew()  # what ran without the server goes through it now
        if not self._missing(view):
            return
        hardware, now = self._hardware(), self._clock()
        if any(keeper.stream is not None for keeper in self._keepers()):
            if self.server_seen or hardware == self._known or not self._rests():
                return
            for keeper in self._keepers():
                keeper.close()
        elif hardware == self._known and now < self._next:
            return
        self._known, self._next = hardware, now + _AGAIN_SECONDS
        with suppress(VoiceError):  # no library: opening says so
            refresh()
        for keeper in self._keepers():
            keeper.retry()

    def _keepers(self) -> Sequence[StreamKeeper[Any]]:
        return self._microphone, self._speaker

    def _missing(self, view: ServerView | None) -> bool:
        """A direction that is wanted has no stream, and no way to one is known."""
        microphone, speaker = _wants(self._microphone), _wants(self._speaker)
        if not self.server_seen:
            return microphone or speaker
        if view is None:
            return False  # it will be back, and with it the way to it
        try:
            return (microphone and bool(view.microphones) and not has_bridge("input")) or (
                speaker and bool(view.speakers) and not has_bridge("output")
            )
        except VoiceError:
            return False


def _wants(keeper: StreamKeeper[Any]) -> bool:
    return keeper.on and keeper.stream is None
