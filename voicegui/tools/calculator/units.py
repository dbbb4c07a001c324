"""Units of measure: pint knows them. It takes half a second to load, so it is imported with the first unit."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, Overflow, Underflow
from functools import cache
from typing import TYPE_CHECKING, Any

from voicegui.core.wording import Sentence, sentence, verbatim

from . import BadSum, named_numbers, unit_names
from .unit_wording import SEVERAL, SaidUnits, counted, plain_unit, unit_said

if TYPE_CHECKING:
    from pint import UnitRegistry

_LARGEST_POWER = 10
_BITS_OR_BYTES = sentence("Say whether “{word}” is bits or bytes: Mb is megabits, MB is megabytes.")
_WEIGHT_AND_VOLUME = sentence("Weight and volume of {substance} depend on each other in a way that is not known here.")
_NO_EXCHANGE = sentence("I know no exchange rates: {one} and {other} cannot be put together.")
_NO_UNIT = sentence("“{number}” has no unit there.")
_MIXED = sentence("That mixes {one} and {other}, which do not measure the same.")


@cache
def _registry() -> "UnitRegistry[Any]":
    from pint import UnitRegistry

    registry: UnitRegistry[Any] = UnitRegistry(non_int_type=Decimal)
    for code in unit_names.BY_CODE:
        registry.define(f"{code} = [{code}]")
        registry.define(f"{code}_cent = {code} / 100")
    registry.define("international_acre = 4840 * yard ** 2")
    registry.define("liter_per_hundred_kilometers = 0.01 * liter / kilometer")
    return registry


def is_known(word: str) -> bool:
    return _known(word) is not None


def _known(word: str) -> Mapping[str, int] | None:
    lower = word.lower()
    if word in unit_names.AMBIGUOUS:
        return None
    for table in (unit_names.MADE_EXACTLY, unit_names.EXACTLY):
        if found := table.get(word):
            return {found: 1} if isinstance(found, str) else found
    if lower in unit_names.MADE_OF:
        return unit_names.MADE_OF[lower]
    if name := unit_names.UNITS.get(lower) or unit_names.CALLED.get(lower):
        return {name: 1}
    for spelled in (word, lower):
        for prefix, name, _ in _registry().parse_unit_name(spelled):
            if unit_names.is_spelled(spelled, prefix, name):
                return {prefix + name: 1}
    return None


def quantity(number: Decimal, words: Mapping[str, int]) -> Any:
    """`words`: what people call the units, and their powers. Raises BadSum."""
    powers: dict[str, int] = {}
    for word, power in words.items():
        known = _known(word)
        if known is None:
            raise BadSum(sentence("There is no unit “{word}”.", word=word[:40]))
        for name, own in known.items():
            powers[name] = powers.get(name, 0) + power * own
    slow = {"megabyte", "kilobyte", "gigabyte"} & powers.keys()
    if "second" in powers and slow and any(word in ("mb", "kb", "gb") for word in words):
        raise BadSum(_BITS_OR_BYTES.filled(word=next(iter(words))))
    registry = _registry()
    return registry.Quantity(number, registry.UnitsContainer({name: Decimal(power) for name, power in powers.items()}))


def is_length(value: Any) -> bool:
    return not isinstance(value, Decimal) and bool(value.check("[length]"))


def smaller(number: Decimal, words: Mapping[str, int]) -> Any:
    """What is left out in "5 foot 11". Raises BadSum."""
    (name, *others) = quantity(Decimal(1), words).unit_items()
    unit = unit_names.SMALLER.get(name[0]) or (f"{name[0]}_cent" if name[0] in unit_names.BY_CODE else "")
    if others or not unit:
        raise BadSum(_NO_UNIT.filled(number=number))
    part = _registry().Quantity(number, unit)
    if part.to(name[0]).magnitude >= 1:  # "5 pounds 50" is no weight
        raise BadSum(_NO_UNIT.filled(number=number))
    return part


def converted(value: Any, words: Mapping[str, int], substance: str = "") -> Any:
    """`substance`: what it is a measure of, if that was said. Raises BadSum, or what `reason` translates."""
    registry = _registry()
    target = registry.Quantity(Decimal(1), quantity(Decimal(1), words).units)
    if isinstance(value, Decimal):
        value = registry.Quantity(value)
    solid = bool(substance) and substance not in unit_names.LIQUIDS
    if solid and value.dimensionality != target.dimensionality:
        raise BadSum(_WEIGHT_AND_VOLUME.filled(substance=substance))
    value = _as_meant(value, target)
    if value.check("[temperature]") and value.to("kelvin").magnitude < 0:
        raise BadSum(sentence("Nothing is colder than absolute zero, -273.15 degrees Celsius."))
    unit = _as_meant(target, value).units
    is_consumption = value.check("[length] ** 2") or value.check("[length] ** -2")
    if is_consumption and value.dimensionality == target.dimensionality**-1:
        if value.magnitude == 0:
            raise BadSum(sentence("That divides by zero."))
        value = 1 / value  # liters per 100 km and miles per gallon
    return value.to(unit)


def _as_meant(value: Any, other: Any) -> Any:
    """Ounces beside a volume are fluid ounces; degrees beside a temperature are of the other scale."""
    registry, units_ = _registry(), dict(value.unit_items())
    if set(units_) == {"degree"} and other.check("[temperature]"):
        celsius = "degree_Celsius" in dict(other.unit_items())
        return registry.Quantity(value.magnitude, "degree_Fahrenheit" if celsius else "degree_Celsius")
    if "ounce" in units_ and value.dimensionality != other.dimensionality:
        fluid = registry.Quantity(value.magnitude, value.units / registry.ounce * registry.fluid_ounce)
        if fluid.dimensionality == other.dimensionality:
            return fluid
    return value


def combined(left: Any, right: Any, *, minus: bool = False) -> Any:
    """Their sum or difference. Raises BadSum, or what `reason` translates."""
    if isinstance(left, Decimal) != isinstance(right, Decimal):
        raise BadSum(sentence("A number with a unit and one without cannot be added."))
    return left - right if minus else left + right


def with_numbers(change: Callable[..., Decimal], values: Sequence[Any]) -> Any:
    """`change` of what may have units, all the same measure: the smallest of several lengths."""
    units_ = next((value.units for value in values if not isinstance(value, Decimal)), None)
    if units_ is None:
        return change(*values)
    if any(isinstance(value, Decimal) for value in values):
        raise BadSum(sentence("Numbers and units cannot be compared."))
    return _registry().Quantity(change(*(value.to(units_).magnitude for value in values)), units_)


def power(value: Any, exponent: Decimal) -> Any:
    if isinstance(value, Decimal):
        return named_numbers.number_to_the_power(value, exponent)
    if value.magnitude == 0 and exponent < 0:
        raise BadSum(sentence("That divides by zero."))
    if value.magnitude < 0 and exponent != exponent.to_integral_value():
        raise BadSum(sentence("A negative number can only be raised to a whole power."))
    if abs(exponent) > _LARGEST_POWER:
        raise BadSum(sentence("That power of a unit is too high."))
    return value**exponent


def dimensionless(value: Any) -> Decimal:
    """The number alone; angles in radians. Raises BadSum for anything with a dimension."""
    if isinstance(value, Decimal):
        return value
    return Decimal(value.to("radian").magnitude)


def number_and_unit(value: Any) -> tuple[Decimal, SaidUnits]:
    """Number and units as they are said: (96.56, "kilometers per hour")."""
    if isinstance(value, Decimal):
        return value, SaidUnits()
    for name, power in value.unit_items():
        if name.endswith("_cent"):
            cents, whole = _registry().Unit(name), _registry().Unit(name[:3])
            value = value.to(value.units / cents**power * whole**power)
        if name[:3] in unit_names.BY_CODE and power > 1:
            raise BadSum(sentence("Money cannot be multiplied by money."))
    measures = [str(_registry().Unit(name).dimensionality) for name, _ in value.unit_items()]
    if len(set(measures)) < len(measures):  # not of miles per gallon, which are lengths and their cubes
        value = value.to_reduced_units()
    number = +Decimal(value.magnitude)
    above = [(name, _power(power)) for name, power in value.unit_items() if power > 0]
    currency = next((name for name, _ in above if name in unit_names.BY_CODE), "")
    above = [(name, power) for name, power in above if name != currency]
    over = [
        unit_said(name, power, counted(number) if at == len(above) else 1) for at, (name, power) in enumerate(above, 1)
    ]
    under = [unit_said(name, _power(-power)) for name, power in value.unit_items() if power < 0]
    return number, SaidUnits(tuple(over), tuple(under), currency)


def _power(power: Any) -> Any:
    return int(power) if power == int(power) else power


def notes(words: Iterable[str], target: str) -> Sentence:
    """What was assumed of the units called `words` where `target`, the result's in English, does not say it; false if
    nothing."""
    used = {name for word in words for name in (_known(word) or ())}
    assumed = [
        unit_said(name, 1, SEVERAL) for name in sorted(used & unit_names.US_MEASURES) if f"US {name}" not in target
    ]
    if "US" in target:
        assumed = []
    if "ton" in used and "metric" not in target.partition("ton")[0]:
        assumed.append(sentence("US tons"))
    assumed += unit_names.mistakable(words, target)
    if "kilocalorie" in used and any(word.lower().startswith("cal") for word in words) and "kilocalorie" not in target:
        assumed.append(sentence("the calories of food"))
    whole, *further = assumed or [Sentence("")]
    for each in further:
        whole = sentence("{first} and {last}", first=whole, last=each)
    return whole


def reason(error: Exception) -> Sentence:
    """Why there is no result; false for what is a defect of this program."""
    match error:
        case BadSum():
            return error.why
        case Overflow():
            return sentence("The result is too large.")
        case Underflow():
            return sentence("The result is too close to zero to be calculated.")
        case ZeroDivisionError():
            return sentence("That divides by zero.")
    if "pint" in sys.modules and (mixed := _mixed(error)):
        return mixed
    return sentence("That has no result.") if isinstance(error, ArithmeticError | ValueError) else Sentence("")


def _mixed(error: Exception) -> Sentence:
    """What pint says of units that do not go together; false if it is not pint's."""
    from pint.errors import DimensionalityError, OffsetUnitCalculusError, PintError

    match error:
        case DimensionalityError():
            one, other = (str(units).removesuffix("_cent") for units in (error.units1, error.units2))
            if one in unit_names.NAMES and other in unit_names.NAMES:
                return _NO_EXCHANGE.filled(one=unit_names.NAMES[one], other=unit_names.NAMES[other])
            return _MIXED.filled(one=_as_written(one), other=_as_written(other))
        case OffsetUnitCalculusError():
            return sentence("Temperatures can be converted, but not calculated with.")
        case PintError():
            return sentence("Those units do not go together.")
    return Sentence("")


def _as_written(units: str) -> Sentence:
    """As pint writes them: "kilometer / hour", "meter ** 2"."""
    if units in ("", "dimensionless"):
        return sentence("a number without a unit")
    over, *under = (_product(part) for part in units.split(" / "))
    for each in under:
        over = sentence("{over} / {under}", over=over, under=each)
    return over


def _product(units: str) -> Sentence:
    whole, *further = (_raised(part) for part in units.split(" * "))
    for each in further:
        whole = sentence("{first} * {second}", first=whole, second=each)
    return whole


def _raised(unit: str) -> Sentence:
    name, raised, power = unit.partition(" ** ")
    named = plain_unit(name) if name.isidentifier() else verbatim(name)
    return sentence("{unit} ** {power}", unit=named, power=power) if raised else named
