"""Times of a day: "half past five", "8 in the evening", "17:30", "noon"."""

import re
from dataclasses import dataclass
from enum import Enum

from .errors import not_understood
from .words import WEEKDAYS


class Part(Enum):
    """Of a day; the value is the hour that it means by itself."""

    MORNING = 9
    AFTERNOON = 15
    EVENING = 19
    NIGHT = 21


@dataclass(frozen=True, slots=True)
class Clock:
    minutes: int
    """Since midnight, up to 28 hours: "at 2 at night" is in the night that follows the day."""
    open: bool = False
    """It may be twelve hours later as well."""


_AT = r"(?:\b(?:at|by|around|about) |@ ?)?"
_HOUR = r"(?P<hour>2[0-4]|[01]?\d)"
_END = r"(?![\w:.]|/|-)(?: oclock| hours)?"
_PATTERNS = tuple(
    re.compile(rf"(?<![\w.:/-]){pattern}")
    for pattern in (
        rf"{_AT}(?P<named>noon|midday|midnight)\b",
        rf"{_AT}(?P<past>half|(?:a )?quarter|\d\d?(?: minutes?)?) past {_HOUR} ?(?P<half>[ap]m)?{_END}",
        rf"{_AT}(?P<to>(?:a )?quarter|\d\d?(?: minutes?)?) (?:to|before|of|til) {_HOUR} ?(?P<half>[ap]m)?{_END}",
        rf"{_AT}{_HOUR}:(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))? ?(?P<half>[ap]m)?{_END}",
        rf"{_AT}{_HOUR}(?:[. ](?P<minute>[0-5]\d))? ?(?P<half>[ap]m){_END}",
        rf"(?:at|by|around|about) {_HOUR}(?:[. ](?P<minute>[0-5]\d))?{_END}",
        rf"{_HOUR} oclock\b",
        # without "at" only where it can be nothing else
        rf"^{_HOUR}(?: (?P<minute>[0-5]\d))?{_END}(?= (?:today|tomorrow|on|{'|'.join(WEEKDAYS)})\b|$)",
    )
)
_PART = re.compile(r"(?:\b(?:in the|during the|at) )?\b(morning|afternoon|evening|night)\b")


def take_clock(text: str) -> tuple[Clock | None, str]:
    """The time of day in a normalized text, None if there is none, and the text without it. Raises BadTime."""
    text = re.sub(r"\btonight\b", "today night", text)
    text = re.sub(r"\bthis (morning|afternoon|evening|night)\b", r"today \1", text)
    found = _PART.search(text)
    part = Part[found[1].upper()] if found else None
    if found:
        text = _without(text, found)
    for pattern in _PATTERNS:
        if match := pattern.search(text):
            return _clock(match, part), _without(text, match)
    return (Clock(part.value * 60) if part else None), text


def _without(text: str, match: "re.Match[str]") -> str:
    return " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())


def _clock(match: "re.Match[str]", part: Part | None) -> Clock:
    said = match.groupdict()
    if named := said.get("named"):
        return Clock(24 * 60 if named == "midnight" else 12 * 60)
    hour, minutes = int(said["hour"]), int(said.get("minute") or 0)
    if past := said.get("past"):
        minutes = _minutes(past)
    elif to := said.get("to"):
        minutes = -_minutes(to)
    if hour == 24 and minutes > 0:
        raise not_understood()
    half = said.get("half")
    plain = not (half or part) and 0 < hour <= 12 and not said["hour"].startswith("0")
    return Clock(_hour(hour, half, part) * 60 + minutes, open=plain and hour < 12)


def _minutes(words: str) -> int:
    count = 30 if words == "half" else 15 if "quarter" in words else int(words.split()[0])
    if count >= 60:
        raise not_understood()
    return count


def _hour(hour: int, half: str | None, part: Part | None) -> int:
    """Of 24; of two days if it is in the night between them."""
    if half:
        if not 0 < hour <= 12:
            raise not_understood()
        return hour % 12 + (12 if half == "pm" else 0)
    if part is None or hour > 12:
        return hour
    match part:
        case Part.MORNING:
            return hour % 12
        case Part.AFTERNOON:
            return hour % 12 + 12
        case Part.EVENING:
            return hour + 12
        case Part.NIGHT:
            return hour + 12 if hour >= 5 else hour + 24
