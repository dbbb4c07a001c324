"""Reminders in words: which one a user means, what it is about, and the sentences in which they are told."""

import re
from collections.abc import Callable, Iterable, Sequence, Set
from datetime import datetime
from typing import TypeVar

from voicegui.core.records import Reminder
from voicegui.core.tools import ToolOutcome

from .times.local_time import said, said_length
from .times.phrases import normalized

T = TypeVar("T")

_WORD = re.compile(r"\w+")
_EMPTY = frozenset(
    {
        "a", "an", "the", "my", "me", "i", "you", "your", "it", "its", "is", "was", "of", "to", "in", "on",
        "at", "for", "about", "that", "this", "one", "please", "reminder", "reminders", "timer", "timers",
        "fact", "remind", "cancel", "delete", "remove", "forget", "with", "and", "number",
    }
)  # fmt: skip


def meant(which: str, things: Sequence[T], name_of: Callable[[T], str]) -> list[T]:
    """Those of which the description has all the words of `which` that mean something, or longer forms of them; all if
    there are no such words."""
    wanted = {word for word in _WORD.findall(which.lower()) if word not in _EMPTY}
    return [thing for thing in things if _has_all(frozenset(_WORD.findall(name_of(thing).lower())), wanted)]


def _has_all(description: Set[str], wanted: Set[str]) -> bool:
    return all(word in description or _has_longer(description, word) for word in wanted)


def _has_longer(description: Set[str], word: str) -> bool:
    stem = word[:-1] if len(word) > 3 and word.endswith("s") else word
    return not word.isdecimal() and any(found.startswith(stem) for found in description)


# ---------------------------------------------------------------- which reminder is meant
# What is still to come, as it is told, and which of it a user means.

_LONGEST = 500
"""Characters of what a person says of one."""
ALL = re.compile(r"\s*(?:all|both|every(?:thing)?)\b(?: of (?:them|it))?", re.I)
_ORDINAL = re.compile(
    r"(?:the |my )?(?:(?P<nth>\d+)(?:st|nd|rd|th)|(?P<second>second)|(?P<last>last)|number (?P<number>\d+))"
    r"(?: (?:1|one|timer|reminder))?"
)


def with_time(reminder: Reminder, there: datetime) -> str:
    """ "to stretch at 8 in the evening", "the tea timer in 2 minutes", "the tea timer, paused with 2 minutes left"."""
    if reminder.remaining is not None:
        return f"{reminder_name(reminder)}, paused with {said_length(reminder.remaining)} left"
    left = reminder.due - there.timestamp()
    when = f"in {said_length(left)}" if reminder.timer and left > 0 else said(_due(reminder, there), there)
    return f"{reminder_name(reminder)} {when}"


def matching_reminders(which: str, pending: Sequence[Reminder], there: datetime) -> Sequence[Reminder]:
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


def failed_with(sentence: str, *, outside: bool = False) -> ToolOutcome:
    return ToolOutcome(sentence, ok=False, say=sentence, outside=outside)


def as_thing(text: str) -> str:
    """Of what was told."""
    return text if text.startswith("the ") else f"the reminder {text}"


def _description(reminder: Reminder, there: datetime) -> str:
    """A timer is known by its whole length, too: "the ten minute timer"."""
    whole = reminder.due - reminder.made if reminder.timer and reminder.remaining is None else 0.0
    return f"{with_time(reminder, there)} {reminder.text or timer_name(reminder)} {said_length(whole) if whole else ''}"


def _due(reminder: Reminder, there: datetime) -> datetime:
    return datetime.fromtimestamp(reminder.due, there.tzinfo)


# ---------------------------------------------------------------- what a reminder is about
# In sentences that are said to the user who made it.

_BEGINNING = re.compile(
    r"^(?:(?:please|can you|could you|will you|would you) )*(?:(?:to )?remind (?:me|you|us) )?"
    r"(?:(?:me|you|us) (?=to |that |about ))?"
    r"(?:to |(?:that )?(?:i|we) (?:(?:have|need|want|ought|am supposed|are supposed)(?: got)? to|should|must|shall) "
    r"|(?:that )?(?:i|we)(?:'ve got to|'m supposed to|'d better|'re supposed to) )?",
    re.I,
)
_THING = re.compile(r"^(?:an?|the|my|our|his|her|their|your|this|these|those)\b", re.I)
_ABOUT = re.compile(r"^(?:about|of|that|not to|when|why|how|what|where|who)\b", re.I)
_YOURS = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "i'm": "you're", "i've": "you've",
    "i'll": "you'll", "i'd": "you'd", "am": "are",
}  # fmt: skip
_MINE = re.compile(rf"(?<![\w'])(?:{'|'.join(_YOURS)})(?![\w'])", re.I)


def reminder_text(what: str) -> str:
    """ "to stretch." and "remind me to stretch" are "stretch"; a thing is "about the meeting"."""
    text = _BEGINNING.sub("", " ".join(what.replace("’", "'").split()).strip(" .!,;:")).strip()
    text = re.sub(r"^for (?=(?:the|an?|my|our)\b)", "about ", text, flags=re.I)
    return f"about {text}" if _THING.match(text) else text


def reminded(text: str) -> str:
    """What follows "I will remind you": "to stretch", "about your meeting", "" for nothing special."""
    if not text:
        return ""
    return yours(text) if _ABOUT.match(text) else f"to {yours(text)}"


def yours(text: str) -> str:
    """As the other one says it: "call my mother" becomes "call your mother"."""
    return _MINE.sub(lambda found: _YOURS[found[0].lower()], text)


def timer_name(timer: Reminder) -> str:
    """ "tea timer", "timer"."""
    return " ".join([*re.sub(r"\btimer\b", " ", timer.text, flags=re.I).split(), "timer"])


def reminder_name(reminder: Reminder) -> str:
    """As it stands in a list: "to stretch", "the tea timer"."""
    return f"the {timer_name(reminder)}" if reminder.timer else reminded(reminder.text) or "without words"


def announced(reminder: Reminder) -> str:
    if reminder.timer:
        return f"Your {timer_name(reminder)} is done."
    if (about := reminded(reminder.text)).startswith("to "):
        return f"It is time {about}."
    return f"I was to remind you {about or 'now'}."


def missed(reminder: Reminder, when: str) -> str:
    """A part of a sentence; `when`: "today at 9 in the morning"."""
    if reminder.timer:
        return f"your {timer_name(reminder)} was done {when}"
    if (about := reminded(reminder.text)).startswith("to "):
        return f"it was time {about} {when}"
    return f"I was to remind you {f'{about} {when}' if about else when}"


def enumerated(parts: Sequence[str], most: int = 5) -> str:
    """ "a, b and c"; what is beyond `most` is only counted."""
    shown = [*parts[:most], *([f"{len(parts) - most} more"] if len(parts) > most else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
