"""The time in a sentence: "call Ana tomorrow at nine" is "call Ana" and "tomorrow at nine"."""

import re
from collections.abc import Iterator
from datetime import datetime

from .moments import Moment, moment
from .phrases import BadTime, normalized, unhedged

_LONGEST = 12
"""Words of a time."""
_MOST_WORDS = 40
"""Of a sentence in which one is looked for: reading takes time."""
_TIME_BEGINS = re.compile(
    r"(?:in|at|on|by|after|within|around|about|tomorrow|tonight|today|this|next|late|early|the|half|quarter|noon|midnight|an?|\d.*|"
    r"mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
_PREPOSITIONS = frozenset({"in", "at", "on", "by", "after", "within"})
_HOLDS = frozenset(
    {"late", "early", "for", "of", "until", "till", "since", "from", "to", "before", "than", "the", "with", "and", "or"}
)
"""What comes after these belongs to them: "get ready for tomorrow"."""


def time_at_an_end(text: str, now: datetime) -> tuple[str, Moment] | None:
    """The text without the time that it begins or ends with, and that time. May take 200 ms."""
    for rest, said in _ends(text):
        if (found := _read(said, now)) is not None:
            return rest, found
    return None


def without(text: str, when: str, found: Moment, now: datetime) -> str:
    """The text without a time that is `found`, or a part of `when`, which was read as `found`. May take 200 ms."""
    said = _plain(when).split()
    words = text.split()
    for at in range(len(words)):  # the very words, wherever they are
        for to in range(min(len(words), at + _LONGEST), at + 1, -1):
            if len(said) > 1 and _plain(" ".join(words[at:to])).split() == said and not _held(words[:at]):
                begin = at - 1 if at and words[at - 1].lower() in _PREPOSITIONS else at
                return " ".join(words[:begin] + words[to:])
    for rest, part in _ends(text):
        if _is_within(_plain(part).split(), said) or ((there := _read(part, now)) and abs(there.at - found.at) < 1):
            return rest
    return text


def _ends(text: str) -> Iterator[tuple[str, str]]:
    """What is left, and what may be a time, the longest first."""
    words = text.split()
    if len(words) > _MOST_WORDS:
        return
    for length in range(min(len(words), _LONGEST), 0, -1):
        for rest, part in ((words[:-length], words[-length:]), (words[length:], words[:length])):
            if _TIME_BEGINS.match(_plain(part[0])) and not (part == words[-length:] and _held(rest)):
                yield " ".join(rest), " ".join(part)


def _held(before: list[str]) -> bool:
    return bool(before) and before[-1].lower() in _HOLDS


def _is_within(part: list[str], whole: list[str]) -> bool:
    """More than a number or a small word: "at 9", "tomorrow"."""
    tells = len(part) > 1 or any(len(word) > 4 for word in part)
    return tells and any(whole[at : at + len(part)] == part for at in range(len(whole)))


def _plain(text: str) -> str:
    return unhedged(normalized(text))


def _read(text: str, now: datetime) -> Moment | None:
    try:
        return moment(text, now)
    except BadTime:
        return None
