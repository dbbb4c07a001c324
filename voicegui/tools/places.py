"""Countries and regions by all that people call them, and which of several places of one name is meant.

Names are those of ISO 3166. The first question loads `pycountry` (150 ms): call it in a thread.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Protocol, TypeVar

_OTHERWISE = {
    "uk": "GB", "britain": "GB", "great britain": "GB", "america": "US", "the states": "US", "russia": "RU",
    "turkey": "TR", "holland": "NL", "uae": "AE", "emirates": "AE", "the emirates": "AE", "ivory coast": "CI",
    "burma": "MM", "czech republic": "CZ", "macedonia": "MK", "swaziland": "SZ", "cape verde": "CV", "macau": "MO",
    "palestine": "PS", "vatican": "VA", "vatican city": "VA", "brunei": "BN", "east timor": "TL", "micronesia": "FM",
    "dr congo": "CD", "trinidad": "TT", "republic of ireland": "IE", "eire": "IE", "prc": "CN", "mainland china": "CN",
}  # fmt: skip
"""Of countries; what ISO 3166 does not call them."""
_TOWNS_OTHERWISE = {
    "nyc": "New York", "la": "Los Angeles", "sf": "San Francisco", "dc": "Washington", "philly": "Philadelphia",
    "vegas": "Las Vegas", "nola": "New Orleans", "chi town": "Chicago", "kl": "Kuala Lumpur", "hk": "Hong Kong",
    "rio": "Rio de Janeiro", "new york city": "New York", "bali": "Denpasar", "mallorca": "Palma", "majorca": "Palma",
    "tenerife": "Santa Cruz de Tenerife", "gran canaria": "Las Palmas de Gran Canaria", "madeira": "Funchal",
    "azores": "Ponta Delgada", "sicily": "Palermo", "crete": "Heraklion",
}  # fmt: skip
"""What gazetteers hardly know, or know of other places: LA is also Laos, and there is a Bali in India."""
_REGIONS_OTHERWISE = {
    "washington dc": "US-DC", "newfoundland": "CA-NL", "labrador": "CA-NL", "pei": "CA-PE", "nwt": "CA-NT",
    "hawai'i": "US-HI", "yukon territory": "CA-YT", "washington state": "US-WA", "new york state": "US-NY",
}  # fmt: skip
_ABBREVIATED = frozenset({"US", "CA", "AU", "BR", "MX", "IN", "GB"})
"""Countries whose regions are written as two or three letters behind a town."""
_SPOKEN = {
    "RU": "Russia", "CD": "Congo", "PS": "Palestine", "VA": "Vatican City", "BN": "Brunei", "FM": "Micronesia",
    "VG": "British Virgin Islands", "VI": "US Virgin Islands", "SH": "Saint Helena", "BQ": "Bonaire",
}  # fmt: skip
"""Countries that ISO 3166 calls as nobody does."""
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ß": "ss"}
)
_GENERIC = frozenset(
    {
        "state", "province", "district", "region", "county", "of", "federal", "republic", "canton", "voivodeship",
        "prefecture", "oblast", "department", "autonomous", "community", "city", "municipality", "metropolitan", "land",
        "free", "principality", "emirate", "territory", "governorate", "the",
    }
)  # fmt: skip


def folded(name: str) -> str:
    """In small letters, without accents, dots and hyphens: "São Paulo", "Sao-Paulo"; "St. Louis", "Saint Louis"."""
    text = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    text = re.sub(r"[.'’]", "", text.casefold().translate(_LETTERS))
    text = re.sub(r"^st (?=\w)", "saint ", " ".join(re.sub(r"[^\w]+|_", " ", text).split()))
    return text.removeprefix("the ") if text not in _OTHERWISE else text


def well_known(name: str) -> str:
    """The town's own name, if it is a nickname of one."""
    return _TOWNS_OTHERWISE.get(folded(name), name)


def is_short_for_a_country(name: str) -> bool:
    """ "USA", "U.K."; two letters are so many things that others are left alone."""
    return len(folded(name)) <= 3 and (len(folded(name)) == 3 or folded(name) in ("us", "uk")) and bool(countries(name))


def countries(name: str) -> frozenset[str]:
    """Their two letters."""
    return _countries().get(folded(name), frozenset())


def country(code: str) -> str:
    """ "United States", "" for none."""
    import pycountry

    found = pycountry.countries.get(alpha_2=code)
    return _SPOKEN.get(code) or str(getattr(found, "common_name", found.name)) if found else ""


def regions(name: str) -> frozenset[str]:
    """Of the first level, in all countries, as ISO 3166-2: "WA" are US-WA and AU-WA."""
    return _regions().get(folded(name), frozenset())


def region(code: str) -> str:
    """ "California", "" for none."""
    return _region_names().get(code, "")


def is_same_region(said: str, name: str) -> bool:
    """ "Lisbon" is the Lisbon District and "Ont." Ontario, but Virginia is not West Virginia."""
    if len(folded(said)) >= 3 and folded(name).startswith(folded(said)):
        return folded(name) == folded(said) or not (countries(said) or regions(said))  # India is not Indiana
    some, more = folded(said).split(), folded(name).split()
    rest = [word for word in more if word not in some]
    return bool(some) and set(some) <= set(more) and _GENERIC.issuperset(rest)


def split(text: str) -> Iterator[tuple[str, str]]:
    """Of "Portland Maine" the place and its region or country, the longest that is one first; at last what only the
    form makes one."""
    words = text.split()
    for known in (True, False):
        for count in range(min(3 if known else 1, len(words) - 1), 0, -1):
            before, last = words[:-count], " ".join(words[-count:])
            while len(before) > 1 and before[-1].lower() in ("in", "the"):
                before = before[:-1]
            if known == bool(countries(last) or regions(last)):
                yield " ".join(before), last


@cache
def _countries() -> Mapping[str, frozenset[str]]:
    import pycountry

    found = {name: frozenset({code}) for name, code in _OTHERWISE.items()}
    for each in pycountry.countries:
        names = [getattr(each, kind, "") for kind in ("alpha_2", "alpha_3", "name", "official_name", "common_name")]
        found |= {folded(name): frozenset({each.alpha_2}) for name in names if name}
    return {**found, "congo": frozenset({"CD", "CG"})}


@cache
def _region_names() -> Mapping[str, str]:
    import pycountry

    return {each.code: each.name for each in pycountry.subdivisions}


@cache
def _regions() -> Mapping[str, frozenset[str]]:
    import pycountry

    found: dict[str, frozenset[str]] = {name: frozenset({code}) for name, code in _REGIONS_OTHERWISE.items()}
    for each in pycountry.subdivisions:
        if each.parent_code is None:
            short = each.code.partition("-")[2]
            names = [*re.split(r"[\[\]/]", each.name), *([short] if each.country_code in _ABBREVIATED else [])]
            for name in {folded(name) for name in names if name.strip()}:
                found[name] = found.get(name, frozenset()) | {each.code}
    return found


# ---------------------------------------------------------------- several places of one name
# Which one is meant: "Athens, GA", "Perth, Scotland".

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
