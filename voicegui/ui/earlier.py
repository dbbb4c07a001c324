"""The conversation of before the program was started, as entries of the transcript. No Qt."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from voicegui.core.records import PastConversation, PastMessage

from .foreign import one_line
from .messages import Entry, Kind, not_answered
from .ways import CONTINUE, Way

MOST_SHOWN = 60
"""Messages; the model is told of older ones, too."""
LONGEST, MOST_LINES = 2000, 40
"""Characters and lines shown of one message: what is longer would stop the window while it is laid out."""


def earlier_entries(past: PastConversation, now: datetime) -> Sequence[Entry]:
    """Numbered from 1 on, with when it was above and what can be done below."""
    began = datetime.fromtimestamp(past.began)
    day = f"{began:%H:%M}" if began.date() == now.date() else f"{began:%A} {began.day} {began:%B %Y, %H:%M}"
    made = [Entry(1, Kind.NOTE, -1, f"Last conversation, {day}", past=True)]
    asked: Entry | None = None
    for message in past.messages[-MOST_SHOWN:]:
        if message.role == "user":
            made += _mark(asked, made)
        made.append(replace(_entry(message), number=len(made) + 1))
        if message.role == "user":
            asked = None if message.answered else made[-1]
    made += _mark(asked, made)
    offer = "What you say or type next begins a new conversation."
    return [*made, Entry(len(made) + 1, Kind.NOTE, -1, offer, ways=(_CONTINUE,))]


def _mark(asked: Entry | None, above: Sequence[Entry]) -> list[Entry]:
    """What stands below a question without an answer, or below what came of its answer: the last of `above`."""
    if asked is None:
        return []
    partly = any(entry.kind is Kind.AGENT for entry in above[asked.number :])
    return [replace(not_answered(asked, partly=partly), number=len(above) + 1, past=True)]


def continued(entries: Sequence[Entry]) -> Sequence[Entry]:
    """It is the current one now."""
    return [replace(entry, past=False) for entry in entries if not _is_offer(entry)]


def over(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Another one has begun."""
    return [entry for entry in entries if not _is_offer(entry)]


def _is_offer(entry: Entry) -> bool:
    return _CONTINUE in entry.ways


_CONTINUE = Way("Continue this one", CONTINUE)


def _entry(message: PastMessage) -> Entry:
    text = "\n".join(message.text[:LONGEST].split("\n")[:MOST_LINES])
    text = text if text == message.text else f"{text} …"
    if message.role == "tool":
        how = {True: "", False: " · it did not work", None: " · not finished"}[message.ok]
        return Entry(0, Kind.NOTE, -1, f"Used {one_line(text, 64).replace('_', ' ')}{how}", past=True)
    return Entry(0, Kind.AGENT if message.role == "assistant" else Kind.USER, -1, text, past=True)
