"""Which of several places of one name is meant: "Athens, GA", "Perth, Scotland"."""

from collections.abc import Sequence
from enum import Enum
from typing import Protocol, TypeVar

from .regions import countries, folded, is_same_region, region, regions

CITY = 100_000
BY_FAR = 20


class Spot(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def region(self) -> str:
        """In English; "" if it is not known."""

    @property
    def country(self) -> str: ...
    @property
    def code(self) -> str:
        """ISO 3166, two letters."""

    @property
    def population(self) -> int: ...
    @property
    def areas(self) -> Sequence[str]:
        """Within the region: a county, a municipality."""


S = TypeVar("S", bound=Spot)


class _Way(Enum):
    REGION = 1
    COUNTRY = 2


def called_so(found: Sequence[S], name: str) -> Sequence[S]:
    return [each for each in found if folded(each.name) == folded(name)]


def fitting(found: Sequence[S], within: Sequence[str]) -> Sequence[S]:
    """Those in all of `within`. What is short for a region and for a country is the region: "CA", "GA", "DE"; unless
    the place in that country is by far the larger one: "Delhi, IN"."""
    ways = [(each, [_way(each, part) for part in within]) for each in found]
    by_region = [each for each, way in ways if all(way) and _Way.REGION in way]
    by_country = [each for each, way in ways if all(way) and _Way.REGION not in way]
    most = max((each.population for each in by_region), default=0)
    city = [each for each in by_country if each.population > max(CITY, BY_FAR * most)]
    return city or by_region or by_country


def _way(place: Spot, part: str) -> _Way | None:
    """In which way it is there."""
    inside = [code for code in regions(part) if code.startswith(f"{place.code.upper()}-")]
    names = [part, *map(region, inside)]
    if any(is_same_region(name, there) for name in names for there in (place.region, *place.areas)):
        return _Way.REGION
    if inside and not place.region:
        return _Way.REGION
    is_there = folded(part) == folded(place.country) or place.code.upper() in countries(part)
    return _Way.COUNTRY if is_there else None
