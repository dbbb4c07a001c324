"""Keeps one direction of sound running: chooses its device, notices when it fails, says so once, and mends it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import DeviceInfo, SoundMended, SoundTrouble
from voicegui.core.wording import sentence

from .pulseaudio import StreamRoute

log = logging.getLogger(__name__)

_STALLED_SECONDS = 0.5
_RETRY_SECONDS = 0.5
_REOPEN_SECONDS = 2.0
_ZEROS_WHEN_MUTED = 50
_ZEROS_WHEN_NEVER_HEARD = 500
_ZEROS_AFTER_SOUND = 2_000
"""Blocks of 10 ms.

No real microphone is exactly silent, but virtual ones and noise gates are, between two sentences.
"""

_NEW_SECONDS = 0.4
"""So long the server may not know a new stream."""


class Stream(Protocol):
    called_at: float
    """Monotonic seconds of the last callback, 0 before the first."""
    began_at: float
    """Monotonic seconds of the opening or the last restart: with each the server gets a new stream for the old one."""
    died: bool
    sleeps: bool
    """It was stopped on purpose and calls nobody back."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known about the devices of one direction."""

    devices: Sequence[DeviceInfo]
    server: bool
    """A sound server runs the devices and tells where our stream goes."""
    present: bool = True
    """The server answers."""
    route: StreamRoute | None = None
    seen_at: float = 0.0
    """Clock time at which the server told all this."""


S = TypeVar("S", bound=Stream)


class StreamKeeper(Generic[S]):
    """Not thread-safe: one thread calls `tick` a few times a second and after every change; any may read `stream`.

    Whoever reads the microphone tells it of every block with `hear_block`.
    `open_stream(name, server)` raises VoiceError; `move(name)` sends the running stream to another device, or returns
    False.
    """

    def __init__(
        self,
        device: Literal["microphone", "speaker"],
        open_stream: Callable[[str, bool], S],
        move: Callable[[str], bool],
        tell: Callable[[SoundTrouble | SoundMended], None],
        clock: Callable[[], float],
    ) -> None:
        self._device = device
        self._open_stream = open_stream
        self._move = move
        self._tell = tell
        self._clock = clock
        self.wanted = ""
        self.on = False
        self._zero_blocks = 0
        self._has_sounded = False
        self.stream: S | None = None
        self._stalled_at: float | None = None
        """Its last callback when the running stream was found to have stopped."""
        self._in_use: DeviceInfo | None = None
        self._opened_at = 0.0
        self._next_try = 0.0
        self._trouble: tuple[ErrorCode, str] | None = None
        self._told_name = ""

    @property
    def stalled(self) -> bool:
        """The stream has stopped, and has not called back since that was noticed. Any thread may ask."""
        stream = self.stream
        return stream is not None and stream.called_at == self._stalled_at

    def tick(self, around: Surroundings) -> None:
        if not self.on:
            self.close()
            return
        target = self._choose(around)
        self._look_for_loss(around, target)
        if self.stream is None and self._clock() >= self._next_try:
            self._start(around, target)
        elif self.stream is not None:
            self._follow(around, target)
            self._watch(around)

    def close(self) -> None:
        if self.stream is not None:
            stream, self.stream = self.stream, None
            stream.close()
        self._stalled_at = None
        self._next_try = 0.0
        if not self.on:
            self._trouble = None

    def hear_block(self, *, zeros: bool) -> None:
        """10 ms of the microphone: exactly silent, or not."""
        self._zero_blocks = self._zero_blocks + 1 if zeros else 0
        self._has_sounded |= not zeros

    def retry(self) -> None:
        """Something has changed: a device may be there again."""
        self._next_try = 0.0

    def start_anew(self) -> None:
        """Other names stand for the devices from now on. The stream is opened again without a word."""
        self.close()
        self._in_use, self._told_name = None, ""

    def _choose(self, around: Surroundings) -> DeviceInfo | None:
        devices = around.devices
        for each in devices:
            if each.name == self.wanted:
                return each
        return next((each for each in devices if each.is_default), devices[0] if devices else None)

    def _look_for_loss(self, around: Surroundings, target: DeviceInfo | None) -> None:
        """Closes a stream that is dead, or leads nowhere, or to a speaker's monitor."""
        stream, used = self.stream, self._in_use
        if stream is None or used is None:
            return
        gone = around.present and around.server and all(each.name != used.name for each in around.devices)
        settled = around.seen_at - max(self._opened_at, stream.began_at) > _NEW_SECONDS
        route = around.route
        orphan = around.server and around.present and settled and route is None
        moved = gone and not stream.died and route is not None and not route.is_monitor
        if moved:  # the server did it; the stream goes on
            self._report(self._loss(around, used, gone), target)
            self._take(next((each for each in around.devices if route and each.name == route.device), target))
        elif stream.died or orphan or gone or (route is not None and route.is_monitor):
            self.close()
            self._report(self._loss(around, used, gone), target)

    def _loss(self, around: Surroundings, used: DeviceInfo, gone: bool) -> VoiceError:
        if around.server and not around.present:
            what = sentence("The sound server has stopped. Sound goes on by itself when it is back.")
        else:
            what = (_DISCONNECTED if gone else _FAILED)[self._device].filled(device=used.label)
        return VoiceError(ErrorCode.DEVICE_LOST, what, retryable=True)

    def _start(self, around: Surroundings, target: DeviceInfo | None) -> None:
        self._next_try = self._clock() + _RETRY_SECONDS
        try:
            if target is None:
                if around.server and not around.present:
                    return
                if around.server:
                    raise nothing_there(self._device)
            self.stream = self._open_stream(target.name if target else "", around.server)
        except VoiceError as error:
            if self._trouble is None or target is not None:  # "disconnected" says more than "there is none"
                self._report(error, next((each for each in around.devices if each != target), None))
            return
        self._opened_at = self._clock()
        self._take(target)
        log.info("%s: %s", self._device, target.name if target else "")

    def _follow(self, around: Surroundings, target: DeviceInfo | None) -> None:
        """Goes back to the wanted device, or after the system's default, without closing the stream if it can."""
        used = self._in_use
        if target is None or used is None:
            return
        route = around.route
        there = route.device if route is not None else used.name
        if there == target.name or (route is not None and self._move(target.name)):
            self._take(target)
        elif route is None and not around.server:
            self.close()
            self._start(around, target)

    def _take(self, device: DeviceInfo | None) -> None:
        if device != self._in_use:
            self._in_use = device
            self._zero_blocks, self._has_sounded = 0, False

    def _flows(self, device: DeviceInfo) -> None:
        """Sound really comes or goes: an earlier trouble is over, or another device is in use than was said last."""
        if self._trouble is not None or self._told_name not in ("", device.name):
            self._tell(SoundMended(self._device, device.name))
        self._trouble, self._told_name = None, device.name

    def _watch(self, around: Surroundings) -> None:
        """Callbacks that stop (a suspended device), and a microphone that gives only zeros."""
        stream, used = self.stream, self._in_use
        if stream is None or used is None or stream.sleeps:
            return
        now = self._clock()
        quiet_s = now - max(stream.called_at, stream.began_at, self._opened_at)
        other = next((each for each in around.devices if each.name != used.name), None)
        if quiet_s > _STALLED_SECONDS:
            self._stalled_at = stream.called_at
            what = _STOPPED[self._device].filled(device=used.label)
            self._report(VoiceError(ErrorCode.DEVICE_LOST, what, retryable=True), other)
            if quiet_s > _REOPEN_SECONDS and around.present:
                self.close()
            return
        self._stalled_at = None
        muted = around.route is not None and around.route.is_muted
        if self._zero_blocks >= self._suspicious_zeros(muted=muted):
            heading = sentence("No sound from “{device}”", device=used.label)
            what = _MUTED if muted else _ONLY_ZEROS
            self._report(VoiceError(ErrorCode.MICROPHONE_SILENT, what, heading=heading, retryable=True), other)
        elif stream.called_at > 0:
            self._flows(used)

    def _suspicious_zeros(self, *, muted: bool) -> int:
        if muted:
            return _ZEROS_WHEN_MUTED
        return _ZEROS_AFTER_SOUND if self._has_sounded else _ZEROS_WHEN_NEVER_HEARD

    def _report(self, error: VoiceError, alternative: DeviceInfo | None) -> None:
        if self._trouble != (error.code, error.message):
            self._trouble = (error.code, error.message)
            self._tell(SoundTrouble(error, self._device, alternative.name if alternative else ""))


def nothing_there(device: str) -> VoiceError:
    if device == "microphone":
        what = sentence("There is no microphone. Plug one in; until then you can type.")
        return VoiceError(ErrorCode.NO_MICROPHONE, what, retryable=True)
    what = sentence("There is no speaker. Plug one in; until then replies are only shown.")
    return VoiceError(ErrorCode.NO_SPEAKER, what, retryable=True)


_DISCONNECTED = {
    "microphone": sentence("{device} was disconnected. Plug it in again, or choose another microphone."),
    "speaker": sentence("{device} was disconnected. Plug it in again, or choose another speaker."),
}
_FAILED = {
    "microphone": sentence("{device} has failed and is tried again. You can choose another microphone."),
    "speaker": sentence("{device} has failed and is tried again. You can choose another speaker."),
}
_STOPPED = {
    "microphone": sentence("{device} has stopped. Sound goes on when it wakes up; or choose another microphone."),
    "speaker": sentence("{device} has stopped. Sound goes on when it wakes up; or choose another speaker."),
}
_MUTED = sentence("it is muted. Unmute it in the system's sound settings, or choose another.")
_ONLY_ZEROS = sentence("it sends only zeros. Switch it on, or choose another.")
