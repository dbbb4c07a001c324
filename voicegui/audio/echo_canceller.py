"""The echo canceller and its reference.

WebRTC's AEC3, as livekit packages it; it runs without a LiveKit server. The reference is what the speaker played, kept
in step with what the microphone got.
"""

from collections import deque
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Any

import numpy as np

from .echo_path import EchoPath
from .playback import SILENCE
from .signals import SHORT_BLOCK, Int16Samples, RecentSignal

_BLOCK_S = 0.01
_JUDGED = 25
"""Blocks whose times are compared before something is changed: a single time is off by up to a device's buffer."""

_WANTED_LEAD_S = 0.06
_LATE_S = -0.02
"""The times that devices tell wander by up to 40 ms (measured) without a gap in the sound: only more is believed."""


@dataclass(frozen=True, slots=True)
class Played:
    """10 ms at 48 kHz that the speaker's device has taken."""

    block: bytes
    heard_at: float
    """Monotonic seconds at which its first sample is heard."""


class EchoReference:
    """For each block of the microphone the block of the speaker that goes with it.

    The canceller looks for an echo after its cause, so a block may be early, never late. The blocks are taken in order,
    without a gap or a jump, as long as they are not late: only the continuous signal can be subtracted. Where the
    speaker has stopped for a moment its silence is the reference. Where the microphone has (its blocks are missing), as
    many blocks of the speaker are dropped.
    """

    def __init__(self) -> None:
        self._leads: list[float] = []
        self._least_s = _WANTED_LEAD_S / 2
        """Of the lead; at first, while nothing depends on it, more is asked for."""

    def next(self, played: deque[Played], captured_at: float) -> bytes:
        """`played`: the queue that the speaker's callback fills. `captured_at`: monotonic seconds of the microphone's
        last sample."""
        try:
            taken = played.popleft()
        except IndexError:
            return SILENCE
        self._leads.append(taken.heard_at + _BLOCK_S - captured_at)
        if len(self._leads) < _JUDGED:
            return taken.block
        lead = median(self._leads)
        self._leads.clear()
        enough, self._least_s = lead >= self._least_s, _LATE_S
        if enough:
            return taken.block
        return self._skipped(played, ceil((_WANTED_LEAD_S - lead) / _BLOCK_S)) or taken.block

    @staticmethod
    def _skipped(played: deque[Played], count: int) -> bytes | None:
        """The block after `count` others; the last one there is if there are fewer; None without any."""
        block = None
        try:
            for _ in range(count):
                block = played.popleft().block
        except IndexError:  # also when the stream was emptied a moment ago
            pass
        return block


# ---------------------------------------------------------------- echo canceller

_REST_AFTER = 100
"""10 ms blocks of a silent reference (1 s: no room echoes longer)."""

_SEEN_DELAY = 20 * SHORT_BLOCK // 10
"""20 ms: what the canceller gets of the speaker is held back so that the echo follows it by just this."""

_REPLAYED = 25
"""Blocks that it hears again after a shift, so that the frames which leaked can be judged anew."""


class EchoCanceller:
    """Removes what the speaker played from what the microphone got, at 16 kHz in blocks of 10 ms.

    Every block of the reference must be given, in order. While the reference has been exactly silent for a second there
    is no echo, and the canceller rests: its time stands still for both signals, so it loses nothing (measured: 57 dB
    removed before and after pauses of 10 and 60 s), an idle conversation costs nothing, and the user's words stay
    untouched. With headphones they stay untouched during a reply, too: the canceller expects an echo and would take
    away up to 8 dB of them (measured), enough to be misheard.

    When a machine stalls, blocks of the microphone or the speaker are lost, and the echo comes earlier or later against
    the reference. By itself the canceller needs 2 s of a reply to find it again (measured), and leaks meanwhile. So the
    delay is found in the sound itself, and the reference is held back by what keeps it the same for the canceller.
    """

    def __init__(self) -> None:
        from livekit.rtc import AudioFrame

        self._module = _module()
        # The frames look into these buffers: they are filled and read in place.
        self._near, self._far = bytearray(2 * SHORT_BLOCK), bytearray(2 * SHORT_BLOCK)
        self._near_frame = AudioFrame(self._near, 100 * SHORT_BLOCK, 1, SHORT_BLOCK)
        self._far_frame = AudioFrame(self._far, 100 * SHORT_BLOCK, 1, SHORT_BLOCK)
        self._silent_blocks = _REST_AFTER
        self._path = EchoPath()
        self._cleaned = RecentSignal(_REPLAYED)
        self._held_back: int | None = None
        self._realigned = False

    @property
    def echoing(self) -> bool:
        """The microphone hears the speaker, as far as one can tell yet."""
        return self._path.heard is True

    @property
    def rests(self) -> bool:
        """Nothing was played for a second."""
        return self._silent_blocks > _REST_AFTER

    def process(self, near: Int16Samples, far: Int16Samples | None) -> Int16Samples:
        """160 samples of each, None for silence. Raises ValueError: the library would end the process."""
        if near.size != SHORT_BLOCK or (far is not None and far.size != SHORT_BLOCK):
            raise ValueError("the echo canceller takes blocks of exactly 10 ms")
        self._silent_blocks = self._silent_blocks + 1 if far is None else 0
        if self._path.feed(near, far):
            self._realign()
            return self.cleaned(SHORT_BLOCK)
        if self.rests:
            self._path.rest()
            return near
        self._cancel(0)
        return near if self._path.heard is False else self.cleaned(SHORT_BLOCK)

    def glance(self) -> None:
        """What it has just given out sounds like a voice: is it the echo, shifted?"""
        if self._path.glance():
            self._realign()

    def realigned(self) -> bool:
        """Whether the echo was found shifted since the last call: `cleaned` is better than what was given out."""
        realigned, self._realigned = self._realigned, False
        return realigned

    def cleaned(self, count: int) -> Int16Samples:
        """The last samples without the echo, up to 0.25 s."""
        return self._cleaned.last(count).copy()

    def _realign(self) -> None:
        """The first time, once in the life of a program, a new canceller learns the path from all that is kept: it has
        not seen another delay, and leaks nothing (measured). That takes 14 ms, later 4 ms."""
        first = self._held_back is None
        if first:
            self._module = _module()
        self._held_back = max(0, (self._path.delay or 0) - _SEEN_DELAY)
        for ago in reversed(range(self._path.near.blocks if first else _REPLAYED)):
            self._cancel(ago)
        self._realigned = not first

    def _cancel(self, ago: int) -> None:
        """The block that came `ago` blocks before the newest one."""
        before = ago * SHORT_BLOCK
        self._far[:] = self._path.far.last(SHORT_BLOCK, before + (self._held_back or 0)).tobytes()
        self._near[:] = self._path.near.last(SHORT_BLOCK, before).tobytes()
        self._module.process_reverse_stream(self._far_frame)
        self._module.process_stream(self._near_frame)
        self._cleaned.add(np.frombuffer(self._near, np.int16))


def _module() -> Any:
    from livekit.rtc import AudioProcessingModule

    return AudioProcessingModule(echo_cancellation=True, high_pass_filter=False)
