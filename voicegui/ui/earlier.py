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
    shown = past.messages[-MOST_SHOWN:]
    made = [Entry(0, Kind.NOTE, -1, f"Last conversation, {day}", past=True)]
    for message in shown:
        made += _entries(message)
    made.append(Entry(0, Kind.NOTE, -1, "What you say or type next begins a new conversation.", ways=(_CONTINUE,)))
    numbered: list[Entry] = []
    for number, entry in enumerate(made, 1):
        mark = replace(not_answered(numbered[-1]), past=True) if entry.kind is Kind.FAILED else entry
        numbered.append(replace(mark, number=number))
    return numbered


def continued(entries: Sequence[Entry]) -> Sequence[Entry]:
    """It is the current one now."""
    return [replace(entry, past=False) for entry in entries if not _is_offer(entry)]


def over(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Another one has begun."""
    return [entry for entry in entries if not _is_offer(entry)]


def _is_offer(entry: Entry) -> bool:
    return _CONTINUE in entry.ways


_CONTINUE = Way("Continue this one", CONTINUE)


def _entries(message: PastMessage) -> list[Entry]:
    text = "\n".join(message.text[:LONGEST].split("\n")[:MOST_LINES])
    text = text if text == message.text else f"{text} …"
    if message.role == "tool":
        how = {True: "", False: " · it did not work", None: " · not finished"}[message.ok]
        return [Entry(0, Kind.NOTE, -1, f"Used {one_line(text, 64).replace('_', ' ')}{how}", past=True)]
    if message.role == "assistant":
        return [Entry(0, Kind.AGENT, -1, text, past=True)]
    asked = Entry(0, Kind.USER, -1, text, past=True)
    return [asked] if message.answered else [asked, not_answered(asked)]
