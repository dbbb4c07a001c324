import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from voicegui.resource_files import resource
from voicegui.tools.clock import Clock
from voicegui.tools.time_zones import find_zone

from .conftest import called

NOW = datetime(2026, 3, 29, 0, 59, tzinfo=timezone(timedelta(hours=-5), "EST"))


async def test_here() -> None:
    outcome = await called(Clock(lambda: NOW).current_time)
    assert outcome.say == "It is 00:59 on Sunday, March 29, 2026."
    assert outcome.text == "It is 00:59 on Sunday, March 29, 2026. Time zone: EST."


@pytest.mark.parametrize("place", ["here", "Local", "my location", "user_location", "N/A", "<unknown>"])
async def test_no_place_in_particular_is_here(place: str) -> None:
    clock = Clock(lambda: NOW)
    assert await called(clock.current_time, place_or_zone=place) == await called(clock.current_time)


async def test_twelve_hours() -> None:
    assert "It is 12:59 AM on" in (await called(Clock(lambda: NOW, twelve=True).current_time)).say
    there = await called(Clock(lambda: NOW, twelve=True).current_time, place_or_zone="Tokyo")
    assert there.say == "In Tokyo it is 2:59 PM on Sunday, March 29, 2026."


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("Tokyo", "Asia/Tokyo"),
        ("new york", "America/New_York"),
        ("Europe/Lisbon", "Europe/Lisbon"),
        ("europe/lisbon", "Europe/Lisbon"),
        ("Paris, France", "Europe/Paris"),
        ("San Francisco", "America/Los_Angeles"),
        ("France", "Europe/Paris"),
        ("Japan", "Asia/Tokyo"),
        ("UTC", "UTC"),
    ],
)
async def test_elsewhere(place: str, zone: str) -> None:
    outcome = await called(Clock(lambda: NOW).current_time, place_or_zone=place)
    there = NOW.astimezone(ZoneInfo(zone))
    assert outcome.ok
    assert f"it is {there:%H:%M} on {there:%A}" in outcome.say


async def test_summer_time_is_minded() -> None:
    before = Clock(lambda: datetime(2026, 3, 29, 0, 59, tzinfo=UTC))
    after = Clock(lambda: datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
    assert "01:59" in (await called(before.current_time, place_or_zone="Berlin")).say
    assert "03:00" in (await called(after.current_time, place_or_zone="Berlin")).say


@pytest.mark.parametrize(
    ("place", "zone", "called"),
    [
        # with accents, without, and by other names
        ("São Paulo", "America/Sao_Paulo", "São Paulo"),
        ("Sao Paulo", "America/Sao_Paulo", "Sao Paulo"),
        ("Zürich", "Europe/Zurich", "Zürich, Switzerland"),
        ("zurich", "Europe/Zurich", "Zurich, Switzerland"),
        ("Malmö", "Europe/Stockholm", "Malmö, Sweden"),
        ("Malmo", "Europe/Stockholm", "Malmo, Sweden"),
        ("Reykjavík", "Atlantic/Reykjavik", "Reykjavík, Iceland"),
        ("Łódź", "Europe/Warsaw", "Łódź"),
        ("Bogotá", "America/Bogota", "Bogotá"),
        ("München", "Europe/Berlin", "München, Germany"),
        ("Cologne", "Europe/Berlin", "Cologne, Germany"),
        ("Kyiv", "Europe/Kyiv", "Kyiv"),
        ("Kiev", "Europe/Kyiv", "Kiev, Ukraine"),
        ("NYC", "America/New_York", "NYC"),
        ("L.A.", "America/Los_Angeles", "L.A."),
        ("LA", "America/Los_Angeles", "LA"),
        ("SF", "America/Los_Angeles", "SF"),
        ("Vegas", "America/Los_Angeles", "Vegas"),
        ("Frisco", "America/Chicago", "Frisco, Texas, United States"),
        ("Bombay", "Asia/Kolkata", "Bombay, India"),
        ("Saigon", "Asia/Ho_Chi_Minh", "Saigon, Vietnam"),
        ("Peking", "Asia/Shanghai", "Peking, China"),
        ("Leningrad", "Europe/Moscow", "Leningrad, Russia"),
        ("Beijing", "Asia/Shanghai", "Beijing"),
        ("Pago Pago", "Pacific/Pago_Pago", "Pago Pago"),
        ("Bali", "Asia/Makassar", "Bali"),
        # with regions and countries
        ("Washington DC", "America/New_York", "Washington, District of Columbia, United States"),
        ("Washington, D.C.", "America/New_York", "Washington, District of Columbia, United States"),
        ("Washington", "America/New_York", "Washington, District of Columbia, United States"),
        ("Portland", "America/Los_Angeles", "Portland, Oregon, United States"),
        ("Portland Maine", "America/New_York", "Portland, Maine, United States"),
        ("Athens", "Europe/Athens", "Athens, Greece"),
        ("Athens, GA", "America/New_York", "Athens, Georgia, United States"),
        ("London", "Europe/London", "London"),
        ("London, ON", "America/Toronto", "London, Ontario, Canada"),
        ("Perth, Scotland", "Europe/London", "Perth, Scotland, United Kingdom"),
        ("San José Costa Rica", "America/Costa_Rica", "San José, Costa Rica"),
        ("Paris, Texas", "America/Chicago", "Houston, Texas"),
        ("Springfield, CA", "America/Los_Angeles", "California, United States"),
        ("Tinytown, Italy", "Europe/Rome", "Italy"),
        # countries and regions; where nearly all of it has one zone, the town that is meant is told
        ("UK", "Europe/London", "UK"),
        ("the Netherlands", "Europe/Amsterdam", "the Netherlands"),
        ("South Korea", "Asia/Seoul", "South Korea"),
        ("Turkey", "Europe/Istanbul", "Turkey"),
        ("Hawaii", "Pacific/Honolulu", "Hawaii, United States"),
        ("California", "America/Los_Angeles", "California, United States"),
        ("Scotland", "Europe/London", "Scotland, United Kingdom"),
        ("Victoria", "Australia/Melbourne", "Victoria, Australia"),
        ("Georgia, USA", "America/New_York", "Georgia, United States"),
        ("Spain", "Europe/Madrid", "Madrid, Spain"),
        ("Kansas", "America/Chicago", "Wichita, Kansas"),
        ("Texas", "America/Chicago", "Houston, Texas"),
        ("Pacific time", "America/Los_Angeles", "Pacific time"),
    ],
)
async def test_places_by_all_that_people_call_them(place: str, zone: str, called: str) -> None:
    assert find_zone(place, NOW) == (zone, called)


@pytest.mark.parametrize("place", ["USA", "America", "Canada", "Russia", "Indiana", "Georgia", "Mexico", "CA", "Congo"])
async def test_what_has_several_zones_is_asked(place: str) -> None:
    outcome = await called(Clock(lambda: NOW).current_time, place_or_zone=place)
    assert not outcome.ok and outcome.say.endswith(("Name a town there.", "Name a larger town nearby."))


def test_all_zones_of_the_towns_are_known() -> None:
    text = resource("towns.tsv").read_text("utf-8")
    zones = set(re.findall(r"\t([A-Z]\w+/[\w/+-]+)(?:=|\t)", text))
    assert len(zones) > 300
    for zone in zones:
        ZoneInfo(zone)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Xyzzy", "The time zone of Xyzzy is not known here. Name a larger town nearby."),
        ("United States", "United States has more than one time zone. Name a town there."),
        ("../../etc/passwd", "is not known here"),
        ("x" * 9000, "too long"),
        ("\0", "is not known here"),
    ],
)
async def test_what_is_not_known_says_so(place: str, said: str) -> None:
    outcome = await called(Clock(lambda: NOW).current_time, place_or_zone=place)
    assert not outcome.ok
    assert said in outcome.text
