"""What the transcript holds: events become entries. No Qt, so that it can be tested as a plain value."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    AudioNotSaved,
    AudioSaved,
    ConversationOver,
    Event,
    FellBack,
    Interrupted,
    NotAnswered,
    NothingHeard,
    Noticed,
    NotTaken,
    PartialHeard,
    ReplyGrew,
    ReplyShortened,
    StartedAfresh,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.model_choice import ModelChoice
from voicegui.core.wording import shown, shown_plural

from .actions import Action, EnterKey, ExplainNote, OpenServices, SwitchModel
from .event_texts import is_news, not_taken, passed_note
from .remedies import Remedy, remedies
from .tool_entries import CallEvent, after, begun, being_ended
from .transcript_entries import (
    LASTING,
    PASSING,
    Changed,
    Cleared,
    LogChange,
    LogEntry,
    Removed,
    TranscriptEntries,
    unanswered_mark,
)
from .transcript_entries import Kind as Kind

_BESIDE = (Kind.NOTE, Kind.TOOL, Kind.FAILED)
"""What may stand between a question and its answer."""


class TranscriptLog(TranscriptEntries):
    """The entries of this conversation, and the changes each event makes."""

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__()
        self.now = now
        self._boxes = 0
        """The number of the note about what cannot be shown."""
        self._passed: dict[int, int] = {}
        """The last turn over which something was heard and not taken, and the number of the note about it."""

    def apply(self, event: Event) -> Sequence[LogChange]:
        match event:
            case PartialHeard(turn=turn, text=text):
                return self._said(turn, text, partial=True) if text else ()
            case UserSaid(turn=turn, text=text, typed=typed):
                return [*self._said(turn, text, partial=False, typed=typed), *self._asked_again(turn, text)]
            case NotAnswered(turn=turn, partly=partly):
                return self._mark(turn, partly=partly)
            case NothingHeard(turn=turn):
                return [*self._drop_partials(turn), *self._note(turn, shown("No speech heard"))]
            case NotTaken():
                return self._not_taken(event)
            case ReplyGrew(turn=turn, text=text):
                return self._reply(turn, text)
            case ReplyShortened(turn=turn, text=text):
                return self._update(Kind.AGENT, turn, text=text)
            case ApprovalAsked() | ApprovalAnswered() | ToolCalled() | ToolFinished():
                return self._call(event)
            case FellBack(message=message):
                return [Changed(self._add(Kind.NOTE, LASTING, message))]
            case Noticed():
                return self._notice(event)
            case AudioSaved(path=path):
                return [Changed(self._add(Kind.NOTE, LASTING, shown("What you said is saved in {path}", path=path)))]
            case AudioNotSaved(message=message):
                return [Changed(self._add(Kind.NOTE, PASSING, message))]
            case StartedAfresh(asked=True):
                return self._clear()
            case ConversationOver(turns=turns):
                text = shown_plural("The conversation has ended after {count} turn",
                                    "The conversation has ended after {count} turns", turns)  # fmt: skip
                return [Changed(self._add(Kind.NOTE, LASTING, text))]
            case Interrupted(turn=turn, heard=heard, unheard=unheard):
                return self._update(Kind.AGENT, turn, text=heard + unheard, heard=len(heard))
            case TurnDone(turn=turn, timings=timings, assistant=""):  # nothing of what is shown was heard
                return self._update(Kind.AGENT, turn, timings=timings, heard=0)
            case TurnDone(turn=turn, timings=timings):
                return self._update(Kind.AGENT, turn, timings=timings)
            case TurnFailed(turn=turn, message=message):
                failed = self._add(Kind.FAILED, turn, message, remedies(event))
                return [*self._drop_partials(turn), Changed(failed)]
            case _:
                return ()

    def tell(self, sentence: str) -> Sequence[LogChange]:
        """Something that is no event of the conversation; as often as it happens."""
        return [Changed(self._add(Kind.NOTE, PASSING, sentence))]

    def tell_of_boxes(self, sentence: str) -> Sequence[LogChange]:
        """All that this machine cannot show, in place of what was told of it before: a reply comes word by word."""
        before, self._boxes = self._boxes, self._add(Kind.NOTE, LASTING, sentence).number
        known = any(entry.number == before for entry in self.entries)
        self.entries = [entry for entry in self.entries if entry.number != before]
        return [*([Removed(before)] if known else []), Changed(self.entries[-1])]

    def take(self, action: Action) -> Sequence[LogChange]:
        """Somebody has switched to the successor that was offered: it is not offered any more."""
        changes: list[LogChange] = []
        for entry in [e for e in self.entries if any(way.action == action for way in e.ways)]:
            text = shown("{note} Done: it is used from the next turn on.", note=entry.text)
            changed = replace(entry, text=text, ways=())
            self._put(changed)
            changes.append(Changed(changed))
        return changes

    def open_call(self, number: int, *, whole: bool = False) -> Sequence[LogChange]:
        """Opens the call of that entry, or closes it; `whole`: opens it to all of its text. Opens what there is to say
        about a note."""

        def opened(entry: LogEntry) -> LogEntry:
            if entry.call is not None:
                return replace(entry, call=replace(entry.call, opened=whole or not entry.call.opened, whole=whole))
            return replace(entry, text=f"{entry.text}\n{entry.about}", ways=()) if entry.about and entry.ways else entry

        return self._change(number, opened)

    def cancelling(self, number: int) -> Sequence[LogChange]:
        """Somebody asked for the call's end: it is not offered again."""
        return self._change_call(number, being_ended)

    def retrying(self) -> Sequence[LogChange]:
        """The newest question is asked again: what stands below it is not true any more."""
        gone: list[LogEntry] = []
        for entry in reversed(self.entries):
            if entry.kind is Kind.USER:
                break
            if entry.kind is Kind.FAILED:
                gone.append(entry)
        self.entries = [entry for entry in self.entries if entry not in gone]
        return [Removed(entry.number) for entry in gone]

    def _clear(self) -> Sequence[LogChange]:
        """A new conversation: only what waits to be said stays."""
        self.earlier, self.entries = [], []
        return [Cleared(), *map(Changed, self.waiting)]

    def _asked_again(self, turn: int, text: str) -> Sequence[LogChange]:
        """What was asked before and not answered is answered now."""
        changes: list[LogChange] = []
        for mark in [e for e in self.entries if e.question and e.ways]:
            asked = next((e for e in self.entries if e.number == mark.question), None)
            if asked is not None and asked.text == text and asked.turn != turn:
                changed = replace(mark, text=shown("{mark} · asked again below", mark=mark.text), ways=())
                self._put(changed)
                changes.append(Changed(changed))
        return changes

    def _mark(self, turn: int, *, partly: bool) -> Sequence[LogChange]:
        asked = self.find(Kind.USER, turn)
        if asked is None and partly:
            asked = next((e for e in reversed(self.entries) if e.kind is Kind.USER), None)
        if asked is None:
            return ()
        mark = replace(unanswered_mark(asked, partly=partly), number=self._take_number())
        self.entries.append(mark)
        return [Changed(mark)]

    def _said(self, turn: int, text: str, *, partial: bool, typed: bool = False) -> Sequence[LogChange]:
        changes = self._clear_passing()
        known = self.find(Kind.USER, turn)
        if known is None:
            changes += self._greet(turn)
            last = next((e for e in reversed(self.entries) if e.kind not in _BESIDE), None)
            if last and last.kind is Kind.USER and (last.partial or text.startswith(last.text)):
                known = last  # an unanswered text, taken up again by a later turn
                changes += self.retrying()
        if known is None:
            added = self._add(Kind.USER, turn, text)
            known = added
        changed = replace(known, turn=turn, text=text, partial=partial, typed=typed)
        self._put(changed)
        return [*changes, Changed(changed)]

    def _reply(self, turn: int, text: str) -> Sequence[LogChange]:
        changes = self._clear_passing()
        known = self.find(Kind.AGENT, turn)
        if known is None:
            return [*changes, *self._greet(turn), Changed(self._add(Kind.AGENT, turn, text))]
        return [*changes, *self._update(Kind.AGENT, turn, text=known.text + text)]

    def _call(self, event: CallEvent) -> Sequence[LogChange]:
        """Calls of one id are not told apart once they are over: another conversation may count from one again."""
        id = event.call.id if isinstance(event, ApprovalAsked | ToolCalled) else event.call_id
        known = next((e for e in reversed(self.entries) if e.call and e.call.id == id and not e.call.finished), None)
        if known is not None and known.call is not None and not known.call.is_other(event, known.turn):
            return self._change_call(known.number, lambda call: after(call, event))
        if not isinstance(event, ApprovalAsked | ToolCalled):
            return ()
        changes = [*self._clear_passing(), *self._greet(event.turn)]
        place, number = self._place_of_call(event.turn)
        entry = LogEntry(number, Kind.TOOL, event.turn, "", call=begun(event))
        self.entries.insert(place, entry)
        return [*changes, Changed(entry)]

    def _notice(self, noticed: Noticed) -> Sequence[LogChange]:
        """Once: a service that is connected again tells it again."""
        if any(e.noticed == noticed.message for e in self.entries):
            return ()
        ways: tuple[Remedy, ...] = ()
        if noticed.stage is not None and noticed.successor:
            label = shown("Switch to {model}", model=ModelChoice.parse(noticed.successor).model)
            ways = (Remedy(label, SwitchModel(noticed.stage, noticed.successor)),)
        entry = self._add(Kind.NOTE, LASTING, noticed.message, ways)
        return self._change(entry.number, lambda entry: replace(entry, noticed=noticed.message))

    def _not_taken(self, told: NotTaken) -> Sequence[LogChange]:
        """One note for each reply, wherever it stands: a reply that goes on leaves it there."""
        known = self._passed.get(told.turn)
        entry = next((e for e in reversed(self.entries) if e.number == known), None)
        if entry is None or not entry.ways:
            entry = self._add(Kind.NOTE, LASTING, "")
            entry = replace(entry, ways=(Remedy(shown("Why?"), ExplainNote(entry.number)),))
            self._passed = {told.turn: entry.number}
        elif not is_news(told.text, [each.text for each in entry.not_taken]):
            return [Changed(entry)]
        sounds = (*entry.not_taken, told)
        text, about = not_taken(*(each.text for each in sounds)), "\n".join(passed_note(s.text, s.why) for s in sounds)
        changed = replace(entry, text=text, about=about, not_taken=sounds)
        return self._change(entry.number, lambda _entry: changed)

    def _note(self, turn: int, text: str) -> Sequence[LogChange]:
        cleared = self._clear_passing()
        return [*cleared, Changed(self._add(Kind.NOTE, turn, text))]

    def _greet(self, turn: int) -> list[LogChange]:
        """The time of day above the first message."""
        if self.entries:
            return []
        return [Changed(self._add(Kind.NOTE, LASTING, shown("Today {time}", time=f"{self.now():%H:%M}")))]

    def _clear_passing(self) -> list[LogChange]:
        """Notes at the end give way to what follows them, except those that stay. Of failures it stays that they were,
        and the way to what is not answered."""
        end = len(self.entries)
        while end and self.entries[end - 1].kind in (Kind.NOTE, Kind.FAILED):
            end -= 1
        changes: list[LogChange] = []
        for entry in self.entries[end:]:
            if entry.turn >= 0 and entry.kind is Kind.FAILED:
                settled = self._settled(entry)
                self._put(settled)
                changes.append(Changed(settled))
        gone = [entry for entry in self.entries[end:] if entry.turn >= 0]
        self.entries[end:] = [entry for entry in self.entries[end:] if entry.turn < 0]
        return [*changes, *(Removed(entry.number) for entry in gone)]

    def _settled(self, failed: LogEntry) -> LogEntry:
        """Something else begins after that failure."""
        asked = self.find(Kind.USER, failed.turn)
        partly = self.find(Kind.AGENT, failed.turn) is not None
        if asked is None and partly:  # it went on with an earlier question
            asked = next((e for e in reversed(self.entries) if e.kind is Kind.USER), None)
        if asked is None:  # its words are not known
            ways = tuple(way for way in failed.ways if isinstance(way.action, EnterKey | OpenServices))
            return replace(failed, turn=LASTING, ways=ways)
        return replace(unanswered_mark(asked, partly=partly), number=failed.number)

    def _drop_partials(self, turn: int) -> list[LogChange]:
        gone = [e for e in self.entries[-8:] if e.partial and e.turn <= turn]
        self.entries = [e for e in self.entries if e not in gone]
        return [Removed(e.number) for e in gone]
