"""The tool that calculates."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from voicegui.core.tools import Permission, ToolOutcome

from ..function_tools import tool
from . import BadSum, Result
from .calculation import calculated
from .unit_names import BY_CODE, money_text

_DIGITS = 12
_SAID_DIGITS = 5


@tool(
    label="Calculator",
    permission=Permission.ALWAYS,
    cues=(
        "calculate", "how much is", "percent", "%", "plus", "minus", "times", "divided", "+", "square root", "convert",
        "sum of", "half of", "add", "subtract", "multiply", "divide", "cubed", "to the power", "squared", "factorial",
        "split", "twice", "a dozen", "a third of", "a quarter of", "two thirds of", "three quarters of",
        "kilometer", "kilometre", "miles", "meters", "metres", "centimeter", "centimetre", "millimeter", "inches",
        "feet", "yards", "klicks", "in cm", "in km", "in feet", "acres", "hectare", "mph",
        "pounds", "kilogram", "kilos", "ounce", "grams in", "in grams", "grams is", "grams are", "how many grams",
        "grams to", "in kg", "liter", "litre", "gallon", "milliliter", "millilitre", "in ml", "tablespoon", "teaspoon",
        "a cup in", "half a cup", "cups in", "how many cups", "cups to", "pints", "in a pint", "quarts",
        "celsius", "fahrenheit", "megabyte", "gigabyte", "how many seconds", "how many minutes are",
        "how many hours are", "how many days are",
    ),
    examples=(
        ("What is 12 percent of 80?", {"expression": "12 percent of 80"}),
        ("What's 17 times 23?", {"expression": "17 times 23"}),
        ("Convert 3 feet to meters", {"expression": "3 feet to meters"}),
        ("How many grams are in half an ounce?", {"expression": "How many grams are in half an ounce"}),
    ),
)  # fmt: skip
def calculate(
    expression: Annotated[str, "What to calculate, such as 12% of 80, sqrt(2)^3, 5 ft 7 in in cm, 72 F in C"],
) -> ToolOutcome:
    """Calculates: arithmetic, percentages, powers, roots, trigonometry, conversion of units. Use it for every sum. It
    knows no exchange rates."""
    try:
        result = calculated(expression)
    except BadSum as problem:
        return ToolOutcome(str(problem), ok=False, say=str(problem))
    told = f"{_amount(result, lambda number: _written(number, _DIGITS))}{f' ({result.note})' if result.note else ''}"
    said = _amount(result, _said).replace("-", "minus ")
    return ToolOutcome(f"{expression.strip()} = {told}", say=f"That is {said}{result.note and f', for {result.note}'}.")


def _amount(result: Result, in_words: Callable[[Decimal], str]) -> str:
    """ "$9.10", "3 miles", "21.59 by 27.94 centimeters"; money is told to the cent."""
    code, _, rest = result.units.partition(" ")
    if currency := BY_CODE.get(code):
        money, whole = money_text(result.number, currency)
        return f"{'' if whole else 'about '}{money} {rest}".strip()
    first, *others = map(in_words, (result.number, *result.further))
    return " by ".join((first, *(side.removeprefix("about ") for side in others))) + f" {result.units}".rstrip()


def _said(number: Decimal) -> str:
    whole = _written(number, _DIGITS)
    short = _written(number, max(_SAID_DIGITS, min(_DIGITS, number.adjusted() + 3)))
    return short if short == whole else f"about {short}"


def _written(number: Decimal, digits: int) -> str:
    """At most so many digits that mean something, commas between thousands; powers of ten where it is very large or
    small."""
    if not number:
        return "0"
    power = number.adjusted()
    if -7 < power < 21:
        text = f"{round(number, max(0, digits - 1 - power)):,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa = f"{number.scaleb(-power):.{_SAID_DIGITS - 1}f}".rstrip("0").rstrip(".")
    return f"{mantissa} times 10 to the power of {power}"
