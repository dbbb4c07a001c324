"""Entries of the transcript, in their order: what one is, how one is found, added and changed. No Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from voicegui.core.events import NotTaken, Timings
from voicegui.core.wording import shown

from .actions import AskAgain, SendNow, TakeBack
from .remedies import Remedy
from .tool_entries import ShownCall

LASTING = -1
"""Turn of notes that stay; others give way to what follows them."""
PASSING = 0
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
    noticed: str = ""
    """Of a note about a `Noticed`: its message."""
    not_taken: tuple[NotTaken, ...] = ()
    """Of a note about sounds over a reply."""


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
    words = shown("The answer broke off") if partly else shown("Not answered")
    ways = (Remedy(shown("Retry"), AskAgain(question.number)),)
    return LogEntry(0, Kind.FAILED, LASTING, words, ways=ways, question=question.number)


class TranscriptEntries:
    """Those of the last conversation, those of this one, and the texts that wait to be sent. Whatever changes them
    returns the changes."""

    def __init__(self) -> None:
        self._next = FIRST
        self.entries: list[LogEntry] = []
        self.earlier: list[LogEntry] = []
        """The last conversation, above all others."""
        self.waiting: list[LogEntry] = []
        """Texts that are not sent yet, each followed by what can be done about it; below all others."""

    @property
    def everything(self) -> Sequence[LogEntry]:
        """In the order of their numbers."""
        return [*self.earlier, *self.entries, *self.waiting]

    def entry(self, number: int) -> LogEntry | None:
        return next((entry for entry in self.everything if entry.number == number), None)

    def is_newest_question(self, number: int) -> bool:
        asked = next((e for e in reversed(self.entries) if e.kind is Kind.USER), None)
        return asked is not None and asked.number == number

    def find(self, kind: Kind, turn: int) -> LogEntry | None:
        """The latest of that kind and turn."""
        return next((e for e in reversed(self.entries) if e.kind is kind and e.turn == turn), None)

    def show_earlier(self, entries: Sequence[LogEntry]) -> Sequence[LogChange]:
        """In place of what was shown of the last conversation."""
        kept = {entry.number for entry in entries}
        gone = [Removed(entry.number) for entry in self.earlier if entry.number not in kept]
        self.earlier = list(entries)
        return [*gone, *map(Changed, entries)]

    def wait(self, text: str, *, can_send: bool) -> Sequence[LogChange]:
        """It is sent later."""
        number = self.waiting[-1].number + 1 if self.waiting else LAST
        said = LogEntry(number, Kind.USER, LASTING, text, waiting=True)
        self.waiting += [said, LogEntry(number + 1, Kind.FAILED, LASTING, "", question=number)]
        return [Changed(said), *self.show_waiting(can_send=can_send)]

    def show_waiting(self, *, can_send: bool) -> Sequence[LogChange]:
        """What can be done about the texts that wait. `can_send`: they could be sent now."""
        changes: list[LogChange] = []
        for index, note in enumerate(self.waiting):
            if note.question:
                ways: tuple[Remedy, ...] = (Remedy(shown("Take back"), TakeBack(note.question)),)
                ways = (Remedy(shown("Send now"), SendNow()), *ways) if can_send and index == 1 else ways
                text = shown("Waiting") if can_send else shown("Waiting until it can be answered")
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

    def trim(self) -> set[int]:
        """Lets go of the oldest once there are too many; returns their numbers."""
        if len(self.entries) <= KEEP + DROP:
            return set()
        old, self.entries = self.entries[:-KEEP], self.entries[-KEEP:]
        return {entry.number for entry in old}

    def _place_of_call(self, turn: int) -> tuple[int, int]:
        """Before the answer of its turn and before what came after that turn; and its number there."""
        entries, place = self.entries, len(self.entries)
        for index in range(len(entries) - 1, -1, -1):
            if entries[index].turn > turn or (entries[index].turn == turn and entries[index].kind is Kind.AGENT):
                place = index
            elif entries[index].turn != LASTING:
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

    def _add(self, kind: Kind, turn: int, text: str, ways: tuple[Remedy, ...] = ()) -> LogEntry:
        entry = LogEntry(self._take_number(), kind, turn, text, ways=ways)
        self.entries.append(entry)
        return entry

    def _take_number(self) -> int:
        self._next += STEP
        return self._next - STEP

    def _put(self, entry: LogEntry) -> None:
        self._change(entry.number, lambda _entry: entry)
