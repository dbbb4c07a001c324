"""From events to what the window shows, and from hands to commands."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, assert_never

from PySide6.QtCore import QObject, Signal

from voicegui.core import commands, events
from voicegui.core.commands import Command, PressTalk, ReleaseTalk
from voicegui.core.events import Event, Phase, ProblemAppeared, StateChanged
from voicegui.core.ports import LoadingProgress
from voicegui.core.session import Session
from voicegui.core.settings import Settings
from voicegui.core.wording import shown

from . import actions
from .approval import ApprovalCard
from .auto_scroll import SpokenWord
from .dock import Dock
from .event_texts import describe_loading, part_done, read_out
from .level_feed import LevelFeed
from .outbox import Outbox
from .previous_conversation import PreviousConversation
from .push_to_talk import TalkSwitch
from .remedies import Remedy, act_on_session, loading_remedies, problem_remedies, service_with_key
from .shortcuts import ALLOW_KEY, CONTINUE_KEY, REFUSE_KEY
from .status import StatusText, status_before, status_of, status_of_problem
from .transcript import Transcript
from .transcript_log import TranscriptLog
from .welcome import Standing


class Presenter(QObject):
    """Holds the session, if there is one yet, and what was last heard from it."""

    stands = Signal(object)
    """How far the program is: a `Standing`."""
    announced = Signal(str)
    """Something a screen reader should say once."""
    changed = Signal(object)
    """The changed `Settings`."""
    save_wanted = Signal()
    """Somebody wants what they said in a file: it has to be asked where."""
    services_wanted = Signal(str)
    """Something has to be set at the services: the key of this one, "" if it is something else."""

    def __init__(
        self,
        dock: Dock,
        transcript: Transcript,
        card: ApprovalCard,
        log: TranscriptLog,
        levels: LevelFeed,
        switch: TalkSwitch,
    ) -> None:
        super().__init__()
        self._dock, self._transcript, self._card, self._log, self._levels = dock, transcript, card, log, levels
        self._switch = switch
        self.session: Session | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._outbox = Outbox(transcript, log, self.send, self)
        self.previous = PreviousConversation(transcript, log, self)
        self._typed: list[Command] = []
        self._state: StateChanged | None = None
        self._ready = False
        self._loading: LoadingProgress | None = None
        self._problems: dict[str, ProblemAppeared] = {}
        self.spoken = SpokenWord(transcript.mark_word, self._spoken_until, transcript.isVisible, log, self)
        dock.status.way.connect(self._act)
        dock.interrupt.connect(self.interrupt)
        dock.mute.connect(lambda on: self.send(commands.SetMuted(on)))
        dock.send_text.connect(self._outbox.say)
        self._outbox.taken_back.connect(dock.take_back)
        self._outbox.told.connect(self.announced)
        dock.overfull.connect(self._tell)
        transcript.acted.connect(self._act)
        transcript.unopened.connect(self._tell)
        card.answered.connect(lambda call, allow: self.send(commands.Approve(call, allow)))
        self._show_status()

    # ------------------------------------------------------------ session

    def attach(self, session: Session) -> None:
        """Subscribes, then sends what was asked for before there was anybody to ask."""
        self.session = session
        self._unsubscribe = session.subscribe(self.receive)
        self._levels.connect_source(session.levels)
        self.show_settings(session.settings)
        while self._typed:
            session.send(self._typed.pop(0))
        if self._switch.on:
            session.send(PressTalk())
        self._show_status()

    def detach(self) -> None:
        self._unsubscribe()
        self.spoken.follow(speaking=False)
        self._card.forget()
        self._levels.connect_source(None)
        self.session, self._unsubscribe = None, lambda: None

    def send(self, command: Command) -> None:
        """Before there is a session the mute switch waits; a talk that is still on is sent by `attach`."""
        if self.session is not None:
            self.session.send(command)
        elif isinstance(command, commands.SetMuted):
            self._typed.append(command)

    def talk(self, command: PressTalk | ReleaseTalk) -> None:
        self._dock.talk.show_on(isinstance(command, PressTalk))
        self.send(command)

    def _spoken_until(self) -> int:
        return self.session.spoken_until() if self.session is not None else 0

    def _tell(self, sentence: str) -> None:
        self._transcript.show_changes(self._log.tell(sentence))
        self.announced.emit(sentence)

    def interrupt(self) -> None:
        self.send(commands.Interrupt())

    def stop_reading(self) -> None:
        """Answers are not to be read aloud any more: nor is the one that is being read."""
        state = self._state
        if state is not None and state.phase is Phase.SPEAKING and state.typed and not state.silent:
            self.interrupt()

    def save_audio(self, path: str) -> None:
        self.send(commands.SaveAudio(path))

    def _act(self, action: actions.Action) -> None:
        match action:
            case actions.RetryTurn():
                self._retry()
            case actions.AskAgain(entry):
                self._ask_again(entry)
            case actions.TakeBack(entry):
                self._outbox.take_back(entry)
            case actions.SendNow():
                self._outbox.send_now()
            case actions.ContinueLast():
                self.go_on()
            case actions.SaveSound():
                self.save_wanted.emit()
            case actions.EnterKey():
                self.services_wanted.emit(service_with_key(self.session))
            case actions.OpenServices():
                self.services_wanted.emit("")
            case actions.SwitchModel():
                self._switch_model(action)
            case actions.ExplainNote(entry) | actions.ToggleCall(entry):
                self._transcript.show_opened(self._log.open_call(entry))
            case actions.ShowWhole(entry):
                self._transcript.show_opened(self._log.open_call(entry, whole=True))
            case actions.EndCall(entry):
                self._end_call(entry)
            case actions.CopyCode(entry, start):
                self._transcript.copy_code(entry, start)
            case actions.LoadAgain() | actions.CancelLoading() | actions.UseMicrophone() | actions.UseSpeaker():
                act_on_session(self.session, action)
            case _:
                assert_never(action)

    def _switch_model(self, switch: actions.SwitchModel) -> None:
        if self.session is not None:
            change: dict[str, Any] = {switch.stage: switch.value}
            self.changed.emit(replace(self.session.settings, **change))
            self._transcript.show_changes(self._log.take(switch))

    def _retry(self) -> None:
        if self.session is not None:
            self._transcript.show_changes(self._log.retrying())
            self.session.send(commands.Retry())

    def _ask_again(self, number: int) -> None:
        """An older question as if it were new; the newest one as far as it had come."""
        asked = self._log.entry(number)
        if asked is None:
            return
        if self._log.is_newest_question(number):
            self._retry()
            return
        if asked.past:
            self.go_on()
        self._outbox.say(asked.text, aloud=not asked.typed)

    # ------------------------------------------------------------ conversations

    def begin_anew(self) -> None:
        """What is not answered yet is given up; what waits to be sent belongs to the new conversation."""
        self.send(commands.NewConversation())

    def go_on(self) -> None:
        self.send(commands.ContinueConversation())

    def _end_call(self, number: int) -> None:
        entry = self._transcript.entry(number)
        if entry is not None and entry.call is not None and not entry.call.finished:
            self.send(commands.CancelCall(entry.call.id))
            self._transcript.show_changes(self._log.cancelling(number))

    def show_settings(self, settings: Settings) -> None:
        self._dock.meter.show_thresholds(settings.threshold, settings.speaking_threshold)
        self._dock.show_aloud(settings.read_aloud)

    # ------------------------------------------------------------ events

    def receive(self, event: Event) -> None:
        self.previous.follow(event)
        self._transcript.apply(event)
        self._outbox.follow(event)
        match event:
            case StateChanged():
                self._show_state(event)
            case events.LoadingProgressed(loading):
                self.show_loading(loading)
            case events.Ready():
                self._ready, self._loading = True, None
                self._problems.pop("engine", None)
                self._show_status()
            case ProblemAppeared():
                self.show_problem(event)
            case events.ProblemSolved(source=source):
                self._problems.pop(source, None)
                self._show_status()
            case events.ApprovalAsked():
                self._ask(event)
            case events.ApprovalAnswered(call_id=call) | events.ToolFinished(call_id=call):
                self._card.done(call)
            case events.TurnDone(timings=timings):
                self._dock.latency.show_timings(timings)
                self._dock.arrange()
            case events.StartedAfresh(asked=True):
                self._dock.latency.clear()
                self._dock.arrange()
            case events.LastConversationFound():
                key = shown(CONTINUE_KEY)
                self.announced.emit(shown("The last conversation is shown. To continue it: {key}.", key=key))
            case events.TurnFailed(message=said) if any(said == problem.message for problem in self._problems.values()):
                return  # announced as what it is: a lasting problem
            case _:
                pass
        if said := read_out(event):
            self.announced.emit(said)

    def _ask(self, asked: events.ApprovalAsked) -> None:
        tools = self.session.toolbox.all_tools() if self.session is not None else ()
        source = next((tool.source for tool in tools if tool.name == asked.call.name), None)
        self._card.ask(asked, source)
        question, allow, refuse = self._card.accessibleDescription(), shown(ALLOW_KEY), shown(REFUSE_KEY)
        self.announced.emit(
            shown("{question} Allow: {allow}. Don't allow: {refuse}.", question=question, allow=allow, refuse=refuse)
        )

    def show_loading(self, loading: LoadingProgress) -> None:
        self._loading = loading
        self._show_status()

    def show_problem(self, problem: ProblemAppeared) -> None:
        self._problems.pop(problem.source, None)  # the latest one is shown
        self._problems[problem.source] = problem
        if problem.source == "engine":
            self._loading = None
        self._show_status()

    def _show_state(self, state: StateChanged) -> None:
        self._state = state
        self._switch.told(state.talking)
        self._dock.show_state(state)
        self._levels.set_user_speaking(state.user_speaking)
        self.spoken.follow(speaking=state.phase is Phase.SPEAKING)
        self._show_status()

    # ------------------------------------------------------------ status

    def _show_status(self) -> None:
        status, ways = self._status()
        if status.word != self._dock.status.status.word:
            self.announced.emit(status.word)
        self._dock.show_status(status, ways)
        self._dock.progress.show_part(part_done(self._loading))
        self.stands.emit(Standing(self._ready, bool(self._problems), self._loading))

    def _status(self) -> tuple[StatusText, Sequence[Remedy]]:
        problem = next(reversed(self._problems.values()), None)
        if problem is not None and not (problem.source == "engine" and self._loading):
            beside = status_of(self._state) if self._state else None
            return status_of_problem(problem, beside), problem_remedies(self.session, problem)
        before = status_before(ready=self._ready, loading=self._loading is not None)
        status = status_of(self._state) if self._state else before
        if self._loading is None:
            return status, ()
        ways = loading_remedies(self.session, self._loading)
        return StatusText(status.icon, status.word, status.role, describe_loading(self._loading)), ways
