"""The microphone of a peer: what it sends, as frames with their probability of speech, without what it played."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from voicegui.core.audio import FRAME_SAMPLES, LISTENING_RATE_HZ, PLAYBACK_RATE_HZ
from voicegui.core.ports import Frame

from .capture import Capture
from .echo_canceller import EchoReference, Played
from .playback import SILENCE
from .signals import BLOCK, Int16Samples, Resampler
from .voice_activity import VoiceActivity

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


class PeerMicrophone(Protocol):
    muted: bool

    def hears_at(self, rate_hz: int) -> None: ...

    def frames(self, samples: Int16Samples, until: float) -> list[Frame]:
        """`until`: monotonic seconds of the last sample."""

    def plays(self, block: Played) -> None:
        """The peer will play this."""

    def drops(self, at: float) -> None:
        """The peer does not play what it had still to play then."""


class NoMicrophone:
    """Of a peer that is gone."""

    muted = True

    def hears_at(self, rate_hz: int) -> None:
        pass

    def frames(self, samples: Int16Samples, until: float) -> list[Frame]:
        return []

    def plays(self, block: Played) -> None:
        pass

    def drops(self, at: float) -> None:
        pass


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
