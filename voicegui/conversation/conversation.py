"""The conversation: one inbox, one writer of the state; performs what the table in `core.machine` decides."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, assert_never

from voicegui.core import machine
from voicegui.core.commands import Command, ReleaseTalk, Retry, SendText, Stop
from voicegui.core.errors import VoiceError
from voicegui.core.events import (
    Event,
    Interrupted,
    PartialHeard,
    Phase,
    PlaybackStarted,
    ProblemAppeared,
    ProblemSolved,
    StateChanged,
    TurnDone,
)
from voicegui.core.history import build_prompt, trimmed
from voicegui.core.ports import (
    EndOfTurn,
    FirstSound,
    Frame,
    LanguageModel,
    Message,
    PlaybackDone,
    Sound,
    SoundEvent,
    SoundMended,
    SoundTrouble,
    SpeechToText,
    TextToSpeech,
)
from voicegui.core.settings import Settings
from voicegui.core.turntaking import TurnTaking

from .ears import Ears
from .marks import Marks
from .reply import Reply, ReplyParts
from .utterance import Utterance

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a conversation needs from outside."""

    sound: Sound
    stt: SpeechToText
    llm: LanguageModel
    tts: TextToSpeech
    end_of_turn: EndOfTurn
    clock: Callable[[], float] = time.monotonic


class Conversation:
    """Lives on one event loop; `send` and everything that `Sound` delivers must come on its thread.

    `open()` first; `aclose()` ends it and closes the sound.
    """

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.parts = parts
        self.settings = settings
        self._state = machine.State()
        self._inbox: deque[machine.Input] = deque()
        self._draining = False
        self._subscribers: list[Callable[[Event], None]] = []
        self._history: list[Message] = []
        self._question = ""
        self._marks = Marks(parts.clock())
        self._reply: Reply | None = None
        self._early: Reply | None = None
        self._preparing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ears = Ears(
            self._turn_taking(settings),
            new_utterance=self._new_utterance,
            close_utterance=lambda utterance: self._spawn(utterance.aclose(), self._state.turn),
            on_words=self._on_words,
            post=self._post,
        )

    # ------------------------------------------------------------ outside

    @property
    def state(self) -> machine.State:
        return self._state

    async def open(self) -> None:
        await self.parts.sound.open(self._on_sound)

    async def aclose(self) -> None:
        self._post(Stop())
        self._ears.drop()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.parts.sound.aclose()

    def subscribe(self, receive: Callable[[Event], None]) -> Callable[[], None]:
        """`receive` gets every later event; returns what ends the subscription."""
        self._subscribers.append(receive)
        return lambda: self._subscribers.remove(receive)

    def send(self, command: Command) -> None:
        if isinstance(command, ReleaseTalk):
            if self._state.talking:
                self._ears.end_talk()
        else:
            self._post(command)

    def change(self, settings: Settings, parts: Parts | None = None) -> None:
        """Applies to the next turn."""
        self.settings = settings
        self.parts = parts or self.parts
        self._ears.taker.settings = self._turn_taking(settings)

    def spoken_until(self) -> int:
        """Characters of the current reply spoken so far."""
        return self._reply.heard_until(self.parts.sound.heard()) if self._reply else 0

    # ------------------------------------------------------------ inbox

    def _post(self, happened: machine.Input) -> None:
        """The only way in. Handled at once; what comes meanwhile waits for its turn."""
        self._inbox.append(happened)
        if self._draining:
            return
        self._draining = True
        try:
            while self._inbox:
                self._take_step(self._inbox.popleft())
        finally:
            self._draining = False

    def _take_step(self, happened: machine.Input) -> None:
        before = self._state
        if isinstance(happened, SendText | Retry):
            self._marks = Marks(self.parts.clock())
        after, effects, events = machine.step(before, happened)
        self._state = after
        for event in events:
            self._tell(event)
        for effect in effects:
            self._perform(effect, before)
        if self._shown(before) != self._shown(after):
            self._tell(self._shown(after))

    def _shown(self, state: machine.State) -> StateChanged:
        return StateChanged(state.phase, state.user_speaking, state.hands_free, state.talking, state.muted)

    def _tell(self, event: Event) -> None:
        for receive in tuple(self._subscribers):
            receive(event)

    # ------------------------------------------------------------ sound

    def _on_sound(self, event: SoundEvent) -> None:
        match event:
            case Frame():
                over_reply = self._state.phase in (Phase.PROCESSING, Phase.SPEAKING)
                self._ears.hear(event, over_reply=over_reply, talking=self._state.talking)
            case FirstSound(at):
                if self._reply is not None:
                    self._marks.first_sound = at
                    turn = self._state.turn
                    self._post(machine.ReplyStarted(turn))
                    self._tell(PlaybackStarted(turn))
            case PlaybackDone():
                self._post(machine.ReplyDone(self._state.turn))
            case SoundTrouble(error, device, alternative):
                if device == "microphone":
                    self._ears.lose_microphone(talking=self._state.talking)
                self._tell(ProblemAppeared(device, error.code, error.message, error.hint, alternative))
            case SoundMended(device, name):
                self._tell(ProblemSolved(device, name))
            case _:
                assert_never(event)

    def _on_words(self, words: str) -> None:
        """Perhaps all that will be said: the reply is begun before the turn has ended, and taken back if it was not."""
        state = self._state
        if not words or state.phase is not Phase.LISTENING:
            self._drop_early()
            return
        question = machine.join(state.unanswered, words)
        if self._early is None or self._early.question != question:
            self._drop_early()
            self._early = self._new_reply(question)

    # ------------------------------------------------------------ effects

    def _perform(self, effect: machine.Effect, before: machine.State) -> None:
        match effect:
            case machine.Listen(on):
                self.parts.sound.listen(on)
                if not on:
                    self._ears.forget_recent()
            case machine.Mute(on):
                self.parts.sound.mute(on)
            case machine.StartHearing(_, continued):
                self._drop_early()
                self._ears.start_utterance(continued=continued)
            case machine.FinishHearing(turn):
                self._finish_hearing(turn)
            case machine.DropHearing():
                self._drop_early()
                self._ears.drop()
            case machine.StartReply(turn, text):
                self._start_reply(turn, text)
            case machine.PausePlayback():
                self.parts.sound.pause()
            case machine.ResumePlayback():
                self._ears.drop_candidate()
                played = self.parts.sound.heard()
                self.parts.sound.resume(self._reply.resume_point(played) if self._reply else played)
            case machine.CommitUser(_, text):
                self._history = [*trimmed(self._history), Message("user", text)]
            case machine.CommitReply(turn):
                self._commit_reply(turn)
            case machine.CancelReply(turn, commit_heard):
                self._cancel_reply(turn, before, commit_heard=commit_heard)
            case _:
                assert_never(effect)

    def _finish_hearing(self, turn: int) -> None:
        now = self.parts.clock()
        self._marks = Marks(self._ears.speech_ended_at or now, end_of_turn=now)
        utterance = self._ears.finish_utterance()
        if utterance is None:
            self._inbox.append(machine.Transcribed(turn, ""))
            return

        async def transcribe() -> None:
            text = await utterance.text()
            self._marks.stt = utterance.transcribed_at
            self._post(machine.Transcribed(turn, text))

        known = utterance.known_text
        if known is not None:  # transcribed early, and the user did not go on
            self._marks.stt = utterance.transcribed_at
            self._inbox.append(machine.Transcribed(turn, known))
        else:
            self._spawn(transcribe(), turn)

    def _start_reply(self, turn: int, text: str) -> None:
        self._question = text
        early, self._early = self._early, None
        if early is not None and early.question != text:
            self._spawn(early.cancel(), turn)
            early = None
        reply = early or self._new_reply(text)
        self._reply = reply
        reply.release(
            turn,
            self._tell,
            on_silent_end=lambda: self._post(machine.ReplyDone(turn)),
            on_failure=lambda error: self._post(machine.Failed(turn, error)),
        )

    def _new_reply(self, question: str) -> Reply:
        parts = ReplyParts(self.parts.llm, self.parts.tts, self.parts.sound, self.parts.clock)
        prompt = build_prompt(self.settings.prompt, trimmed(self._history), question)
        if self._preparing is not None:
            self._preparing.cancel()
        reply = Reply(question, prompt, parts, max_tokens=self.settings.max_tokens)
        reply.start()
        return reply

    def _commit_reply(self, turn: int) -> None:
        reply, self._reply = self._reply, None
        if reply is None:
            return
        self.parts.sound.flush()
        self._end_turn(turn, reply, reply.text.strip())

    def _cancel_reply(self, turn: int, before: machine.State, *, commit_heard: bool) -> None:
        played = self.parts.sound.flush()
        reply, self._reply = self._reply, None
        self._drop_early()
        if reply is not None:
            self._spawn(reply.cancel(), turn)
            cut = reply.heard_until(played) if commit_heard else 0
            if commit_heard:
                self._tell(Interrupted(turn, reply.text[:cut], reply.text[cut:]))
            self._end_turn(turn, reply, reply.text[:cut].strip())
        elif before.question or before.phase is Phase.PROCESSING:
            self._tell(TurnDone(turn, before.question, "", self._marks.timings()))

    def _end_turn(self, turn: int, reply: Reply, assistant: str) -> None:
        self._ears.release()
        if assistant:
            self._history.append(Message("assistant", assistant))
        marks = replace(self._marks, first_token=reply.first_token_at, first_sentence=reply.first_sentence_at)
        self._tell(TurnDone(turn, reply.question, assistant, marks.timings()))

    def _drop_early(self) -> None:
        if self._early is not None:
            self._spawn(self._early.cancel(), self._state.turn)
            self._early = None

    # ------------------------------------------------------------ helpers

    def _new_utterance(self) -> Utterance:
        def on_partial(text: str) -> None:
            if text and self._state.phase is Phase.LISTENING:
                words = machine.join(self._state.unanswered, text)
                self._tell(PartialHeard(self._state.turn, words))
                self._prepare(words)

        return Utterance(self.parts.stt, self.parts.end_of_turn, on_partial, self.parts.clock)

    def _prepare(self, words: str) -> None:
        """The model reads what was said so far while the user still talks."""
        if self._preparing is None or self._preparing.done():
            prompt = build_prompt(self.settings.prompt, trimmed(self._history), words)
            self._preparing = self._spawn(self.parts.llm.prepare(prompt), self._state.turn)

    def _spawn(self, work: Coroutine[Any, Any, None], turn: int) -> "asyncio.Task[None]":
        """Runs beside the inbox; its failure is the turn's."""

        async def guarded() -> None:
            try:
                await work
            except VoiceError as error:
                self._post(machine.Failed(turn, error))

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @staticmethod
    def _turn_taking(settings: Settings) -> TurnTaking:
        return TurnTaking(settings.threshold, settings.min_speech_ms, settings.silence_ms, settings.patience)
