"""The local models behind the Protocols of `core`: Moonshine hears, llama.cpp thinks and judges turns, hibari speaks.

The sound of an utterance stays here, so a child that dies loses nothing.
"""

import asyncio
import functools
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.errors import VoiceError
from voicegui.core.ports import LimitReached, Message, ReplyPiece
from voicegui.core.tools import ToolCall, ToolInfo
from voicegui.core.wording import Sentence, sentence, spoken

from .rpc_client import RpcClient
from .rpc_messages import Choose, Generate, JudgeEnd, PartialTranscript, Speak, Transcribe
from .tool_routing import ToolQuestion, as_talk, choice, further, ready_answer

PARTIAL_EVERY_SAMPLES = LISTENING_RATE_HZ
"""A partial text costs as much as a final one, so at most one a second."""

_LOUD = 0.1
_LEAST_PEAK = 300
"""Partials begin only while someone audibly talks (10 % of the loudest so far, above -41 dBFS): the end of a turn
is asked for after silence, by when the decoder is free again."""


class LocalSpeechToText:
    def __init__(self, link: RpcClient) -> None:
        self._link = link

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> "LocalHearing":
        return LocalHearing(self._link, on_partial, expected)


class LocalHearing:
    """One utterance. Partials come while speech is fed; never while `text()` runs or of less audio than it answered."""

    def __init__(self, link: RpcClient, on_partial: Callable[[str], None], expected: Sequence[str]) -> None:
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
        peak = audio.peak
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
            assert isinstance(value, PartialTranscript)
            known = _join(settled, value.settled)
            if base == self._base and value.settled_samples:
                del self._audio[: value.settled_samples * 2]
                self._base, self._settled = base + value.settled_samples, known
            return _join(known, value.rest)
        return None


def _join(first: str, second: str) -> str:
    return f"{first} {second}".strip()


# hibari, llama.cpp and the judge of turns behind the Protocols of `core`.

log = logging.getLogger(__name__)

LONGEST_CHOICE = 160
"""Tokens of a tool's name and arguments."""


class LocalTextToSpeech:
    def __init__(self, link: RpcClient, voice: str) -> None:
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

    def __init__(self, link: RpcClient) -> None:
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
        async with aclosing(self._link.request(lambda id: Generate(id, kept, max_tokens))) as values:
            async for value in values:
                assert isinstance(value, str | LimitReached)
                yield value

    async def _further(
        self, asked: ToolQuestion, call: ToolCall, tools: Sequence[ToolInfo]
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

    async def _chosen(self, asked: ToolQuestion) -> ToolCall | None:
        """The call that is asked for, if the model says so."""
        try:
            return asked.call(await self._answer(asked, LONGEST_CHOICE))
        except VoiceError as error:
            log.info("no tool chosen: %s", error.code)
            return None

    async def _answer(self, asked: ToolQuestion, max_tokens: int) -> str:
        """ "" with `max_tokens` 0, which only reads the question."""
        make = functools.partial(Choose, messages=asked.messages, schema=asked.schema, max_tokens=max_tokens)
        async with aclosing(self._link.request(make)) as values:
            return "".join([value async for value in values if isinstance(value, str)])

    async def warm(self, messages: Sequence[Message]) -> None:
        """Reads a prompt: a reply to messages that begin like these starts sooner.

        Safe to cancel. Raises VoiceError.
        """
        kept = tuple(as_talk(messages))
        async with aclosing(self._link.request(lambda id: Generate(id, kept, 0))) as values:
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
    wishes = [sentence("“{words}”", words=part) for part in parts]
    told = functools.reduce(_and, wishes)
    return spoken("I leave out {wishes}: ask me for that once more.", wishes=told)


def _and(first: Sentence, last: Sentence) -> Sentence:
    return sentence("{first} and {last}", first=first, last=last)


class LocalEndOfTurn:
    def __init__(self, link: RpcClient) -> None:
        self._link = link

    async def probability(self, words: str) -> float:
        if not words.strip():
            return 0.0
        async with aclosing(self._link.request(lambda id: JudgeEnd(id, words))) as values:
            async for value in values:
                assert isinstance(value, float)
                return value
        raise AssertionError("a judgement is one value")
