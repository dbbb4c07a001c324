from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from voicegui.tools.clock import Clock

from .conftest import called

NOW = datetime(2026, 3, 29, 0, 59, tzinfo=timezone(timedelta(hours=-5), "EST"))


async def test_here() -> None:
    outcome = await called(Clock(lambda: NOW).current_time)
    assert outcome.say == "It is 00:59 on Sunday, March 29, 2026."
    assert outcome.text == "It is 00:59 on Sunday, March 29, 2026. Time zone: EST."


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
