"""The tool that tells the time."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from voicegui.core.tools import Permission, ToolOutcome

from .function_tools import tool
from .time_zones import find_zone


def _system_time() -> datetime:
    return datetime.now().astimezone()


class Clock:
    """`now` gives the time with the user's own time zone. `twelve`: 2:05 PM, not 14:05."""

    def __init__(self, now: Callable[[], datetime] = _system_time, *, twelve: bool = False) -> None:
        self._now = now
        self._twelve = twelve

    @tool(
        label="Clock",
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
            return ToolOutcome(f"{self._told(now)} Time zone: {now.tzname()}.", say=self._told(now))
        zone, place = find_zone(asked, self._now())
        now = self._now().astimezone(ZoneInfo(zone))
        told = self._told(now, place)
        return ToolOutcome(f"{told} Time zone: {zone}.", say=told)

    def _told(self, now: datetime, place: str = "") -> str:
        clock = f"{now.hour % 12 or 12}:{now:%M %p}" if self._twelve else f"{now:%H:%M}"
        where = f"In {place} it" if place else "It"
        return f"{where} is {clock} on {_DAYS[now.weekday()]}, {_MONTHS[now.month - 1]} {now.day}, {now.year}."


_HERE = frozenset((
    "here", "local", "local time", "my time", "my place", "my location", "my town", "my city", "my time zone", "home",
    "current location", "where i am", "user location", "user", "none", "null", "n/a", "unknown", "now",
))  # fmt: skip
"""What models write for no place at all."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)  # fmt: skip  `strftime` would speak the system's language
