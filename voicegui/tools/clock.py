"""The tool that tells the time."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from voicegui.core.tools import Permission, ToolOutcome
from voicegui.core.wording import Sentence, marked, sentence, verbatim

from .function_tools import succeeded_with, tool
from .time_zones import find_zone
from .times.local_time import MONTH_NAMES, WEEKDAY_NAMES


def _system_time() -> datetime:
    return datetime.now().astimezone()


class Clock:
    """`now` gives the time with the user's own time zone. `twelve`: 2:05 PM, not 14:05."""

    def __init__(self, now: Callable[[], datetime] = _system_time, *, twelve: bool = False) -> None:
        self._now = now
        self._twelve = twelve

    @tool(
        label=marked("Clock"),
        permission=Permission.ALWAYS,
        cues=(
            "what time", "the time", "what day", "what date", "which day", "today's date", "the date", "what year",
            "o'clock", "time zone", "time is it", "how late",
        ),
        examples=(
            ("What time is it?", {}),
            ("What's the date today?", {}),
            ("What time is it in Tokyo?", {"place_or_zone": "Tokyo"}),
        ),
    )  # fmt: skip
    def current_time(
        self,
        place_or_zone: Annotated[str, "A large town, a country or a time zone such as Europe/Lisbon; empty: here"] = "",
    ) -> ToolOutcome:
        """Tells time, weekday and date, here or elsewhere."""
        asked = place_or_zone.strip()
        if not asked or asked.lower().strip("<>[]").replace("_", " ") in _HERE:
            now = self._now()
            answer = self._told(now)
            return succeeded_with(answer, f"{answer.written()} Time zone: {now.tzname()}.")
        zone, place = find_zone(asked, self._now())
        now = self._now().astimezone(ZoneInfo(zone))
        answer = self._told(now, place)
        return succeeded_with(answer, f"{answer.written()} Time zone: {zone}.")

    def _told(self, now: datetime, place: str = "") -> Sentence:
        told = sentence("It is {time} on {weekday}, {month} {day}, {year}.")
        if place:
            told = sentence("In {place} it is {time} on {weekday}, {month} {day}, {year}.", place=place)
        weekday, month = WEEKDAY_NAMES[now.weekday()], MONTH_NAMES[now.month - 1]
        return told.filled(time=self._time(now), weekday=weekday, month=month, day=now.day, year=now.year)

    def _time(self, now: datetime) -> Sentence:
        if not self._twelve:
            return verbatim(f"{now:%H:%M}")
        half = sentence("{time} AM") if now.hour < 12 else sentence("{time} PM")
        return half.filled(time=f"{now.hour % 12 or 12}:{now:%M}")


_HERE = frozenset((
    "here", "local", "local time", "my time", "my place", "my location", "my town", "my city", "my time zone", "home",
    "current location", "where i am", "user location", "user", "none", "null", "n/a", "unknown", "now",
))  # fmt: skip
"""What models write for no place at all."""
