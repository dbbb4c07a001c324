"""What people call units, and what they mean: pint, which knows the units, takes "kilos" for kiloseconds, "mbps" for
millibauds and "cats" for centi-atmospheres."""

import re
from collections.abc import Iterable

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
    "nm": ("nanometers", "nautical miles"), "gr": ("grams", "grains"), "Mm": ("millimeters", "megameters"),
}  # fmt: skip
"""Short names that people also use for something else of the same kind: what they are taken for, and what not."""


def mistakable(words: Iterable[str], target: str) -> list[str]:
    """What such names among `words` were taken for, where the name of the result does not say it."""
    taken = (_MISTAKABLE.get(word, ("", "")) for word in words)
    return [
        f"{meant}, not {other}" for meant, other in taken if meant and not {meant, meant[:-1]} & set(target.split())
    ]


US_MEASURES = {"pint", "quart", "gallon", "gill", "peck", "bushel", "hundredweight"}
"""The British ones are larger."""
_NAMES = {
    "pound_force_per_square_inch": "psi",
    "metric_ton": "metric ton",
    "international_acre": "acre",
    "liter_per_hundred_kilometers": "liter per 100 kilometers",
}
_PLURALS = {
    "foot": "feet", "stone": "stone", "hertz": "hertz", "kelvin": "kelvin", "psi": "psi", "century": "centuries",
}  # fmt: skip


def unit_said(name: str, power: int) -> str:
    """The unit as it is said."""
    plain = _NAMES.get(name, name.replace("_", " "))
    plain = f"US {plain}" if name in US_MEASURES else plain
    return {1: "", 2: "square ", 3: "cubic "}.get(power, f"to the {power} ") + plain


def plural(name: str) -> str:
    counted, per, rest = name.partition(" per ")
    if counted.startswith("degree "):
        return f"degrees{name[6:]}"
    first, _, last = counted.rpartition(" ")
    last = _PLURALS.get(last, last + ("es" if last.endswith(("ch", "s", "x")) and not last.endswith("hertz") else "s"))
    return f"{first} {last}".strip() + per + rest
