"""Times of a day: "half past five", "8 in the evening", "17:30", "noon"."""

import re
from dataclasses import dataclass
from enum import Enum

from voicegui.core.wording import sentence

from .phrases import MONTHS, WEEKDAYS, BadTime, not_understood


class Part(Enum):
    """Of a day; the value is the hour that it means by itself."""

    MORNING = 9
    AFTERNOON = 15
    EVENING = 19
    NIGHT = 21

    def has(self, hour: int) -> bool:
        """What people say of that hour of 24 or, in the night that follows the day, of up to 30."""
        first, last = {"MORNING": (0, 12), "AFTERNOON": (12, 19), "EVENING": (16, 27), "NIGHT": (17, 29)}[self.name]
        return first <= hour <= last


@dataclass(frozen=True, slots=True)
class ClockTime:
    minutes: int
    """Since midnight, up to 30 hours: "at 2 at night" is in the night that follows the day."""
    open: bool = False
    """It may be twelve hours later as well."""
    told: bool = True
    """An hour was said, not only a part of the day."""
    night: bool = False
    """It is in the evening or the night that follows the day."""


_AT = r"(?:\b(?:at|by) |@ ?)?"
_PAST = r"(?P<past>half|(?:a )?quarter|\d\d?(?: minutes?)?) (?:past|after)"
_TO = r"(?P<to>(?:a )?quarter|\d\d?(?: minutes?)?) (?:to|before|of|til|till)"
_NAMED = r"(?P<named>noon|midday|midnight)\b"
_HOUR = r"(?P<hour>2[0-4]|[01]?\d)"
_NIGHT_ENDS = 5
"""Hours of the day: "tonight at 5 am" is said, "tonight at 6 am" is not."""
_END = r"(?![\w:.]|/|-)(?: oclock| hours)?"
_PATTERNS = tuple(
    re.compile(rf"(?<![\w.:/-]){pattern}")
    for pattern in (
        rf"{_AT}{_PAST} {_NAMED}",
        rf"{_AT}{_TO} {_NAMED}",
        rf"{_AT}(?:12 )?{_NAMED}",
        rf"{_AT}{_PAST} {_HOUR} ?(?P<half>[ap]m)?{_END}",
        rf"{_AT}{_TO} {_HOUR} ?(?P<half>[ap]m)?{_END}",
        rf"{_AT}{_HOUR}:(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))? ?(?P<half>[ap]m)?{_END}",
        rf"{_AT}{_HOUR}(?:[. ](?P<minute>[0-5]\d))? ?(?P<half>[ap]m){_END}",
        rf"(?:at|by) {_HOUR}(?:[. ](?P<minute>[0-5]\d))?{_END}",
        rf"{_HOUR} oclock\b",
        # without "at" only where it can be nothing else
        rf"^{_HOUR}(?: (?P<minute>[0-5]\d))?{_END}(?= (?:today|tomorrow|on|{'|'.join(WEEKDAYS)})\b|$)",
    )
)
_VAGUE = re.compile(
    r"\b(?P<which>late|early|later) (?=(?:(?:on|this|next|in|at|the|coming) ){0,2}"
    rf"(?:tonight|today|tomorrow|morning|afternoon|evening|night|{'|'.join(WEEKDAYS)}|{'|'.join(MONTHS)}|\d\d?(?:st|nd|rd|th))\b)"
)
_PART = re.compile(r"(?:\b(?:in the|during the|at) )?\b(morning|afternoon|evening|night)\b")

_WRITTEN = (
    (re.compile(r"(?<=\b(?:at|by) )([01]?\d|2[0-4]) ?h ?([0-5]\d)(?!\w)"), r"\1:\2"),  # as the French write it
    (re.compile(r"\b0\.5 hour (?=past |after )"), "half "),
    (re.compile(r"\b0\.5 hour (?=to |before )"), "30 minutes "),
    (re.compile(r"\b0\.25 hour (?=past |after |to |before )"), "quarter "),
)


def take_clock(text: str) -> tuple[ClockTime | None, str]:
    """The time of day in a normalized text, None if there is none, and the text without it. Raises BadTime."""
    vague = _VAGUE.search(text)
    text = _without(text, vague) if vague else text
    is_late = bool(vague and vague["which"] == "late")
    for pattern, instead in _WRITTEN:
        text = pattern.sub(instead, text)
    text = re.sub(r"\btonight\b", "today night", text)
    text = re.sub(r"\bthe (morning|afternoon|evening|night) of (?:the )?(?=.)", r"\1 ", text)
    # also of a night: "tonight at 3 in the morning"
    text = re.sub(r"(?<=\d)(?<!\b12)(?: oclock)? in the morning\b", " am", text)
    text = re.sub(r"\bthis (morning|afternoon|evening|night)\b", r"today \1", text)
    found = _PART.search(text)
    part = Part[found[1].upper()] if found else Part.MORNING if vague and vague["which"] == "early" else None
    if found:
        text = _without(text, found)
    for pattern in _PATTERNS:
        if match := pattern.search(text):
            clock = _clock(match, part)
            return (_late(clock, match) if is_late and not part else clock), _without(text, match)
    if vague:
        raise BadTime(sentence("At what time?"))
    return (ClockTime(part.value * 60, told=False, night=_is_late(part)) if part else None), text


def _without(text: str, match: "re.Match[str]") -> str:
    return " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())


def _is_late(part: Part | None) -> bool:
    return part in (Part.EVENING, Part.NIGHT)


def _clock(match: "re.Match[str]", part: Part | None) -> ClockTime:
    said = match.groupdict()
    hour, minutes = int(said.get("hour") or 0), int(said.get("minute") or 0)
    if past := said.get("past"):
        minutes = _minutes(past)
    elif to := said.get("to"):
        minutes = -_minutes(to)
    if named := said.get("named"):
        if named != "midnight" and _is_late(part):
            raise not_understood()
        # midnight ends a day; what comes after it belongs to the next one, unless it was said of a night
        ends = named == "midnight" and (minutes <= 0 or _is_late(part))
        return ClockTime((24 * 60 if ends else 0 if named == "midnight" else 12 * 60) + minutes, night=_is_late(part))
    if hour == 24 and minutes > 0:
        raise not_understood()
    half = said.get("half")
    plain = not (half or part) and 0 < hour <= 12 and not said["hour"].startswith("0")
    twelve = hour == 12 and not minutes
    return ClockTime(
        _hour(hour, half, part, said_twelve=twelve) * 60 + minutes, open=plain and hour < 12, night=_is_late(part)
    )


def _late(clock: ClockTime, match: "re.Match[str]") -> ClockTime:
    """Of "late Friday at 1 am", which is in the night to Saturday. Raises BadTime for an hour that is not late, or that
    may be in the afternoon as well."""
    said, minutes = match.groupdict(), clock.minutes
    if clock.open and minutes < (_NIGHT_ENDS + 1) * 60:
        raise BadTime(sentence("Say whether that is in the afternoon or at night."))
    if clock.open or (minutes // 60 == 12 and said.get("hour") == "12" and not said.get("half")):
        minutes += 12 * 60
    elif minutes < (_NIGHT_ENDS + 1) * 60:
        minutes += 24 * 60
    elif minutes < 12 * 60:
        raise not_understood()
    return ClockTime(minutes, night=True)


def _minutes(words: str) -> int:
    count = 30 if words == "half" else 15 if "quarter" in words else int(words.split()[0])
    if count >= 60:
        raise not_understood()
    return count


def _hour(hour: int, half: str | None, part: Part | None, *, said_twelve: bool = False) -> int:
    """Of 24; of two days if it is in the night between them. Raises BadTime for a part of the day that has no such
    hour."""
    if half and not 0 < hour <= 12:
        raise not_understood()
    likely = [hour % 12 + (12 if half == "pm" else 0)] if half else [hour]
    if part is None:
        return likely[0]
    if part is Part.MORNING and said_twelve and not half:
        raise BadTime(sentence("Say “noon” or “midnight” for twelve."))
    if not half and hour <= 12:
        likely = [hour % 12 + 12, hour % 12] if part is not Part.MORNING else [hour % 12]
    if _is_late(part):  # after midnight it is the next day
        likely = [each + 24 if each <= _NIGHT_ENDS else each for each in likely]
    for each in likely:
        if part.has(each):
            return each
    if half == "pm" and hour == 12:
        raise BadTime(sentence("Twelve pm is noon. Say “noon” or “midnight”."))
    raise not_understood()
