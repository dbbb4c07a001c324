"""One reply on its way from the language model to the speaker:

Generated, cut into sentences, spoken, all at the same time.
"""

import asyncio
import contextlib
import functools
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from voicegui.core.approval import ApprovalQuestion
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Event, ReplyGrew, ReplyShortened, SentenceReady, Stage
from voicegui.core.ports import LimitReached, ReplyText, Sound
from voicegui.core.text.heard_words import Span, heard_characters, last_word_start
from voicegui.core.text.sentences import ReplySentence, SentenceSplitter

from .background_tasks import as_voice_error
from .parts import TurnContext
from .stage_calls import NO_ANSWER, flowing
from .tool_loop import ModelAnswer


class Reply:
    """May be begun before the turn has ended; nothing of it is heard or told until `release`.

    When a stage fails, what was ready by then is still heard; `failure` tells it. `on_silent_end` is called when the
    reply ended without any sound, `on_failure` when it failed before any; both only after `release`.
    """

    def __init__(
        self,
        question: str,
        answer: AsyncGenerator[ReplyText | ApprovalQuestion, None],
        context: TurnContext,
        sound: Sound,
        clock: Callable[[], float],
        *,
        goes_on: bool = False,
        acts: ModelAnswer | None = None,
        aloud: bool = True,
        typed: bool = False,
    ) -> None:
        self.question = question
        self.goes_on = goes_on
        self.typed = typed
        """The question was typed: what is shown counts as heard."""
        self.acts = acts
        """What is done for it besides words."""
        self.asks: ApprovalQuestion | None = None
        """What it ends with: an utterance of its own, no part of `text`."""
        self.asks_aloud = False
        """There was sound of all of it."""
        self.failure: VoiceError | None = None
        self.first_token_at: float | None = None
        self.first_sentence_at: float | None = None
        self._context = context
        self._sound = sound
        self._clock = clock
        self._answer = answer
        self._spans: list[Span] = []
        self._samples = 0
        self._received: list[str] = []
        self._pending: list[Callable[[], None]] = []
        self._released = False
        self._aloud = aloud
        self._turn = 0
        self._tell: Callable[[Event], None] = lambda event: None
        self._sentences: asyncio.Queue[ReplySentence | ApprovalQuestion | None] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._run_thinking(), name="reply: think"),
            asyncio.create_task(self._run_speaking(), name="reply: speak"),
        ]

    def release(
        self,
        turn: int,
        tell: Callable[[Event], None],
        on_silent_end: Callable[[], None],
        on_failure: Callable[[VoiceError], None],
        on_shown: Callable[[], None] = lambda: None,
    ) -> None:
        """From now on it may be heard: whatever is ready goes out at once. `on_shown`: what is shown counts as heard,
        and there is something."""
        self._released, self._turn, self._tell = True, turn, tell
        if self.acts is not None:
            self.acts.release(turn)
        self._on_silent_end, self._on_failure, self._on_shown = on_silent_end, on_failure, on_shown
        pending, self._pending = self._pending, []
        for action in pending:
            action()

    def silence(self) -> Coroutine[Any, Any, None]:
        """What comes is only shown: from now on nothing of it reaches the sound; to be awaited."""
        self._aloud = self.asks_aloud = False
        speaking = self._tasks[1]
        speaking.cancel()
        if not speaking.done():  # else it has told its end, to a sound that was to play it
            self._tasks.append(asyncio.create_task(self._run_speaking(), name="reply: show"))
        else:
            self._when_released(self._end)
        return self._ended_speaking(speaking)

    async def _ended_speaking(self, speaking: asyncio.Task[None]) -> None:
        await asyncio.gather(speaking, return_exceptions=True)

    def cancel(self) -> Coroutine[Any, Any, None]:
        """From now on nothing of it reaches the sound; to be awaited."""
        for task in self._tasks:
            task.cancel()
        return self._ended()

    async def _ended(self) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ------------------------------------------------------------ what was heard

    @property
    def text(self) -> str:
        """Shown text received so far."""
        return "".join(self._received)

    def heard_until(self, played: int) -> int:
        """Characters of `text` heard after `played` playback samples; all of them where what is shown counts."""
        return len(self.text) if self.typed else heard_characters(self._spans, played)

    def spoken_until(self, played: int) -> int:
        """Characters of `text` that were spoken; 0 where it has no voice."""
        return heard_characters(self._spans, played) if self._aloud else 0

    def resume_point(self, played: int) -> int:
        return last_word_start(self._spans, played)

    # ------------------------------------------------------------ stages

    async def _run_thinking(self) -> None:
        try:
            await self._think()
            said = self.text.strip() or self.first_sentence_at is not None
            acted = self.acts is not None and self.acts.handed_over
            if self.question and not self.goes_on and not said and not acted:
                raise VoiceError(ErrorCode.BAD_ANSWER, NO_ANSWER, retryable=True)
        except Exception as error:
            self.failure = as_voice_error(error)
        self._sentences.put_nowait(None)

    async def _run_speaking(self) -> None:
        try:
            await self._speak()
        except Exception as error:
            self.failure = as_voice_error(error)
            self._tasks[0].cancel()  # nobody would speak it
        self._when_released(self._end)

    def _end(self) -> None:
        if self._samples and self._aloud:
            self._sound.finish()
        elif self.failure is not None:
            self._on_failure(self.failure)
        else:
            self._on_silent_end()

    async def _think(self) -> None:
        splitter = SentenceSplitter()
        async with contextlib.aclosing(self._answer) as pieces:
            async for piece in pieces:
                if isinstance(piece, ApprovalQuestion):  # whatever stands open before it ends here
                    for sentence in splitter.finish():
                        self._hand_over(sentence)
                    splitter = SentenceSplitter()
                    self._hand_over(piece)
                elif isinstance(piece, LimitReached):
                    self._shorten(splitter.drop_unfinished())
                else:
                    self._receive(piece, splitter)
        for sentence in splitter.finish():
            self._hand_over(sentence)

    def _receive(self, text: str, splitter: SentenceSplitter) -> None:
        if self.first_token_at is None:
            self.first_token_at = self._clock()
        first = not self.text.strip() and bool(text.strip())
        self._received.append(text)
        self._announce(functools.partial(ReplyGrew, text=text))
        if first and self.typed:
            self._when_released(lambda: self._on_shown())
        for sentence in splitter.feed(text):
            self._hand_over(sentence)

    def _shorten(self, characters: int) -> None:
        """What came last is neither shown nor spoken nor remembered."""
        if characters:
            kept = self.text[:-characters]
            self._received = [kept]
            self._announce(functools.partial(ReplyShortened, text=kept))

    def _hand_over(self, sentence: ReplySentence | ApprovalQuestion) -> None:
        if (isinstance(sentence, ApprovalQuestion) or sentence.spoken) and self.first_sentence_at is None:
            self.first_sentence_at = self._clock()
        self._sentences.put_nowait(sentence)

    async def _speak(self) -> None:
        while (sentence := await self._sentences.get()) is not None:
            if isinstance(sentence, ApprovalQuestion):
                self.asks = sentence
                self.asks_aloud = self._aloud and await self._say(sentence.text, shown="") > 0
            elif sentence.spoken and self._aloud:
                await self._say(sentence.spoken, shown=sentence.shown)
            else:
                self._spans.append(Span(sentence.shown, self._samples, 0))

    async def _say(self, spoken: str, *, shown: str) -> int:
        """Returns the samples of it on the playback clock."""
        self._announce(functools.partial(SentenceReady, text=spoken))
        start, index = self._samples, len(self._spans)
        tts = self._context.tts
        speech = flowing(Stage.TTS, tts.speak(spoken), self._context.settings.tts_timeout_s, tts)
        async with contextlib.aclosing(speech) as pieces:
            async for audio in pieces:
                self._samples += audio.playback_samples
                self._spans[index:] = [Span(shown, start, self._samples - start)]
                self._when_released(functools.partial(self._sound.play, audio))
        if len(self._spans) == index:  # a voice that had nothing to say
            self._spans.append(Span(shown, start, 0))
        return self._samples - start

    def _announce(self, event: Callable[[int], Event]) -> None:
        self._when_released(lambda: self._tell(event(self._turn)))

    def _when_released(self, action: Callable[[], None]) -> None:
        if self._released:
            action()
        else:
            self._pending.append(action)
