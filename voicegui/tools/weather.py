"""The tool that tells the weather."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import Annotated, Literal

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.tools import Permission, ToolOutcome

from .function_tools import tool
from .open_meteo import Day, FoundPlace, Now, OpenMeteo
from .places import called_so, countries, country, fitting, is_short_for_a_country, split, well_known
from .reminder_wording import enumerated

When = Literal[
    "now", "today", "tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
]  # fmt: skip

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST_PLACE = 100
_MOST_SPLITS = 3
"""Of a name without a comma: each is a request."""

_SKIES = {
    0: "clear", 1: "mostly clear", 2: "partly cloudy", 3: "overcast", 45: "foggy", 48: "foggy with rime",
    51: "light drizzle", 53: "drizzle", 55: "heavy drizzle", 56: "light freezing drizzle", 57: "freezing drizzle",
    61: "light rain", 63: "rain", 65: "heavy rain", 66: "light freezing rain", 67: "freezing rain",
    71: "light snow", 73: "snow", 75: "heavy snow", 77: "snow grains",
    80: "light rain showers", 81: "rain showers", 82: "violent rain showers", 85: "light snow showers",
    86: "heavy snow showers", 95: "thunderstorms", 96: "thunderstorms with hail", 99: "thunderstorms with heavy hail",
}  # fmt: skip
"""WMO code table 4677, as far as Open-Meteo uses it."""


_NO_PLACES = """
    a an and any area around at be by city current do for here home house i if in is it its local locally location like
    me my near nearby need needed null none not now of on our outdoors outside person place region s specified spot
    street that the there this today tomorrow tonight town umbrella unknown unspecified user village we where will you
    your rain raining snow snowing weather forecast morning afternoon evening night week weekend later soon monday
    tuesday wednesday thursday friday saturday sunday jacket coat should take bring what whats how which when who
    n null undefined anywhere somewhere everywhere auto i am work office school garden park beach picnic sunscreen sun
    sunny rainy snowy cloudy windy stormy hot cold warm mine ours us you yours weekday noon midnight name
"""
_NOWHERE = frozenset(_NO_PLACES.split())
"""Words that name no place."""


class Weather:
    def __init__(self, service: OpenMeteo, *, imperial: bool) -> None:
        self._service = service
        self._imperial = imperial
        self._last = ""
        """The place that was asked for last: taken where none is named, and the answer names it."""

    @tool(
        label="Weather",
        permission=Permission.ALWAYS,
        network=True,
        timeout_s=25.0,
        question="I would look up the weather in {place}.",
        cues=(
            "weather", "forecast", "temperature", "rain", "raining", "snow", "snowing", "sunny", "sunshine", "umbrella",
            "need a jacket", "need a coat", "need sunscreen", "how warm", "how cold", "how hot", "windy", "cloudy",
            "degrees", "outside", "storm",
        ),
        examples=(
            ("What's the weather in Lisbon?", {"place": "Lisbon", "when": "now"}),
            ("Will it rain in Oslo tomorrow?", {"place": "Oslo", "when": "tomorrow"}),
            ("Do I need an umbrella today?", {"when": "today"}),
            ("How warm will Portland, Maine be on Sunday?", {"place": "Portland, Maine", "when": "sunday"}),
        ),
    )  # fmt: skip
    def get_weather(
        self,
        place: Annotated[
            str, "A town, such as Lisbon, or with its region: Portland, Maine; empty if none was named, never a guess"
        ] = "",
        when: Annotated[When, "A day within the next week; now for the current weather"] = "now",
    ) -> ToolOutcome:
        """Tells the weather now, or the forecast for a day of the next week, anywhere on earth. Without a place it
        takes the last one, or asks."""
        place = self._last if _is_nowhere(place) else place
        if not place:
            sentence = "For which town?"
            return ToolOutcome(f"It is not known where the person is. Ask: {sentence}", ok=False, say=sentence)
        found, whole, alike = self._find(place)
        self._last = place
        now, days = self._service.forecast(found, imperial=self._imperial)
        where = _called(found, whole=whole)
        said = f"In {where} {self._now(now)}" if when == "now" else self._day(where, when, days)
        note = " There are more places of that name; this is the largest." if alike else ""
        told = "" if whole else f" ({_called(found, whole=True)})"
        return ToolOutcome(f"{said}{told}{note}", say=said)

    def _find(self, place: str) -> tuple[FoundPlace, bool, bool]:
        """And whether its region has to be said, and whether others are called the same. Raises VoiceError."""
        name, *within = [part.strip() for part in re.split(r"[,()]", place) if part.strip()] or [""]
        if not any(sign.isalnum() for sign in name):
            raise VoiceError(ErrorCode.BAD_REQUEST, "For which place? Name a town.")
        if len(place) > _LONGEST_PLACE:
            raise VoiceError(ErrorCode.BAD_REQUEST, "That is too long for the name of a place. Name a town.")
        if not within and is_short_for_a_country(name):
            raise _whole_country(name)
        name = well_known(name)
        found = [each for each in self._service.places(name) if not each.is_country]
        if within:
            return _largest(_within(found, name, within), name), True, False
        if countries(name) and not any(each.code in countries(name) for each in called_so(found, name)):
            raise _whole_country(name)
        if not called_so(found, name):  # "Portland Maine"
            for shorter, last in islice(split(name), _MOST_SPLITS):
                if those := fitting(self._service.places(shorter), [last]):
                    return _largest(those, shorter), True, False
        if not found:
            raise VoiceError(ErrorCode.BAD_REQUEST, f"There is no place called {name}. Say another name for it.")
        largest = _largest(found, name)
        alike = [each for each in found if each.name.casefold() == largest.name.casefold() and each.population]
        return largest, len(alike) > 1, len(alike) > 1

    def _now(self, now: Now) -> str:
        feels = ""
        if now.feels_like is not None and abs(now.feels_like - now.temperature) >= 3:
            feels = f" and feels like {_rounded(now.feels_like)}"
        unit = "miles" if self._imperial else "kilometers"
        wind = f", with wind of {_rounded(now.wind)} {unit} per hour" if now.wind is not None else ""
        return f"it is {_rounded(now.temperature)} degrees {self._scale}{feels}, {_sky(now.sky)}{wind}."

    def _day(self, where: str, when: str, days: Sequence[Day]) -> str:
        day = _chosen(when, days)
        name = when if when in ("today", "tomorrow") else f"on {when.capitalize()}"
        rain = f", {_rounded(day.rain)} percent chance of rain or snow" if day.rain is not None else ""
        range_ = f"{_rounded(day.low)} to {_rounded(day.high)} degrees {self._scale}"
        return f"{name[0].upper()}{name[1:]} in {where}: {_sky(day.sky)}, {range_}{rain}."

    @property
    def _scale(self) -> str:
        return "Fahrenheit" if self._imperial else "Celsius"


def _within(found: Sequence[FoundPlace], name: str, within: Sequence[str]) -> Sequence[FoundPlace]:
    """Never another one than asked for. Raises VoiceError."""
    if those := fitting(found, within):
        return those
    where = ", ".join(within)
    others = sorted(called_so(found, name), key=lambda each: -each.population)
    there = f" There is {enumerated([_called(each, whole=True) for each in others[:3]])}." if others else ""
    raise VoiceError(ErrorCode.BAD_REQUEST, f"I find no {name} in {where}.{there} Say the region or the country.")


def _largest(found: Sequence[FoundPlace], name: str) -> FoundPlace:
    """Of those that are called just so, if there are any: the service knows more names of a place than it tells."""
    return max(called_so(found, name) or found, key=lambda each: each.population)


def _whole_country(name: str) -> VoiceError:
    [code, *_] = countries(name)
    return VoiceError(ErrorCode.BAD_REQUEST, f"{country(code)} is a whole country. Name a town there.")


def _is_nowhere(place: str) -> bool:
    """It is said of no place in particular: "", "here", "outside today", "the user's location"."""
    return not set(re.findall(r"[^\W_]+", place.casefold())) - _NOWHERE


def _called(place: FoundPlace, *, whole: bool) -> str:
    return ", ".join(filter(None, (place.name, place.region, place.country))) if whole else place.name


def _chosen(when: str, days: Sequence[Day]) -> Day:
    wanted = {"today": 0, "tomorrow": 1}.get(when)
    for at, day in enumerate(days):
        if at == wanted or (wanted is None and _weekday(day.date) == when):
            return day
    raise VoiceError(ErrorCode.BAD_ANSWER, "The weather service has no forecast for that day. Try another day.")


def _weekday(day: str) -> str:
    try:
        return _WEEKDAYS[date.fromisoformat(day).weekday()]
    except ValueError:
        return ""


def _sky(code: int) -> str:
    return _SKIES.get(code, "with unusual weather")


def _rounded(number: float) -> str:
    whole = round(number)
    return f"minus {-whole}" if whole < 0 else str(whole)
