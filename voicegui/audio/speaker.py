"""Keeps the speaker running: holds more ahead on a busy machine, and sleeps while nobody could hear or see anything."""

import logging
from collections import deque
from collections.abc import Callable
from time import monotonic

from voicegui.core.audio import PLAYBACK_RATE_HZ
from voicegui.core.ports import SoundMended, SoundTrouble

from .echo_canceller import Played
from .playback import SILENCE, Playback
from .signals import BLOCK
from .stream_keeper import StreamKeeper, Surroundings
from .streams import Headroom, SpeakerStream

log = logging.getLogger(__name__)

_SLEEPS_AFTER_S = 3.0
"""Of rest. A sleeping device calls nobody back: with the sound server that is half of what a program costs that waits
for a voice. It is woken by the first sound that may be one, long before there is an answer to play."""

_BLOCK_SECONDS = BLOCK / PLAYBACK_RATE_HZ


class SpeakerKeeper(StreamKeeper[SpeakerStream]):
    """`attend` is for the thread of the keepers, `play_into_nothing` and `plays` are for the audio thread, the rest is
    for any. `echoing`: the microphone hears the speaker."""

    def __init__(
        self,
        playback: Playback,
        opened: Callable[[], None],
        move: Callable[[str], bool],
        tell: Callable[[SoundTrouble | SoundMended], None],
        clock: Callable[[], float],
    ) -> None:
        super().__init__("speaker", self._open, move, tell, clock)
        self._playback = playback
        self._opened = opened
        self.headroom = Headroom(clock)
        self._rests_since: float | None = None
        self._null_at: float | None = None
        self.on = True

    def _open(self, name: str, server: bool) -> SpeakerStream:
        stream = SpeakerStream(name, self._playback, server=server, ahead_s=self.headroom.seconds)
        self._rests_since = None
        self._opened()
        return stream

    def attend(self, around: Surroundings, *, at_rest: bool) -> None:
        """Instead of `tick`. `at_rest`: nobody would notice if the speaker stood still."""
        if self.stream is not None:
            self._watch_headroom(self.stream)
        self._rest(at_rest and self._playback.rests())
        self.tick(around)

    def _watch_headroom(self, stream: SpeakerStream) -> None:
        """The speaker is opened anew with more or less of it when nothing is being played."""
        self.headroom.follow(stream.take_late_calls())
        if stream.ahead_s != self.headroom.seconds and self._playback.rests():
            log.info("the speaker holds %d ms ahead", 1000 * self.headroom.seconds)
            self.close()

    def _rest(self, rests: bool) -> None:
        now = self._clock()
        if not rests:
            self._rests_since = None
            self.wake()
            return
        if self._rests_since is None:
            self._rests_since = now
        if self.stream is not None and now - self._rests_since >= _SLEEPS_AFTER_S:
            self.stream.sleep()
            if not self._playback.rests():  # it began at this moment
                self.stream.wake()

    def wake(self) -> None:
        if self.stream is not None:
            self.stream.wake()

    def pause(self, *, echoing: bool) -> None:
        """On headphones the device drops what it holds: silence after 9 ms. On loudspeakers that plays out, 85 ms,
        because a restart shifts the echo by up to 18 ms (measured), just when the canceller is needed."""
        stream = self.stream
        if stream is None or echoing:
            self._playback.pause()
        elif self._playback.cut():
            stream.restart()

    def resume(self, at: int, *, echoing: bool) -> None:
        """On headphones what the device holds, which is silence, is dropped, too."""
        stream = self.stream
        if stream is None or echoing or self.stalled:
            self._playback.resume(at)
        else:
            stream.restart(lambda: self._playback.resume(at))

    def flush(self) -> int:
        """Drops all that waits; returns how much was heard."""
        stream = self.stream
        held = self._playback.cut()
        heard = self._playback.flush()
        if held and stream is not None:
            stream.restart()
        return heard

    def play_into_nothing(self, reference: deque[Played]) -> None:
        """Without a speaker a reply passes in its own time, unheard, so that a turn ends."""
        now = monotonic()
        if self._null_at is None:
            self._null_at = now
        while self._null_at <= now:
            self._playback.render(self._null_at)
            self._null_at += _BLOCK_SECONDS
            reference.append(Played(SILENCE, self._null_at))

    def plays(self) -> None:
        """It does its work itself, not `play_into_nothing`."""
        self._null_at = None
