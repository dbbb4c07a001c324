"""Lengths of time: "an hour and a half", "90 seconds", "1h30"."""

import re
from dataclasses import dataclass

from .errors import BadTime
from .words import UNITS, normalized

_LONGEST_DAYS = 3660
_AMOUNT = (
    r"(?P<whole>\d+(?:\.\d+)?)(?: and (?P<part>a half|a quarter|3 quarters))?(?: an?\b)? ?"
    r"|(?P<half>half(?: an?)?) |(?:(?P<quarters>an?|3) )?quarters?(?: of)?(?: an?)? "
    r"|(?P<couple>(?:a )?couple(?: of)?) |(?P<one>an?) "
)
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in UNITS.items())
_MORE = r"(?: and (?P<more>a half|a quarter|3 quarters))?(?: |$)"
_TERM = re.compile(rf"(?:and )?(?:{_AMOUNT})(?:{_UNIT})(?![a-z]){_MORE}")
_SHORT = re.compile(r"\b(\d+) ?h(?:ours?)?(?: and)? ?(\d+)$")
_TIGHT = re.compile(r"(?<=\d[hms])(?=\d)")
_FRACTIONS = {"a half": 0.5, "a quarter": 0.25, "3 quarters": 0.75}
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
    """Of a whole phrase, such as "10 minutes" or "for an hour". Raises BadTime."""
    text = re.sub(r"^(?:for|in|of) ", "", normalized(phrase))
    found = read_duration(text)
    if found is None and re.fullmatch(r"\d+(?:\.\d+)?", text):
        raise BadTime(f"Say whether {text} are seconds, minutes or hours.")
    if found is None:
        raise BadTime("I do not understand how long that is. Say it like “ten minutes” or “an hour and a half”.")
    if not found:
        raise BadTime("That is no time at all.")
    return found


def read_duration(text: str) -> Duration | None:
    """Of a normalized text, None if it is something else. Raises BadTime for one that nobody means."""
    text = _TIGHT.sub(" ", _SHORT.sub(r"\1 hours \2 minutes", text))
    total, at = Duration(), 0
    while at < len(text):
        term = _TERM.match(text, at)
        if term is None:
            return None
        total, at = _plus(total, term), term.end()
    if not text or text.startswith("and "):
        return None
    if total.seconds / 86_400 + total.days + 31 * total.months > _LONGEST_DAYS:
        raise BadTime("That is more than ten years away.")
    return total


def _plus(total: Duration, term: "re.Match[str]") -> Duration:
    amount = _amount(term) + _FRACTIONS.get(term["more"] or "", 0.0)
    unit = next(name for name in UNITS if term[name])
    if amount > 1e9:
        raise BadTime("That is more than ten years away.")
    if unit in _SECONDS:
        return Duration(total.seconds + amount * _SECONDS[unit], total.days, total.months)
    if unit in _DAYS:
        days = amount * _DAYS[unit]
        return Duration(total.seconds + (days % 1) * 86_400, total.days + int(days), total.months)
    months = amount * (12 if unit == "year" else 1)
    if months % 1:
        raise BadTime("Months have different lengths: say it in weeks or days.")
    return Duration(total.seconds, total.days, total.months + int(months))


def _amount(term: "re.Match[str]") -> float:
    if term["whole"]:
        return float(term["whole"]) + _FRACTIONS.get(term["part"] or "", 0.0)
    if term["half"]:
        return 0.5
    if term["couple"] or term["one"]:
        return 2.0 if term["couple"] else 1.0
    return 0.75 if term["quarters"] == "3" else 0.25
