"""Lengths of time: "an hour and a half", "90 seconds", "1h30"."""

import re
from dataclasses import dataclass, replace

from voicegui.core.wording import sentence

from .local_time import said_length
from .phrases import UNITS, BadTime, normalized, unhedged

LONGEST = 200
"""Characters of a phrase."""

_LONGEST_DAYS = 3660
_PART = r"(?:an?|1) half|(?:an?|1) quarter|3 quarters?"
_AMOUNT = (
    rf"(?P<whole>\d+(?:\.\d+)?)(?: and (?P<part>{_PART}))?(?: an?(?= ))? ?"
    r"|(?P<half>(?:(?:an?|1) )?half(?: of)?(?: an?)?) |(?:(?P<quarters>an?|1|3) )?quarters?(?: of)?(?: an?)? "
    r"|(?P<couple>(?:an? )?couple(?: of)?) |(?P<one>an?) "
)
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in UNITS.items())
_ANY_UNIT = f"(?:{'|'.join(UNITS.values())})"
_TERM = re.compile(rf"(?:and )?(?:{_AMOUNT})(?:{_UNIT})(?![a-z])(?: and (?P<more>{_PART}))?(?: |$)")
_REST = re.compile(r"(?:and )?(?P<count>[0-5]?\d)")
"""Of the next smaller unit, which is left out: "an hour twenty"."""
_SMALLER = {"hour": 60, "minute": 1}
_TWO_LENGTHS = {
    "hour": sentence("{number} hours can be {length}, or a decimal number. Say which."),
    "minute": sentence("{number} minutes can be {length}, or a decimal number. Say which."),
}
_CLOCK_LIKE = re.compile(r"\d+\.(?!00|25)[0-5]\d")
"""Hours or minutes as some write the clock: "2.30 minutes" may be two minutes and a half."""
_TIGHT = re.compile(r"(?<=\d[hms])(?=\d)|(?<=\dhr)(?=\d)|(?<=\dhrs)(?=\d)|(?<=\dmin)(?=\d)|(?<=\dmins)(?=\d)")
_COLON = re.compile(rf"(\d{{1,4}}):([0-5]\d)(?::([0-5]\d))?(?: ?(?:({UNITS['hour']})|({UNITS['minute']})))?")
_PRIMES = re.compile(r"(\d{1,4})'([0-5]\d)(?:''|\")?")
_VAGUE = re.compile(rf"(?:an? )?(?:few|several|some|number of|bunch of)(?: more)? ({_ANY_UNIT})")
_RANGE = re.compile(rf"(?:\d+|an?)(?: {_ANY_UNIT})? ?(?:or|to|-|–) ?\d+ ?{_ANY_UNIT}|(?:\d+|an?) {_ANY_UNIT} or \d+")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_DAYS = {"day": 1, "week": 7, "fortnight": 14}


@dataclass(frozen=True, slots=True)
class Duration:
    """Days and months are those of the calendar: tomorrow at this time may be 23 or 25 hours away."""

    seconds: float = 0.0
    days: int = 0
    months: int = 0

    def __bool__(self) -> bool:
        return bool(self.seconds or self.days or self.months)


def duration(phrase: str) -> Duration:
    """Of a whole phrase, such as "10 minutes" or "for an hour". "2:30" are minutes and seconds. Raises BadTime."""
    if len(phrase) > LONGEST:
        raise _not_understood()
    text = re.sub(r"^(?:for|in|of|at) | from now$", "", unhedged(normalized(phrase)))
    found = _colon(text) or read_duration(text)
    if found is None and re.fullmatch(r"\d+(?:\.\d+)?", text):
        raise BadTime(sentence("Say whether {number} are seconds, minutes or hours.", number=text))
    if found is None:
        raise _not_understood()
    if not found:
        raise BadTime(sentence("That is no time at all."))
    return found


def read_duration(text: str) -> Duration | None:
    """Of a normalized text, None if it is something else. Raises BadTime for one that nobody means."""
    if vague := _VAGUE.fullmatch(text):
        raise BadTime(sentence("Say how many {units}: a few can be three or ten.", units=vague[1]))
    if _RANGE.fullmatch(text):
        raise BadTime(sentence("Say one length of time."))
    if (match := _COLON.fullmatch(text)) and (match[3] or match[4] or match[5]):
        return _colon(text)
    text = _TIGHT.sub(" ", re.sub(r"^pt(?=\d)", "", text))  # PT1H30M, as programs write it
    text = re.sub(r"^(?=(?:minute|hour|day|week) )", "1 ", text)  # minute and a half
    total, at, unit = Duration(), 0, ""
    while at < len(text):
        term = _TERM.match(text, at)
        if term is None:
            rest = _REST.fullmatch(text, at)
            if rest is None or unit not in _SMALLER:
                return None
            return replace(total, seconds=total.seconds + int(rest["count"]) * _SMALLER[unit])
        total, at = _plus(total, term), term.end()
        unit = "" if term["more"] else _unit(term)
    if not text or text.startswith("and "):
        return None
    if total.seconds / 86_400 + total.days + 31 * total.months > _LONGEST_DAYS:
        raise too_far_away()
    return total


def _colon(text: str) -> Duration | None:
    """Of "2:30", "1:30:00", "1:30 hours" or "2'30"."""
    if match := _PRIMES.fullmatch(text):
        return Duration(int(match[1]) * 60 + int(match[2]))
    if not (match := _COLON.fullmatch(text)):
        return None
    larger, smaller, smallest = (int(each or 0) for each in match.group(1, 2, 3))
    if match[3] or match[4]:
        return Duration(larger * 3600 + smaller * 60 + smallest)
    return Duration(larger * 60 + smaller)


def too_far_away() -> BadTime:
    return BadTime(sentence("That is more than ten years away."))


def _not_understood() -> BadTime:
    return BadTime(sentence("I do not understand how long that is. Say it like “ten minutes” or “an hour and a half”."))


def _plus(total: Duration, term: "re.Match[str]") -> Duration:
    unit = _unit(term)
    if unit in _SMALLER and (said := term["whole"]) and _CLOCK_LIKE.fullmatch(said):
        whole, _, rest = said.partition(".")
        length = said_length((int(whole) * 60 + int(rest)) * _SMALLER[unit])
        raise BadTime(_TWO_LENGTHS[unit].filled(number=said, length=length))
    amount = _amount(term) + _fraction(term["more"])
    if amount > 1e9:
        raise too_far_away()
    if unit in _SECONDS:
        return Duration(total.seconds + amount * _SECONDS[unit], total.days, total.months)
    if unit in _DAYS:
        days = amount * _DAYS[unit]
        return Duration(total.seconds + (days % 1) * 86_400, total.days + int(days), total.months)
    months = amount * (12 if unit == "year" else 1)
    if months % 1:
        raise BadTime(sentence("Months have different lengths: say it in weeks or days."))
    return Duration(total.seconds, total.days, total.months + int(months))


def _unit(term: "re.Match[str]") -> str:
    return next(name for name in UNITS if term[name])


def _fraction(words: str | None) -> float:
    if not words:
        return 0.0
    return 0.5 if words.endswith("half") else 0.75 if words.startswith("3") else 0.25


def _amount(term: "re.Match[str]") -> float:
    if term["whole"]:
        return float(term["whole"]) + _fraction(term["part"])
    if term["half"]:
        return 0.5
    if term["couple"] or term["one"]:
        return 2.0 if term["couple"] else 1.0
    return 0.75 if term["quarters"] == "3" else 0.25
