"""Units of measure as they are said: "kilometers per hour", "square feet"."""

from dataclasses import dataclass, replace
from decimal import Decimal

from voicegui.core.wording import Sentence, sentence, sentence_plural

_SINGLE = 1
SEVERAL = 2
"""Also of what is counted in fractions."""

_UNITS = {
    "ampere": sentence_plural("ampere", "amperes", 1),
    "ampere_hour": sentence_plural("ampere hour", "ampere hours", 1),
    "arcminute": sentence_plural("arcminute", "arcminutes", 1),
    "arcsecond": sentence_plural("arcsecond", "arcseconds", 1),
    "astronomical_unit": sentence_plural("astronomical unit", "astronomical units", 1),
    "atmosphere": sentence_plural("atmosphere", "atmospheres", 1),
    "bar": sentence_plural("bar", "bars", 1),
    "bit": sentence_plural("bit", "bits", 1),
    "bushel": sentence_plural("US bushel", "US bushels", 1),
    "byte": sentence_plural("byte", "bytes", 1),
    "carat": sentence_plural("carat", "carats", 1),
    "centiliter": sentence_plural("centiliter", "centiliters", 1),
    "centimeter": sentence_plural("centimeter", "centimeters", 1),
    "century": sentence_plural("century", "centuries", 1),
    "cubic_centimeter": sentence_plural("cubic centimeter", "cubic centimeters", 1),
    "cup": sentence_plural("cup", "cups", 1),
    "day": sentence_plural("day", "days", 1),
    "decade": sentence_plural("decade", "decades", 1),
    "deciliter": sentence_plural("deciliter", "deciliters", 1),
    "decimeter": sentence_plural("decimeter", "decimeters", 1),
    "degree": sentence_plural("degree", "degrees", 1),
    "degree_Celsius": sentence_plural("degree Celsius", "degrees Celsius", 1),
    "degree_Fahrenheit": sentence_plural("degree Fahrenheit", "degrees Fahrenheit", 1),
    "dozen": sentence_plural("dozen", "dozens", 1),
    "exabyte": sentence_plural("exabyte", "exabytes", 1),
    "fathom": sentence_plural("fathom", "fathoms", 1),
    "fluid_ounce": sentence_plural("fluid ounce", "fluid ounces", 1),
    "foot": sentence_plural("foot", "feet", 1),
    "fortnight": sentence_plural("fortnight", "fortnights", 1),
    "furlong": sentence_plural("furlong", "furlongs", 1),
    "gallon": sentence_plural("US gallon", "US gallons", 1),
    "gibibyte": sentence_plural("gibibyte", "gibibytes", 1),
    "gigabit": sentence_plural("gigabit", "gigabits", 1),
    "gigabyte": sentence_plural("gigabyte", "gigabytes", 1),
    "gigahertz": sentence_plural("gigahertz", "gigahertzs", 1),
    "gigajoule": sentence_plural("gigajoule", "gigajoules", 1),
    "gigawatt": sentence_plural("gigawatt", "gigawatts", 1),
    "gigawatt_hour": sentence_plural("gigawatt hour", "gigawatt hours", 1),
    "gill": sentence_plural("US gill", "US gills", 1),
    "grain": sentence_plural("grain", "grains", 1),
    "gram": sentence_plural("gram", "grams", 1),
    "hectare": sentence_plural("hectare", "hectares", 1),
    "hectoliter": sentence_plural("hectoliter", "hectoliters", 1),
    "hectopascal": sentence_plural("hectopascal", "hectopascals", 1),
    "hertz": sentence_plural("hertz", "hertz", 1),
    "horsepower": sentence_plural("horsepower", "horsepowers", 1),
    "hour": sentence_plural("hour", "hours", 1),
    "hundredweight": sentence_plural("US hundredweight", "US hundredweights", 1),
    "imperial_cup": sentence_plural("imperial cup", "imperial cups", 1),
    "imperial_fluid_ounce": sentence_plural("imperial fluid ounce", "imperial fluid ounces", 1),
    "imperial_gallon": sentence_plural("imperial gallon", "imperial gallons", 1),
    "imperial_pint": sentence_plural("imperial pint", "imperial pints", 1),
    "imperial_quart": sentence_plural("imperial quart", "imperial quarts", 1),
    "inch": sentence_plural("inch", "inches", 1),
    "international_acre": sentence_plural("acre", "acres", 1),
    "joule": sentence_plural("joule", "joules", 1),
    "kelvin": sentence_plural("kelvin", "kelvin", 1),
    "kibibyte": sentence_plural("kibibyte", "kibibytes", 1),
    "kilobit": sentence_plural("kilobit", "kilobits", 1),
    "kilobyte": sentence_plural("kilobyte", "kilobytes", 1),
    "kilocalorie": sentence_plural("kilocalorie", "kilocalories", 1),
    "kilogram": sentence_plural("kilogram", "kilograms", 1),
    "kilohertz": sentence_plural("kilohertz", "kilohertzs", 1),
    "kilojoule": sentence_plural("kilojoule", "kilojoules", 1),
    "kilometer": sentence_plural("kilometer", "kilometers", 1),
    "kilonewton": sentence_plural("kilonewton", "kilonewtons", 1),
    "kiloohm": sentence_plural("kiloohm", "kiloohms", 1),
    "kilopascal": sentence_plural("kilopascal", "kilopascals", 1),
    "kilovolt": sentence_plural("kilovolt", "kilovolts", 1),
    "kilowatt": sentence_plural("kilowatt", "kilowatts", 1),
    "kilowatt_hour": sentence_plural("kilowatt hour", "kilowatt hours", 1),
    "knot": sentence_plural("knot", "knots", 1),
    "light_year": sentence_plural("light year", "light years", 1),
    "liter": sentence_plural("liter", "liters", 1),
    "liter_per_hundred_kilometers": sentence_plural("liter per 100 kilometers", "liters per 100 kilometers", 1),
    "mebibyte": sentence_plural("mebibyte", "mebibytes", 1),
    "megabit": sentence_plural("megabit", "megabits", 1),
    "megabyte": sentence_plural("megabyte", "megabytes", 1),
    "megahertz": sentence_plural("megahertz", "megahertzs", 1),
    "megajoule": sentence_plural("megajoule", "megajoules", 1),
    "megapascal": sentence_plural("megapascal", "megapascals", 1),
    "megawatt": sentence_plural("megawatt", "megawatts", 1),
    "megawatt_hour": sentence_plural("megawatt hour", "megawatt hours", 1),
    "meter": sentence_plural("meter", "meters", 1),
    "metric_ton": sentence_plural("metric ton", "metric tons", 1),
    "microgram": sentence_plural("microgram", "micrograms", 1),
    "micrometer": sentence_plural("micrometer", "micrometers", 1),
    "microsecond": sentence_plural("microsecond", "microseconds", 1),
    "mile": sentence_plural("mile", "miles", 1),
    "millennium": sentence_plural("millennium", "millenniums", 1),
    "milliampere_hour": sentence_plural("milliampere hour", "milliampere hours", 1),
    "millibar": sentence_plural("millibar", "millibars", 1),
    "milligram": sentence_plural("milligram", "milligrams", 1),
    "milliliter": sentence_plural("milliliter", "milliliters", 1),
    "millimeter": sentence_plural("millimeter", "millimeters", 1),
    "millisecond": sentence_plural("millisecond", "milliseconds", 1),
    "milliwatt": sentence_plural("milliwatt", "milliwatts", 1),
    "milliwatt_hour": sentence_plural("milliwatt hour", "milliwatt hours", 1),
    "minute": sentence_plural("minute", "minutes", 1),
    "month": sentence_plural("month", "months", 1),
    "nanometer": sentence_plural("nanometer", "nanometers", 1),
    "nanosecond": sentence_plural("nanosecond", "nanoseconds", 1),
    "nautical_mile": sentence_plural("nautical mile", "nautical miles", 1),
    "newton": sentence_plural("newton", "newtons", 1),
    "ohm": sentence_plural("ohm", "ohms", 1),
    "oil_barrel": sentence_plural("oil barrel", "oil barrels", 1),
    "ounce": sentence_plural("ounce", "ounces", 1),
    "parsec": sentence_plural("parsec", "parsecs", 1),
    "pascal": sentence_plural("pascal", "pascals", 1),
    "peck": sentence_plural("US peck", "US pecks", 1),
    "petabyte": sentence_plural("petabyte", "petabytes", 1),
    "pint": sentence_plural("US pint", "US pints", 1),
    "pound": sentence_plural("pound", "pounds", 1),
    "psi": sentence_plural("psi", "psi", 1),
    "quart": sentence_plural("US quart", "US quarts", 1),
    "radian": sentence_plural("radian", "radians", 1),
    "second": sentence_plural("second", "seconds", 1),
    "stone": sentence_plural("stone", "stone", 1),
    "tablespoon": sentence_plural("tablespoon", "tablespoons", 1),
    "teaspoon": sentence_plural("teaspoon", "teaspoons", 1),
    "tebibyte": sentence_plural("tebibyte", "tebibytes", 1),
    "terabit": sentence_plural("terabit", "terabits", 1),
    "terabyte": sentence_plural("terabyte", "terabytes", 1),
    "terahertz": sentence_plural("terahertz", "terahertzs", 1),
    "terawatt_hour": sentence_plural("terawatt hour", "terawatt hours", 1),
    "ton": sentence_plural("ton", "tons", 1),
    "volt": sentence_plural("volt", "volts", 1),
    "watt": sentence_plural("watt", "watts", 1),
    "watt_hour": sentence_plural("watt hour", "watt hours", 1),
    "week": sentence_plural("week", "weeks", 1),
    "yard": sentence_plural("yard", "yards", 1),
    "year": sentence_plural("year", "years", 1),
}
"""By their names in pint: those that have names of their own here, and others that are asked for."""

_PLURALS = {
    "foot": "feet", "stone": "stone", "hertz": "hertz", "kelvin": "kelvin", "psi": "psi", "century": "centuries",
}  # fmt: skip


def unit_said(name: str, power: int | Decimal, count: int = _SINGLE) -> Sentence:
    """One unit, or `count` of them; `name` is pint's."""
    unit = replace(_UNITS.get(name) or _by_rule(name), count=count)
    if power == 1:
        return unit
    if power == 2:
        return sentence("square {unit}", unit=unit)
    if power == 3:
        return sentence("cubic {unit}", unit=unit)
    return sentence("to the {power} {unit}", power=power, unit=unit)


_PLAIN = {
    "pint": sentence("pint"), "quart": sentence("quart"), "gallon": sentence("gallon"), "gill": sentence("gill"),
    "peck": sentence("peck"), "bushel": sentence("bushel"), "hundredweight": sentence("hundredweight"),
    "international_acre": sentence("international acre"),
    "pound_force_per_square_inch": sentence("pound force per square inch"),
    "liter_per_hundred_kilometers": sentence("liter per hundred kilometers"),
}  # fmt: skip


def plain_unit(name: str) -> Sentence:
    """As pint calls it, without saying whose gallon it is."""
    return _PLAIN.get(name) or unit_said(name, 1)


def _by_rule(name: str) -> Sentence:
    """pint makes more names than can be listed; whoever translates some of them has them looked up, too."""
    one = name.replace("_", " ")
    if one.startswith("degree "):
        return Sentence(one, many=f"degrees{one[6:]}")
    first, _, last = one.rpartition(" ")
    last = _PLURALS.get(last, last + ("es" if last.endswith(("ch", "s", "x")) and not last.endswith("hertz") else "s"))
    return Sentence(one, many=f"{first} {last}".strip())


def counted(number: Decimal) -> int:
    """Which form of a plural a number takes."""
    if number < 0 or number != number.to_integral_value():
        return SEVERAL
    return int(number)


@dataclass(frozen=True, slots=True)
class SaidUnits:
    """Of a result; nothing of it is there for a bare number."""

    over: tuple[Sentence, ...] = ()
    under: tuple[Sentence, ...] = ()
    """What follows a "per"."""
    currency: str = ""
    """The code of one, which is said with the number."""

    def behind(self, amount: Sentence) -> Sentence:
        """ "5 kilometers per hour"."""
        for unit in self.over:
            amount = sentence("{amount} {unit}", amount=amount, unit=unit)
        for unit in self.under:
            amount = sentence("{amount} per {unit}", amount=amount, unit=unit)
        return amount

    def written(self) -> str:
        """In English: "USD per gallon"."""
        return f"{self.currency}{self.behind(Sentence('')).written()}".strip()
