"""The conversation: one inbox, one writer of the state; performs what the table in `core.state_machine` decides."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import assert_never

from voicegui.core import commands, effects, inputs, state_machine
from voicegui.core.approval import clicked
from voicegui.core.commands import Command, Retry, SendText, Stop
from voicegui.core.events import Event, PartialHeard, Phase, PlaybackStarted, ProblemSolved, problem_of
from voicegui.core.ports import FirstSound, Frame, Message, PlaybackDone, SoundEvent, SoundMended, SoundTrouble
from voicegui.core.settings import Settings
from voicegui.core.state import ConversationState, join

from .agent_speech import AgentSpeech
from .announcements import Announcements
from .aside import Aside
from .background_tasks import BackgroundTasks
from .edits import HistoryEdits
from .memory import ConversationMemory
from .parts import ConversationParts, TurnContext
from .pending_approval import PendingApproval
from .tool_calls import RunningCalls, ToolRound
from .user_speech import UserSpeech
from .utterance import TurnTimes, UnansweredSound

_ANSWERING = (Phase.PROCESSING, Phase.SPEAKING)


class Conversation:
    """Lives on one event loop; `send` and everything that `Sound` delivers must come on its thread. `open()` first;
    `aclose()` ends it and closes the sound."""

    def __init__(self, parts: ConversationParts, settings: Settings) -> None:
        self._parts, self._sound = parts, parts.sound
        self._state = ConversationState(
            keeps_sound=settings.keep_unanswered_audio,
            opening_line=settings.opening_line.strip(),
            reads_aloud=settings.read_aloud,
        )
        self._inbox: deque[inputs.Input | Command] = deque()
        self._draining, self._over_reply = False, 0
        """`_over_reply`: the current turn, if its words began while the agent was speaking, or are older."""
        self._subscribers: list[Callable[[Event], None]] = []
        self._tasks = BackgroundTasks(
            lambda: self._state.turn, lambda turn, error: self._post(inputs.StageFailed(turn, error))
        )
        self._spawn, self._context = self._tasks.spawn, TurnContext.of(parts, settings)
        self._user = UserSpeech(
            parts.clock, post=self._post, spawn=self._spawn, on_words=self._on_words, on_partial=self._on_partial
        )
        self._unanswered = UnansweredSound()
        self._memory = ConversationMemory(self._now, tell=self._tell, spawn=self._spawn, post=self._post)
        self._calls = RunningCalls(self._now, parts.clock, tell=self._tell, late=self._memory.resolve)
        self._approvals = PendingApproval(self._now, tell=self._tell, refused=self._refused)
        self._agent = AgentSpeech(
            self._now, self._sound, parts.clock, self._memory, self._calls, self._approvals,
            tell=self._tell, post=self._post, spawn=self._spawn,
        )  # fmt: skip
        self._announcements = Announcements(self._post, self._memory.taint)
        self.edits = HistoryEdits(self._memory, self._agent, lambda: self._state.phase in _ANSWERING)
        self.aside = Aside(self._now, lambda: self._memory.prompt(""))

    # ------------------------------------------------------------ outside

    @property
    def state(self) -> ConversationState:
        return self._state

    async def open(self) -> None:
        await self._sound.open(self._on_sound)

    async def aclose(self) -> None:
        self._announcements.close()
        self._post(Stop())
        self._user.drop()
        self._memory.close()
        self._approvals.wake()
        await self._calls.aclose()
        await self._tasks.finish()
        await self._sound.aclose()

    def subscribe(self, receive: Callable[[Event], None]) -> Callable[[], None]:
        """`receive` gets every later event; returns what ends the subscription."""
        self._subscribers.append(receive)
        return lambda: self._subscribers.remove(receive)

    def send(self, command: Command) -> None:
        self._post(command)

    def change(self, settings: Settings, parts: ConversationParts | None = None) -> None:
        """Applies to the next turn."""
        self._parts = parts or self._parts
        self._context = TurnContext.of(self._parts, settings)
        keeps, line, aloud = settings.keep_unanswered_audio, settings.opening_line.strip(), settings.read_aloud
        self._post(inputs.SettingsChanged(keeps, line, aloud))

    async def announce(self, line: str, *, outside: bool = False) -> None:
        """Says `line` as soon as nobody talks and nothing is being answered; returns when it was heard to its end.
        `outside`: it holds text that somebody else may have written.

        Raises VoiceError when it was not; cancelling takes it back while it has not begun.
        """
        await self._announcements.say(line, at_rest=self._quiet(), outside=outside)

    def spoken_until(self) -> int:
        """Characters of the current reply spoken so far."""
        return self._agent.spoken_until()

    def answered_until(self) -> int:
        """Characters of the current reply that count as heard so far."""
        return self._agent.answered_until()

    @property
    def tainted(self) -> bool:
        """Text from outside is in what was said or is being said."""
        return self._memory.tainted or self._agent.tainted

    def restore(self, messages: Sequence[Message], *, tainted: bool) -> None:
        """`messages` came before all that was said so far."""
        self._memory.restore(messages, tainted=tainted)

    # ------------------------------------------------------------ inbox

    def _post(self, happened: inputs.Input | Command) -> None:
        """The only way in. Handled at once; what comes meanwhile waits for its turn."""
        self._inbox.append(happened)
        if self._draining:
            return
        self._draining = True
        try:
            while self._inbox:
                self._take(self._inbox.popleft())
        finally:
            self._draining = False

    def _take(self, happened: inputs.Input | Command) -> None:
        match happened:
            case commands.ReleaseTalk():
                if self._state.talking:
                    self._user.end_talk()
            case commands.SaveAudio(path):
                self._spawn(self._unanswered.save(path, self._parts.write_audio, self._tell))
            case commands.Approve(call_id, allow):
                if self._approvals.click(call_id, allow=allow):
                    self._take_step(SendText(clicked(allow=allow), aloud=not self._agent.typed))
            case commands.CancelCall(call_id):
                self._calls.cancel(call_id)
            case commands.Summarize():
                self._memory.summarize()
            case commands.ContinueConversation():
                pass  # who keeps conversations answers it with `restore`
            case _:
                self._take_step(happened)
                return
        self._announce_next()  # the step before may have left it to this one

    def _take_step(self, happened: inputs.Input) -> None:
        before = self._state
        if isinstance(happened, SendText | Retry):
            self._agent.times = TurnTimes(self._parts.clock())
        after, todo, events = state_machine.step(before, happened)
        self._state = after
        over = before.phase in _ANSWERING and after.user_speaking
        if after.turn != before.turn and (over or isinstance(happened, Retry)):  # a retry's words are older
            self._over_reply = after.turn
        for event in events:
            self._tell(event)
        for effect in todo:
            self._perform(effect, before)
        if after.phase not in _ANSWERING:
            self.edits.settle()
        self._announcements.follow(happened, before.turn, after.turn)
        if before.at_rest and not after.at_rest:
            self._memory.wake()
            self._approvals.wake()
        elif after.at_rest and not before.at_rest:
            self._memory.rest()
            self._approvals.rest()
        self._announce_next()
        if before.shown != after.shown:
            self._tell(after.shown)

    def _announce_next(self) -> None:
        if self._quiet():
            self._announcements.next()

    def _tell(self, event: Event) -> None:
        for receive in tuple(self._subscribers):
            receive(event)

    # ------------------------------------------------------------ sound

    def _on_sound(self, event: SoundEvent) -> None:
        match event:
            case Frame():
                over = self._state.phase in _ANSWERING
                for happened in self._user.hear(event, self._context, over_reply=over, talking=self._state.talking):
                    self._post(happened)
            case FirstSound(at):
                if self._agent.busy:
                    self._agent.times.first_sound = at
                    turn = self._state.turn
                    self._post(inputs.ReplyStarted(turn))
                    self._tell(PlaybackStarted(turn))
            case PlaybackDone():
                if self._approvals.waiting is not None:
                    self._user.forget_recent()  # the end of the question is no part of the answer
                self._post(self._agent.end(self._state.turn))
            case SoundTrouble(error, device, alternative):
                if device == "microphone":
                    for happened in self._user.lose_microphone(talking=self._state.talking):
                        self._post(happened)
                self._approvals.device(device, works=False)
                self._tell(problem_of(device, error, alternative=alternative))
            case SoundMended(device, name):
                self._approvals.device(device, works=True)
                self._tell(ProblemSolved(device, name))
            case _:
                assert_never(event)

    def _on_words(self, words: str) -> None:
        """Perhaps all that will be said: the reply is begun before the turn has ended, and taken back if it was not."""
        if words and self._state.phase is Phase.LISTENING and self._state.answers and self._state.aloud:
            self._agent.begin_early(join(self._state.unanswered, words))
        else:
            self._agent.drop_early()

    def _on_partial(self, words: str) -> None:
        if words and self._state.phase is Phase.LISTENING:
            so_far = join(self._state.unanswered, words)
            self._tell(PartialHeard(self._state.turn, so_far))
            if self._state.answers:
                self._agent.prepare(so_far)

    # ------------------------------------------------------------ effects

    def _perform(self, effect: effects.Effect, before: ConversationState) -> None:
        match effect:
            case effects.Listen(on):
                self._sound.listen(on)
                if not on:
                    self._user.forget_recent()
            case effects.Mute(on):
                self._sound.mute(on)
            case effects.StartHearing(_, continued):
                self._agent.drop_early()
                self._user.start_utterance(self._context, continued=continued)
            case effects.FinishHearing(turn):
                self._agent.times = self._user.finish_utterance(turn)
            case effects.DropHearing():
                self._agent.drop_early()
                self._user.drop()
            case effects.KeepSound():
                self._unanswered.keep(self._user.utterance)
            case effects.ForgetSound():
                self._unanswered.forget()
            case effects.HearAgain(turn):
                self._user.hear_again(self._context, self._unanswered.samples)
                self._agent.times = self._user.finish_utterance(turn)
            case effects.SayLine(turn, line):
                self._agent.say(turn, line)
            case effects.StartReply(goes_on=True):
                self._agent.go_on(effect)
            case effects.StartReply(turn):
                self._agent.start(effect, over_reply=turn == self._over_reply)
            case effects.StopVoice():
                self._agent.silence()
            case effects.BeginAnew(over):
                self._approvals.refuse()
                self._calls.answered()  # one that was declared to finish does, and nobody is told
                self._memory.begin_anew(over=over)
            case effects.PausePlayback():
                self._sound.pause()
            case effects.ResumePlayback():
                self._agent.resume()
            case effects.CommitUser(turn, text):
                self._memory.asked(text, turn)
            case effects.CommitReply(turn):
                self._agent.commit(turn)
                self._user.release()
                self.edits.settle()
            case effects.CancelReply(turn, commit_heard, failed):
                self._agent.cancel(turn, before.question, commit_heard=commit_heard, failed=failed)
                self._user.release()
                self.edits.settle()
            case _:
                assert_never(effect)

    # ------------------------------------------------------------ helpers

    def _quiet(self) -> bool:
        """What was not asked for may be said now."""
        return self._state.at_rest and not self._inbox and self._approvals.waiting is None

    def _now(self) -> TurnContext:
        return self._context

    def _refused(self, round: ToolRound) -> None:
        self._memory.acted(round.messages(self._calls.unfinished), outside=round.outside)
