"""A phrase in the one form that the rest reads: small letters, digits for numbers, single spaces."""

import re

from voicegui.tools.numerals import in_digits, mixed_in_digits, parts_in_digits, plain_signs

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
