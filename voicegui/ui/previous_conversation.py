"""The conversation of before the program was started, as entries of the transcript.

They are added a few at a time: there is no moment in which the window does not answer.
"""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, QTimer

from voicegui.core.events import Continued, Event, LastConversationFound, StartedAfresh, UserSaid
from voicegui.core.records import PastConversation, PastMessage
from voicegui.core.text.sanitiser import one_line
from voicegui.core.wording import marked, shown

from .actions import ContinueLast
from .remedies import Remedy
from .transcript import Transcript
from .transcript_entries import Kind, LogChange, LogEntry, unanswered_mark
from .transcript_log import TranscriptLog

MOST_SHOWN = 60
"""Messages; the model is told of older ones, too."""
LONGEST, MOST_LINES = 2000, 40
"""Characters and lines shown of one message: what is longer would stop the window while it is laid out."""


def earlier_entries(past: PastConversation, now: datetime) -> Sequence[LogEntry]:
    """Numbered from 1 on, with when it was above and what can be done below."""
    when = _moment(datetime.fromtimestamp(past.began), now)
    made = [LogEntry(1, Kind.NOTE, -1, shown("Last conversation, {when}", when=when), past=True)]
    asked: LogEntry | None = None
    for message in past.messages[-MOST_SHOWN:]:
        if message.role == "user":
            made += _mark(asked, made)
        made.append(replace(_entry(message), number=len(made) + 1))
        if message.role == "user":
            asked = None if message.answered else made[-1]
    made += _mark(asked, made)
    offer = shown("What you say or type next begins a new conversation.")
    ways = (Remedy(shown("Continue this one"), ContinueLast()),)
    return [*made, LogEntry(len(made) + 1, Kind.NOTE, -1, offer, ways=ways)]


_DAYS = (
    marked("Monday"), marked("Tuesday"), marked("Wednesday"), marked("Thursday"), marked("Friday"),
    marked("Saturday"), marked("Sunday"),
)  # fmt: skip
_MONTHS = (
    marked("January"), marked("February"), marked("March"), marked("April"), marked("May"), marked("June"),
    marked("July"), marked("August"), marked("September"), marked("October"), marked("November"), marked("December"),
)  # fmt: skip
"""Those of `strftime` are in the language of the system, which may be another one."""


def _moment(at: datetime, now: datetime) -> str:
    """The time, and of another day the day."""
    time_of_day = f"{at:%H:%M}"
    if at.date() == now.date():
        return time_of_day
    weekday, month = shown(_DAYS[at.weekday()]), shown(_MONTHS[at.month - 1])
    return shown("{weekday} {day} {month} {year}, {time}",
                 weekday=weekday, day=at.day, month=month, year=at.year, time=time_of_day)  # fmt: skip


def _mark(asked: LogEntry | None, above: Sequence[LogEntry]) -> list[LogEntry]:
    """What stands below a question without an answer, or below what came of its answer: the last of `above`."""
    if asked is None:
        return []
    partly = any(entry.kind is Kind.AGENT for entry in above[asked.number :])
    return [replace(unanswered_mark(asked, partly=partly), number=len(above) + 1, past=True)]


def continued(entries: Sequence[LogEntry]) -> Sequence[LogEntry]:
    """It is the current one now."""
    return [replace(entry, past=False) for entry in entries if not _is_offer(entry)]


def over(entries: Sequence[LogEntry]) -> Sequence[LogEntry]:
    """Another one has begun."""
    return [entry for entry in entries if not _is_offer(entry)]


def _is_offer(entry: LogEntry) -> bool:
    return any(way.action == ContinueLast() for way in entry.ways)


_USED = {
    True: marked("Used {tool}"),
    False: marked("Used {tool} · it did not work"),
    None: marked("Used {tool} · not finished"),
}


def _entry(message: PastMessage) -> LogEntry:
    text = "\n".join(message.text[:LONGEST].split("\n")[:MOST_LINES])
    text = text if text == message.text else f"{text} …"
    if message.role == "tool":
        tool = one_line(text, 64).replace("_", " ")
        return LogEntry(0, Kind.NOTE, -1, shown(_USED[message.ok], tool=tool), past=True)
    return LogEntry(0, Kind.AGENT if message.role == "assistant" else Kind.USER, -1, text, past=True)


# ---------------------------------------------------------------- shown a few at a time

AT_ONCE_S = 0.008
"""Half a frame: then everything else has its turn."""


class Gradually(QObject):
    """Shows changes in order, a few at a time."""

    def __init__(self, transcript: Transcript, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._transcript = transcript
        self._changes: deque[LogChange] = deque()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._show)

    @property
    def busy(self) -> bool:
        return bool(self._changes)

    def show(self, changes: Sequence[LogChange]) -> None:
        self._changes += changes
        if self._changes:
            self._timer.start()

    def forget(self) -> None:
        """What is not shown yet is not true any more."""
        self._changes.clear()
        self._timer.stop()

    def _show(self) -> None:
        began = time.perf_counter()
        while self._changes and time.perf_counter() - began < AT_ONCE_S:
            self._transcript.show_changes([self._changes.popleft()])
            self._transcript.flush()
        if not self._changes:
            self._timer.stop()


class PreviousConversation:
    """Stands above the transcript from the start on, until it goes on or another one has begun."""

    def __init__(self, transcript: Transcript, log: TranscriptLog, parent: QObject) -> None:
        self.gradually = Gradually(transcript, parent)
        self._log = log

    @property
    def can_go_on(self) -> bool:
        """It may still be continued."""
        return any(_is_offer(entry) for entry in self._log.earlier)

    def follow(self, event: Event) -> None:
        """Everything the session tells, before the transcript shows it."""
        match event:
            case LastConversationFound(found):
                self._show(earlier_entries(found, self._log.now()))
            case Continued():
                self._show(continued(self._log.earlier))
            case UserSaid() if self.can_go_on:
                self._show(over(self._log.earlier))
            case StartedAfresh(asked=True):
                self.gradually.forget()
            case _:
                pass

    def _show(self, entries: Sequence[LogEntry]) -> None:
        self.gradually.show(self._log.show_earlier(entries))
