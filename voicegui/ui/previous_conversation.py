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
    began = datetime.fromtimestamp(past.began)
    day = f"{began:%H:%M}" if began.date() == now.date() else f"{began:%A} {began.day} {began:%B %Y, %H:%M}"
    made = [LogEntry(1, Kind.NOTE, -1, f"Last conversation, {day}", past=True)]
    asked: LogEntry | None = None
    for message in past.messages[-MOST_SHOWN:]:
        if message.role == "user":
            made += _mark(asked, made)
        made.append(replace(_entry(message), number=len(made) + 1))
        if message.role == "user":
            asked = None if message.answered else made[-1]
    made += _mark(asked, made)
    offer = "What you say or type next begins a new conversation."
    return [*made, LogEntry(len(made) + 1, Kind.NOTE, -1, offer, ways=(_CONTINUE,))]


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
    return _CONTINUE in entry.ways


_CONTINUE = Remedy("Continue this one", ContinueLast())


def _entry(message: PastMessage) -> LogEntry:
    text = "\n".join(message.text[:LONGEST].split("\n")[:MOST_LINES])
    text = text if text == message.text else f"{text} …"
    if message.role == "tool":
        how = {True: "", False: " · it did not work", None: " · not finished"}[message.ok]
        return LogEntry(0, Kind.NOTE, -1, f"Used {one_line(text, 64).replace('_', ' ')}{how}", past=True)
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
