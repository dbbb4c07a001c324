"""The time zone of a place that a user names: a town, a region, a country, a zone. What is guessed is told.

Towns are in `resources/towns.tsv`, found in its text in a few milliseconds.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.wording import sentence
from voicegui.resource_files import resource

from .places import (
    BY_FAR,
    CITY,
    countries,
    country,
    fitting,
    folded,
    is_short_for_a_country,
    region,
    regions,
    split,
    well_known,
)


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    region: str
    """Of the United States, Canada, Australia and the United Kingdom; else ""."""
    country: str
    code: str
    population: int
    zone: str
    is_called_otherwise: bool
    """It was found by another one of its names."""
    areas: Sequence[str] = ()


class Towns:
    """Reads the file once. Blocks: use it in a thread."""

    def __init__(self) -> None:
        self._text = resource("towns.tsv").read_text("utf-8")

    def called(self, name: str) -> Sequence[Town]:
        """The largest first."""
        wanted, found, at = f",{folded(name)},", [], -1
        while len(wanted) > 2 and (at := self._text.find(wanted, at + 1)) >= 0:
            begin, end = self._text.rfind("\n", 0, at) + 1, self._text.find("\n", at)
            if self._text[begin] not in "#@":
                found.append(_town(self._text[begin : end if end >= 0 else None], folded(name)))
        return found

    def people(self, code: str) -> Sequence[tuple[str, int]]:
        """How many live in which zone of a country or region (ISO 3166), most first; nothing if it is not known."""
        line = re.search(rf"^@{re.escape(code)}\t(.*)$", self._text, re.M)
        pairs = [pair.partition("=") for pair in line[1].split("\t")] if line else []
        return [(zone, int(count)) for zone, _, count in pairs]

    def largest(self, code: str, zone: str) -> str:
        """The name of a town there; "" if none is known."""
        land, _, part = code.partition("-")
        part = part or "[^\t\n]*"
        line = re.search(rf"^([^\t\n@#]+)\t{part}\t{land}\t\d+\t{re.escape(zone)}\t", self._text, re.M)
        return line[1] if line else ""


def _town(line: str, asked: str) -> Town:
    name, part, land, people, zone, *_ = line.split("\t")
    there = region(f"{land}-{part}") if part else ""
    return Town(name, there, country(land), land, int(people), zone, not folded(name).startswith(asked))


# ---------------------------------------------------------------- zone of a place
# Towns come from GeoNames, zones from `tzdata`. Blocks: use it in a thread.

_LONGEST_PLACE = 100
_LARGE = 5 * CITY
"""Such a town is known without its country. It is meant by a name that is also a region's of its country: Washington,
but not Ontario in California."""
_FEW = 0.0005
"""Of the people of a country, who need no mention: those of a base abroad."""
_MOST = 0.9
_ALSO_LARGE = 0.1
"""Of the people of the largest town of a name: then it is said which one it is."""

_ZONES = {
    "pacific time": "America/Los_Angeles", "eastern time": "America/New_York", "central time": "America/Chicago",
    "mountain time": "America/Denver", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "edt": "America/New_York", "cdt": "America/Chicago", "mdt": "America/Denver", "est": "America/New_York",
    "central european time": "Europe/Berlin", "greenwich mean time": "UTC", "greenwich": "UTC", "utc": "UTC",
    "gmt": "UTC", "zulu": "UTC", "jst": "Asia/Tokyo",
    "cet": "Europe/Berlin", "cest": "Europe/Berlin", "eet": "Europe/Athens", "wet": "Europe/Lisbon",
}  # fmt: skip


def find_zone(asked: str, now: datetime) -> tuple[str, str]:
    """The zone of a place, and how that is called. Raises VoiceError."""
    if len(asked) > _LONGEST_PLACE:
        too_long = sentence("That is too long for the name of a place. Name a large town.")
        raise VoiceError(ErrorCode.BAD_REQUEST, too_long)
    if zone := _ZONES.get(folded(asked)) or _by_id().get(asked.casefold().replace(" ", "_")):
        return zone, asked
    name, *within = [part.strip() for part in asked.split(",") if part.strip()] or [""]
    search = _Search(Towns(), now)
    place = search.within(well_known(name), within) if within else search.named(well_known(name), name)
    for shorter, last in () if place or within else split(name):
        place = place or search.within(well_known(shorter), [last], strictly=True)
    if place is None:
        unknown = sentence("The time zone of {place} is not known here. Name a larger town nearby.", place=asked)
        raise VoiceError(ErrorCode.BAD_REQUEST, unknown)
    return place


class _Search:
    def __init__(self, towns: Towns, now: datetime) -> None:
        self._towns, self._now = towns, now

    def within(self, name: str, within: Sequence[str], *, strictly: bool = False) -> tuple[str, str] | None:
        """A town in a region or a country; the time there, if the town is not known. `strictly`: only the town."""
        several = self._towns.called(name)
        if those := fitting(several, within):
            best = _best(those)
            return best.zone, _whole(best)
        if strictly:
            return None
        lands = frozenset[str]().union(*map(countries, within))
        if inside := [code for code in sorted(regions(name)) if code[:2] in lands and self._towns.people(code)]:
            return self._land(name, inside)
        for part in within:
            if codes := [code for code in sorted(regions(part)) if self._towns.people(code)] or sorted(countries(part)):
                return self._land(part, codes)
        return (_best(several).zone, _whole(_best(several))) if several else None

    def named(self, name: str, asked: str) -> tuple[str, str] | None:
        several = self._towns.called(name)
        best = _best(several) if several else None
        land = self._codes(name)
        namesake = bool(best and best.population >= _LARGE and land and land[0].startswith(f"{best.code}-"))
        if best and (not land or namesake):
            is_elsewhere = namesake and folded(best.region) != folded(name)
            return best.zone, _whole(best) if is_elsewhere else self._told(best, several, asked)
        if land:
            return self._land(name, land)
        zone = _by_town().get(folded(name))
        return (zone, _shown(asked)) if zone else None

    # ------------------------------------------------------------ helpers

    def _told(self, best: Town, several: Sequence[Town], asked: str) -> str:
        others = [each for each in several if each.population > _ALSO_LARGE * best.population]
        if len({self._clock(each.zone) for each in others}) > 1:
            return _whole(best)
        is_clear = best.population >= _LARGE and not best.is_called_otherwise
        return _shown(asked) if is_clear else f"{_shown(asked)}, {best.country}"

    def _codes(self, name: str) -> Sequence[str]:
        """Of the country or the regions that are called so."""
        several = countries(name)
        if len(folded(name)) <= 3 and several and not is_short_for_a_country(name):
            return ()
        return [*several, *(code for code in sorted(regions(name)) if self._towns.people(code))]

    def _land(self, name: str, codes: Sequence[str]) -> tuple[str, str]:
        """Of a country or region. Raises VoiceError."""
        if len(codes) > 1:
            several = sentence("{name} can be more than one place. Name a town there.", name=name)
            raise VoiceError(ErrorCode.BAD_REQUEST, several)
        people = self._towns.people(codes[0]) if codes else ()
        total = sum(count for _, count in people)
        by_clock: dict[str, int] = {}
        for zone, count in people:
            by_clock[self._clock(zone)] = by_clock.get(self._clock(zone), 0) + count
        largest = max(by_clock.values(), default=0)
        if not people or largest < _MOST * total:
            zones = sentence("{place} has more than one time zone. Name a town there.", place=name)
            raise VoiceError(ErrorCode.BAD_REQUEST, zones)
        main = people[0][0]
        called = region(codes[0]) or country(codes[0])
        if total - largest > _FEW * total:
            return main, ", ".join(filter(None, (self._towns.largest(codes[0], main), called)))
        return main, f"{called}, {country(codes[0][:2])}" if "-" in codes[0] else _shown(name)

    def _clock(self, zone: str) -> str:
        return f"{self._now.astimezone(ZoneInfo(zone)):%d %H:%M}"


def _best(several: Sequence[Town]) -> Town:
    """By its own name, unless one that is only called so is by far the larger one."""
    own = [each for each in several if not each.is_called_otherwise]
    largest, largest_own = max(several, key=_people), max(own, key=_people, default=None)
    return largest if largest_own is None or largest.population > BY_FAR * largest_own.population else largest_own


def _people(town: Town) -> int:
    return town.population


def _whole(town: Town) -> str:
    return ", ".join(filter(None, (town.name, town.region, town.country)))


def _shown(asked: str) -> str:
    return asked.title() if asked == asked.lower() else asked


@cache
def _by_id() -> Mapping[str, str]:
    """Zones by their whole name, in small letters."""
    return {zone.casefold(): zone for zone in _table("zones") if "/" in zone}


@cache
def _by_town() -> Mapping[str, str]:
    """The towns that zones are named after, also small ones."""
    zones = (line.split("\t")[2] for line in _table("zoneinfo/zone.tab"))
    return {folded(zone.rpartition("/")[2]): zone for zone in zones}


def _table(name: str) -> list[str]:
    from importlib.resources import files

    text = files("tzdata").joinpath(*name.split("/")).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
