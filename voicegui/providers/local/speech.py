"""hibari, llama.cpp and the judge of turns behind the Protocols of `core`."""

import functools
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from voicegui.core.audio import Audio
from voicegui.core.errors import VoiceError
from voicegui.core.ports import LimitReached, Message, ReplyPiece
from voicegui.core.tools import ToolCall, ToolInfo

from .link import Link
from .outcomes import as_talk, ready_answer
from .protocol import Choose, JudgeEnd, Reply, Speak
from .routing import Choice, choice, further

log = logging.getLogger(__name__)

LONGEST_CHOICE = 160
"""Tokens of a tool's name and arguments."""


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
    """Calls a tool if the words of the last message look like it and the model, asked for just that, chooses it. It
    chooses one; what else the request wishes for is asked part by part, and what nothing comes of is said."""

    chooses_apart = True

    def __init__(self, link: Link) -> None:
        self._link = link
        self._offered: Sequence[ToolInfo] = ()

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        if ready := ready_answer(messages):
            yield " ".join(ready)
            return
        self._offered = tools
        asked = choice(messages, tools)
        if asked and (call := await self._chosen(asked)):
            left, calls = await self._further(asked, call, tools)
            if left:
                yield _not_done(left)
            for each in calls:
                yield each
            return
        kept = tuple(as_talk(messages))
        async with aclosing(self._link.request(lambda id: Reply(id, kept, max_tokens))) as values:
            async for value in values:
                assert isinstance(value, str | LimitReached)
                yield value

    async def _further(
        self, asked: Choice, call: ToolCall, tools: Sequence[ToolInfo]
    ) -> tuple[Sequence[str], Sequence[ToolCall]]:
        """The parts of the request that nothing came of, and all calls."""
        is_one, more_parts = further(asked, call, tools)
        left, calls = list[str](), [call] if is_one else []
        for part in more_parts:
            more = await self._chosen(part.choice) if part.choice else None
            if more and all((more.name, more.arguments) != (each.name, each.arguments) for each in calls):
                calls.append(more)
            elif not more:
                left.append(part.words)
        return left, calls

    async def _chosen(self, asked: Choice) -> ToolCall | None:
        """The call that is asked for, if the model says so."""
        try:
            return asked.call(await self._answer(asked, LONGEST_CHOICE))
        except VoiceError as error:
            log.info("no tool chosen: %s", error.code)
            return None

    async def _answer(self, asked: Choice, max_tokens: int) -> str:
        """ "" with `max_tokens` 0, which only reads the question."""
        make = functools.partial(Choose, messages=asked.messages, schema=asked.schema, max_tokens=max_tokens)
        async with aclosing(self._link.request(make)) as values:
            return "".join([value async for value in values if isinstance(value, str)])

    async def warm(self, messages: Sequence[Message]) -> None:
        """Reads a prompt: a reply to messages that begin like these starts sooner.

        Safe to cancel. Raises VoiceError.
        """
        kept = tuple(as_talk(messages))
        async with aclosing(self._link.request(lambda id: Reply(id, kept, 0))) as values:
            async for _ in values:
                pass

    async def prepare(self, messages: Sequence[Message]) -> None:
        """Also reads the question which tool is meant, of those offered for the last reply."""
        asked = choice(messages, self._offered)
        try:
            await self.warm(messages)
            if asked:
                await self._answer(asked, 0)
        except VoiceError as error:
            log.info("not prepared: %s", error.code)


def _not_done(parts: Sequence[str]) -> str:
    told = " and ".join(f"“{part}”" for part in parts)
    return f"I leave out {told}: ask me for that once more."


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
