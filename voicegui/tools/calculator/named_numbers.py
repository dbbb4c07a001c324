"""Numbers that have names, and functions of numbers."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

from voicegui.core.wording import Sentence, marked, sentence, sentence_plural

from . import BadSum

_MOST_FACTORS = 200
_LARGEST_ANGLE = Decimal(10**9)
"""In radians. Of larger ones 15 digits do not tell where in the circle they are."""


def factorial(number: Decimal) -> Decimal:
    """Raises BadSum."""
    if number != number.to_integral_value() or not 0 <= number <= _MOST_FACTORS:
        most = sentence("Factorials are only calculated of whole numbers from 0 to {number}.", number=_MOST_FACTORS)
        raise BadSum(most)
    return +Decimal(math.factorial(int(number)))


def _by_floats(function: Callable[[float], float]) -> Callable[[Decimal], Decimal]:
    """15 digits."""

    def calculate(number: Decimal) -> Decimal:
        if abs(number) > _LARGEST_ANGLE:
            raise BadSum(sentence("That number is too large for trigonometry."))
        return Decimal(repr(round(function(float(number)), 15)))

    return calculate


def _tangent(number: Decimal) -> Decimal:
    if abs(number) <= _LARGEST_ANGLE and abs(math.cos(float(number))) < 1e-12:
        raise BadSum(sentence("There is no tangent of a right angle."))
    return _by_floats(math.tan)(number)


def _arc(function: Callable[[float], float], out_of_range: Sentence) -> Callable[[Decimal], Decimal]:
    def calculate(number: Decimal) -> Decimal:
        if abs(number) > 1:
            raise BadSum(out_of_range)
        return _by_floats(function)(number)

    return calculate


def _root(number: Decimal) -> Decimal:
    if number < 0:
        raise BadSum(sentence("There is no square root of a negative number."))
    return number.sqrt()


def _logarithm(number: Decimal, base: Decimal = Decimal(10)) -> Decimal:
    if number <= 0:
        raise BadSum(sentence("There is a logarithm only of numbers above 0."))
    if base <= 0 or base == 1:
        raise BadSum(sentence("The base of a logarithm is a number above 0 that is not 1."))
    return number.log10() if base == 10 else number.ln() / base.ln()


def _natural(number: Decimal) -> Decimal:
    if number <= 0:
        raise BadSum(sentence("There is a logarithm only of numbers above 0."))
    return number.ln()


def number_to_the_power(base: Decimal, exponent: Decimal) -> Decimal:
    """Raises BadSum and ArithmeticError."""
    if base == 0 and exponent == 0:
        raise BadSum(sentence("0 to the power of 0 has no result."))
    if base == 0 and exponent < 0:
        raise BadSum(sentence("That divides by zero."))
    if base < 0 and exponent != exponent.to_integral_value():
        raise BadSum(sentence("A negative number can only be raised to a whole power."))
    return base**exponent


def _rounded(number: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    if digits != digits.to_integral_value() or not -20 <= digits <= 20:
        raise BadSum(sentence("Numbers are rounded to at most 20 digits."))
    return number.quantize(Decimal(1).scaleb(-int(digits)), "ROUND_HALF_UP")


CONSTANTS = {
    "pi": Decimal("3.141592653589793238462643383"),
    "e": Decimal("2.718281828459045235360287471"),
    "tau": Decimal("6.283185307179586476925286767"),
}

FUNCTIONS: dict[str, Callable[..., Decimal]] = {
    "sqrt": _root,
    "cbrt": lambda number: (abs(number) ** (1 / Decimal(3))).copy_sign(number),
    "abs": abs,
    "round": _rounded,
    "floor": lambda number: number.to_integral_value("ROUND_FLOOR"),
    "ceil": lambda number: number.to_integral_value("ROUND_CEILING"),
    "exp": Decimal.exp,
    "ln": _natural,
    "log": _logarithm,
    "log2": lambda number: _logarithm(number, Decimal(2)),
    "log10": lambda number: _logarithm(number),
    "sin": _by_floats(math.sin),
    "cos": _by_floats(math.cos),
    "tan": _tangent,
    "asin": _arc(math.asin, sentence("There is an arc sine only of numbers from -1 to 1.")),
    "acos": _arc(math.acos, sentence("There is an arc cosine only of numbers from -1 to 1.")),
    "atan": lambda number: Decimal(repr(round(math.atan(float(number)), 15))),
    "factorial": factorial,
    "min": min,
    "max": max,
}


_NOT_SO_MANY = marked("“{function}” is not for {count} numbers.")


def applied(name: str, numbers: Sequence[Decimal]) -> Decimal:
    """`name`: one of `FUNCTIONS`. Raises BadSum and ArithmeticError."""
    try:
        return FUNCTIONS[name](*numbers)
    except TypeError:
        raise BadSum(sentence_plural(_NOT_SO_MANY, _NOT_SO_MANY, len(numbers), function=name)) from None
