"""The calculator, as the model calls it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.tools import ToolCall
from voicegui.tools.calculate import calculate
from voicegui.tools.calculator.sums import LONGEST
from voicegui.tools.registry import Registry, from_function


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("12% of 80", "9.6"),
        ("80 + 10%", "88"),
        ("80 - 25%", "60"),
        ("10% + 5%", "0.15"),
        ("20% off 50", "40"),
        ("0.1 + 0.2", "0.3"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("2^3^2", "512"),
        ("-2^2", "-4"),
        ("2^-1", "0.5"),
        ("10 - 4 - 3", "3"),
        ("100 / 10 / 5", "2"),
        ("-7 mod 3", "2"),
        ("2^64", "18,446,744,073,709,551,616"),
        ("1,234,567.8 * 2", "2,469,135.6"),
        ("max(1,200)", "200"),
        ("min(3, 2 + 2)", "3"),
        ("round(2.5)", "3"),
        ("round(2.567, 2)", "2.57"),
        ("log(8, 2)", "3"),
        ("sqrt(2)^3", "2.82842712475"),
        ("square root of 16", "4"),
        ("√16 + 3²", "13"),
        ("the cube root of -27", "-3"),
        ("sin(30 degrees)", "0.5"),
        ("cos(pi)", "-1"),
        ("7!", "5,040"),
        ("5 squared", "25"),
        ("1 / 3", "0.333333333333"),
        ("2 / 3", "0.666666666667"),
        ("1.5 million / 3", "500,000"),
        ("half of 3", "1.5"),
        ("What is 17 times 23?", "391"),
        ("8 divided by 4 plus 1", "3"),
        ("3 x 4", "12"),
        ("5 − 8", "-3"),
        ("1e-9 / 1e6", "1 times 10 to the power of -15"),
        ("200!", "7.8866 times 10 to the power of 374"),
    ],
)
def test_numbers(expression: str, result: str) -> None:
    outcome = calculate(expression)
    assert outcome.ok
    assert outcome.text == f"{expression} = {result}"


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("3 miles in km", "4.828032 kilometers"),
        ("1 km in m", "1,000 meters"),
        ("1000 m to km", "1 kilometer"),
        ("5 ft 7 in in cm", "170.18 centimeters"),
        ("5 feet and 7 inches in cm", "170.18 centimeters"),
        ("10 in cm", "25.4 centimeters"),
        ("72 F in C", "22.2222222222 degrees Celsius"),
        ("-40 degrees celsius in fahrenheit", "-40 degrees Fahrenheit"),
        ("100°C in °F", "212 degrees Fahrenheit"),
        ("60 miles per hour in km/h", "96.56064 kilometers per hour"),
        ("60 mph * 30 min", "30 miles"),
        ("2 square meters in square feet", "21.5278208334 square feet"),
        ("5 m^2 in ft^2", "53.8195520835 square feet"),
        ("9 m / 3 s", "3 meters per second"),
        ("sqrt(9 m^2)", "3 meters"),
        ("3 hours 20 minutes in minutes", "200 minutes"),
        ("30 min in hours", "0.5 hours"),
        ("10 fluid ounces in ml", "295.735295625 milliliters"),
        ("1 GB in MB", "1,000 megabytes"),
        ("11 stone in kg", "69.85322498 kilograms"),
        ("how many cm are in 3 feet?", "91.44 centimeters"),
        ("1.5 million km in miles", "932,056.788356 miles"),
    ],
)
def test_units(expression: str, result: str) -> None:
    outcome = calculate(expression)
    assert outcome.ok
    assert outcome.text == f"{expression} = {result}"


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("12% of 80", "That is 9.6."),
        ("5 - 8", "That is minus 3."),
        ("2 / 3", "That is about 0.66667."),
        ("1234.5678 * 1", "That is about 1,234.57."),
        ("3 miles in km", "That is about 4.828 kilometers."),
        ("1 foot in inches", "That is 12 inches."),
    ],
)
def test_what_is_said_is_short(expression: str, said: str) -> None:
    assert calculate(expression).say == said


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "nothing to calculate"),
        ("  ", "nothing to calculate"),
        ("1/0", "divides by zero"),
        ("5 km / 0 h", "divides by zero"),
        ("sqrt(-1)", "no square root of a negative number"),
        ("0^0", "has no result"),
        ("10^40 mod 7", "has no result"),
        ("9**9**9", "too large"),
        ("9^9^9^9^9^9", "too large"),
        ("2^(10^9)", "too large"),
        ("exp(1000000)", "too large"),
        ("1e999999999999", "too large"),
        ("201!", "whole numbers from 0 to 200"),
        ("(-1)!", "whole numbers from 0 to 200"),
        ("2.5!", "whole numbers from 0 to 200"),
        ("((3!)!)!", "whole numbers from 0 to 200"),
        ("round(1, 1e9)", "at most 20 digits"),
        ("(2 m)^999", "power of a unit is too high"),
        ("(" * 200 + "1", "nested too deep"),
        ("-" * 200 + "1", "nested too deep"),
        ("sqrt " * 80 + "1", "nested too deep"),
        ("1+" * 5000 + "1", "at most 500 characters"),
        ("1" * 10_000, "at most 500 characters"),
        ("1 +", "missing at its end"),
        ("(1 + 2", "“)” is missing"),
        ("1 2", "“2” is not understood"),
        ("1.2.3", "is not understood"),
        ("NaN", "not understood"),
        ("Infinity", "not understood"),
        ("sqrt(1, 2)", "not for 2 numbers"),
        ("__import__('os').system('ls')", "not understood"),
        ("().__class__", "not understood"),
        ("5 km + 3 h", "mixes kilometer and hour"),
        ("5 km + 3", "one without cannot be added"),
        ("sqrt(2) in km", "mixes a number without a unit and kilometer"),
        ("10 celsius + 5 celsius", "can be converted, but not calculated with"),
        ("100 usd in eur", "no exchange rates"),
        ("max(1 km, 2)", "cannot be compared"),
        ("ln(5 km)", "mixes kilometer and"),
    ],
)
def test_what_cannot_be_calculated_says_why(expression: str, reason: str) -> None:
    outcome = calculate(expression)
    assert not outcome.ok
    assert reason in outcome.text
    assert outcome.say == outcome.text


PIECES = ["1", "2.5", "9e9", "+", "-", "*", "/", "^", "**", "(", ")", "%", "!", " of ", " in ", "km", "h", "°C",
          "degrees", "sqrt", "log", ",", "pi", "min", "and", "per", "squared", "mod", "cbrt", "million",
          "é", "_", "x"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join) | st.text(max_size=LONGEST))
def test_whatever_is_asked_gives_a_sentence(expression: str) -> None:
    outcome = calculate(expression)
    assert outcome.text
    assert outcome.say.endswith(".")


async def test_the_model_reaches_it() -> None:
    registry = Registry([from_function(calculate)])
    assert (await registry.call(ToolCall("1", "calculate", '{"expression": "6 * 7"}'))).text == "6 * 7 = 42"


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("twelve percent of eighty", "9.6"),
        ("one hundred and twenty plus five", "125"),
        ("twenty-five times four", "100"),
        ("two thousand minus seven hundred fifty", "1,250"),
        ("half of 90", "45"),
        ("a quarter of two hundred", "50"),
        ("three point five times two", "7"),
        ("2 million divided by 4", "500,000"),
        ("five feet seven inches in centimeters", "170.18 centimeters"),
        ("one and a half times four", "6"),
        ("five factorial", "120"),
        ("one half plus one quarter", "0.75"),
        ("a hundred divided by eight", "12.5"),
        ("divide 936 by 12", "78"),
        ("please multiply twelve by twelve", "144"),
        ("add 58 and 67", "125"),
        ("subtract 7 from fifty", "43"),
        ("a 15% tip on 48 dollars", "$7.20"),
        ("how much is a 20 percent discount on 60 euros", "€12"),
    ],
)
def test_numbers_as_they_are_said(words, value):
    assert calculate(words).say == f"That is {value}."
