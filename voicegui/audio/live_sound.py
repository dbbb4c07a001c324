"""The real microphone and speaker."""

import asyncio
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic

from voicegui.core.audio import Audio
from voicegui.core.errors import VoiceError
from voicegui.core.ports import (
    AudioLevels,
    DeviceInfo,
    FirstSound,
    Frame,
    PlaybackDone,
    SoundEvent,
    SoundMended,
    SoundTrouble,
)

from . import portaudio, pulseaudio
from .capture import Capture, MicrophoneKeeper
from .echo_canceller import Played
from .playback import Playback
from .portaudio import DeviceList
from .speaker import SpeakerKeeper
from .streams import MicrophoneStream

log = logging.getLogger(__name__)

_LONGEST_WAIT_S = 0.05
"""The microphone wakes the audio thread; without one the clock does."""
_LONGEST_WAIT_AT_REST_S = 0.25
"""While the microphone wakes it for some frames together."""
_WATCHED_S = 0.5
_LEAD = 8
"""Blocks of reference kept while nobody listens: what PortAudio asks for ahead when a speaker starts."""


class LiveSound:
    """A `Sound`, a `LevelSource` and the `Devices`, on PortAudio; on Linux also on the sound server's own word.

    Two threads: "audio" takes the callbacks' blocks through the capture, "sound keeper" opens, watches and mends
    streams. `microphone` and `speaker` are names from `microphones()` and `speakers()`, "" is the system's default.
    """

    def __init__(self, microphone: str = "", speaker: str = "", clock: Callable[[], float] = monotonic) -> None:
        self._playback = Playback()
        self._capture: Capture | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._receive: Callable[[SoundEvent], None] = lambda event: None
        self._watchers: list[Callable[[], None]] = []
        self._stop, self._wake, self._nudge = threading.Event(), threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        self._server = pulseaudio.ServerWatch(self._server_changed) if sys.platform == "linux" else None
        self._known: tuple[Sequence[DeviceInfo], Sequence[DeviceInfo]] = ((), ())
        self._looked = False
        self._muted = False
        self._beginning, self._begun_s = 0, 0.0
        """Position at which what is played now began after a silence, and how much of it has come."""
        self._together = False
        """Frames come a few at a time."""
        self._watched_at = 0.0
        """When somebody last asked for the levels, which move with each frame."""
        self._microphone = MicrophoneKeeper(
            self._wake.set, self._ask_server, lambda name: self._move(microphone=name), self._tell, clock
        )
        self._speaker = SpeakerKeeper(
            self._playback, self._ask_server, lambda name: self._move(speaker=name), self._tell, clock
        )
        self._microphone.wanted, self._speaker.wanted = microphone, speaker
        self._listing = DeviceList(self._microphone, self._speaker, self._playback.rests, clock)

    # ------------------------------------------------------------ Sound

    async def open(self, receive: Callable[[SoundEvent], None]) -> None:
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._start)

    def _start(self) -> None:
        self._capture = capture = Capture()
        capture.muted = self._muted
        if self._server:
            self._server.start()
        self._tend()
        for name, run in (("audio", self._run), ("sound keeper", self._keep)):
            thread = threading.Thread(target=run, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    async def aclose(self) -> None:
        self._stop.set()
        self._wake.set()
        self._nudge.set()
        await asyncio.to_thread(self._join)

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        if self._server:
            self._server.close()

    def listen(self, on: bool) -> None:
        self._microphone.on = on
        self._nudge.set()

    def mute(self, on: bool) -> None:
        self._muted = on
        if self._capture:
            self._capture.muted = on

    def play(self, audio: Audio) -> None:
        """On headphones a restarted device plays it 5 to 10 ms later instead of 85; loudspeakers: see `SpeakerKeeper`.

        Services send speech in small pieces: the restart comes with the one that makes it worth it, and what the device
        holds of those before is played again if nothing of it was heard.
        """
        if self._playback.rests():
            self._beginning, self._begun_s = self._playback.heard(), 0.0
        before, self._begun_s = self._begun_s, self._begun_s + audio.seconds
        self._playback.play(audio)
        if self._together:
            self._wake.set()
        self._speaker.wake()
        stream = self._speaker.stream
        enough = 2 * self._speaker.headroom.seconds  # more than a starting device takes at once
        worth = before < enough <= self._begun_s and not self._speaker.stalled and not self._echoing()
        if worth and stream is not None and self._playback.rewind(self._beginning):
            stream.restart()

    def _echoing(self) -> bool:
        return self._capture is not None and self._capture.echoing

    def set_volume(self, percent: int) -> None:
        """0 to 100: how loud replies are. The echo canceller gets them as they are played."""
        self._playback.set_volume(percent)

    def finish(self) -> None:
        self._playback.finish()

    def pause(self) -> None:
        self._speaker.pause(echoing=self._echoing())

    def resume(self, at: int) -> None:
        self._speaker.resume(at, echoing=self._echoing())

    def flush(self) -> int:
        return self._speaker.flush()

    def heard(self) -> int:
        return self._playback.heard()

    def levels(self, since: int) -> AudioLevels:
        self._watched_at = monotonic()
        return self._capture.levels.levels(since) if self._capture else AudioLevels((), (), 0, 0.0)

    @property
    def glitches(self) -> int:
        """Under- and overruns that the streams in use have reported."""
        streams = (self._microphone.stream, self._speaker.stream)
        return sum(stream.glitches for stream in streams if stream is not None)

    # ------------------------------------------------------------ Devices

    async def look(self) -> None:
        """Makes the lists of devices known before `open`, if they can be had; nothing is opened."""
        try:
            known = await asyncio.to_thread(portaudio.list_devices)
        except VoiceError:  # no library: opening says so
            return
        if self._loop is None:  # else the keeper's thread knows better
            self._known, self._looked = known, True
            for changed in self._watchers:
                changed()

    @property
    def looked(self) -> bool:
        return self._looked

    def microphones(self) -> Sequence[DeviceInfo]:
        return self._known[0]

    def speakers(self) -> Sequence[DeviceInfo]:
        return self._known[1]

    def use(self, *, microphone: str | None = None, speaker: str | None = None) -> None:
        if microphone is not None:
            self._microphone.wanted = microphone
        if speaker is not None:
            self._speaker.wanted = speaker
        self._nudge.set()

    def watch(self, changed: Callable[[], None]) -> None:
        self._watchers.append(changed)

    # ------------------------------------------------------------ the keeper's thread

    def _server_changed(self) -> None:
        self._microphone.retry()
        self._speaker.retry()
        self._nudge.set()

    def _keep(self) -> None:
        while not self._stop.is_set():
            self._nudge.wait(0.25)
            self._nudge.clear()
            self._tend()
        self._microphone.close()
        self._speaker.close()

    def _tend(self) -> None:
        around = self._listing.renew(self._server.view if self._server else None)
        known = (around[0].devices, around[1].devices)
        if known != self._known or not self._looked:
            self._known, self._looked = known, True
            for changed in self._watchers:
                self._deliver(changed)
        unseen = monotonic() - self._watched_at >= _WATCHED_S
        unheard = self._together or self._microphone.stream is None
        self._speaker.attend(around[1], at_rest=unseen and unheard and not self._echoing())
        self._microphone.tick(around[0])

    def _ask_server(self) -> None:
        if self._server:
            self._server.ask()

    def _move(self, *, microphone: str = "", speaker: str = "") -> bool:
        view = self._server.view if self._server else None
        return view is not None and pulseaudio.move(view, microphone=microphone, speaker=speaker)

    # ------------------------------------------------------------ the audio thread

    def _run(self) -> None:
        nothing: deque[Played] = deque(maxlen=_LEAD + 1)
        while not self._stop.is_set():
            self._wake.wait(_LONGEST_WAIT_AT_REST_S if self._together else _LONGEST_WAIT_S)
            self._wake.clear()
            microphone, speaker = self._microphone.stream, self._speaker.stream
            stalled = self._speaker.stalled
            if speaker is None or stalled:
                self._speaker.play_into_nothing(nothing)
            else:
                self._speaker.plays()
            # When all sound stands still, the microphone goes on with the echo of what the speaker had taken before.
            reference = nothing if speaker is None or (stalled and microphone is None) else speaker.reference
            self._pass_on(microphone, reference)
            self._set_pace(microphone)
            for generation, fact in self._playback.due():
                self._deliver(self._tell_current, generation, fact)

    def _set_pace(self, microphone: MicrophoneStream | None) -> None:
        """Frames come a few at a time while nobody talks or watches."""
        before = self._together
        if microphone is None or self._capture is None:
            self._together = False
        else:
            watched = monotonic() - self._watched_at < _WATCHED_S
            self._together = self._capture.at_rest and self._playback.rests() and not watched
            self._microphone.say_when_to_wake(microphone, self._capture, together=self._together)
        if before and not self._together:
            self._nudge.set()  # somebody may be talking: the speaker is to be awake when there is an answer

    def _pass_on(self, microphone: MicrophoneStream | None, reference: deque[Played]) -> None:
        capture = self._capture
        assert capture is not None
        if microphone is None:
            while len(reference) > _LEAD:
                capture.idle(reference.popleft().block)
            return
        frames = self._microphone.take_in(microphone, capture, reference)
        if frames and self._microphone.on:
            self._deliver(self._receive_all, frames)

    def _receive_all(self, frames: Sequence[Frame]) -> None:
        for frame in frames:
            self._receive(frame)

    def _tell(self, event: SoundTrouble | SoundMended) -> None:
        self._deliver(self._receive, event)

    def _tell_current(self, generation: int, fact: FirstSound | PlaybackDone) -> None:
        if self._playback.is_current(generation):
            self._receive(fact)

    def _deliver(self, call: Callable[..., object], *arguments: object) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *arguments)
