"""A microphone and a speaker at the other end of a connection: what comes from there is heard, what is said goes there.

All of it runs on the event loop's thread; nothing here waits.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import numpy as np

from voicegui.core.audio import PLAYBACK_RATE_HZ, Audio
from voicegui.core.ports import SoundEvent, SoundPeer

from .echo_canceller import Played
from .peer_microphone import NoMicrophone, PeerFormat, PeerMicrophone
from .playback import Playback
from .signals import BLOCK, Int16Samples, Resampler

_TICK_S = 0.02
"""So often more is sent, and it is noticed what was heard by now."""

_BLOCK_S = BLOCK / PLAYBACK_RATE_HZ


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
        self._closed, self._microphone = True, NoMicrophone()  # its models are megabytes, and go at once
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
