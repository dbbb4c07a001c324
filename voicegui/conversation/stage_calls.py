"""How a conversation asks its stages: for a bounded time, and not again for speech that was made before."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import TypeVar

from voicegui.core.audio import Audio
from voicegui.core.errors import TRY_AGAIN, ErrorCode, VoiceError
from voicegui.core.events import Stage
from voicegui.core.ports import MayLoad, TextToSpeech
from voicegui.core.wording import Sentence, sentence

T = TypeVar("T")

_LATE = {
    Stage.STT: (sentence("Speech recognition took longer than {seconds} seconds."), TRY_AGAIN),
    Stage.LLM: (sentence("The language model did not begin to answer within {seconds} seconds."), TRY_AGAIN),
    Stage.TTS: (sentence("The voice took longer than {seconds} seconds to begin."), TRY_AGAIN),
}
_REST = sentence("Try again to hear the rest.")
_STALLED = {
    Stage.STT: _LATE[Stage.STT],
    Stage.LLM: (sentence("The language model stopped in the middle of its answer."), _REST),
    Stage.TTS: (sentence("The voice stopped in the middle of a sentence."), _REST),
}
"""What happened, and what to do."""
NO_ANSWER = sentence("The language model gave no answer. Try again, or say it in other words.")


def _borne(part: object, seconds: float) -> float:
    return part.patience_s(seconds) if isinstance(part, MayLoad) else seconds


async def in_time(stage: Stage, work: Awaitable[T], seconds: float, part: object = None) -> T:
    """What `work` of `part` gives. Raises VoiceError(TIMED_OUT)."""
    seconds = _borne(part, seconds)
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise _timed_out(_LATE, stage, seconds) from None


async def flowing(
    stage: Stage, stream: AsyncGenerator[T, None], seconds: float, part: object = None
) -> AsyncGenerator[T, None]:
    """`stream` of `part`, of which no piece may take longer than `seconds`. Closes it. Raises VoiceError(TIMED_OUT).

    Only waiting for the stream counts, not what is done with its pieces.
    """
    said = _LATE
    async with aclosing(stream):
        while True:
            borne = _borne(part, seconds)
            try:
                async with asyncio.timeout(borne):
                    piece = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise _timed_out(said, stage, borne) from None
            yield piece
            said = _STALLED


def _timed_out(said: dict[Stage, tuple[Sentence, Sentence]], stage: Stage, seconds: float) -> VoiceError:
    what, advice = said[stage]
    return VoiceError(ErrorCode.TIMED_OUT, what.filled(seconds=f"{seconds:g}"), advice=advice, retryable=True)


# ---------------------------------------------------------------- speech made once
# Speech that was made once is not made again: "Yes.", "One moment.", the opening line.

MOST_ENTRIES = 64
MOST_BYTES = 8_000_000
"""Nearly three minutes at 24 kHz."""

LONGEST_TEXT = 120
"""Characters: longer sentences hardly ever come again."""


class SpeechCache:
    """Bounded; the speech that was not asked for longest goes first."""

    def __init__(self, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        self._most_entries, self._most_bytes = most_entries, most_bytes
        self._entries: OrderedDict[tuple[str, str], tuple[Audio, ...]] = OrderedDict()
        self._bytes = 0

    def get(self, speaker: str, text: str) -> tuple[Audio, ...] | None:
        found = self._entries.get((speaker, text))
        if found is not None:
            self._entries.move_to_end((speaker, text))
        return found

    def put(self, speaker: str, text: str, speech: Sequence[Audio]) -> None:
        self._bytes += _size(speech) - _size(self._entries.pop((speaker, text), ()))
        self._entries[speaker, text] = tuple(speech)
        while self._bytes > self._most_bytes or len(self._entries) > self._most_entries:
            _, dropped = self._entries.popitem(last=False)
            self._bytes -= _size(dropped)


class CachedSpeech:
    """A `TextToSpeech` that asks another one only for what `cache` does not hold.

    `speaker` names everything that makes the same text sound different: service, model, voice, speed, manner. It is
    asked for each sentence, because a voice may be changed at any time. With a second choice (`Fallback`) each voice
    has a wrapper of its own inside: around both, one would speak with the other's voice.
    """

    def __init__(self, voice: TextToSpeech, speaker: Callable[[], str], cache: SpeechCache) -> None:
        self._voice, self._speaker, self._cache = voice, speaker, cache

    def voices(self) -> Sequence[str]:
        return self._voice.voices()

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        speaker = self._speaker()
        known = self._cache.get(speaker, text)
        if known is not None:
            for audio in known:
                yield audio
            return
        made: list[Audio] = []
        async with aclosing(self._voice.speak(text)) as pieces:
            async for audio in pieces:
                made.append(audio)
                yield audio
        # Reached only when the voice has ended by itself: half a sentence is never kept.
        if made and len(text) <= LONGEST_TEXT:
            self._cache.put(speaker, text, made)


def _size(speech: Sequence[Audio]) -> int:
    return sum(len(audio.samples) for audio in speech)
