"""The conversation: one inbox, one writer of the state; performs what the table in `core.machine` decides."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import assert_never

from voicegui.core import effects, inputs, machine
from voicegui.core.commands import (
    Approve,
    CancelCall,
    Command,
    ContinueConversation,
    ReleaseTalk,
    Retry,
    SaveAudio,
    SendText,
    Stop,
)
from voicegui.core.events import (
    Event,
    PartialHeard,
    Phase,
    PlaybackStarted,
    ProblemAppeared,
    ProblemSolved,
    StateChanged,
)
from voicegui.core.ports import FirstSound, Frame, Message, PlaybackDone, SoundEvent, SoundMended, SoundTrouble
from voicegui.core.settings import Settings
from voicegui.core.state import State, join
from voicegui.core.turntaking import TurnTaking

from .announcing import Announcements
from .ears import Ears
from .kept import KeptSound
from .marks import Marks
from .mind import Mind
from .mouth import Mouth
from .parts import Parts as Parts
from .reply import ReplyParts
from .utterance import Utterance
from .work import Work


class Conversation:
    """Lives on one event loop; `send` and everything that `Sound` delivers must come on its thread.

    `open()` first; `aclose()` ends it and closes the sound.
    """

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.parts = parts
        self._settings = settings
        self._state = State(
            keeps_sound=settings.keep_unanswered_audio,
            opening_line=settings.opening_line.strip(),
            reads_aloud=settings.read_aloud,
        )
        self._inbox: deque[inputs.Input] = deque()
        self._draining = False
        self._subscribers: list[Callable[[Event], None]] = []
        self._work = Work(lambda: self._state.turn, lambda turn, error: self._post(inputs.Failed(turn, error)))
        self._spawn = self._work.spawn
        self._ears = Ears(
            self._turn_taking(settings),
            new_utterance=self._new_utterance,
            close_utterance=lambda utterance: self._spawn(utterance.aclose()),
            on_words=self._on_words,
            post=self._post,
        )
        self._kept = KeptSound()
        self._mind = Mind(parts, settings, tell=self._tell, spawn=self._spawn)
        self._mouth = Mouth(
            self._reply_parts(), self._mind, settings, tell=self._tell, post=self._post, spawn=self._spawn
        )
        self._announcements = Announcements(self._post, self._taint)
        self._over_reply = 0
        """The turn whose words began while the agent was speaking, or are older, if it is the current one."""

    # ------------------------------------------------------------ outside

    @property
    def state(self) -> State:
        return self._state

    async def open(self) -> None:
        await self.parts.sound.open(self._on_sound)

    async def aclose(self) -> None:
        self._announcements.close()
        self._post(Stop())
        self._ears.drop()
        await self._mind.aclose()
        await self._work.finish()
        await self.parts.sound.aclose()

    def subscribe(self, receive: Callable[[Event], None]) -> Callable[[], None]:
        """`receive` gets every later event; returns what ends the subscription."""
        self._subscribers.append(receive)
        return lambda: self._subscribers.remove(receive)

    def send(self, command: Command) -> None:
        match command:
            case ReleaseTalk():
                if self._state.talking:
                    self._ears.end_talk()
            case SaveAudio(path):
                self._spawn(self._kept.save(path, self.parts.write_audio, self._tell))
            case Approve(call_id, allow):
                if self._mind.approvals.click(call_id, allow=allow):
                    self._post(SendText("Yes." if allow else "No.", aloud=not self._mouth.typed))
            case CancelCall(call_id):
                self._mind.calls.cancel(call_id)
            case ContinueConversation():
                pass  # who keeps conversations answers it with `restore`
            case _:
                self._post(command)

    def change(self, settings: Settings, parts: Parts | None = None) -> None:
        """Applies to the next turn."""
        self.parts, self._settings = parts or self.parts, settings
        keeps, line, aloud = settings.keep_unanswered_audio, settings.opening_line.strip(), settings.read_aloud
        self._post(inputs.SettingsChanged(keeps, line, aloud))
        self._mind.change(self.parts, settings)
        self._mouth.settings, self._mouth.parts = settings, self._reply_parts()
        self._ears.taker.settings = self._turn_taking(settings)

    async def announce(self, line: str, *, outside: bool = False) -> None:
        """Says `line` as soon as nobody talks and nothing is being answered; returns when it was heard to its end.
        `outside`: it holds text that somebody else may have written.

        Raises VoiceError when it was not; cancelling takes it back while it has not begun.
        """
        await self._announcements.say(line, at_rest=self._quiet(), outside=outside)

    def _taint(self) -> None:
        self._mind.memory.taint()

    def spoken_until(self) -> int:
        """Characters of the current reply spoken so far."""
        return self._mouth.spoken_until()

    def answered_until(self) -> int:
        """Characters of the current reply that count as heard so far."""
        return self._mouth.answered_until()

    @property
    def tainted(self) -> bool:
        """Text from outside is in what was said or is being said."""
        return self._mind.memory.tainted or self._mouth.tainted

    def restore(self, messages: Sequence[Message], *, tainted: bool) -> None:
        """`messages` came before all that was said so far."""
        self._mind.memory.restore(messages, tainted=tainted)

    # ------------------------------------------------------------ inbox

    def _post(self, happened: inputs.Input) -> None:
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

    def _take_step(self, happened: inputs.Input) -> None:
        before = self._state
        if isinstance(happened, SendText | Retry):
            self._mouth.marks = Marks(self.parts.clock())
        after, todo, events = machine.step(before, happened)
        self._state = after
        over = before.phase in (Phase.PROCESSING, Phase.SPEAKING) and after.user_speaking
        if after.turn != before.turn and (over or isinstance(happened, Retry)):  # a retry's words are older
            self._over_reply = after.turn
        for event in events:
            self._tell(event)
        for effect in todo:
            self._perform(effect, before)
        self._announcements.follow(happened, before.turn, after.turn)
        if before.at_rest and not after.at_rest:
            self._mind.wake()
        elif after.at_rest and not before.at_rest:
            self._mind.rest()
        if self._quiet():
            self._announcements.next()
        if self._shown(before) != self._shown(after):
            self._tell(self._shown(after))

    def _shown(self, state: State) -> StateChanged:
        how = (state.user_speaking, state.hands_free, state.talking, state.muted, state.typed, state.silent)
        return StateChanged(state.phase, *how)

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
                if self._mouth.busy:
                    self._mouth.marks.first_sound = at
                    turn = self._state.turn
                    self._post(inputs.ReplyStarted(turn))
                    self._tell(PlaybackStarted(turn))
            case PlaybackDone():
                if self._mind.approvals.waiting is not None:
                    self._ears.forget_recent()  # the end of the question is no part of the answer
                self._post(self._mouth.end(self._state.turn))
            case SoundTrouble(error, device, alternative):
                if device == "microphone":
                    self._ears.lose_microphone(talking=self._state.talking)
                self._mind.approvals.device(device, works=False)
                self._tell(ProblemAppeared(device, error.code, error.message, error.hint, alternative))
            case SoundMended(device, name):
                self._mind.approvals.device(device, works=True)
                self._tell(ProblemSolved(device, name))
            case _:
                assert_never(event)

    def _on_words(self, words: str) -> None:
        """Perhaps all that will be said: the reply is begun before the turn has ended, and taken back if it was not."""
        if words and self._state.phase is Phase.LISTENING:
            self._mouth.begin_early(join(self._state.unanswered, words))
        else:
            self._mouth.drop_early()

    def _on_partial(self, words: str) -> None:
        if words and self._state.phase is Phase.LISTENING:
            so_far = join(self._state.unanswered, words)
            self._tell(PartialHeard(self._state.turn, so_far))
            self._mouth.prepare(so_far)

    # ------------------------------------------------------------ effects

    def _perform(self, effect: effects.Effect, before: State) -> None:
        match effect:
            case effects.Listen(on):
                self.parts.sound.listen(on)
                if not on:
                    self._ears.forget_recent()
            case effects.Mute(on):
                self.parts.sound.mute(on)
            case effects.StartHearing(_, continued):
                self._mouth.drop_early()
                self._ears.start_utterance(continued=continued)
            case effects.FinishHearing(turn):
                self._finish_hearing(turn)
            case effects.DropHearing():
                self._mouth.drop_early()
                self._ears.drop()
            case effects.KeepSound():
                self._kept.keep(self._ears.utterance)
            case effects.ForgetSound():
                self._kept.forget()
            case effects.HearAgain(turn):
                self._hear_again(turn)
            case effects.SayLine(turn, line):
                self._mouth.say(turn, line)
            case effects.StartReply(goes_on=True):
                self._mouth.go_on(effect)
            case effects.StartReply(turn):
                self._mouth.start(effect, over_reply=turn == self._over_reply)
            case effects.StopVoice():
                self._mouth.silence()
            case effects.BeginAnew():
                self._mind.begin_anew()
            case effects.PausePlayback():
                self._mouth.pause()
            case effects.ResumePlayback():
                self._mouth.resume()
            case effects.CommitUser(_, text):
                self._mouth.commit_user(text)
            case effects.CommitReply(turn):
                self._mouth.commit(turn)
                self._ears.release()
            case effects.CancelReply(turn, commit_heard, failed):
                self._mouth.cancel(turn, before.question, commit_heard=commit_heard, failed=failed)
                self._ears.release()
            case _:
                assert_never(effect)

    def _finish_hearing(self, turn: int) -> None:
        now = self.parts.clock()
        marks = self._mouth.marks = Marks(self._ears.speech_ended_at or now, end_of_turn=now)
        utterance = self._ears.finish_utterance()
        known = utterance.known_text if utterance else ""
        if known is not None:  # transcribed early, and the user did not go on
            marks.stt = utterance.transcribed_at if utterance else None
            self._inbox.append(inputs.Transcribed(turn, known))
        elif utterance is not None:
            self._spawn(self._transcribe(utterance, turn, marks))

    def _hear_again(self, turn: int) -> None:
        self._ears.utterance, self._ears.speech_ended_at = self._new_utterance(), None
        self._kept.put_into(self._ears.utterance)
        self._finish_hearing(turn)

    async def _transcribe(self, utterance: Utterance, turn: int, marks: Marks) -> None:
        text = await utterance.text()
        marks.stt = utterance.transcribed_at
        self._post(inputs.Transcribed(turn, text))

    # ------------------------------------------------------------ helpers

    def _quiet(self) -> bool:
        """What was not asked for may be said now."""
        return self._state.at_rest and not self._inbox and self._mind.approvals.waiting is None

    def _new_utterance(self, expected: Sequence[str] = ()) -> Utterance:
        parts = self.parts
        timeout_s = self._settings.stt_timeout_s
        return Utterance(parts.stt, parts.end_of_turn, self._on_partial, parts.clock, expected, timeout_s=timeout_s)

    def _reply_parts(self) -> ReplyParts:
        return ReplyParts(self.parts.llm, self.parts.tts, self.parts.sound, self.parts.clock)

    @staticmethod
    def _turn_taking(settings: Settings) -> TurnTaking:
        return TurnTaking(
            settings.threshold,
            settings.min_speech_ms,
            settings.silence_ms,
            settings.patience,
            settings.speaking_threshold,
        )
