"""Reminders in words: which one a user means, what it is about, and the sentences in which they are told."""

import re
from collections.abc import Callable, Iterable, Sequence, Set
from datetime import datetime
from typing import TypeVar

from voicegui.core.records import Reminder
from voicegui.core.wording import Sentence, sentence

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


def with_time(reminder: Reminder, there: datetime) -> Sentence:
    """ "to stretch at 8 in the evening", "the tea timer in 2 minutes", "the tea timer, paused with 2 minutes left"."""
    if reminder.remaining is not None:
        left = said_length(reminder.remaining)
        return sentence("{reminder}, paused with {length} left", reminder=reminder_name(reminder), length=left)
    seconds = reminder.due - there.timestamp()
    if reminder.timer and seconds > 0:
        return sentence("{timer} in {length}", timer=reminder_name(reminder), length=said_length(seconds))
    return sentence("{reminder} {when}", reminder=reminder_name(reminder), when=said(_due(reminder, there), there))


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


def as_thing(reminder: Reminder, there: datetime) -> Sentence:
    """ "the reminder to stretch at 8 in the evening", "the tea timer in 2 minutes"."""
    named = with_time(reminder, there)
    return named if reminder.timer else sentence("the reminder {reminder}", reminder=named)


def _description(reminder: Reminder, there: datetime) -> str:
    """What models, who get it in English, can say of it. A timer is known by its whole length, too: "the ten minute
    timer"."""
    whole = reminder.due - reminder.made if reminder.timer and reminder.remaining is None else 0.0
    name = reminder.text or " ".join([*_name_words(reminder), "timer"])
    return f"{with_time(reminder, there).written()} {name} {said_length(whole).written() if whole else ''}"


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


def yours(text: str) -> str:
    """As the other one says it: "call my mother" becomes "call your mother"."""
    return _MINE.sub(lambda found: _YOURS[found[0].lower()], text)


def about(text: str, *, nothing: Sentence, thing: Sentence, doing: Sentence) -> Sentence:
    """The form for what a reminder is about: `nothing` special; {about} a `thing`, "about your meeting"; or `doing`
    {what}, "stretch"."""
    if not text:
        return nothing
    return thing.filled(about=yours(text)) if _ABOUT.match(text) else doing.filled(what=yours(text))


def of_timer(timer: Reminder, plain: Sentence, named: Sentence) -> Sentence:
    """The form for a timer without a name, or for one with a {name}: "tea"."""
    words = _name_words(timer)
    return named.filled(name=" ".join(words)) if words else plain


def _name_words(timer: Reminder) -> Sequence[str]:
    """ "Tea timer" is called "Tea"."""
    return re.sub(r"\btimer\b", " ", timer.text, flags=re.I).split()


def reminder_name(reminder: Reminder) -> Sentence:
    """As it stands in a list: "to stretch", "the tea timer"."""
    if reminder.timer:
        return of_timer(reminder, sentence("the timer"), sentence("the {name} timer"))
    return about(
        reminder.text, nothing=sentence("without words"), thing=sentence("{about}"), doing=sentence("to {what}")
    )


def announced(reminder: Reminder) -> Sentence:
    if reminder.timer:
        return of_timer(reminder, sentence("Your timer is done."), sentence("Your {name} timer is done."))
    return about(
        reminder.text,
        nothing=sentence("I was to remind you now."),
        thing=sentence("I was to remind you {about}."),
        doing=sentence("It is time to {what}."),
    )


def missed(reminder: Reminder, when: Sentence) -> Sentence:
    """A part of a sentence; `when`: "today at 9 in the morning"."""
    if reminder.timer:
        plain, named = sentence("your timer was done {when}"), sentence("your {name} timer was done {when}")
        return of_timer(reminder, plain, named).filled(when=when)
    return about(
        reminder.text,
        nothing=sentence("I was to remind you {when}"),
        thing=sentence("I was to remind you {about} {when}"),
        doing=sentence("it was time to {what} {when}"),
    ).filled(when=when)
