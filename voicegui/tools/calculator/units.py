"""Units of measure: pint knows them. It takes half a second to load, so it is imported with the first unit."""

import sys
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from . import numbers
from .errors import BadSum

if TYPE_CHECKING:
    from pint import UnitRegistry

_LARGEST_POWER = 10

_CALLED = {
    "c": "degree_Celsius", "celsius": "degree_Celsius", "centigrade": "degree_Celsius", "f": "degree_Fahrenheit",
    "fahrenheit": "degree_Fahrenheit", "k": "kelvin", "ml": "milliliter", "kb": "kilobyte", "mb": "megabyte",
    "gb": "gigabyte", "tb": "terabyte", "kwh": "kilowatt_hour", "sec": "second", "secs": "second", "hr": "hour",
    "hrs": "hour", "mins": "minute", "a": "ampere", "lightyear": "light_year", "lightyears": "light_year",
}  # fmt: skip
"""Where people mean something else than physicists: pint takes c for the speed of light."""

_MADE_OF = {
    "mph": {"mile": 1, "hour": -1},
    "kmh": {"kilometer": 1, "hour": -1},
    "kph": {"kilometer": 1, "hour": -1},
    "mpg": {"mile": 1, "gallon": -1},
}

_PLURALS = {
    "foot": "feet",
    "stone": "stone",
    "hertz": "hertz",
    "kelvin": "kelvin",
    "psi": "psi",
    "century": "centuries",
}
_NAMES = {"pound_force_per_square_inch": "psi", "metric_ton": "metric ton"}


@cache
def _registry() -> "UnitRegistry[Any]":
    from pint import UnitRegistry

    return UnitRegistry(non_int_type=Decimal)


def is_known(word: str) -> bool:
    return _known(word) is not None


def _known(word: str) -> Mapping[str, int] | None:
    lower = word.lower()
    if lower in _MADE_OF:
        return _MADE_OF[lower]
    if lower in _CALLED:
        return {_CALLED[lower]: 1}
    for spelled in (word, lower):
        if found := _registry().parse_unit_name(spelled):
            prefix, name, _ = found[0]
            return {prefix + name: 1}
    return None


def quantity(number: Decimal, words: Mapping[str, int]) -> Any:
    """`words`: what people call the units, and their powers. Raises BadSum."""
    powers: dict[str, int] = {}
    for word, power in words.items():
        known = _known(word)
        if known is None:
            raise BadSum(f"There is no unit “{word[:40]}”.")
        for name, own in known.items():
            powers[name] = powers.get(name, 0) + power * own
    registry = _registry()
    return registry.Quantity(number, registry.UnitsContainer({name: Decimal(power) for name, power in powers.items()}))


def converted(value: Any, words: Mapping[str, int]) -> Any:
    target = quantity(Decimal(1), words).units
    if isinstance(value, Decimal):
        value = _registry().Quantity(value)
    found = value.to(target)
    if value.check("[temperature]") and value.to("kelvin").magnitude < 0:
        raise BadSum("Nothing is colder than absolute zero, -273.15 degrees Celsius.")
    return found


def combined(left: Any, right: Any, *, minus: bool = False) -> Any:
    """Their sum or difference. Raises BadSum, or what `reason` translates."""
    if isinstance(left, Decimal) != isinstance(right, Decimal):
        raise BadSum("A number with a unit and one without cannot be added.")
    return left - right if minus else left + right


def power(value: Any, exponent: Decimal) -> Any:
    if isinstance(value, Decimal):
        return numbers.power(value, exponent)
    if value.magnitude == 0 and exponent < 0:
        raise BadSum("That divides by zero.")
    if value.magnitude < 0 and exponent != exponent.to_integral_value():
        raise BadSum("A negative number can only be raised to a whole power.")
    if abs(exponent) > _LARGEST_POWER:
        raise BadSum("That power of a unit is too high.")
    return value**exponent


def dimensionless(value: Any) -> Decimal:
    """The number alone; angles in radians. Raises BadSum for anything with a dimension."""
    if isinstance(value, Decimal):
        return value
    return Decimal(value.to("radian").magnitude)


def named(value: Any) -> tuple[Decimal, str]:
    """Number and units as they are said: (96.56, "kilometers per hour"); "" for a bare number."""
    if isinstance(value, Decimal):
        return value, ""
    if len(value.unit_items()) > 1:
        value = value.to_reduced_units()
    number = +Decimal(value.magnitude)
    over = [_name(name, power) for name, power in value.unit_items() if power > 0]
    under = [_name(name, -power) for name, power in value.unit_items() if power < 0]
    if over and number != 1:
        over[-1] = _plural(over[-1])
    return number, " per ".join([" ".join(over), *under]).strip()


def _name(name: str, power: Any) -> str:
    plain = _NAMES.get(name, name.replace("_", " "))
    return {1: "", 2: "square ", 3: "cubic "}.get(power, f"to the {power} ") + plain


def _plural(name: str) -> str:
    counted, per, rest = name.partition(" per ")
    if counted.startswith("degree "):
        return f"degrees{name[6:]}"
    first, _, last = counted.rpartition(" ")
    last = _PLURALS.get(last, last + ("es" if last.endswith(("ch", "s", "x")) else "s"))
    return f"{first} {last}".strip() + per + rest


def reason(error: Exception) -> str:
    """What pint says of units that do not go together, in a sentence; "" if it is not pint's."""
    if "pint" not in sys.modules:
        return ""
    from pint.errors import DimensionalityError, OffsetUnitCalculusError, PintError

    match error:
        case DimensionalityError():
            return f"That mixes {_of(error.units1)} and {_of(error.units2)}, which do not measure the same."
        case OffsetUnitCalculusError():
            return "Temperatures can be converted, but not calculated with."
        case PintError():
            return "Those units do not go together."
    return ""


def _of(units: object) -> str:
    text = str(units).replace("_", " ")
    return "a number without a unit" if text in ("", "dimensionless") else text
