"""The moment that a phrase means, in a time zone with all its jumps."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from voicegui.core.wording import Sentence, sentence

from .clock_times import ClockTime, Part, take_clock
from .dates import DateWords, days, english, later
from .durations import LONGEST, Duration, read_duration, too_far_away
from .local_time import said, said_clock, said_length
from .phrases import WEEKDAYS, BadTime, normalized, not_understood, unhedged

_SHORT_S = 3600
"""Up to here "in 20 minutes" is said, and not the time of day."""
_FARTHEST_YEARS = 10
_NO_NOTE = Sentence("")
_SKIPPED = sentence("There is no time {skipped} that day, because the clocks go forward; I take it {chosen}.")
_TWICE = sentence("The clocks go back that day and it is twice {clock}; I take the first.")
_HALF = 12 * 60
"""A clock face, in minutes."""
_NIGHT_ENDS = 5
"""Hours of the day: nobody means 3 at night by "at 3" who is not awake then."""
_DAY_BEGINS = 7
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[tT ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:[zZ]|[+-]\d\d:?\d\d)?)?")
_AFTER = re.compile(r"^(?:in|after|within|at) | (?:from now|later)$")
_IN = re.compile(r"(?:in|after|within) (\d[\d:.]*)")
_CLOCK = re.compile(r"(?:at )?[\d:]+(?: hours)?|at [012]\d\.[0-5]\d hours|(?:at|by) \d\d? ?h ?\d\d")
_PAST = re.compile(r"\b(?:ago|last (?:night|week|month|year)|yesterday)\b")
_LEFT_OPEN = re.compile(r"\b(?:at|by|in|on)$")
_AGAIN = re.compile(
    rf"\b(?:every|each|(?:dai|week|month|hour|year)ly|weekdays|{'|'.join(f'{name}s' for name in WEEKDAYS)})\b"
)


@dataclass(frozen=True, slots=True)
class Moment:
    at: float
    """Seconds since 1970."""
    said: Sentence
    """ "in 2 seconds", "tomorrow at 8 in the morning"."""
    note: Sentence = _NO_NOTE
    """A sentence about what was chosen where the clocks change."""


def moment(phrase: str, now: datetime, read: DateWords = english) -> Moment:
    """What `phrase` means at `now`, in the time zone of `now`; it always lies ahead.

    "At 8" is the next 8 o'clock at which people are awake, "on Friday at 3" is in the afternoon, "tomorrow" is at 9 in
    the morning. May take 100 ms. Raises BadTime.
    """
    assert now.tzinfo is not None
    if len(phrase) > LONGEST:
        raise not_understood()
    if (written := _iso(phrase.strip(), now.tzinfo)) is not None:
        return _checked(*written, now)
    text = unhedged(normalized(phrase))
    if _AGAIN.search(text):
        raise BadTime(sentence("I can remind you once, but not again and again."))
    if _PAST.search(text):
        raise BadTime(sentence("That is in the past."))
    if bare := _IN.fullmatch(text):
        return _after(_colons(bare[1]), now)
    length = read_duration(_AFTER.sub("", text)) if not _CLOCK.fullmatch(text) else None
    if length is not None:
        return _after(length, now)
    return _on_a_day(text, now, read)


def _colons(number: str) -> Duration:
    """Of a number after "in", without a unit. Raises BadTime for all but "1:30:00"."""
    if ":" in number and number.count(":") < 2:
        which = sentence("Say whether {number} are hours and minutes or minutes and seconds.", number=number)
        raise BadTime(which)
    if (length := read_duration(number)) is None:
        raise BadTime(sentence("Say whether {number} are seconds, minutes or hours.", number=number))
    return length


def _on_a_day(text: str, now: datetime, read: DateWords) -> Moment:
    if text.isdecimal():
        raise BadTime(sentence("Say whether {number} is a time of day or a number of minutes.", number=text))
    clock, rest = take_clock(text)
    if (not rest and clock is None) or _LEFT_OPEN.search(rest):
        raise not_understood()
    if rest == "today" and clock is None:
        raise _no_hour_today()
    when = days(rest, now.date(), read) if rest else ()
    if clock and clock.night and rest == "today" and now.hour < _NIGHT_ENDS:  # the night still goes on
        when = (now.date() - timedelta(1), *when)
    choices = _on_days(clock, when, now) if when else _next(clock or ClockTime(0), now)
    found = [_local(naive, now.tzinfo) for naive in choices]
    ahead = next((each for each in found if each[0].timestamp() > now.timestamp()), None)
    if ahead is None and rest == "today" and clock and not clock.told:
        raise _no_hour_today()
    return _checked(*(ahead or found[-1]), now)


def _no_hour_today() -> BadTime:
    return BadTime(sentence("At what time today?"))


def _next(clock: ClockTime, now: datetime) -> Iterator[datetime]:
    """Yesterday's night may still go on."""
    for day in (now.date() + timedelta(shift) for shift in (-1, 0, 1)):
        for each in (_at(day, minutes) for minutes in _hours(clock)):
            awake = each.hour >= _NIGHT_ENDS or (each.date() == now.date() and now.hour < _NIGHT_ENDS)
            if awake or not clock.open:
                yield each


def _on_days(clock: ClockTime | None, when: Sequence[date], now: datetime) -> Iterator[datetime]:
    """What is open is between 7 in the morning and 7 in the evening, but today it is what comes next."""
    chosen = clock or ClockTime(Part.MORNING.value * 60)
    likely = chosen.minutes if not chosen.open or chosen.minutes >= _DAY_BEGINS * 60 else chosen.minutes + _HALF
    today = len(when) == 1 and when[0] == now.date()
    for day in when:
        for minutes in _hours(chosen) if today else (likely,):
            yield _at(day, minutes)


def _hours(clock: ClockTime) -> Sequence[int]:
    return (clock.minutes, clock.minutes + _HALF) if clock.open else (clock.minutes,)


def _at(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minutes)


def _after(length: Duration, now: datetime) -> Moment:
    if not length:
        raise BadTime(sentence("That is now."))
    if not (length.days or length.months):
        there = datetime.fromtimestamp(now.timestamp() + length.seconds, now.tzinfo)
        near = length.seconds <= _SHORT_S
        when = sentence("in {length}", length=said_length(length.seconds)) if near else said(there, now)
        return Moment(there.timestamp(), when)
    day, note = _local(datetime.combine(later(now.date(), length), now.time()), now.tzinfo)
    there = datetime.fromtimestamp(day.timestamp() + length.seconds, now.tzinfo)
    return Moment(there.timestamp(), said(there, now), note)


def _iso(text: str, zone: tzinfo | None) -> tuple[datetime, Sentence] | None:
    """As programs write it."""
    if not _ISO.fullmatch(text):
        return None
    try:
        written = datetime.fromisoformat(text.upper())
    except ValueError:
        raise BadTime(sentence("There is no such time.")) from None
    if len(text) == len("2026-03-11"):
        written += timedelta(hours=Part.MORNING.value)
    return (written.astimezone(zone), _NO_NOTE) if written.tzinfo else _local(written, zone)


def _local(naive: datetime, zone: tzinfo | None) -> tuple[datetime, Sentence]:
    """Where the clocks jump over it, it is as long after the jump; where it comes twice, it is the first."""
    there = naive.replace(tzinfo=zone)
    real = datetime.fromtimestamp(there.timestamp(), zone)
    if real.replace(tzinfo=None, fold=0) != naive:
        return real, _SKIPPED.filled(skipped=said_clock(naive), chosen=said_clock(real))
    if there.replace(fold=1).utcoffset() != there.utcoffset():
        return real, _TWICE.filled(clock=said_clock(naive))
    return real, _NO_NOTE


def _checked(there: datetime, note: Sentence, now: datetime) -> Moment:
    if there.timestamp() <= now.timestamp():
        raise BadTime(sentence("That was {when}: it is over already.", when=said(there, now)))
    if there.year > now.year + _FARTHEST_YEARS:
        raise too_far_away()
    return Moment(there.timestamp(), said(there, now), note)


# ---------------------------------------------------------------- the time in a sentence
# The time in a sentence: "call Ana tomorrow at nine" is "call Ana" and "tomorrow at nine".

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
    for rest, when in _ends(text):
        if (found := _read(when, now)) is not None:
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
