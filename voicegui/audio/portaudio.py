"""PortAudio: its lists of devices, and how a stream is opened. The only place that imports sounddevice."""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

from ..core.audio import PLAYBACK_RATE_HZ
from ..core.errors import ErrorCode, VoiceError
from ..core.ports import DeviceInfo
from .keeper import nothing_there
from .signals import BLOCK

log = logging.getLogger(__name__)


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
    what = "microphone" if direction == "input" else "speaker"
    if "busy" in problem.lower() or "unavailable" in problem.lower():
        message = f"The {what} {name} is used by another program. Close that program or choose another {what}."
        return VoiceError(ErrorCode.DEVICE_BUSY, message, retryable=True)
    message = f"The {what} {name} cannot be opened. Check that it is connected, or choose another {what}."
    return VoiceError(ErrorCode.DEVICE_LOST, message, retryable=True)
