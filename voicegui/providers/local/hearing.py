"""Moonshine behind `SpeechToText`. The audio of an utterance stays here, so a child that dies loses nothing."""

import asyncio
from array import array
from collections.abc import Callable, Sequence

from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.errors import VoiceError

from .link import Link
from .protocol import Transcribe, Transcript

PARTIAL_EVERY_SAMPLES = LISTENING_RATE_HZ
"""A partial text costs as much as a final one, so at most one a second."""

_LOUD = 0.1
_LEAST_PEAK = 300
"""Partials begin only while someone audibly talks (10 % of the loudest so far, above -41 dBFS): the end of a turn
is asked for after silence, by when the decoder is free again."""


class LocalSpeechToText:
    def __init__(self, link: Link) -> None:
        self._link = link

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> "LocalHearing":
        return LocalHearing(self._link, on_partial, expected)


class LocalHearing:
    """One utterance. Partials come while speech is fed; never while `text()` runs or of less audio than it answered."""

    def __init__(self, link: Link, on_partial: Callable[[str], None], expected: Sequence[str]) -> None:
        self._link = link
        self._on_partial = on_partial
        self._expected = expected
        self._audio = bytearray()
        self._settled = ""
        self._base = 0  # samples that were settled and dropped from the front
        self._answer: tuple[int, str] = (0, "")  # of how many samples
        self._partial: asyncio.Task[None] | None = None
        self._asked_at = 0
        self._loudest = 0
        self._asking = 0
        self._closed = False

    def feed(self, audio: Audio) -> None:
        if audio.rate_hz != LISTENING_RATE_HZ:
            raise ValueError(f"a hearing takes {LISTENING_RATE_HZ} Hz, not {audio.rate_hz}")
        if self._closed:
            return
        self._audio += audio.samples
        peak = _peak(audio.samples)
        self._loudest = max(self._loudest, peak)
        due = self._total - self._asked_at >= PARTIAL_EVERY_SAMPLES
        if due and peak > max(self._loudest * _LOUD, _LEAST_PEAK) and not self._partial and not self._asking:
            self._asked_at = self._total
            self._partial = asyncio.get_running_loop().create_task(self._tell_partial())

    async def text(self) -> str:
        self._drop_partial()
        if self._answer[0] == self._total:
            return self._answer[1]
        total = self._total
        self._asking += 1
        try:
            text = await self._transcribe(partial=False)
        finally:
            self._asking -= 1
        self._asked_at = max(self._asked_at, total)
        if text is None:
            raise AssertionError("only partials are dropped")
        self._answer = (total, text)
        return text

    async def aclose(self) -> None:
        self._closed = True
        self._drop_partial()
        self._audio.clear()

    @property
    def _total(self) -> int:
        return self._base + len(self._audio) // 2

    async def _tell_partial(self) -> None:
        try:
            text = await self._transcribe(partial=True)
        except VoiceError:
            return  # only a guess: whoever asks for the text gets the error
        finally:
            self._partial = None
        if text:
            self._on_partial(text)

    def _drop_partial(self) -> None:
        if self._partial:
            self._partial.cancel()
            self._partial = None

    async def _transcribe(self, *, partial: bool) -> str | None:
        """Words of all audio so far; None if the child had more urgent things to do."""
        base, settled, samples = self._base, self._settled, bytes(self._audio)
        async for value in self._link.request(lambda id: Transcribe(id, samples, partial, self._expected)):
            assert isinstance(value, Transcript)
            known = _join(settled, value.settled)
            if base == self._base and value.settled_samples:
                del self._audio[: value.settled_samples * 2]
                self._base, self._settled = base + value.settled_samples, known
            return _join(known, value.rest)
        return None


def _join(first: str, second: str) -> str:
    return f"{first} {second}".strip()


def _peak(samples: bytes) -> int:
    values = array("h", samples)
    return max(max(values), -min(values)) if values else 0
