"""The audio buffer of one transcription session: whose sound is in it, and which words belong to whom.

A session has one buffer. What one hearing puts into it until it is committed is a take; the server acknowledges takes
in order, by which their item ids become known, and answers each with its words in any order.
"""

import asyncio
import base64
import itertools
from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
import soxr

from voicegui.core.audio import LISTENING_RATE_HZ
from voicegui.core.errors import VoiceError

from ..errors import bad_answer
from ..sse import LONGEST_TAKE, TOO_LONG
from .connection import RealtimeSession
from .events import (
    BufferCleared,
    BufferCommitted,
    Refused,
    ServerEvent,
    TranscriptDone,
    TranscriptFailed,
    TranscriptGrew,
)
from .socket import fault_error, lost

SENDING_RATE_HZ: Final = 24_000
"""The only one a transcription session takes."""

LEAST_BYTES = SENDING_RATE_HZ // 10 * 2
"""A buffer with less than 100 ms is refused."""

_MESSAGE_BYTES = 1 << 18
"""Of audio in one message: 5.5 s. OpenAI takes 15 MiB; other servers may refuse messages of more than 1 MiB."""


class BufferedUtterance:
    """One filling of the buffer, from byte `start` of a hearing's audio up to `end`.

    `text` gets its words, or the VoiceError that cost them. `on_growth` is called when `partial` has grown.
    """

    def __init__(self, takes: "InputBuffer", end_id: str, start: int, on_growth: Callable[[], None]) -> None:
        self.end_id = end_id
        """`event_id` of the message that ends it."""
        self.start = start
        self.end = start
        self.partial = ""
        self.on_growth = on_growth
        self.text: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.text.add_done_callback(lambda future: future.cancelled() or future.exception())
        self._takes = takes
        self._resampler = soxr.ResampleStream(LISTENING_RATE_HZ, SENDING_RATE_HZ, 1, dtype="int16")
        self._sent = 0

    @property
    def alive(self) -> bool:
        """Its words may still come."""
        return not self.text.done()

    @property
    def words(self) -> str:
        """As far as they are known."""
        return self.text.result() if self.text.done() and not self.text.exception() else self.partial

    @property
    def failed(self) -> bool:
        return self.text.done() and self.text.exception() is not None

    def append(self, samples: bytes) -> None:
        """16 kHz. Does nothing once it is not alive."""
        if self.alive and samples:
            self.end += len(samples)
            self._send(self._resample(samples))

    def commit(self) -> None:
        """That is all: its words are wanted."""
        if self.alive:
            rest = self._resample(b"", last=True)
            self._send(rest + bytes(max(LEAST_BYTES - self._sent - len(rest), 0)))
            self._takes.commit(self)

    def drop(self) -> None:
        """Its words are not wanted any more. Whoever still waits for them gets a VoiceError that says to try again."""
        if self.alive:
            self._takes.clear(self)
            self.fail(lost(self._takes.session.asked))

    def fail(self, error: VoiceError) -> None:
        if self.alive:
            self.text.set_exception(error)

    def _resample(self, samples: bytes, *, last: bool = False) -> bytes:
        resampled: bytes = self._resampler.resample_chunk(np.frombuffer(samples, "<i2"), last=last).tobytes()
        return resampled

    def _send(self, sound: bytes) -> None:
        self._sent += len(sound)
        for start in range(0, len(sound), _MESSAGE_BYTES):
            audio = base64.b64encode(sound[start : start + _MESSAGE_BYTES]).decode("ascii")
            self._takes.session.send({"type": "input_audio_buffer.append", "audio": audio})


class InputBuffer:
    """What is under way on one transcription session; fills `SessionWork`."""

    def __init__(self, session: RealtimeSession) -> None:
        self.session = session
        self._growing: BufferedUtterance | None = None
        self._unacknowledged: deque[BufferedUtterance] = deque()
        """The newest may still be growing."""
        self._items: dict[str, BufferedUtterance] = {}
        self._lost: VoiceError | None = None
        self._numbers = itertools.count(1)

    @property
    def free(self) -> bool:
        """Nobody's sound is in the buffer."""
        return self._growing is None

    @property
    def busy(self) -> bool:
        return any(take.alive for take in (*self._unacknowledged, *self._items.values()))

    def begin(self, start: int, on_growth: Callable[[], None]) -> BufferedUtterance:
        """The buffer for oneself. Whoever had sound in it loses that take, and its hearing sends it again later."""
        if self._growing:
            self._growing.drop()
        take = BufferedUtterance(self, f"take-{next(self._numbers)}", start, on_growth)
        if self._lost:
            take.fail(self._lost)
        else:
            self._growing = take
            self._unacknowledged.append(take)
        return take

    def commit(self, take: BufferedUtterance) -> None:
        if take is self._growing:
            self._growing = None
            self.session.send({"type": "input_audio_buffer.commit", "event_id": take.end_id})

    def clear(self, take: BufferedUtterance) -> None:
        if take is self._growing:
            self._growing = None
            self.session.send({"type": "input_audio_buffer.clear", "event_id": take.end_id})

    def receive(self, event: ServerEvent) -> None:
        match event:
            case BufferCommitted(item_id):
                self._acknowledge(item_id)
            case BufferCleared():
                self._acknowledge("")
            case TranscriptGrew(item_id, text):
                self._grow(item_id, text)
            case TranscriptDone(item_id, text):
                take = self._items.pop(item_id, None)
                if take and take.alive:
                    take.text.set_result(text.strip())
            case TranscriptFailed(item_id, fault):
                if take := self._items.pop(item_id, None):
                    take.fail(fault_error(fault, self.session.asked))
            case Refused(fault, answers):
                self._refuse(answers, fault_error(fault, self.session.asked))

    def lose(self, error: VoiceError) -> None:
        self._growing, self._lost = None, error
        for take in (*self._unacknowledged, *self._items.values()):
            take.fail(error)

    def _acknowledge(self, item_id: str) -> None:
        if self._unacknowledged and self._unacknowledged[0] is not self._growing:
            take = self._unacknowledged.popleft()
            if item_id:
                self._items[item_id] = take

    def _grow(self, item_id: str, text: str) -> None:
        """Words come before their take is acknowledged: then they are of the oldest that is not.

        Those of a dropped take stay with it: otherwise the late ones would be taken for the next one's.
        """
        if item_id not in self._items and self._unacknowledged:
            self._items[item_id] = self._unacknowledged[0]
        take = self._items.get(item_id)
        if take and take.alive:
            take.partial += text
            if len(take.partial) > LONGEST_TAKE:
                take.fail(bad_answer(self.session.asked, TOO_LONG))
                return
            take.on_growth()

    def _refuse(self, answers: str, error: VoiceError) -> None:
        for take in [take for take in self._unacknowledged if take.end_id == answers]:
            self._unacknowledged.remove(take)
            take.fail(error)
