"""Numbers that have names, and functions of numbers."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

from .errors import BadSum

_MOST_FACTORS = 200


def factorial(number: Decimal) -> Decimal:
    """Raises BadSum."""
    if number != number.to_integral_value() or not 0 <= number <= _MOST_FACTORS:
        raise BadSum(f"Factorials are only calculated of whole numbers from 0 to {_MOST_FACTORS}.")
    return +Decimal(math.factorial(int(number)))


def _by_floats(function: Callable[[float], float]) -> Callable[[Decimal], Decimal]:
    """15 digits."""
    return lambda number: Decimal(repr(round(function(float(number)), 15)))


def _rounded(number: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    if digits != digits.to_integral_value() or not -20 <= digits <= 20:
        raise BadSum("Numbers are rounded to at most 20 digits.")
    return number.quantize(Decimal(1).scaleb(-int(digits)), "ROUND_HALF_UP")


CONSTANTS = {
    "pi": Decimal("3.141592653589793238462643383"),
    "e": Decimal("2.718281828459045235360287471"),
    "tau": Decimal("6.283185307179586476925286767"),
    "half": Decimal("0.5"),
    "quarter": Decimal("0.25"),
}

FUNCTIONS: dict[str, Callable[..., Decimal]] = {
    "sqrt": Decimal.sqrt,
    "cbrt": lambda number: (abs(number) ** (1 / Decimal(3))).copy_sign(number),
    "abs": abs,
    "round": _rounded,
    "floor": lambda number: number.to_integral_value("ROUND_FLOOR"),
    "ceil": lambda number: number.to_integral_value("ROUND_CEILING"),
    "exp": Decimal.exp,
    "ln": Decimal.ln,
    "log": lambda number, base=Decimal(10): number.log10() if base == 10 else number.ln() / base.ln(),
    "log2": lambda number: number.ln() / Decimal(2).ln(),
    "log10": Decimal.log10,
    "sin": _by_floats(math.sin),
    "cos": _by_floats(math.cos),
    "tan": _by_floats(math.tan),
    "asin": _by_floats(math.asin),
    "acos": _by_floats(math.acos),
    "atan": _by_floats(math.atan),
    "factorial": factorial,
    "min": min,
    "max": max,
}

SCALES = {
    "hundred": Decimal(100),
    "thousand": Decimal(10**3),
    "million": Decimal(10**6),
    "billion": Decimal(10**9),
    "trillion": Decimal(10**12),
}


def applied(name: str, numbers: Sequence[Decimal]) -> Decimal:
    """`name`: one of `FUNCTIONS`. Raises BadSum and ArithmeticError."""
    try:
        return FUNCTIONS[name](*numbers)
    except TypeError:
        raise BadSum(f"“{name}” is not for {len(numbers)} numbers.") from None
