"""A microphone and a speaker at the other end of a connection: what comes from there is heard, what is said goes there.

All of it runs on the event loop's thread; nothing here waits.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Protocol

import numpy as np

from voicegui.core.audio import FRAME_SAMPLES, LISTENING_RATE_HZ, PLAYBACK_RATE_HZ, Audio
from voicegui.core.ports import Frame, SoundEvent, SoundPeer

from .capture import Capture
from .echo_canceller import EchoReference, Played
from .playback import SILENCE, Playback
from .signals import BLOCK, Int16Samples, Resampler
from .voice_activity import VoiceActivity

_TICK_S = 0.02
"""So often more is sent, and it is noticed what was heard by now."""

_BLOCK_S = BLOCK / PLAYBACK_RATE_HZ

_REFERENCE_BLOCKS = 200
"""Of what was sent, for the echo canceller: two seconds."""

_REFERENCE_LEAD_S = 0.06
"""So long before a block is heard it goes to the canceller, at most: it looks for an echo after its cause,
but not for long."""


@dataclass(frozen=True, slots=True)
class PeerFormat:
    """What comes from the peer, and what goes there."""

    input_hz: int = LISTENING_RATE_HZ
    output_hz: int = 24_000
    ahead_s: float = 0.2
    """Sound is sent so much earlier than it is to be played: what the way there may take at most."""
    cancels_echo: bool = True
    """The peer takes what it plays out of what it hears. Else it is done here."""
    pauses: bool = True
    """The peer can be quiet for a moment and go on. Else a pause is none: it plays all that is not flushed."""


class NetworkSound:
    """A `Sound` for one peer. `hear` is called with what it sends.

    Without `played_until` it is believed to play what it gets at once; with it, what counts as heard is what it says.
    """

    def __init__(
        self, peer: SoundPeer, form: PeerFormat, microphone: "PeerMicrophone", clock: Callable[[], float] = monotonic
    ) -> None:
        self._peer, self._form, self._microphone, self._clock = peer, form, microphone, clock
        self._playback = Playback(clock)
        self._to_peer: Resampler | None = None
        self._next_at = 0.0
        """When the next block that is sent will be played."""
        self._sent_until = 0
        """Sample of playback before which the peer has got everything since the last flush."""
        self._receive: Callable[[SoundEvent], None] = lambda event: None
        self._tick: asyncio.TimerHandle | None = None
        self._listening = self._closed = False
        self._finished = self._continues = False

    # ------------------------------------------------------------ Sound

    async def open(self, receive: Callable[[SoundEvent], None]) -> None:
        self._receive = receive

    async def aclose(self) -> None:
        self._closed = True
        if self._tick is not None:
            self._tick.cancel()

    def listen(self, on: bool) -> None:
        self._listening = on

    def mute(self, on: bool) -> None:
        self._microphone.muted = on

    def play(self, audio: Audio) -> None:
        self._finished = False
        self._playback.play(audio)
        self._go_on()

    def finish(self) -> None:
        self._finished = True
        self._playback.finish()
        self._go_on()

    def pause(self) -> None:
        if not self._form.pauses:
            return
        self._playback.cut()
        self._drop(self._playback.heard())

    def resume(self, at: int) -> None:
        if not self._form.pauses:
            return
        self._playback.resume(at)
        self._go_on()

    def flush(self) -> int:
        heard = self._playback.flush()
        self._drop(heard)
        self._sent_until, self._finished = 0, False
        return heard

    def heard(self) -> int:
        return self._playback.heard()

    # ------------------------------------------------------------ the peer's side

    def hear(self, samples: Int16Samples) -> None:
        """What the peer's microphone took, at its rate. The last sample was taken just now."""
        if not self._listening or self._closed:
            return
        for frame in self._microphone.frames(samples, self._clock()):
            self._receive(frame)

    def change_rates(self, input_hz: int, output_hz: int) -> None:
        """Of what comes from now on, and goes."""
        if (input_hz, output_hz) != (self._form.input_hz, self._form.output_hz):
            self._form, self._to_peer = replace(self._form, input_hz=input_hz, output_hz=output_hz), None
            self._microphone.hears_at(input_hz)

    def played_until(self, position: int) -> None:
        """The peer has just played sample `position` of what is said since the last flush, at 48 kHz."""
        self._playback.played_until(min(position, self._sent_until))
        ahead = max(0, self._playback.position - position) / PLAYBACK_RATE_HZ
        self._next_at = self._clock() + ahead if self._next_at else 0.0
        self._go_on()

    # ------------------------------------------------------------ to the peer

    def _drop(self, heard: int) -> None:
        self._to_peer, self._next_at, self._continues = None, 0.0, False
        self._microphone.drops(self._clock())
        if heard < self._sent_until:
            self._peer.drop()

    def _go_on(self) -> None:
        """Sends what is due at once; what was heard is told later, never to who is just calling."""
        if self._closed:
            return
        self._send_ahead()
        if self._tick is not None:
            self._tick.cancel()
        self._tick = asyncio.get_running_loop().call_later(0, self._tell_and_send)

    def _tell_and_send(self) -> None:
        self._tick = None
        rested = self._playback.rests()  # before it is asked what is due: then nothing falls between the two
        for generation, fact in self._playback.due():
            if self._playback.is_current(generation):
                self._receive(fact)
        if self._closed:
            return
        self._send_ahead()
        if self._tick is None and not (rested and self._playback.rests()):
            self._tick = asyncio.get_running_loop().call_later(_TICK_S, self._tell_and_send)

    def _send_ahead(self) -> None:
        now = self._clock()
        at, first = max(self._next_at, now), self._playback.position
        rendered: list[bytes] = []
        while at < now + self._form.ahead_s and self._playback.renders_next():
            block = self._playback.render(at)
            rendered.append(block)
            self._microphone.plays(Played(block, at))
            at += _BLOCK_S
        if rendered:
            self._next_at, self._sent_until = at, max(self._sent_until, self._playback.position)
            samples = self._at_peers_rate(b"".join(rendered), last=not self._playback.renders_next())
            self._peer.play(samples, None if self._continues else first)
            self._continues = True
        if self._finished and not self._playback.renders_next() and self._playback.position == self._sent_until:
            self._finished = False
            self._peer.end()

    def _at_peers_rate(self, samples: bytes, *, last: bool) -> bytes:
        """`last`: nothing that follows is here yet, so nothing is held back for it."""
        if self._to_peer is None:
            self._to_peer = Resampler(PLAYBACK_RATE_HZ, self._form.output_hz)
        made = self._to_peer.process(np.frombuffer(samples, np.int16), last=last)
        if last:
            self._to_peer = None
        return made.tobytes()


class PeerMicrophone(Protocol):
    muted: bool

    def hears_at(self, rate_hz: int) -> None: ...

    def frames(self, samples: Int16Samples, until: float) -> list[Frame]:
        """`until`: monotonic seconds of the last sample."""

    def plays(self, block: Played) -> None:
        """The peer will play this."""

    def drops(self, at: float) -> None:
        """The peer does not play what it had still to play then."""


async def load_microphone(form: PeerFormat) -> PeerMicrophone:
    """Its models take 0.2 s to load, off the event loop's thread."""
    make = _PlainMicrophone if form.cancels_echo else _CancellingMicrophone
    microphone: PeerMicrophone = await asyncio.to_thread(make, form.input_hz)
    return microphone


class _PlainMicrophone:
    """Of a peer that takes the echo out itself."""

    def __init__(self, rate_hz: int) -> None:
        self.muted = False
        self._resampler = Resampler(rate_hz, LISTENING_RATE_HZ)
        self._activity = VoiceActivity()
        self._waiting: Int16Samples = np.zeros(0, np.int16)
        self._end = 0

    def hears_at(self, rate_hz: int) -> None:
        self._resampler = Resampler(rate_hz, LISTENING_RATE_HZ)

    def frames(self, samples: Int16Samples, until: float) -> list[Frame]:
        waiting = np.concatenate((self._waiting, self._resampler.process(samples)))
        count = len(waiting) // FRAME_SAMPLES
        self._waiting = waiting[count * FRAME_SAMPLES :]
        return [
            self._frame(
                waiting[k * FRAME_SAMPLES : (k + 1) * FRAME_SAMPLES], until, len(waiting) - (k + 1) * FRAME_SAMPLES
            )
            for k in range(count)
        ]

    def _frame(self, samples: Int16Samples, until: float, later: int) -> Frame:
        self._end += FRAME_SAMPLES
        captured = until - later / LISTENING_RATE_HZ
        if self.muted:
            return Frame(bytes(2 * FRAME_SAMPLES), 0.0, self._end, captured)
        return Frame(samples.tobytes(), self._activity.probability(samples), self._end, captured)

    def plays(self, block: Played) -> None:
        pass

    def drops(self, at: float) -> None:
        pass


class _CancellingMicrophone:
    """Of a peer that hears its own speaker."""

    def __init__(self, rate_hz: int) -> None:
        self._resampler = Resampler(rate_hz, PLAYBACK_RATE_HZ)
        self._capture = Capture()
        self._played: deque[Played] = deque(maxlen=_REFERENCE_BLOCKS)
        self._reference = EchoReference()
        self._waiting: Int16Samples = np.zeros(0, np.int16)

    @property
    def muted(self) -> bool:
        return self._capture.muted

    @muted.setter
    def muted(self, on: bool) -> None:
        self._capture.muted = on

    def hears_at(self, rate_hz: int) -> None:
        self._resampler = Resampler(rate_hz, PLAYBACK_RATE_HZ)

    def frames(self, samples: Int16Samples, until: float) -> list[Frame]:
        waiting = np.concatenate((self._waiting, self._resampler.process(samples)))
        count = len(waiting) // BLOCK
        found: list[Frame] = []
        for k in range(count):
            at = until - (len(waiting) - (k + 1) * BLOCK) / PLAYBACK_RATE_HZ
            block = waiting[k * BLOCK : (k + 1) * BLOCK].tobytes()
            found += self._capture.feed(block, self._played_at(at), at)
        self._waiting = waiting[count * BLOCK :]
        return found

    def _played_at(self, at: float) -> bytes:
        """What was sent ahead is no reference before its time."""
        early = bool(self._played) and self._played[0].heard_at - at > _REFERENCE_LEAD_S
        return SILENCE if early else self._reference.next(self._played, at)

    def plays(self, block: Played) -> None:
        self._played.append(block)

    def drops(self, at: float) -> None:
        while self._played and self._played[-1].heard_at > at:
            self._played.pop()
