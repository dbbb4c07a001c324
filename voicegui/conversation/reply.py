"""One reply on its way from the language model to the speaker:

Generated, cut into sentences, spoken, all at the same time.
"""

import asyncio
import contextlib
import functools
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Event, ReplyGrew, SentenceReady
from voicegui.core.heard import Span, heard_characters, last_word_start
from voicegui.core.ports import LanguageModel, Message, Sound, TextToSpeech
from voicegui.core.sentences import Sentence, SentenceSplitter

from .failures import as_voice_error

FIRST_TOKEN_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class ReplyParts:
    llm: LanguageModel
    tts: TextToSpeech
    sound: Sound
    clock: Callable[[], float]


class Reply:
    """May be begun before the turn has ended; nothing of it is heard or told until `release`.

    `on_silent_end` is called when it ended without any sound, `on_failure` when a stage failed; both only after
    `release`.
    """

    def __init__(self, question: str, prompt: Sequence[Message], parts: ReplyParts, *, max_tokens: int) -> None:
        self.question = question
        self.first_token_at: float | None = None
        self.first_sentence_at: float | None = None
        self._parts = parts
        self._prompt = prompt
        self._max_tokens = max_tokens
        self._spans: list[Span] = []
        self._samples = 0
        self._received: list[str] = []
        self._pending: list[Callable[[], None]] = []
        self._released = False
        self._turn = 0
        self._tell: Callable[[Event], None] = lambda event: None
        self._sentences: asyncio.Queue[Sentence | None] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._guard(self._think), name="reply: think"),
            asyncio.create_task(self._guard(self._speak), name="reply: speak"),
        ]

    def release(
        self,
        turn: int,
        tell: Callable[[Event], None],
        on_silent_end: Callable[[], None],
        on_failure: Callable[[VoiceError], None],
    ) -> None:
        """From now on it may be heard: whatever is ready goes out at once."""
        self._released, self._turn, self._tell = True, turn, tell
        self._on_silent_end, self._on_failure = on_silent_end, on_failure
        pending, self._pending = self._pending, []
        for action in pending:
            action()

    async def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ------------------------------------------------------------ what was heard

    @property
    def text(self) -> str:
        """Shown text received so far."""
        return "".join(self._received)

    def heard_until(self, played: int) -> int:
        """Characters of `text` heard after `played` playback samples."""
        return heard_characters(self._spans, played)

    def resume_point(self, played: int) -> int:
        return last_word_start(self._spans, played)

    # ------------------------------------------------------------ stages

    async def _think(self) -> None:
        splitter = SentenceSplitter()
        stream = self._parts.llm.reply(self._prompt, max_tokens=self._max_tokens)
        async with contextlib.aclosing(stream):
            async with asyncio.timeout(FIRST_TOKEN_TIMEOUT_S) as patience:
                async for text in stream:
                    if self.first_token_at is None:
                        patience.reschedule(None)
                        self.first_token_at = self._parts.clock()
                    self._received.append(text)
                    self._announce(functools.partial(ReplyGrew, text=text))
                    for sentence in splitter.feed(text):
                        self._hand_over(sentence)
        for sentence in splitter.finish():
            self._hand_over(sentence)
        self._sentences.put_nowait(None)

    def _hand_over(self, sentence: Sentence) -> None:
        if sentence.spoken and self.first_sentence_at is None:
            self.first_sentence_at = self._parts.clock()
        self._sentences.put_nowait(sentence)

    async def _speak(self) -> None:
        while (sentence := await self._sentences.get()) is not None:
            if sentence.spoken:
                self._announce(functools.partial(SentenceReady, text=sentence.spoken))
                await self._speak_sentence(sentence)
            else:
                self._spans.append(Span(sentence.shown, self._samples, 0))
        self._when_released(lambda: self._parts.sound.finish() if self._samples else self._on_silent_end())

    async def _speak_sentence(self, sentence: Sentence) -> None:
        start, index = self._samples, len(self._spans)
        async with contextlib.aclosing(self._parts.tts.speak(sentence.spoken)) as pieces:
            async for audio in pieces:
                self._samples += audio.playback_samples
                self._spans[index:] = [Span(sentence.shown, start, self._samples - start)]
                self._when_released(functools.partial(self._parts.sound.play, audio))
        if len(self._spans) == index:  # a voice that had nothing to say
            self._spans.append(Span(sentence.shown, start, 0))

    def _announce(self, event: Callable[[int], Event]) -> None:
        self._when_released(lambda: self._tell(event(self._turn)))

    def _when_released(self, action: Callable[[], None]) -> None:
        if self._released:
            action()
        else:
            self._pending.append(action)

    async def _guard(self, stage: Callable[[], Coroutine[object, object, None]]) -> None:
        """A stage's failure becomes the turn's failure; the other stage stops."""
        try:
            await stage()
        except TimeoutError:
            self._fail(
                VoiceError(ErrorCode.TIMED_OUT, "The language model did not answer in time. Try again.", retryable=True)
            )
        except Exception as error:
            self._fail(as_voice_error(error))

    def _fail(self, error: VoiceError) -> None:
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        self._when_released(lambda: self._on_failure(error))
