"""The tool that tells the time."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.tools import Permission, ToolOutcome

from .declaration import tool

_LONGEST_PLACE = 100

_ELSEWHERE = {
    "beijing": "Asia/Shanghai", "shenzhen": "Asia/Shanghai", "mumbai": "Asia/Kolkata", "delhi": "Asia/Kolkata",
    "new delhi": "Asia/Kolkata", "bangalore": "Asia/Kolkata", "osaka": "Asia/Tokyo", "kyoto": "Asia/Tokyo",
    "san francisco": "America/Los_Angeles", "seattle": "America/Los_Angeles", "las vegas": "America/Los_Angeles",
    "san diego": "America/Los_Angeles", "portland": "America/Los_Angeles", "california": "America/Los_Angeles",
    "boston": "America/New_York", "washington": "America/New_York", "miami": "America/New_York",
    "philadelphia": "America/New_York", "atlanta": "America/New_York", "florida": "America/New_York",
    "houston": "America/Chicago", "dallas": "America/Chicago", "austin": "America/Chicago", "texas": "America/Chicago",
    "salt lake city": "America/Denver", "hawaii": "Pacific/Honolulu", "montreal": "America/Toronto",
    "ottawa": "America/Toronto", "rio de janeiro": "America/Sao_Paulo", "munich": "Europe/Berlin",
    "hamburg": "Europe/Berlin", "frankfurt": "Europe/Berlin", "cologne": "Europe/Berlin", "germany": "Europe/Berlin",
    "barcelona": "Europe/Madrid", "spain": "Europe/Madrid", "milan": "Europe/Rome", "geneva": "Europe/Zurich",
    "basel": "Europe/Zurich", "bern": "Europe/Zurich", "edinburgh": "Europe/London", "manchester": "Europe/London",
    "england": "Europe/London", "scotland": "Europe/London", "wales": "Europe/London", "uk": "Europe/London",
    "portugal": "Europe/Lisbon", "porto": "Europe/Lisbon", "cape town": "Africa/Johannesburg",
    "wellington": "Pacific/Auckland", "new zealand": "Pacific/Auckland", "canberra": "Australia/Sydney",
    "china": "Asia/Shanghai", "gmt": "UTC", "utc": "UTC",
}  # fmt: skip
"""Places that people ask for and that the time zone database does not name, or calls after more than one zone."""


def _system_time() -> datetime:
    return datetime.now().astimezone()


class Clock:
    """`now` gives the time with the person's own time zone. `twelve`: 2:05 PM, not 14:05."""

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
        if not asked:
            now = self._now()
            return ToolOutcome(f"{self._told(now)} Time zone: {now.tzname()}.", say=self._told(now))
        zone = _zone(asked)
        now = self._now().astimezone(ZoneInfo(zone))
        told = self._told(now, asked if asked != asked.lower() else asked.title())
        return ToolOutcome(f"{told} Time zone: {zone}.", say=told)

    def _told(self, now: datetime, place: str = "") -> str:
        clock = f"{now.hour % 12 or 12}:{now:%M %p}" if self._twelve else f"{now:%H:%M}"
        where = f"In {place} it" if place else "It"
        return f"{where} is {clock} on {_DAYS[now.weekday()]}, {_MONTHS[now.month - 1]} {now.day}, {now.year}."


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


def _zone(asked: str) -> str:
    """Raises VoiceError."""
    if len(asked) > _LONGEST_PLACE:
        raise VoiceError(ErrorCode.BAD_REQUEST, "That is too long for the name of a place. Name a large town.")
    for name in (asked, asked.split(",")[0].strip()):
        spelled = name.casefold().replace("_", " ")
        if zone := _ELSEWHERE.get(spelled) or _names().get(spelled):
            return zone
        if zones := _countries().get(spelled):
            if len(zones) > 1:
                raise VoiceError(ErrorCode.BAD_REQUEST, f"{name} has more than one time zone. Name a town there.")
            return zones[0]
    sentence = f"The time zone of {asked} is not known here. Name a larger town nearby."
    raise VoiceError(ErrorCode.BAD_REQUEST, sentence)


@cache
def _names() -> Mapping[str, str]:
    """Zones by their whole name and by their town, in small letters."""
    zones = _table("zones")
    towns = {zone.rpartition("/")[2]: zone for zone in zones if "/" in zone and not zone.startswith("Etc/")}
    return {
        name.casefold().replace("_", " "): zone for name, zone in [*towns.items(), *((each, each) for each in zones)]
    }


@cache
def _countries() -> Mapping[str, tuple[str, ...]]:
    """Zones of each country by its English name, in small letters."""
    zones: dict[str, list[str]] = {}
    for line in _table("zoneinfo/zone.tab"):
        code, _, zone, *_ = line.split("\t")
        zones.setdefault(code, []).append(zone)
    codes = dict(line.split("\t")[:2] for line in _table("zoneinfo/iso3166.tab"))
    return {name.casefold(): tuple(zones[code]) for code, name in codes.items() if code in zones}


def _table(name: str) -> list[str]:
    from importlib.resources import files

    text = files("tzdata").joinpath(*name.split("/")).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
