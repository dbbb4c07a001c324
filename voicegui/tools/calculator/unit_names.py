"""Currencies: how they are written, said and told. There are no exchange rates: each is a measure of its own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from voicegui.core.wording import Sentence, sentence, verbatim

from . import BadSum


@dataclass(frozen=True, slots=True)
class Currency:
    code: str
    sign: str
    """In front of the amount; a code is followed by a space."""
    words: tuple[str, ...] = ()
    hundredths: tuple[str, ...] = ()
    decimals: int = 2


_CURRENCIES = (
    Currency("USD", "$", ("dollar", "dollars", "buck", "bucks"), ("cent", "cents", "¢")),
    Currency("EUR", "€", ("euro", "euros"), ("eurocent", "eurocents")),
    Currency("GBP", "£", ("quid", "sterling"), ("pence", "penny", "pennies")),
    Currency("JPY", "¥", ("yen",), decimals=0),
    Currency("INR", "₹", ("rupee", "rupees"), ("paisa", "paise")),
    Currency("CHF", "CHF", ("franc", "francs"), ("rappen",)),
    Currency("CNY", "CN¥", ("yuan", "renminbi")),
    Currency("KRW", "₩", decimals=0),
    Currency("RUB", "₽", ("ruble", "rubles", "rouble", "roubles")),
    Currency("TRY", "₺", ("lira",)),
    Currency("UAH", "₴", ("hryvnia",)),
    Currency("ILS", "₪", ("shekel", "shekels")),
    Currency("PLN", "zł", ("zloty", "zlotys", "złoty")),
    Currency("CAD", "CA$"), Currency("AUD", "A$"), Currency("NZD", "NZ$"), Currency("HKD", "HK$"),
    Currency("SGD", "S$"), Currency("BRL", "R$"), Currency("MXN", "MX$"), Currency("SEK", "SEK"),
    Currency("NOK", "NOK"), Currency("DKK", "DKK"), Currency("CZK", "CZK"), Currency("HUF", "HUF"),
    Currency("ZAR", "ZAR"),
)  # fmt: skip
BY_CODE = {each.code: each for each in _CURRENCIES}
_SIGNS = {each.sign: each.code for each in _CURRENCIES} | {"US$": "USD", "C$": "CAD", "AU$": "AUD", "¢": "USD"}
_MARKS = sorted((sign for sign in _SIGNS if sign != "¢" and not sign.isalpha()), key=len, reverse=True)
_SIGN = "|".join(map(re.escape, _MARKS))
_TIMES = {"k": 10**3, "m": 10**6, "mn": 10**6, "mm": 10**6, "b": 10**9, "bn": 10**9, "t": 10**12, "tn": 10**12}
_SUFFIX = r"(?:(?P<times>k|mn|mm|m|bn|b|tn|t)(?![\w/]))?"
_BEFORE = re.compile(rf"(?P<sign>{_SIGN})\s*(?P<minus>-?)(?P<number>\d+(?:\.\d+)?|\.\d+){_SUFFIX}", re.IGNORECASE)
_AFTER = re.compile(rf"(?P<number>\d+(?:\.\d+)?){_SUFFIX}\s*(?P<sign>{_SIGN}|zł)(?!\w)", re.IGNORECASE)
_CODE = re.compile(rf"\b(?P<sign>{'|'.join(BY_CODE)}) ?(?P<minus>-?)(?P<number>\d+(?:\.\d+)?){_SUFFIX}")
_CURRENCY_NAMES = "|".join((*BY_CODE, *(word for each in _CURRENCIES for word in each.words)))
_WORD = re.compile(rf"(?P<number>\d+(?:\.\d+)?)(?P<times>k|mn|m|bn)(?= ?(?:{_CURRENCY_NAMES})\b)", re.IGNORECASE)
_CODES = {name.lower(): code for name, code in (_SIGNS | {code: code for code in BY_CODE}).items()}

NAMES = {each.code: verbatim(each.code) for each in _CURRENCIES} | {
    "USD": sentence("dollars"), "EUR": sentence("euros"), "GBP": sentence("pounds sterling"), "JPY": sentence("yen"),
    "INR": sentence("rupees"), "CHF": sentence("francs"), "CNY": sentence("renminbi"), "RUB": sentence("roubles"),
    "TRY": sentence("lira"), "UAH": sentence("hryvnia"), "ILS": sentence("shekels"), "PLN": sentence("złoty"),
}  # fmt: skip
UNITS = {word: each.code for each in _CURRENCIES for word in (each.code.lower(), *each.words)}
UNITS |= {word: f"{each.code}_cent" for each in _CURRENCIES for word in each.hundredths}


def plain_money(text: str) -> str:
    """ "$45.50" is "45.50 USD", "£3m" is "3000000 GBP". Raises BadSum for what can be two amounts."""
    if "€" in text and re.search(r"(?<![\d.])\d{1,3}\.\d{3}(?!\d)", text):
        raise BadSum(sentence("With a point and three digits that can be two amounts. Write thousands like 1,234."))
    text = re.sub(r"\b(?:pounds? sterling|british pounds?|pounds?(?= and \d+ p))", "quid", text, flags=re.I)
    text = re.sub(r"\b(?:us|american) (?=dollars?\b)", "", text, flags=re.IGNORECASE)
    for code, people in (("CAD", "canadian"), ("AUD", "australian"), ("NZD", "new zealand"), ("CHF", "swiss")):
        text = re.sub(rf"\b{people} (?:dollars?|francs?)\b", code, text, flags=re.IGNORECASE)
    text = re.sub(r"(?<=\d) ?(?:¢|c(?=\s*(?:$|[-+*/])))", " cents", text) if "¢" in text else text
    if re.search("€|euro", text, re.IGNORECASE) and not re.search(r"\$|dollar", text, re.IGNORECASE):
        text = re.sub(r"\bcents?\b", "eurocents", text, flags=re.IGNORECASE)
    for pattern in (_BEFORE, _AFTER, _CODE):
        text = pattern.sub(_plain, text)
    return _WORD.sub(_times, text)


def _plain(found: "re.Match[str]") -> str:
    said = found.groupdict()
    return f"{said.get('minus') or ''}{_times(found)} {_CODES[said['sign'].lower()]} "


def _times(found: "re.Match[str]") -> str:
    times = (found["times"] or "").lower()
    number = Decimal(found["number"])
    return f"{number * _TIMES[times] if times else number:f}"


def money_text(number: Decimal, currency: Currency) -> tuple[str, bool]:
    """ "$9.10", "€16", and whether that is all of it. Less than a cent is told as it is."""
    digits = currency.decimals
    rounded = round(number, digits)
    if number and abs(number) < Decimal(1).scaleb(-digits):
        rounded = round(number, 1 - number.adjusted()).normalize()
        digits = -int(rounded.as_tuple().exponent)
    if rounded == rounded.to_integral_value():
        digits = 0
    sign = currency.sign + (" " if currency.sign.isalpha() else "")
    return f"{'-' if rounded < 0 else ''}{sign}{abs(rounded):,.{digits}f}", rounded == number


# ---------------------------------------------------------------- units
# What people call units, and what they mean: pint, which knows the units, takes "kilos" for kiloseconds, "mbps" for
# millibauds and "cats" for centi-atmospheres.

EXACTLY = {
    "A": "ampere", "Mb": "megabit", "Gb": "gigabit", "Kb": "kilobit", "kb": "kilobyte", "Cal": "kilocalorie",
    "b": "bit", "B": "byte", "K": "kelvin", "C": "degree_Celsius", "F": "degree_Fahrenheit", "W": "watt",
    "MW": "megawatt", "mW": "milliwatt", "MWh": "megawatt_hour", "mWh": "milliwatt_hour", "N": "newton",
    "t": "metric_ton", "L": "liter", "V": "volt", "J": "joule", "Ω": "ohm", "Mm": "millimeter",
    "NM": "nautical_mile",
}  # fmt: skip
"""Where large and small letters make a difference."""

CALLED = {
    "c": "degree_Celsius", "celsius": "degree_Celsius", "centigrade": "degree_Celsius", "f": "degree_Fahrenheit",
    "celcius": "degree_Celsius", "fahrenheit": "degree_Fahrenheit", "farenheit": "degree_Fahrenheit",
    "degc": "degree_Celsius", "degf": "degree_Fahrenheit", "k": "kelvin",
    "mm": "millimeter", "cm": "centimeter", "dm": "decimeter", "m": "meter", "km": "kilometer", "kms": "kilometer",
    "k's": "kilometer", "klick": "kilometer", "klicks": "kilometer", "click": "kilometer", "clicks": "kilometer",
    "mi": "mile", "ft": "foot", "yd": "yard", "yds": "yard", "inch": "inch", "inches": "inch", "ins": "inch",
    "mg": "milligram", "mcg": "microgram", "ug": "microgram", "g": "gram", "gr": "gram", "grams": "gram",
    "gramme": "gram", "grammes": "gram", "kilogramme": "kilogram", "kilogrammes": "kilogram",
    "kg": "kilogram", "kgs": "kilogram", "kilo": "kilogram", "kilos": "kilogram", "lb": "pound", "lbs": "pound",
    "oz": "ounce", "ozs": "ounce", "st": "stone", "tonne": "metric_ton", "tonnes": "metric_ton", "ton": "ton",
    "ml": "milliliter", "mls": "milliliter", "mil": "milliliter", "mils": "milliliter", "cl": "centiliter",
    "dl": "deciliter", "l": "liter", "hl": "hectoliter", "cc": "cubic_centimeter", "ccs": "cubic_centimeter",
    "floz": "fluid_ounce", "gal": "gallon", "gals": "gallon", "pt": "pint", "pts": "pint", "qt": "quart",
    "qts": "quart", "tsp": "teaspoon", "tsps": "teaspoon", "tbsp": "tablespoon", "tbsps": "tablespoon",
    "tbs": "tablespoon", "cup": "cup",
    "bit": "bit", "byte": "byte", "kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte", "tb": "terabyte",
    "pb": "petabyte", "kib": "kibibyte", "mib": "mebibyte", "gib": "gibibyte", "tib": "tebibyte",
    "meg": "megabyte", "megs": "megabyte", "gig": "gigabyte", "gigs": "gigabyte", "kbit": "kilobit",
    "mbit": "megabit", "gbit": "gigabit", "tbit": "terabit", "kbits": "kilobit", "mbits": "megabit",
    "gbits": "gigabit",
    "s": "second", "sec": "second", "secs": "second", "ms": "millisecond", "min": "minute", "mins": "minute",
    "h": "hour", "hr": "hour", "hrs": "hour", "d": "day", "wk": "week", "wks": "week", "yr": "year", "yrs": "year",
    "wh": "watt_hour", "kwh": "kilowatt_hour", "gwh": "gigawatt_hour", "twh": "terawatt_hour", "kw": "kilowatt",
    "gw": "gigawatt", "v": "volt", "kv": "kilovolt", "mah": "milliampere_hour", "ah": "ampere_hour", "amp": "ampere",
    "amps": "ampere", "ohm": "ohm", "ohms": "ohm", "kilohm": "kiloohm", "kilohms": "kiloohm", "hp": "horsepower",
    "hz": "hertz", "khz": "kilohertz", "mhz": "megahertz", "ghz": "gigahertz", "pa": "pascal", "hpa": "hectopascal",
    "kpa": "kilopascal", "mpa": "megapascal", "mbar": "millibar", "psi": "psi", "j": "joule", "kj": "kilojoule",
    "kcal": "kilocalorie", "kcals": "kilocalorie", "cal": "kilocalorie", "cals": "kilocalorie",
    "calorie": "kilocalorie", "calories": "kilocalorie", "n": "newton", "kn": "kilonewton", "rad": "radian",
    "deg": "degree",
    "ha": "hectare", "acre": "international_acre", "acres": "international_acre",
    "lightyear": "light_year", "lightyears": "light_year", "ly": "light_year",
    "au": "astronomical_unit", "litersperhundred": "liter_per_hundred_kilometers",
}  # fmt: skip
"""Whatever their case. Calories are those of food, as everybody says them."""

MADE_OF = {
    "mph": {"mile": 1, "hour": -1},
    "kmh": {"kilometer": 1, "hour": -1},
    "kph": {"kilometer": 1, "hour": -1},
    "mpg": {"mile": 1, "gallon": -1},
    "kbps": {"kilobit": 1, "second": -1},
    "mbps": {"megabit": 1, "second": -1},
    "gbps": {"gigabit": 1, "second": -1},
    "bps": {"bit": 1, "second": -1},
    "sqft": {"foot": 2},
    "sqm": {"meter": 2},
}
MADE_EXACTLY = {
    "KBps": {"kilobyte": 1, "second": -1},
    "kBps": {"kilobyte": 1, "second": -1},
    "MBps": {"megabyte": 1, "second": -1},
    "GBps": {"gigabyte": 1, "second": -1},
}

SMALLER = {
    "foot": "inch", "meter": "centimeter", "hour": "minute", "minute": "second", "stone": "pound", "pound": "ounce",
}  # fmt: skip
"""What is left out in "5 foot 11"."""

AMBIGUOUS = {"M", "G", "T"}
"""Nobody says molars; millions or meters may be meant."""
LIQUIDS = {"water", "milk", "juice", "wine", "beer", "coffee", "tea", "broth", "stock", "soda"}
NOT_UNITS = {"points", "point", "pi", "percent", "hand", "date", "e", "x", "at"}
_SHORT_PREFIXES = re.compile(r"(?:[GMkmcdnpT]|µ|μ)(?:m|g|s|L|l|W|Wh|V|A|Ah|Hz|N|Pa|J|B|bit|eV|mol|F|Ω)")


def is_spelled(word: str, prefix: str, name: str) -> bool:
    """What pint found for `word` is what it says, and no chance: prefixes are written out, or both are symbols."""
    if word.lower() in NOT_UNITS:
        return False
    if prefix:
        whole = word.lower().startswith(prefix) and len(word) - len(prefix) > 2
        return whole or bool(_SHORT_PREFIXES.fullmatch(word))
    return len(word) > 1


_MISTAKABLE = {
    "nm": ("nanometer", sentence("nanometers, not nautical miles")),
    "gr": ("gram", sentence("grams, not grains")),
    "Mm": ("millimeter", sentence("millimeters, not megameters")),
}
"""Short names that people also use for something else of the same kind: what they are taken for, and what not."""


def mistakable(words: Iterable[str], target: str) -> list[Sentence]:
    """What such names among `words` were taken for, where the name of the result does not say it."""
    taken = (_MISTAKABLE[word] for word in words if word in _MISTAKABLE)
    return [note for name, note in taken if not {name, f"{name}s"} & set(target.split())]


US_MEASURES = {"pint", "quart", "gallon", "gill", "peck", "bushel", "hundredweight"}
"""The British ones are larger."""
