"""A geocoding service that answers as Open-Meteo's does: places whose names, in any language, are or begin with the
text, without accents; two letters only find exact names, one none; at most `count` of them, the most important first.

A comma and what follows it find nothing here: the service has not always read them.
"""

import unicodedata
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.openai_server.server import Answer, Request, as_json

COUNTRIES = {
    "US": "United States", "GB": "United Kingdom", "CA": "Canada", "AU": "Australia", "GR": "Greece", "FR": "France",
    "DE": "Germany", "IN": "India", "CR": "Costa Rica", "BR": "Brazil", "GE": "Georgia", "ES": "Spain", "IT": "Italy",
    "JP": "Japan", "CL": "Chile", "MX": "Mexico", "NI": "Nicaragua", "SG": "Singapore", "PA": "Panama", "IE": "Ireland",
    "TT": "Trinidad and Tobago", "NZ": "New Zealand", "LR": "Liberia",
}  # fmt: skip

_ROWS = """
Springfield|Missouri|US|166810
Springfield|Massachusetts|US|155929
Springfield|Illinois|US|114394
Springfield|California|US|
Springfield|Manitoba|CA|15342
Athens|Attica|GR|664046|Athína,Athenai
Athens|Georgia|US|116714|Athens-Clarke County
Athens|Ohio|US|24673
London|England|GB|8961989|Londres,Londra
London|Ontario|CA|422324
London|California|US|1869
Londonderry|Northern Ireland|GB|85016
Perth|Western Australia|AU|2192229
Perth|Scotland|GB|47180
Perth|Ontario|CA|5930
Perth Amboy|New Jersey|US|52823
Paris|Île-de-France|FR|2138551|Parigi
Paris|Texas|US|24782
Paris|Ontario|CA|12310
Cambridge|England|GB|145700
Cambridge|Massachusetts|US|110402
Birmingham|England|GB|984333
Birmingham|Alabama|US|212461
Vancouver|British Columbia|CA|662248
Vancouver|Washington|US|172860
Portland|Oregon|US|652503
Portland|Maine|US|66881
Portland|Victoria|AU|9712
New York|New York|US|8804190|New York City,NYC
York|England|GB|153717
San José|San José Province|CR|335007|San Jose
San Jose|California|US|1026908
San José|Nueva Guinea|NI|
Rio de Janeiro|Rio de Janeiro|BR|6747815
São Paulo|São Paulo|BR|12400232|Sao Paulo
Kansas City|Missouri|US|508090
Kansas City|Kansas|US|156607
Washington|District of Columbia|US|689545|Washington D.C.
Washington|England|GB|53526
Delhi|Delhi|IN|10927986
Delhi|Indiana|US|120
Berlin|State of Berlin|DE|3426354
Berlin|Connecticut|US|20000
Bremen|Bremen|DE|546501
Bremen|Indiana|US|4588
Munich|Bavaria|DE|1260391|München,Monaco di Baviera
Tbilisi|Tbilisi|GE|1049498
Wilmington|North Carolina|US|115451
Wilmington|Delaware|US|70898
Florence|Tuscany|IT|349296|Firenze
Florence|Alabama|US|40184
Charleston|West Virginia|US|46838
Charleston|South Carolina|US|151612
Usa|Oita|JP|52771
Ukiah|California|US|16273
Singapore|Singapore|SG|5638700
Mexico City|Mexico City|MX|12294193|México
Panama City|Panamá|PA|880691|Panamá
Panama City|Florida|US|37635
Port of Spain|Port of Spain|TT|37074
Dublin|Leinster|IE|1024027
Dublin|Ohio|US|49328
St. Petersburg|Florida|US|258308|Saint Petersburg
Wellington|Wellington Region|NZ|381900
Los Angeles|California|US|3971883
Los Ángeles|Bío Bío Region|CL|125430
Monrovia|Montserrado County|LR|939524
""".strip()


def _folded(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)).casefold()


def _entry(number: int, row: str) -> dict[str, Any]:
    name, region, code, population, *others = row.split("|")
    entry = {
        "id": 2_000_000 + number, "name": name, "latitude": 10.0 + number, "longitude": 20.0, "elevation": 9.0,
        "feature_code": "PPL", "country_code": code, "admin1_id": 3_000_000 + number, "timezone": "UTC",
        "country_id": 4_000_000, "country": COUNTRIES[code], "admin1": region,
    }  # fmt: skip
    return {**entry, **({"population": int(population)} if population else {}), "names": [name, *others[:1]]}


PLACES = [_entry(number, row) for number, row in enumerate(_ROWS.splitlines())] + [
    {
        "id": 6_000_000, "name": name, "latitude": 1.0, "longitude": 1.0, "feature_code": "PCLI", "country_code": code,
        "country": name, "timezone": "UTC", "population": 50_000_000, "names": [name],
    }
    for code, name in COUNTRIES.items()
    if name != "Singapore"
]  # fmt: skip


def search(request: Request) -> Answer:
    parts = urlsplit(request.path)
    query = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
    assert parts.path == "/v1/search" and query["language"] == "en" and query["format"] == "json"
    assert 1 <= int(query["count"]) <= 100
    return as_json(found(query["name"].strip(), int(query["count"])))


def found(name: str, count: int) -> dict[str, Any]:
    wanted, results = _folded(name), []
    for entry in sorted(PLACES, key=lambda each: -each.get("population", 0)):
        names = [_folded(each) for several in entry["names"] for each in several.split(",")]
        if any(each == wanted if len(wanted) <= 2 else each.startswith(wanted) for each in names):
            results.append({key: value for key, value in entry.items() if key != "names"})
    if len(wanted) < 2 or not results:  # left out when it is empty
        return {"generationtime_ms": 0.4}
    return {"results": results[:count], "generationtime_ms": 0.4}


def at(latitude: str) -> str:
    """Name, region and country of the place that a forecast was asked for."""
    place = next(each for each in PLACES if str(each["latitude"]) == latitude)
    return f"{place['name']}, {place.get('admin1', '')}, {place['country']}"
