"""Places and forecasts from Open-Meteo, which needs no key.

Formats: https://open-meteo.com/en/docs and https://open-meteo.com/en/docs/geocoding-api. Blocks: call it in a thread.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.wording import sentence

GEOCODING_URL = "https://geocoding-api.open-meteo.com/v1"
FORECAST_URL = "https://api.open-meteo.com/v1"

_PAUSE_S = 5.0
_WHOLE_S = 10.0
_LARGEST_NUMBER = 1e10
"""Also of people in a town; what is no number or infinite is not below it either."""
_LARGEST = 1_000_000
"""Bytes; a real answer has some thousand."""

_MOST = 100
"""Places; the small ones of a common name come late."""

_CURRENT = "temperature_2m,apparent_temperature,weather_code,wind_speed_10m"
_DAILY = "weather_code,temperature_2m_max,temperature_2m_min,precipitation_probability_max"
_DAYS = 8
"""Today, and the same day of next week."""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    name: str
    region: str
    country: str
    code: str
    """ISO 3166, two letters."""
    latitude: float
    longitude: float
    population: int
    areas: Sequence[str] = ()
    """Within the region: a county, a municipality."""
    is_country: bool = False


@dataclass(frozen=True, slots=True)
class Now:
    temperature: float
    feels_like: float | None
    wind: float | None
    sky: int
    """WMO code."""


@dataclass(frozen=True, slots=True)
class Day:
    date: str
    """ISO 8601, where the place is."""
    low: float
    high: float
    sky: int
    rain: float | None
    """Probability in percent."""


class OpenMeteo:
    """All raise VoiceError(OFFLINE | TIMED_OUT | RATE_LIMITED | SERVER_FAILED | BAD_ANSWER)."""

    def __init__(self, geocoding_url: str = GEOCODING_URL, forecast_url: str = FORECAST_URL) -> None:
        self._geocoding_url = geocoding_url
        self._forecast_url = forecast_url

    def places(self, name: str) -> Sequence[FoundPlace]:
        """Called so or beginning so, in any language. What follows a comma is not for the service: it takes or ignores
        it as it likes."""
        answer = _asked(
            f"{self._geocoding_url}/search", {"name": name, "count": _MOST, "language": "en", "format": "json"}
        )
        with _making_sense():
            return [_place(each) for each in answer.get("results", ())]

    def forecast(self, place: FoundPlace, *, imperial: bool) -> tuple[Now, Sequence[Day]]:
        """Temperatures in °F or °C, wind in mph or km/h. The first day is today where the place is."""
        answer = _asked(
            f"{self._forecast_url}/forecast",
            {
                "latitude": place.latitude, "longitude": place.longitude, "current": _CURRENT, "daily": _DAILY,
                "timezone": "auto", "forecast_days": _DAYS,
                "temperature_unit": "fahrenheit" if imperial else "celsius",
                "wind_speed_unit": "mph" if imperial else "kmh",
            },
        )  # fmt: skip
        with _making_sense():
            current, daily = answer["current"], answer["daily"]
            now = Now(
                _number(current["temperature_2m"]), _maybe(current.get("apparent_temperature")),
                _maybe(current.get("wind_speed_10m")), int(_number(current["weather_code"])),
            )  # fmt: skip
            return now, [_day(daily, at) for at, date in enumerate(daily["time"]) if _is_told(daily, at)]


def _asked(url: str, parameters: Mapping[str, str | float]) -> Mapping[str, Any]:
    from voicegui.web.clients import client

    until = monotonic() + _WHOLE_S
    body = bytearray()
    with _translated(), client(timeout=_PAUSE_S) as web:  # noqa: SIM117  the errors of both
        with web.stream("GET", url, params=dict(parameters)) as response:
            _refuse_failure(response.status_code)
            for piece in response.iter_bytes():
                body += piece
                if len(body) > _LARGEST:
                    raise _nonsense()
                if monotonic() > until:
                    raise _too_slow()
    with _making_sense():
        answer = json.loads(body)
        if not isinstance(answer, dict):
            raise TypeError
        return answer


def _refuse_failure(status: int) -> None:
    if status == 429:
        too_often = sentence("The weather service has been asked too often today. Try again later.")
        raise VoiceError(ErrorCode.RATE_LIMITED, too_often, retryable=True)
    if status >= 500:
        out_of_order = sentence("The weather service is out of order. Try again later.")
        raise VoiceError(ErrorCode.SERVER_FAILED, out_of_order, retryable=True)
    if status != 200:
        raise _nonsense()


@contextmanager
def _translated() -> Iterator[None]:
    import httpx2

    try:
        yield
    except httpx2.TimeoutException:
        raise _too_slow() from None
    except httpx2.DecodingError:
        raise _nonsense() from None
    except (httpx2.TransportError, OSError):
        unreachable = sentence("The weather service cannot be reached. Check the network and try again.")
        raise VoiceError(ErrorCode.OFFLINE, unreachable, retryable=True) from None


@contextmanager
def _making_sense() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        raise _nonsense() from None


def _too_slow() -> VoiceError:
    late = sentence("The weather service did not answer in time. Try again.")
    return VoiceError(ErrorCode.TIMED_OUT, late, retryable=True)


def _nonsense() -> VoiceError:
    nonsense = sentence("The weather service gave an answer that makes no sense. Try again later.")
    return VoiceError(ErrorCode.BAD_ANSWER, nonsense, retryable=True)


def _place(entry: Mapping[str, Any]) -> FoundPlace:
    return FoundPlace(
        _name(entry["name"]), _name(entry.get("admin1")), _name(entry.get("country")), _name(entry.get("country_code")),
        _number(entry["latitude"]), _number(entry["longitude"]), int(_maybe(entry.get("population")) or 0),
        tuple(_name(entry.get(f"admin{level}")) for level in (2, 3, 4)),
        str(entry.get("feature_code")).startswith("PCL"),
    )  # fmt: skip


def _name(text: str | None) -> str:
    """Names are text that somebody else wrote: no room for more than a name."""
    return "".join(sign for sign in (text or "")[:40] if sign.isalpha() or sign in " -'’.").strip()


def _is_told(daily: Mapping[str, Any], at: int) -> bool:
    """The last days may be without numbers."""
    return None not in (daily["temperature_2m_min"][at], daily["temperature_2m_max"][at], daily["weather_code"][at])


def _day(daily: Mapping[str, Any], at: int) -> Day:
    rain = daily.get("precipitation_probability_max") or ()
    return Day(
        str(daily["time"][at])[:10], _number(daily["temperature_2m_min"][at]), _number(daily["temperature_2m_max"][at]),
        int(_number(daily["weather_code"][at])), _maybe(rain[at]) if at < len(rain) else None,
    )  # fmt: skip


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST_NUMBER:
        raise TypeError
    return float(value)


def _maybe(value: object) -> float | None:
    return None if value is None else _number(value)
