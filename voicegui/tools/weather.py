"""The tool that tells the weather."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import Annotated, Literal

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.tools import Permission, ToolOutcome
from voicegui.core.wording import Sentence, listed, marked, sentence, sentence_plural, verbatim

from .function_tools import succeeded_with, tool
from .open_meteo import Day, FoundPlace, Now, OpenMeteo
from .places import called_so, countries, country, fitting, is_short_for_a_country, split, well_known

When = Literal[
    "now", "today", "tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
]  # fmt: skip

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST_PLACE = 100
_MOST_SPLITS = 3
"""Of a name without a comma: each is a request."""

_SKIES = {
    0: sentence("clear"),
    1: sentence("mostly clear"),
    2: sentence("partly cloudy"),
    3: sentence("overcast"),
    45: sentence("foggy"),
    48: sentence("foggy with rime"),
    51: sentence("light drizzle"),
    53: sentence("drizzle"),
    55: sentence("heavy drizzle"),
    56: sentence("light freezing drizzle"),
    57: sentence("freezing drizzle"),
    61: sentence("light rain"),
    63: sentence("rain"),
    65: sentence("heavy rain"),
    66: sentence("light freezing rain"),
    67: sentence("freezing rain"),
    71: sentence("light snow"),
    73: sentence("snow"),
    75: sentence("heavy snow"),
    77: sentence("snow grains"),
    80: sentence("light rain showers"),
    81: sentence("rain showers"),
    82: sentence("violent rain showers"),
    85: sentence("light snow showers"),
    86: sentence("heavy snow showers"),
    95: sentence("thunderstorms"),
    96: sentence("thunderstorms with hail"),
    99: sentence("thunderstorms with heavy hail"),
}
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
        label=marked("Weather"),
        permission=Permission.ALWAYS,
        network=True,
        timeout_s=25.0,
        question=marked("I would look up the weather in {place}."),
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
            ask = sentence("For which town?")
            told = f"It is not known where the person is. Ask: {ask.written()}"
            return ToolOutcome(told, ok=False, say=ask.spoken())
        found, whole, alike = self._find(place)
        self._last = place
        now, days = self._service.forecast(found, imperial=self._imperial)
        where = _called(found, whole=whole)
        answer = self._now(where, now) if when == "now" else self._day(where, when, days)
        note = " There are more places of that name; this is the largest." if alike else ""
        told = "" if whole else f" ({_called(found, whole=True)})"
        return succeeded_with(answer, f"{answer.written()}{told}{note}")

    def _find(self, place: str) -> tuple[FoundPlace, bool, bool]:
        """And whether its region has to be said, and whether others are called the same. Raises VoiceError."""
        name, *within = [part.strip() for part in re.split(r"[,()]", place) if part.strip()] or [""]
        if not any(sign.isalnum() for sign in name):
            raise VoiceError(ErrorCode.BAD_REQUEST, sentence("For which place? Name a town."))
        if len(place) > _LONGEST_PLACE:
            too_long = sentence("That is too long for the name of a place. Name a town.")
            raise VoiceError(ErrorCode.BAD_REQUEST, too_long)
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
            unknown = sentence("There is no place called {place}. Say another name for it.", place=name)
            raise VoiceError(ErrorCode.BAD_REQUEST, unknown)
        largest = _largest(found, name)
        alike = [each for each in found if each.name.casefold() == largest.name.casefold() and each.population]
        return largest, len(alike) > 1, len(alike) > 1

    def _now(self, where: str, now: Now) -> Sentence:
        told, unlike = _NOW, now.feels_like is not None and abs(now.feels_like - now.temperature) >= 3
        if unlike and now.wind is not None:
            told = _NOW_FEELS_AND_WIND
        elif unlike:
            told = _NOW_FEELS
        elif now.wind is not None:
            told = _NOW_WIND
        told = told.filled(place=where, temperature=self._degrees(now.temperature), sky=_sky(now.sky))
        if unlike and now.feels_like is not None:
            told = told.filled(feels=_rounded(now.feels_like))
        return told if now.wind is None else told.filled(wind=self._wind(now.wind))

    def _day(self, where: str, when: str, days: Sequence[Day]) -> Sentence:
        day = _chosen(when, days)
        told = _DRY
        if day.rain is not None:
            told = sentence_plural(_WITH_RAIN, _WITH_RAIN, round(day.rain), rain=_rounded(day.rain))
        temperatures = self._range(day.low, day.high)
        return told.filled(day=_DAYS[when], place=where, sky=_sky(day.sky), temperatures=temperatures)

    def _degrees(self, number: float) -> Sentence:
        form = _FAHRENHEIT if self._imperial else _CELSIUS
        return sentence_plural(form, form, abs(round(number)), number=_rounded(number))

    def _range(self, low: float, high: float) -> Sentence:
        form = _TO_FAHRENHEIT if self._imperial else _TO_CELSIUS
        return sentence_plural(form, form, abs(round(high)), low=_rounded(low), high=_rounded(high))

    def _wind(self, speed: float) -> Sentence:
        form = _MILES if self._imperial else _KILOMETERS
        return sentence_plural(form, form, abs(round(speed)), number=_rounded(speed))


_CELSIUS, _FAHRENHEIT = marked("{number} degrees Celsius"), marked("{number} degrees Fahrenheit")
_TO_CELSIUS, _TO_FAHRENHEIT = marked("{low} to {high} degrees Celsius"), marked("{low} to {high} degrees Fahrenheit")
_KILOMETERS, _MILES = marked("{number} kilometers per hour"), marked("{number} miles per hour")
_NOW = sentence("In {place} it is {temperature}, {sky}.")
_NOW_WIND = sentence("In {place} it is {temperature}, {sky}, with wind of {wind}.")
_NOW_FEELS = sentence("In {place} it is {temperature} and feels like {feels}, {sky}.")
_NOW_FEELS_AND_WIND = sentence("In {place} it is {temperature} and feels like {feels}, {sky}, with wind of {wind}.")
_DRY = sentence("{day} in {place}: {sky}, {temperatures}.")
_WITH_RAIN = marked("{day} in {place}: {sky}, {temperatures}, {rain} percent chance of rain or snow.")
_DAYS = {
    "today": sentence("Today"),
    "tomorrow": sentence("Tomorrow"),
    "monday": sentence("On Monday"),
    "tuesday": sentence("On Tuesday"),
    "wednesday": sentence("On Wednesday"),
    "thursday": sentence("On Thursday"),
    "friday": sentence("On Friday"),
    "saturday": sentence("On Saturday"),
    "sunday": sentence("On Sunday"),
}


def _within(found: Sequence[FoundPlace], name: str, within: Sequence[str]) -> Sequence[FoundPlace]:
    """Never another one than asked for. Raises VoiceError."""
    if those := fitting(found, within):
        return those
    others = sorted(called_so(found, name), key=lambda each: -each.population)
    why = sentence("I find no {place} in {region}. Say the region or the country.")
    if others:
        names = listed([_called(each, whole=True) for each in others[:3]], 5)
        why = sentence("I find no {place} in {region}. There is {others}. Say the region or the country.", others=names)
    raise VoiceError(ErrorCode.BAD_REQUEST, why.filled(place=name, region=", ".join(within)))


def _largest(found: Sequence[FoundPlace], name: str) -> FoundPlace:
    """Of those that are called just so, if there are any: the service knows more names of a place than it tells."""
    return max(called_so(found, name) or found, key=lambda each: each.population)


def _whole_country(name: str) -> VoiceError:
    [code, *_] = countries(name)
    return VoiceError(
        ErrorCode.BAD_REQUEST, sentence("{country} is a whole country. Name a town there.", country=country(code))
    )


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
    none = sentence("The weather service has no forecast for that day. Try another day.")
    raise VoiceError(ErrorCode.BAD_ANSWER, none)


def _weekday(day: str) -> str:
    try:
        return _WEEKDAYS[date.fromisoformat(day).weekday()]
    except ValueError:
        return ""


def _sky(code: int) -> Sentence:
    return _SKIES.get(code) or sentence("with unusual weather")


def _rounded(number: float) -> Sentence:
    whole = round(number)
    return sentence("minus {number}", number=-whole) if whole < 0 else verbatim(str(whole))
