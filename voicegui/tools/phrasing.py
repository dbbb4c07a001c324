"""What a reminder is about, in sentences that are said to the person who made it."""

import re
from collections.abc import Sequence

from voicegui.core.records import Reminder

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


def cleaned(what: str) -> str:
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


def named(timer: Reminder) -> str:
    """ "tea timer", "timer"."""
    return " ".join([*re.sub(r"\btimer\b", " ", timer.text, flags=re.I).split(), "timer"])


def described(reminder: Reminder) -> str:
    """As it stands in a list: "to stretch", "the tea timer"."""
    return f"the {named(reminder)}" if reminder.timer else reminded(reminder.text) or "without words"


def announced(reminder: Reminder) -> str:
    if reminder.timer:
        return f"Your {named(reminder)} is done."
    if (about := reminded(reminder.text)).startswith("to "):
        return f"It is time {about}."
    return f"I was to remind you {about or 'now'}."


def missed(reminder: Reminder, when: str) -> str:
    """A part of a sentence; `when`: "today at 9 in the morning"."""
    if reminder.timer:
        return f"your {named(reminder)} was done {when}"
    if (about := reminded(reminder.text)).startswith("to "):
        return f"it was time {about} {when}"
    return f"I was to remind you {f'{about} {when}' if about else when}"


def listed(parts: Sequence[str], most: int = 5) -> str:
    """ "a, b and c"; what is beyond `most` is only counted."""
    shown = [*parts[:most], *([f"{len(parts) - most} more"] if len(parts) > most else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
