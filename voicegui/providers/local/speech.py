"""hibari, llama.cpp and the judge of turns behind the Protocols of `core`."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from voicegui.core.audio import Audio
from voicegui.core.errors import VoiceError
from voicegui.core.ports import LimitReached, Message, ReplyPiece
from voicegui.core.tools import ToolInfo

from .link import Link
from .protocol import JudgeEnd, Reply, Speak

log = logging.getLogger(__name__)


class LocalTextToSpeech:
    def __init__(self, link: Link, voice: str) -> None:
        self._link = link
        self._voice, self._speed = voice, 1.0
        self._voices: Sequence[str] = (voice,) if voice else ()

    def use(self, voice: str, speed: float = 1.0) -> None:
        """From the next sentence on, which raises MODEL_MISSING for a voice that is not here. `speed`: 0.5 to 2."""
        self._voice, self._speed = voice, speed

    def offer(self, voices: Sequence[str]) -> None:
        """What the engine found on this machine."""
        self._voices = voices

    def voices(self) -> Sequence[str]:
        return self._voices

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        async with aclosing(self._link.request(lambda id: Speak(id, text, self._voice, self._speed))) as values:
            async for value in values:
                assert isinstance(value, Audio)
                yield value


class LocalLanguageModel:
    def __init__(self, link: Link) -> None:
        self._link = link

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        kept = tuple(messages)
        async with aclosing(self._link.request(lambda id: Reply(id, kept, max_tokens))) as values:
            async for value in values:
                assert isinstance(value, str | LimitReached)
                yield value

    async def warm(self, messages: Sequence[Message]) -> None:
        """Reads a prompt: a reply to messages that begin like these starts sooner.

        Safe to cancel. Raises VoiceError.
        """
        kept = tuple(messages)
        async with aclosing(self._link.request(lambda id: Reply(id, kept, 0))) as values:
            async for _ in values:
                pass

    async def prepare(self, messages: Sequence[Message]) -> None:
        try:
            await self.warm(messages)
        except VoiceError as error:
            log.info("not prepared: %s", error.code)


class LocalEndOfTurn:
    def __init__(self, link: Link) -> None:
        self._link = link

    async def probability(self, words: str) -> float:
        if not words.strip():
            return 0.0
        async with aclosing(self._link.request(lambda id: JudgeEnd(id, words))) as values:
            async for value in values:
                assert isinstance(value, float)
                return value
        raise AssertionError("a judgement is one value")
