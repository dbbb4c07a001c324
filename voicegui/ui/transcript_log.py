"""What the transcript holds: events become entries. No Qt, so that it can be tested as a plain value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    AudioNotSaved,
    AudioSaved,
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
from voicegui.core.events import Timings as Timings

from .event_texts import joined, not_taken, passed_note
from .remedies import AGAIN, KEY, SEND_NOW, SERVICES, SWITCH, TAKE_BACK, WHY, Remedy, remedies
from .tool_entries import CallEvent, ShownCall, after, begun, being_ended

_LASTING = -1
"""Turn of notes that stay; others give way to what follows them."""
_PASSING = 0
"""Turn of notes that belong to none and give way all the same."""

KEEP = 1000
"""Entries the window holds; older ones leave it."""
DROP = 50
"""As many leave at once, because removing from the top moves everything."""
FIRST, LAST = 1 << 16, 1 << 30
"""Numbers of the first entry, and of the first text that waits. Those of an earlier conversation are below."""
STEP = 64
"""Between the numbers of entries: a call that comes when its answer has begun takes one in between."""


class Kind(StrEnum):
    USER = "user"
    AGENT = "agent"
    TOOL = "tool"
    NOTE = "note"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LogEntry:
    number: int
    """Its own, never used again; those further down have greater ones."""
    kind: Kind
    turn: int
    text: str
    partial: bool = False
    heard: int | None = None
    """Characters heard of an interrupted reply; None if it was not interrupted."""
    timings: Timings | None = None
    ways: tuple[Remedy, ...] = ()
    call: ShownCall | None = None
    """Of a `TOOL`."""
    about: str = ""
    """What else there is to say about a note; shown under the mouse and when it is asked for."""
    typed: bool = False
    """Of a `USER`."""
    waiting: bool = False
    """It is not sent yet."""
    past: bool = False
    """Of a conversation that is over."""
    question: int = 0
    """Of a `FAILED` that stays: the number of the question that was not answered."""


@dataclass(frozen=True, slots=True)
class Changed:
    """`entry` is new or has changed."""

    entry: LogEntry


@dataclass(frozen=True, slots=True)
class Removed:
    number: int


@dataclass(frozen=True, slots=True)
class Cleared:
    """There are no entries any more."""


LogChange = Changed | Removed | Cleared


def unanswered_mark(question: LogEntry, *, partly: bool = False) -> LogEntry:
    """The mark that stays below a question."""
    words = "The answer broke off" if partly else "Not answered"
    ways = (Remedy("Retry", f"{AGAIN}{question.number}"),)
    return LogEntry(0, Kind.FAILED, _LASTING, words, ways=ways, question=question.number)


_BESIDE = (Kind.NOTE, Kind.TOOL, Kind.FAILED)
"""What may stand between a question and its answer."""


class TranscriptLog:
    """The entries, in order, and the changes each event makes."""

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        self.now = now
        self._next = FIRST
        self._boxes = 0
        """The number of the note about what cannot be shown."""
        self.entries: list[LogEntry] = []
        self._passed: dict[int, int] = {}
        """The last turn over which something was heard and not taken, and the number of the note about it."""
        self.earlier: list[LogEntry] = []
        """The last conversation, above all others."""
        self.waiting: list[LogEntry] = []
        """Texts that are not sent yet, each followed by what can be done about it; below all others."""

    @property
    def everything(self) -> Sequence[LogEntry]:
        """In the order of their numbers."""
        return [*self.earlier, *self.entries, *self.waiting]

    def apply(self, event: Event) -> Sequence[LogChange]:
        match event:
            case PartialHeard(turn=turn, text=text):
                return self._said(turn, text, partial=True) if text else ()
            case UserSaid(turn=turn, text=text, typed=typed):
                return [*self._said(turn, text, partial=False, typed=typed), *self._asked_again(turn, text)]
            case NotAnswered(turn=turn, partly=partly):
                return self._mark(turn, partly=partly)
            case NothingHeard(turn=turn):
                return [*self._drop_partials(turn), *self._note(turn, "No speech heard")]
            case NotTaken():
                return self._not_taken(event)
            case ReplyGrew(turn=turn, text=text):
                return self._reply(turn, text)
            case ReplyShortened(turn=turn, text=text):
                return self._update(Kind.AGENT, turn, text=text)
            case ApprovalAsked() | ApprovalAnswered() | ToolCalled() | ToolFinished():
                return self._call(event)
            case FellBack(message=message):
                return [Changed(self._add(Kind.NOTE, _LASTING, message))]
            case Noticed():
                return self._notice(event)
            case AudioSaved(path=path):
                return [Changed(self._add(Kind.NOTE, _LASTING, f"What you said is saved in {path}"))]
            case AudioNotSaved(message=message):
                return [Changed(self._add(Kind.NOTE, _PASSING, message))]
            case StartedAfresh(asked=True):
                return self._clear()
            case StartedAfresh(turns=turns):
                return [Changed(self._add(Kind.NOTE, _LASTING, f"A new conversation begins after {turns} turns"))]
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
        return [Changed(self._add(Kind.NOTE, _PASSING, sentence))]

    def tell_of_boxes(self, sentence: str) -> Sequence[LogChange]:
        """All that this machine cannot show, in place of what was told of it before: a reply comes word by word."""
        before, self._boxes = self._boxes, self._add(Kind.NOTE, _LASTING, sentence).number
        known = any(entry.number == before for entry in self.entries)
        self.entries = [entry for entry in self.entries if entry.number != before]
        return [*([Removed(before)] if known else []), Changed(self.entries[-1])]

    def entry(self, number: int) -> LogEntry | None:
        return next((entry for entry in self.everything if entry.number == number), None)

    def is_newest_question(self, number: int) -> bool:
        asked = next((e for e in reversed(self.entries) if e.kind is Kind.USER), None)
        return asked is not None and asked.number == number

    def find(self, kind: Kind, turn: int) -> LogEntry | None:
        """The latest of that kind and turn."""
        return next((e for e in reversed(self.entries) if e.kind is kind and e.turn == turn), None)

    def take(self, action: str) -> Sequence[LogChange]:
        """Somebody has switched to the successor that was offered: it is not offered any more."""
        changes: list[LogChange] = []
        for entry in [e for e in self.entries if any(way.action == action for way in e.ways)]:
            changed = replace(entry, text=f"{entry.text} Done: it is used from the next turn on.", ways=())
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

    def show_earlier(self, entries: Sequence[LogEntry]) -> Sequence[LogChange]:
        """In place of what was shown of the last conversation."""
        kept = {entry.number for entry in entries}
        gone = [Removed(entry.number) for entry in self.earlier if entry.number not in kept]
        self.earlier = list(entries)
        return [*gone, *map(Changed, entries)]

    def wait(self, text: str, *, can_send: bool) -> Sequence[LogChange]:
        """It is sent later."""
        number = self.waiting[-1].number + 1 if self.waiting else LAST
        said = LogEntry(number, Kind.USER, _LASTING, text, waiting=True)
        self.waiting += [said, LogEntry(number + 1, Kind.FAILED, _LASTING, "", question=number)]
        return [Changed(said), *self.show_waiting(can_send=can_send)]

    def show_waiting(self, *, can_send: bool) -> Sequence[LogChange]:
        """What can be done about the texts that wait. `can_send`: they could be sent now."""
        changes: list[LogChange] = []
        for index, note in enumerate(self.waiting):
            if note.question:
                ways: tuple[Remedy, ...] = (Remedy("Take back", f"{TAKE_BACK}{note.question}"),)
                ways = (Remedy("Send now", SEND_NOW), *ways) if can_send and index == 1 else ways
                text = "Waiting" if can_send else "Waiting until it can be answered"
                changed = replace(note, text=text, ways=ways)
                if changed != note:
                    self.waiting[index] = changed
                    changes.append(Changed(changed))
        return changes

    def stop_waiting(self, number: int) -> Sequence[LogChange]:
        """That text is sent, or taken back."""
        gone = [entry for entry in self.waiting if number in (entry.number, entry.question)]
        self.waiting = [entry for entry in self.waiting if entry not in gone]
        return [Removed(entry.number) for entry in gone]

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

    def trim(self) -> set[int]:
        """Lets go of the oldest once there are too many; returns their numbers."""
        if len(self.entries) <= KEEP + DROP:
            return set()
        old, self.entries = self.entries[:-KEEP], self.entries[-KEEP:]
        return {entry.number for entry in old}

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
                changed = replace(mark, text=f"{mark.text} · asked again below", ways=())
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

    def _place_of_call(self, turn: int) -> tuple[int, int]:
        """Before the answer of its turn and before what came after that turn; and its number there."""
        entries, place = self.entries, len(self.entries)
        for index in range(len(entries) - 1, -1, -1):
            if entries[index].turn > turn or (entries[index].turn == turn and entries[index].kind is Kind.AGENT):
                place = index
            elif entries[index].turn != _LASTING:
                break
        if place < len(entries):
            number = 1 + (entries[place - 1].number if place else entries[0].number - STEP)
            if number < entries[place].number:
                return place, number
        return len(entries), self._take_number()

    def _change_call(self, number: int, change: Callable[[ShownCall], ShownCall]) -> Sequence[LogChange]:
        return self._change(number, lambda entry: replace(entry, call=change(entry.call)) if entry.call else entry)

    def _change(self, number: int, change: Callable[[LogEntry], LogEntry]) -> Sequence[LogChange]:
        for index in range(len(self.entries) - 1, -1, -1):
            if self.entries[index].number == number:
                self.entries[index] = change(self.entries[index])
                return [Changed(self.entries[index])]
        return ()

    def _update(self, kind: Kind, turn: int, **fields: object) -> Sequence[LogChange]:
        known = self.find(kind, turn)
        return self._change(known.number, lambda entry: replace(entry, **fields)) if known else ()  # type: ignore[arg-type]

    def _notice(self, noticed: Noticed) -> Sequence[LogChange]:
        """Once: a service that is connected again tells it again."""
        if any(e.kind is Kind.NOTE and e.text.startswith(noticed.message) for e in self.entries):
            return ()
        ways: tuple[Remedy, ...] = ()
        if noticed.stage is not None and noticed.successor:
            model = noticed.successor.partition(":")[2]
            ways = (Remedy(f"Switch to {model}", f"{SWITCH}{noticed.stage}={noticed.successor}"),)
        return [Changed(self._add(Kind.NOTE, _LASTING, noticed.message, ways))]

    def _not_taken(self, told: NotTaken) -> Sequence[LogChange]:
        """One note for each reply, wherever it stands: a reply that goes on leaves it there."""
        about = passed_note(told.text, told.why)
        known = self._passed.get(told.turn)
        entry = next((e for e in reversed(self.entries) if e.number == known), None)
        if entry is not None and entry.ways:
            text = joined(entry.text, told.text)
            changed = replace(entry, text=text, about=f"{entry.about}\n{about}") if text else entry
        else:
            entry = self._add(Kind.NOTE, _LASTING, not_taken(told.text))
            self._passed = {told.turn: entry.number}
            changed = replace(entry, about=about, ways=(Remedy("Why?", f"{WHY}{entry.number}"),))
        return self._change(entry.number, lambda _entry: changed)

    def _note(self, turn: int, text: str) -> Sequence[LogChange]:
        cleared = self._clear_passing()
        return [*cleared, Changed(self._add(Kind.NOTE, turn, text))]

    def _greet(self, turn: int) -> list[LogChange]:
        """The time of day above the first message."""
        if self.entries:
            return []
        return [Changed(self._add(Kind.NOTE, _LASTING, f"Today {self.now():%H:%M}"))]

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
            ways = tuple(way for way in failed.ways if way.action in (KEY, SERVICES))
            return replace(failed, turn=_LASTING, ways=ways)
        return replace(unanswered_mark(asked, partly=partly), number=failed.number)

    def _drop_partials(self, turn: int) -> list[LogChange]:
        gone = [e for e in self.entries[-8:] if e.partial and e.turn <= turn]
        self.entries = [e for e in self.entries if e not in gone]
        return [Removed(e.number) for e in gone]

    def _add(self, kind: Kind, turn: int, text: str, ways: tuple[Remedy, ...] = ()) -> LogEntry:
        entry = LogEntry(self._take_number(), kind, turn, text, ways=ways)
        self.entries.append(entry)
        return entry

    def _take_number(self) -> int:
        self._next += STEP
        return self._next - STEP

    def _put(self, entry: LogEntry) -> None:
        self._change(entry.number, lambda _entry: entry)
