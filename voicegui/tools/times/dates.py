"""Days: "next Monday", "on the 3rd of March", "the day after the last Sunday of March"."""

import calendar
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from voicegui.core.wording import sentence

from .durations import Duration, read_duration
from .local_time import MONTH_NAMES, WEEKDAY_NAMES
from .phrases import MONTHS, WEEKDAYS, BadTime, not_understood

DateWords = Callable[[str, date], date | None]
"""Reads a date that is none of those below, relative to a day; None if it is none."""

_WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_DAY = re.compile(rf"(?P<which>this |coming |this coming |next )?{_WEEKDAY}(?P<week> week)?")
_NTH = re.compile(
    rf"(?P<nth>\d\d?(?:st|nd|rd|th)|last) (?:{_WEEKDAY}|day) (?:of|in) "
    rf"(?:(?P<month>{'|'.join(MONTHS)})(?: (?P<year>\d{{4}}))?|(?P<this>(?:the|this|next) month))"
)
_OF_MONTH = re.compile(r"(?P<day>\d\d?)(?:st|nd|rd|th)(?: (?:of|in) (?P<this>the|this|next) month)?")
_SHIFTED = re.compile(
    r"(?:the )?(?P<count>day|week|a week|\d+ days?|\d+ weeks?) (?P<way>after|from|on|before) (?P<from>.+)"
)
_NUMERIC = re.compile(r"(?<!\d)(\d\d?)[/.-](\d\d?)(?!\d)")


def days(text: str, today: date, read: DateWords) -> Sequence[date]:
    """The days that a normalized text can mean, the likeliest first. Raises BadTime."""
    text = re.sub(r"^(?:on |by )?(?:the )?", "", text)
    if text in ("today", "tomorrow", "yesterday"):
        return [today + timedelta(("yesterday", "today", "tomorrow").index(text) - 1)]
    if text == "day after tomorrow":
        return [today + timedelta(2)]
    if text == "next week":
        return [today + timedelta(7 - today.weekday())]
    if match := _DAY.fullmatch(text):
        return _weekday(match, today)
    if match := _NTH.fullmatch(text):
        return _nth(match, today)
    if match := _OF_MONTH.fullmatch(text):
        return _of_month(match, today)
    if (match := _SHIFTED.fullmatch(text)) and match["from"] != "now":
        return [each + _shift(match) for each in days(match["from"], today, read)]
    length = read_duration(re.sub(r"^in | from (?:now|today)$", "", text))
    if length and not length.seconds:
        return [later(today, length)]
    return [_read(text, today, read)]


def later(day: date, length: Duration) -> date:
    """So many months and days later; the 31st becomes the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + length.months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(length.days)


def english(text: str, today: date) -> date | None:
    """A `DateWords`, by dateparser. Loads it with the first call (70 ms)."""
    from dateparser.date import DateDataParser

    settings = {
        "RELATIVE_BASE": datetime.combine(today, time()),
        "PREFER_DATES_FROM": "future",
        "REQUIRE_PARTS": ["day"],
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    try:
        found = DateDataParser(languages=["en"], settings=settings).get_date_data(text)
    except (ValueError, OverflowError):  # numbers that no calendar has
        return None
    moment = found.date_obj
    whole = moment is not None and found.period == "day" and moment.time() == time()
    return moment.date() if moment is not None and whole else None


def _weekday(match: "re.Match[str]", today: date) -> Sequence[date]:
    weekday, next_monday = WEEKDAYS.index(match["weekday"]), today + timedelta(7 - today.weekday())
    if match["which"] == "next ":  # of the next week, as most people mean it; the answer says the date
        return [next_monday + timedelta(weekday)]
    first = today + timedelta((weekday - today.weekday()) % 7)
    return [first + timedelta(7)] if match["week"] else [first, first + timedelta(7)]


def _nth(match: "re.Match[str]", today: date) -> Sequence[date]:
    if this := match["this"]:
        begin = later(today.replace(day=1), Duration(months=1 if this == "next month" else 0))
        months = [(begin.year, begin.month)]
    else:
        month = MONTHS.index(match["month"]) + 1
        months = [(int(match["year"]), month)] if match["year"] else [(today.year, month), (today.year + 1, month)]
    found = []
    for year, month in months:
        every = [day for day in calendar.Calendar().itermonthdates(year, month) if day.month == month]
        if match["weekday"]:
            every = [day for day in every if day.weekday() == WEEKDAYS.index(match["weekday"])]
        at = len(every) if match["nth"] == "last" else int(match["nth"][:-2])
        found += every[at - 1 : at] if at else []
    if not found:
        raise _no_such_day()
    return found


def _of_month(match: "re.Match[str]", today: date) -> Sequence[date]:
    """The next months that have it; those that people count from."""
    begin, wanted = today.replace(day=1), int(match["day"])
    several = {"next": [1], "this": [0], "the": [0]}.get(match["this"] or "", [0, 1, 2])
    months = [later(begin, Duration(months=each)) for each in several]
    found = [
        month.replace(day=wanted) for month in months if 0 < wanted <= calendar.monthrange(month.year, month.month)[1]
    ]
    if not found:
        raise _no_such_day()
    return found


def _no_such_day() -> BadTime:
    return BadTime(sentence("There is no such day."))


def _shift(match: "re.Match[str]") -> timedelta:
    count, way = match["count"], match["way"]
    number = re.match(r"\d+", count)
    if way == "on" and "week" not in count:
        raise not_understood()
    shift = timedelta(min(int(number[0]) if number else 1, 10_000) * (7 if "week" in count else 1))
    return -shift if way == "before" else shift


def _read(text: str, today: date, read: DateWords) -> date:
    if text.isdecimal():
        raise not_understood()
    for first, second in _NUMERIC.findall(re.sub(r"\d{4}-\d\d-\d\d", "", text)):
        if int(first) <= 12 and int(second) <= 12 and int(first) != int(second):
            written = f"{first}/{second}"
            raise BadTime(sentence("{date} can mean two days. Say the month by its name.", date=written))
    day = read(text, today)
    if day is None:
        raise not_understood()
    named = next((at for at, name in enumerate(WEEKDAYS) if name in text), day.weekday())
    if named != day.weekday():
        told = sentence("{day} {month} is a {right}, not a {wrong}.", day=day.day, month=MONTH_NAMES[day.month - 1])
        raise BadTime(told.filled(right=WEEKDAY_NAMES[day.weekday()], wrong=WEEKDAY_NAMES[named]))
    return day
