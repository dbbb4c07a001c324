"""A phrase in the one form that the rest reads: small letters, digits for numbers, single spaces."""

import re
import unicodedata

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

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {name: at for at, name in enumerate(_SMALL)} | {name: 10 * at for at, name in enumerate(_TENS, 2)}
_ORDINALS = {
    "first": 1, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_SHORT = {name[:3]: name for name in WEEKDAYS} | {"tues": "tuesday", "thur": "thursday", "thurs": "thursday"}
_SHORT |= {name[:3]: name for name in MONTHS} | {"sept": "september"}
_SECOND_DAY = re.compile(
    rf"\bsecond(?= (?:of |in |{'|'.join((*WEEKDAYS, *MONTHS))}))|(?<=\btwenty )second\b|(?<=\bthe )second\b"
)


def normalized(phrase: str) -> str:
    text = unicodedata.normalize("NFKC", phrase).lower().replace("’", "'")
    text = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", text)
    text = re.sub(r"\bo'? ?clock\b", "oclock", text)
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text)  # twenty-five
    text = re.sub(r"[,;!?“”\"()]|\.(?!\d)|(?<=\d)\.(?= |$)", " ", text)
    text = re.sub(r"\b(?:please|sharp|exactly|precisely)\b", " ", text)
    text = " ".join(_SHORT.get(word, word) for word in text.split())
    text = _SECOND_DAY.sub("2nd", text)
    text = _digits(text.split())
    return re.sub(r"\boh? (\d)\b", r"0\1", text)  # seven oh five


def _digits(words: list[str]) -> str:
    done: list[str] = []
    at = 0
    while at < len(words):
        value, suffix, length = _number(words, at)
        done.append(f"{value}{suffix}" if length else words[at])
        at += length or 1
    return " ".join(done)


def _number(words: list[str], at: int) -> tuple[int, str, int]:
    """Value, "th" and the like, and how many words it takes: 0 if there is no number."""
    word, follower = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word in ("a", "one") and follower == "hundred":
        rest = at + 3 if words[at + 2 : at + 3] == ["and"] else at + 2
        value, suffix, length = _below_hundred(words, rest) if rest < len(words) else (0, "", 0)
        return 100 + value, suffix, rest + length - at if length else 2
    return _below_hundred(words, at)


def _below_hundred(words: list[str], at: int) -> tuple[int, str, int]:
    word, follower = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word in _ORDINALS:
        return _ORDINALS[word], _suffix(_ORDINALS[word]), 1
    if word not in _NUMBERS:
        return 0, "", 0
    value = _NUMBERS[word]
    if value >= 20:
        if 0 < _NUMBERS.get(follower, 0) < 10:
            return value + _NUMBERS[follower], "", 2
        unit = 2 if follower == "2nd" else _ORDINALS.get(follower, 0)
        if 0 < unit < 10:
            return value + unit, _suffix(unit), 2
    return value, "", 1


def _suffix(number: int) -> str:
    return {1: "st", 2: "nd", 3: "rd"}.get(number, "th")
