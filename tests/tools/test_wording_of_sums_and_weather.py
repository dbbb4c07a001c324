"""Each word of ours in sums, the time and the weather goes through the catalogue; models get it in English."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.openai_server.server import Answer, Fault, Request, as_json, serving
from tests.tools.conftest import called
from tests.tools.hidden_language import in_hidden
from voicegui.core.wording import use_translations
from voicegui.tools import open_meteo
from voicegui.tools.calculator.tool import calculate
from voicegui.tools.clock import Clock
from voicegui.tools.open_meteo import Day, FoundPlace, Now, OpenMeteo
from voicegui.tools.weather import Weather

LISBON = ZoneInfo("Europe/Lisbon")


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    use_translations()


# ---------------------------------------------------------------- sums

SUMS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("12% of 80", ()), ("1/3", ()), ("2 - 7.123456", ()), ("7^300", ()), ("-7^-30", ()), ("5 mi in km", ()),
    ("1 mi in mi", ()), ("60 mph in km/h", ()), ("5 ft 7 in in cm", ()), ("72 F in C", ()), ("2 cups in ml", ()),
    ("3 pt in ml", ()), ("8 1/2 x 11 in in cm", ()), ("10 sqm in sqft", ()), ("2 cc + 1 ml", ()), ("3 kg * 2 m", ()),
    ("$10 / 3", ()), ("€10 * 2", ()), ("CHF 3 * 1", ("CHF",)), ("$3 / kg", ()), ("£12 - £13.50", ()), ("0.001 USD", ()),
    ("100 nm in mm", ()), ("5 gr in oz", ()), ("2000 lb in ton", ()), ("500 cal in kJ", ()), ("3 barn in cm^2", ()),
    ("5 m^4", ()), ("1 Mm in km", ()), ("30 mpg in l/100km", ()), ("3 kWh", ()), ("2 bushels + 1 pt", ()), ("1 au", ()),
    ("9 furlongs", ()), ("2 kilofurlongs", ()), ("10 m/s^2", ()), ("3 / (2 s)", ()), ("-5 C in F", ()),
    ("3 centuries", ()), ("3000 Hz", ()), ("8 x 10 x 12 in in cm", ()),
)  # fmt: skip
NO_SUMS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("", ()), (" " * 9, ()), ("1" * 600, ()), ("1/0", ()), ("5 mod 0", ()), ("1 2", ()), ("2 +", ()), ("(2", ()),
    ("sqrt(-1)", ()), ("sqrt(-1 m)", ()), ("log(0)", ()), ("ln(0)", ()), ("log(2, 1)", ()), ("tan(90 deg)", ()),
    ("sin(1e30)", ()), ("asin(2)", ()), ("acos(2)", ()), ("0^0", ()), ("0^-1", ()), ("(-8)^(1/3)", ()), ("500!", ()),
    ("2.5!", ()), ("round(2, 99)", ()), ("sin(1, 2)", ("sin",)), ("10^999", ()), ("10^-999", ()), ("1,5 + 2", ()),
    ("€1.234", ()), ("2026-03-11", ()), ("§ 5", ()), ("five quibbles in km", ("quibbles",)), ("5 kg in m", ()),
    ("5 USD in EUR", ()), ("5 KRW in CAD", ("KRW", "CAD")), ("10 C + 5 C", ()), ("-300 C in F", ()), ("5 kg + 1", ()),
    ("min(1, 2 m)", ()), ("a cup of flour in grams", ("flour",)), ("5 mbps in mb/s", ("mb",)), ("5 pounds 50 * 2", ()),
    ("1 ft 13 in cm", ()), ("m^20", ("m",)), ("(3 m)^20", ()), ("(-3 m)^0.5", ()), ("(0 m)^-1", ()), ("$2 * $3", ()),
    ("8 x 10 ft 2 in", ()), ("8 x 11 in", ()), ("3 / s", ("s",)), ("5 km/h in kg*m/s", ()), ("sin(3 kg)", ()),
    ("0 mpg in l/100km", ()),
    ("(" * 60, ()), ("5 per", ("per",)), ("5 kg in", ()), ("five apples", ("apples",)), ("3 cents + 2 kg", ()),
    ("3 / kg + 1 / m", ("kg",)), ("1/(2 kg) + 1/(1 m)", ()),
)  # fmt: skip


@pytest.mark.parametrize(("expression", "values"), [*SUMS, *NO_SUMS])
async def test_sums(expression: str, values: Sequence[str]) -> None:
    english = await called(calculate, expression=expression)
    outcome = await in_hidden(calculate, *values, expression=expression)
    assert (outcome.text, outcome.ok) == (english.text, english.ok)
    if (expression, values) in NO_SUMS:
        assert not outcome.ok and english.say == english.text


# ---------------------------------------------------------------- clock


@pytest.mark.parametrize("twelve", [True, False])
@pytest.mark.parametrize("hour", [0, 11, 12, 23])
async def test_the_clock(twelve: bool, hour: int) -> None:
    clock = Clock(lambda: datetime(2026, 3, 29, hour, 5, tzinfo=LISBON), twelve=twelve)
    await in_hidden(clock.current_time)
    await in_hidden(clock.current_time, "Tokyo", place_or_zone="Tokyo")


@pytest.mark.parametrize("place", ["Xyzzyville", "x" * 200, "Congo", "Australia", "Qqzx, Nowhere"])
async def test_no_time_there(place: str) -> None:
    clock = Clock(lambda: datetime(2026, 3, 29, 9, tzinfo=LISBON))
    outcome = await in_hidden(clock.current_time, place, place_or_zone=place)
    assert not outcome.ok


# ---------------------------------------------------------------- weather

_LISBON = FoundPlace("Lisbon", "Region", "Portugal", "PT", 38.0, -9.0, 500_000)
_NAMESAKE = FoundPlace("Lisbon", "Maine", "United States", "US", 44.0, -70.0, 9000)


class Sky(OpenMeteo):
    """`codes`: of the days."""

    def __init__(self, now: Now, rain: float | None = 60, *, found: Sequence[FoundPlace] = (_LISBON,)) -> None:
        super().__init__()
        self._now, self._rain, self._found = now, rain, found

    def places(self, name: str) -> Sequence[FoundPlace]:
        return self._found

    def forecast(self, place: FoundPlace, *, imperial: bool) -> tuple[Now, Sequence[Day]]:
        first = datetime(2026, 3, 11)
        days = [f"{first + timedelta(days):%Y-%m-%d}" for days in range(8)]
        return self._now, [Day(day, -7.0, 2.0, self._now.sky, self._rain) for day in days[: 8 if self._rain else 6]]


WHENS = ("now", "today", "tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SKIES = (0, 1, 2, 3, 45, 48, 51, 53, 55, 56, 57, 61, 63, 65, 66, 67, 71, 73, 75, 77, 80, 81, 82, 85, 86, 95, 96, 99, 7)


@pytest.mark.parametrize("imperial", [True, False])
@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize(("feels", "wind"), [(None, None), (None, 3.0), (-9.0, None), (-9.0, 1.0)])
async def test_the_weather(when: str, imperial: bool, feels: float | None, wind: float | None) -> None:
    rain = 60.0 if wind else None
    weather = Weather(Sky(Now(-1.0, feels, wind, 2), rain), imperial=imperial)
    await in_hidden(weather.get_weather, "Lisbon", place="Lisbon", when=when)


@pytest.mark.parametrize("sky", SKIES)
async def test_every_sky(sky: int) -> None:
    weather = Weather(Sky(Now(20.0, None, None, sky)), imperial=False)
    await in_hidden(weather.get_weather, "Lisbon", place="Lisbon")


@pytest.mark.parametrize(
    ("place", "values", "found"),
    [
        ("", (), ()), ("?!1", (), ()), ("a" * 200, (), ()), ("USA", ("United States",), ()), ("Xyzzy", ("Xyzzy",), ()),
        ("Portugal", ("Portugal",), ()), ("Lisbon, Japan", ("Lisbon", "Japan", "Region", "Portugal"), (_LISBON,)),
        ("Lisbon, Japan", ("Lisbon", "Japan"), ()),
        (
            "Lisbon, Japan", ("Lisbon", "Japan", "Region", "Portugal", "Maine", "United States"), (_LISBON, _NAMESAKE),
        ),
    ],
)  # fmt: skip
async def test_no_weather_there(place: str, values: Sequence[str], found: Sequence[FoundPlace]) -> None:
    weather = Weather(Sky(Now(20.0, None, None, 0), found=found), imperial=False)
    outcome = await in_hidden(weather.get_weather, *values, place=place)
    assert not outcome.ok


async def test_no_forecast_for_that_day() -> None:
    weather = Weather(Sky(Now(20.0, None, None, 0), rain=None), imperial=False)
    assert not (await in_hidden(weather.get_weather, place="Lisbon", when="tuesday")).ok


@pytest.mark.parametrize(
    "answer",
    [
        as_json({}, status=429), as_json({}, status=503), as_json({}, status=404), as_json([]),
        as_json({"results": [3]}), Answer([b"{"]), Answer([Fault.RESET]), Answer([b"{", Fault.STALL]),
    ],
)  # fmt: skip
async def test_a_service_that_fails(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(request: Request) -> Answer:
        return answer

    if Fault.STALL in answer.body:
        monkeypatch.setattr(open_meteo, "_PAUSE_S", 0.05)
    async with serving(answered) as server:
        weather = Weather(OpenMeteo(f"{server.url}/v1", f"{server.url}/v1"), imperial=False)
        assert not (await in_hidden(weather.get_weather, place="Lisbon")).ok
