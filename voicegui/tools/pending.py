"""What is still to come, as it is told, and which of it a person means."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from voicegui.core.records import Reminder
from voicegui.core.tools import ToolOutcome

from .matching import meant
from .phrasing import described, named
from .times.saying import said, said_length
from .times.words import normalized

_LONGEST = 500
"""Characters of what a person says of one."""
ALL = re.compile(r"\s*(?:all|both|every(?:thing)?)\b(?: of (?:them|it))?", re.I)
_ORDINAL = re.compile(
    r"(?:the |my )?(?:(?P<nth>\d+)(?:st|nd|rd|th)|(?P<second>second)|(?P<last>last)|number (?P<number>\d+))"
    r"(?: (?:1|one|timer|reminder))?"
)


def told(reminder: Reminder, there: datetime) -> str:
    """ "to stretch at 8 in the evening", "the tea timer in 2 minutes", "the tea timer, paused with 2 minutes left"."""
    if reminder.remaining is not None:
        return f"{described(reminder)}, paused with {said_length(reminder.remaining)} left"
    left = reminder.due - there.timestamp()
    when = f"in {said_length(left)}" if reminder.timer and left > 0 else said(_due(reminder, there), there)
    return f"{described(reminder)} {when}"


def found(which: str, pending: Sequence[Reminder], there: datetime) -> Sequence[Reminder]:
    """By its number, its place in the list, or words of it; `pending` is in the order in which it is told."""
    text = normalized(which[:_LONGEST])
    if numbered := [each for each in pending if str(each.id) == text.lstrip("#")]:
        return numbered
    kind = [each for each in pending if each.timer == ("timer" in text)]
    pending = kind if "timer" in text or (kind and re.search(r"\breminders?\b", text)) else pending
    if place := _ORDINAL.fullmatch(text):
        at = -1 if place["last"] else int(place["nth"] or place["number"] or 2) - 1
        return pending[at:][:1] if at < len(pending) else ()
    words = re.sub(r"\b(the|this|that|my) 1\b", r"\1", ALL.sub("", text))  # "the one to feed the cat"
    return meant(words, pending, lambda each: normalized(_description(each, there)))


def are_tainted(reminders: Iterable[Reminder]) -> bool:
    return any(reminder.tainted for reminder in reminders)


def refused(sentence: str, *, outside: bool = False) -> ToolOutcome:
    return ToolOutcome(sentence, ok=False, say=sentence, outside=outside)


def as_thing(text: str) -> str:
    """Of what was told."""
    return text if text.startswith("the ") else f"the reminder {text}"


def _description(reminder: Reminder, there: datetime) -> str:
    """A timer is known by its whole length, too: "the ten minute timer"."""
    whole = reminder.due - reminder.made if reminder.timer and reminder.remaining is None else 0.0
    return f"{told(reminder, there)} {reminder.text or named(reminder)} {said_length(whole) if whole else ''}"


def _due(reminder: Reminder, there: datetime) -> datetime:
    return datetime.fromtimestamp(reminder.due, there.tzinfo)
