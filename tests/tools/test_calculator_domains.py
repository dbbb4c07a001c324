"""Sums that have no result: each says why in a sentence of its own, and none gets a result that is wrong."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voicegui.tools.calculator import BadSum
from voicegui.tools.calculator.calculation import calculated
from voicegui.tools.calculator.tool import calculate

LOGARITHM = "There is a logarithm only of numbers above 0."
BASE = "The base of a logarithm is a number above 0 that is not 1."
ZERO = "That divides by zero."
ROOT = "There is no square root of a negative number."
WHOLE = "A negative number can only be raised to a whole power."
TINY = "The result is too close to zero to be calculated."
COLD = "Nothing is colder than absolute zero, -273.15 degrees Celsius."


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        *((each, LOGARITHM) for each in (
            "log(0)", "ln(0)", "log2(0)", "log10(0)", "log(-1)", "ln(-5)", "log(0, 0)", "log 0", "ln(1-1)",
            "ln(cos(0) - 1)", "log(0, 2)", "log2(-8)", "1 / log(0)", "log(0 radian)",
        )),
        *((each, BASE) for each in ("log(2, 0)", "log(2, 1)", "log(8, -2)", "log(1, 1)", "log(5, 2 - 1)")),
        *((each, ZERO) for each in (
            "1/0", "0/0", "5 mod 0", "0 mod 0", "1 km / 0", "0 km / 0 km", "0^-1", "0^-0.5", "(0 km)^-1", "1 / sin(0)",
            "1 / 0%", "1 / (5 - 5)%", "100 km / 0 hours", "5 / (1 - 1)", "5 / log(1)", "0 ** -2", "pi mod 0",
        )),
        *((each, ROOT) for each in ("sqrt(-1)", "sqrt(1 - 2)", "square root of -4", "sqrt(-4 km^2)", "sqrt(-0.0001)")),
        *((each, WHOLE) for each in ("(-8)^(1/3)", "(-1)^0.5", "(-2)^-0.5", "(-2 m)^0.5")),
        *((each, TINY) for each in ("10^-1000", "1e-500", "exp(-100000)", "exp(-1e399)", "e^-2000", "1e-399 / 1e99")),
        *((each, COLD) for each in ("-500 C in K", "-1 K in C", "-300 degC in degF", "-1000 F in C")),
        ("0^0", "0 to the power of 0 has no result."),
        ("asin(2)", "There is an arc sine only of numbers from -1 to 1."),
        ("acos(-1.5)", "There is an arc cosine only of numbers from -1 to 1."),
        ("tan(90 degrees)", "There is no tangent of a right angle."),
        ("tan(pi/2)", "There is no tangent of a right angle."),
        ("tan(270 degrees)", "There is no tangent of a right angle."),
        ("sin(1e30)", "That number is too large for trigonometry."),
        ("sin(1e399)", "That number is too large for trigonometry."),
        ("10^1000", "The result is too large."),
        ("1e399 km in mm", "The result is too large."),
    ],
)  # fmt: skip
def test_what_is_outside_of_a_function_says_so(expression: str, sentence: str) -> None:
    outcome = calculate(expression)
    assert (outcome.ok, outcome.text, outcome.say) == (False, sentence, sentence)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("log2(8)", "That is 3."),
        ("log10(1000)", "That is 3."),
        ("log(8, 2)", "That is 3."),
        ("log 100", "That is 2."),
        ("cbrt(-27)", "That is minus 3."),
        ("(-2)^3", "That is minus 8."),
        ("0^2", "That is 0."),
        ("atan(1e399)", "That is about 1.5708."),
        ("tan(45 degrees)", "That is 1."),
        ("-40 F in C", "That is minus 40 degrees Celsius."),
        ("0 K in C", "That is minus 273.15 degrees Celsius."),
        ("sqrt 0", "That is 0."),
        ("exp(0)", "That is 1."),
        ("asin(1)", "That is about 1.5708."),
    ],
)
def test_what_is_inside_has_a_result(expression: str, said: str) -> None:
    assert calculate(expression).say == said


NUMBERS = st.sampled_from(
    ["0", "-1", "1", "0.5", "-0.5", "1e399", "-1e399", "1e-399", "90", "pi", "2 km", "0 km", "5%"]
)
NAMES = ("sqrt", "cbrt", "abs", "round", "floor", "ceil", "exp", "ln", "log", "log2", "log10", "sin", "cos", "tan",
         "asin", "acos", "atan", "factorial", "min", "max")  # fmt: skip
SUMS = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        st.builds("{}({})".format, st.sampled_from(NAMES), inner),
        st.builds("{}({}, {})".format, st.sampled_from(NAMES), inner, inner),
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["+", "-", "*", "/", "^", "mod", "of", "off"]), inner),
        st.builds("({}){}".format, inner, st.sampled_from(["!", "%", " squared", " million", " km", " C", " in m"])),
    ),
    max_leaves=5,
)


@given(SUMS)
@example("(2 km) ^ (1e399)")
@example("((0 km) ^ (0.5)) in m")
def test_every_sum_has_a_result_or_a_sentence(expression: str) -> None:
    try:
        number = calculated(expression).number
    except BadSum as problem:
        assert str(problem).endswith((".", "…"))  # noqa: PT017
    else:
        assert number.is_finite()
        assert calculate(expression).ok
