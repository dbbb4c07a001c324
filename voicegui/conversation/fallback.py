"""Two choices for a stage: when the first fails before it has given anything, the second takes over, and that is told
once."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

from voicegui.core.audio import Audio
from voicegui.core.errors import VoiceError
from voicegui.core.events import Event, FellBack, NothingHeard, Stage, TurnDone, TurnFailed
from voicegui.core.ports import Hearing, LanguageModel, Message, ReplyPiece, SpeechToText, TextToSpeech
from voicegui.core.settings import Settings
from voicegui.core.tools import ToolInfo
from voicegui.core.wording import sentence, sentences

from .stage_calls import in_time

_MEANWHILE = {
    Stage.STT: sentence("Until it works again, this machine recognises what you say."),
    Stage.LLM: sentence("Until it works again, this machine answers."),
    Stage.TTS: sentence("Until it works again, this machine speaks."),
}


class Outage:
    """Of one stage. After a failure the second choice keeps it for the rest of the turn: nobody waits for the first one
    at every sentence. The next turn begins with the first one again."""

    def __init__(self, stage: Stage, tell: Callable[[FellBack], None]) -> None:
        self._stage = stage
        self._tell = tell
        self._told = False
        self.this_turn = False
        """The first choice has failed in this turn."""

    def failed(self, error: VoiceError) -> None:
        """Raises `error` again if nobody else could do better: a second choice helps against outages only."""
        if not error.retryable:
            raise error
        self.this_turn = True
        if not self._told:
            self._told = True
            told = sentences(error.without_advice, _MEANWHILE[self._stage])
            self._tell(FellBack(self._stage, told.shown()))

    def worked(self) -> None:
        """The outage is over: the next one is told again."""
        self._told = False

    def receive(self, event: Event) -> None:
        """Told of everything that the conversation tells."""
        if isinstance(event, TurnDone | TurnFailed | NothingHeard):
            self.this_turn = False


# Two choices for a stage: when the first fails before it has given anything, the second takes over. What was given is
# never given twice: a failure after the first piece is the turn's. The first choice gets half of the stage's time, so
# that the second can still answer within it.

T = TypeVar("T")


class Fallback:
    """Makes stages of two choices each. `receive` must get every event of the conversation (`Conversation.subscribe`):
    the end of a turn is when the first choice is tried again. `tell` gets what is to be shown."""

    def __init__(self, settings: Settings, tell: Callable[[FellBack], None]) -> None:
        self.settings = settings
        self._outages = {stage: Outage(stage, tell) for stage in Stage}

    def receive(self, event: Event) -> None:
        for outage in self._outages.values():
            outage.receive(event)

    def turn_ended(self) -> None:
        """The same for what is asked outside of a conversation."""
        for outage in self._outages.values():
            outage.this_turn = False

    def stt(self, first: SpeechToText, second: SpeechToText) -> SpeechToText:
        return _SpeechToText(first, second, self._outages[Stage.STT], lambda: self.settings.stt_timeout_s / 2)

    def llm(self, first: LanguageModel, second: LanguageModel) -> LanguageModel:
        return _LanguageModel(first, second, self._outages[Stage.LLM], lambda: self.settings.llm_timeout_s / 2)

    def tts(self, first: TextToSpeech, second: TextToSpeech) -> TextToSpeech:
        return _TextToSpeech(first, second, self._outages[Stage.TTS], lambda: self.settings.tts_timeout_s / 2)


async def _either(
    stage: Stage,
    first: Callable[[], AsyncGenerator[T, None]],
    second: Callable[[], AsyncGenerator[T, None]],
    outage: Outage,
    seconds: float,
) -> AsyncGenerator[T, None]:
    if not outage.this_turn:
        async with aclosing(first()) as pieces:
            try:
                beginning = await in_time(stage, anext(pieces, None), seconds)
            except VoiceError as error:
                outage.failed(error)
            else:
                outage.worked()
                if beginning is not None:
                    yield beginning
                async for piece in pieces:
                    yield piece
                return
    async with aclosing(second()) as pieces:
        async for piece in pieces:
            yield piece


@dataclass(frozen=True, slots=True)
class _LanguageModel:
    first: LanguageModel
    second: LanguageModel
    outage: Outage
    seconds: Callable[[], float]

    def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        return _either(
            Stage.LLM,
            lambda: self.first.reply(messages, max_tokens=max_tokens, tools=tools),
            lambda: self.second.reply(messages, max_tokens=max_tokens, tools=tools),
            self.outage,
            self.seconds(),
        )

    async def prepare(self, messages: Sequence[Message]) -> None:
        await (self.second if self.outage.this_turn else self.first).prepare(messages)


@dataclass(frozen=True, slots=True)
class _TextToSpeech:
    first: TextToSpeech
    second: TextToSpeech
    outage: Outage
    seconds: Callable[[], float]

    def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        return _either(
            Stage.TTS,
            lambda: self.first.speak(text),
            lambda: self.second.speak(text),
            self.outage,
            self.seconds(),
        )

    def voices(self) -> Sequence[str]:
        return self.first.voices()


@dataclass(frozen=True, slots=True)
class _SpeechToText:
    first: SpeechToText
    second: SpeechToText
    outage: Outage
    seconds: Callable[[], float]

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> "_Hearing":
        return _Hearing(self, on_partial, expected)


class _Hearing:
    """Begins with the first choice, whatever happened before: an utterance is most of a turn. Keeps what it was fed, so
    that the second choice hears all of it; that one then keeps the utterance to its end."""

    def __init__(self, stage: _SpeechToText, on_partial: Callable[[str], None], expected: Sequence[str]) -> None:
        self._stage = stage
        self._on_partial, self._expected = on_partial, expected
        self._fed: list[Audio] = []
        self._first = stage.first.listen(on_partial, expected)
        self._second: Hearing | None = None

    def feed(self, audio: Audio) -> None:
        if self._second is None:
            self._fed.append(audio)
            self._first.feed(audio)
        else:
            self._second.feed(audio)

    async def text(self) -> str:
        if self._second is None:
            try:
                text = await in_time(Stage.STT, self._first.text(), self._stage.seconds())
            except VoiceError as error:
                self._stage.outage.failed(error)
            else:
                self._stage.outage.worked()
                return text
        return await self._taken_over().text()

    async def aclose(self) -> None:
        try:
            await self._first.aclose()
        finally:
            if self._second is not None:
                await self._second.aclose()

    def _taken_over(self) -> Hearing:
        if self._second is None:
            self._second = self._stage.second.listen(self._on_partial, self._expected)
            for audio in self._fed:
                self._second.feed(audio)
            self._fed.clear()
        return self._second
