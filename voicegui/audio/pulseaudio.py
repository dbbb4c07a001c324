"""The sound server on Linux (PulseAudio, or PipeWire in its place): its real devices, and where our streams really go.

PortAudio sees one device called "pulse" and hears nothing of an unplugged one, so the server is asked directly.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from voicegui.core.ports import DeviceInfo

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 2.0

_NO_SINK = "auto_null"
"""What PulseAudio puts there when there is no speaker at all."""


@dataclass(frozen=True, slots=True)
class StreamRoute:
    """One of our own streams at the server."""

    stream: int
    device: str
    is_monitor: bool
    is_muted: bool = False
    """The device is muted at the server: it gives exact zeros."""


@dataclass(frozen=True, slots=True)
class ServerView:
    """What the server said last. Monitors of speakers are never among the microphones."""

    microphones: Sequence[DeviceInfo] = ()
    speakers: Sequence[DeviceInfo] = ()
    recording: StreamRoute | None = None
    playing: StreamRoute | None = None
    seen_at: float = field(default=0.0, compare=False)
    """Monotonic seconds."""


@contextmanager
def _connected() -> "Iterator[Any]":
    """Raises OSError when there is no server, or no libpulse."""
    try:
        import pulsectl
    except (ImportError, OSError) as error:
        raise OSError("libpulse is missing") from error
    pulse = pulsectl.Pulse("voicegui-devices", connect=False)
    try:
        pulse.connect()  # its own time-out would be waited for in full, also when the server answers at once
        yield pulse
    except (pulsectl.PulseError, pulsectl.PulseDisconnected) as error:
        raise OSError(f"the sound server does not answer: {error}") from error
    finally:
        pulse.close()


def look() -> ServerView | None:
    """Asks the server once; None without one. Blocks for some ms, at worst 2 s."""
    watch = ServerWatch(lambda: None)
    watch.start()
    watch.close(wait=False)
    return watch.view


def move(view: ServerView, *, microphone: str = "", speaker: str = "") -> bool:
    """Moves our streams to other devices without a gap; False when the server refuses."""
    try:
        with _connected() as pulse:
            if microphone and view.recording:
                pulse.source_output_move(view.recording.stream, pulse.get_source_by_name(microphone).index)
            if speaker and view.playing:
                pulse.sink_input_move(view.playing.stream, pulse.get_sink_by_name(speaker).index)
        return True
    except OSError:
        return False


def _view(pulse: Any) -> ServerView:
    seen_at = monotonic()
    server = pulse.server_info()
    sources = {source.index: source for source in pulse.source_list()}
    sinks = {sink.index: sink for sink in pulse.sink_list()}
    mine = str(os.getpid())

    def route(streams: Sequence[Any], devices: dict[int, Any], attribute: str) -> StreamRoute | None:
        for stream in streams:
            device = devices.get(getattr(stream, attribute))
            if device is not None and stream.proplist.get("application.process.id") == mine:
                return StreamRoute(stream.index, device.name, _is_monitor(device), bool(device.mute))
        return None

    return ServerView(
        [_info(each, server.default_source_name) for each in sources.values() if not _is_monitor(each)],
        [_info(each, server.default_sink_name) for each in sinks.values() if each.name != _NO_SINK],
        route(pulse.source_output_list(), sources, "source"),
        route(pulse.sink_input_list(), sinks, "sink"),
        seen_at,
    )


def _info(device: Any, default: str) -> DeviceInfo:
    return DeviceInfo(device.name, device.description or device.name, device.name == default)


def _is_monitor(device: Any) -> bool:
    return bool(getattr(device, "monitor_of_sink_name", None)) or device.proplist.get("device.class") == "monitor"


class ServerWatch:
    """A thread that keeps a `ServerView` fresh. It calls `changed`, also when the server goes or comes."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._stop = threading.Event()
        self._looked = threading.Event()
        self._asked_at: float | None = None
        self.view: ServerView | None = None
        self._thread = threading.Thread(target=self._run, name="sound server", daemon=True)

    def start(self) -> None:
        """Returns after the first look, or after 2 s: a server that hangs is looked at by the thread alone."""
        self._thread.start()
        self._looked.wait(_PATIENCE_SECONDS)

    def ask(self) -> None:
        """A stream was opened: the server is asked for it half a second later, whatever it has told by then."""
        self._asked_at = monotonic()

    def close(self, *, wait: bool = True) -> None:
        """With `wait` it takes up to half a second."""
        self._stop.set()
        if wait and self._thread.is_alive():
            self._thread.join(_PATIENCE_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with _connected() as pulse:
                    self._follow(pulse)
            except OSError as error:
                log.debug("sound server: %s", error)
                self._publish(None)
            self._stop.wait(0.5)

    def _follow(self, pulse: Any) -> None:
        pulse.event_mask_set("sink", "source", "server", "sink_input", "source_output")
        events: list[object] = []

        def note(event: object) -> None:
            from pulsectl import PulseLoopStop

            events.append(event)
            raise PulseLoopStop

        pulse.event_callback_set(note)
        self._publish(_view(pulse))
        while not self._stop.is_set():
            if not events:
                pulse.event_listen(timeout=0.5)
            asked_at = self._asked_at
            due = asked_at is not None and monotonic() > asked_at + 0.5
            if due and self._asked_at == asked_at:
                self._asked_at = None
            if events or due:
                # Cleared before the server is asked: what changes meanwhile is an event of its own.
                events.clear()
                self._publish(_view(pulse))

    def _publish(self, view: ServerView | None) -> None:
        changed = view != self.view
        self.view = view
        self._looked.set()
        if changed:
            self._changed()
