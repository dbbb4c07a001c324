"""A phrase about a time in the one form that the rest reads, without hedges such as "about" and "sharp"."""

import re

from voicegui.core.wording import Sentence, sentence
from voicegui.tools.number_words import in_digits, mixed_in_digits, parts_in_digits, plain_signs


class BadTime(Exception):
    """For a person."""

    def __init__(self, why: Sentence) -> None:
        """`why`: what is not right, and what to say instead."""
        super().__init__(why)
        self.why = why


def not_understood() -> BadTime:
    return BadTime(sentence("I do not understand when that is. Say it like “in ten minutes” or “tomorrow at five pm”."))


# ---------------------------------------------------------------- hedges
# Words around a time that change nothing of it: "about", "or so", "sharp", "another".

_HEDGE = (
    r"(?:about|around|approximately|approx|roughly|circa|nearly|almost|maybe|perhaps|probably|say|like|only|just|some|"
    r"exactly|precisely|(?:just |a (?:little|bit|tad) |slightly |well )?(?:over|under|more than|less than)|close to|"
    r"just (?:before|after)|another|(?:an )?(?:additional|extra)|a further|the next|something like|at least|"
    r"at most|some ?time|no (?:more|less|fewer|later|earlier) than|not more than|u[hm]+|a (?:good|solid)(?= \d))"
)
_PREPOSITION = r"(?:at|by|in|for|of|after|within)"
_AMOUNT = r"(?=(?:a |an )?(?:\d|half\b|quarter\b|couple\b|few\b|noon\b|midday\b|midnight\b|an? ))"
_CHANGES: tuple[tuple[str, str], ...] = (
    (r"\b(?:please|sharp|on the dot|or so|or thereabouts|or (?:there)?abouts|give or take|more or less)\b", " "),
    (r"(?<=[\dmtkhr])(?: |)ish\b|(?<=noon)ish\b|(?<=night)ish\b", ""),  # 8ish, noonish
    (rf"\b({_PREPOSITION})(?: {_HEDGE})+ {_AMOUNT}", r"\1 "),
    (rf"(?<![a-z])(?:{_HEDGE} )+{_AMOUNT}", "at "),
    (r"\bthe next (second|minute|hour|day|week)\b$", r"1 \1"),
    (r"(?<=\d) (?:more|extra|additional) (?=[a-z])", " "),
    (r"(?<=[a-z]) (?:more|extra|longer|max|maximum|tops|at (?:the )?(?:most|least))$", ""),
    (r"\ba (?:good|full|whole|solid) (?=hours?\b|minutes?\b|day\b|week\b)", "a "),
    (r"^\+ ?(?=\d)", ""),
    (r"\bcouple more\b", "couple"),
    (r"(?<=[a-z])(?:'s|s'|') time$|(?<=s) time$", ""),  # in ten minutes' time
)
_COMPILED = tuple((re.compile(pattern), instead) for pattern, instead in _CHANGES)


def unhedged(text: str) -> str:
    """A normalized text without them. "About five" becomes "at five": it may be a time of day."""
    text = text.replace("~", " about ")
    for pattern, instead in _COMPILED:
        text = pattern.sub(instead, text)
    return " ".join(text.split())


# ---------------------------------------------------------------- the one form
# Small letters, digits for numbers, single spaces.

UNITS = {
    "second": r"seconds?|secs?|s",
    "minute": r"minutes?|mins?|m",
    "hour": r"hours?|hrs?|h",
    "day": r"days?|d",
    "week": r"weeks?|wks?|w",
    "fortnight": r"fortnights?",
    "month": r"months?",
    "year": r"years?|yrs?",
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_ORDINALS = {
    "first": 1, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_UNITS_TH = "|".join((*(name for name, at in _ORDINALS.items() if at < 10), "2nd"))
_A_UNIT = rf" ?(?:{'|'.join(UNITS.values())})\b"
_OF_A_UNIT = rf"(?: of)?(?: an?)?{_A_UNIT}"

_SHORT = {name[:3]: name for name in WEEKDAYS} | {"tues": "tuesday", "thur": "thursday", "thurs": "thursday"}
_SHORT |= {name[:3]: name for name in MONTHS} | {"sept": "september"}
_SECOND_DAY = re.compile(
    rf"\bsecond(?= (?:of |in |{'|'.join((*WEEKDAYS, *MONTHS))}))|(?<=\btwenty )second\b|(?<=\bthe )second\b"
)


def normalized(phrase: str) -> str:
    text = plain_signs(phrase).lower()
    text = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", text)
    text = re.sub(r"\bo'? ?clock\b", "oclock", text)
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text)  # twenty-five
    text = re.sub(r"[,;!?“”\"()]|\.(?!\d)|(?<=\d)\.(?= |$)", " ", text)
    text = re.sub(r"\b(?:please|sharp|exactly|precisely)\b", " ", text)
    text = " ".join(_SHORT.get(word, word) for word in text.split())
    text = _SECOND_DAY.sub("2nd", text)
    text = parts_in_digits(mixed_in_digits(in_digits(text), _OF_A_UNIT), _A_UNIT)
    text = _with_ordinals(text)
    return re.sub(r"\boh? (\d)\b", r"0\1", text)  # seven oh five


def _with_ordinals(text: str) -> str:
    def written(found: "re.Match[str]") -> str:
        unit = 2 if found["unit"] == "2nd" else _ORDINALS[found["unit"]]
        return f"{int(found['tens'] or 0) + unit}{_suffix(unit)}"

    return re.sub(rf"\b(?:(?P<tens>[2-9]0) (?={_UNITS_TH}))?(?P<unit>{'|'.join(_ORDINALS)}|2nd)\b", written, text)


def _suffix(number: int) -> str:
    return {1: "st", 2: "nd", 3: "rd"}.get(number, "th")
