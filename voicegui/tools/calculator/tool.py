"""The tool that calculates."""

from decimal import Decimal
from functools import partial
from typing import Annotated

from voicegui.core.tools import Permission, ToolOutcome
from voicegui.core.wording import Sentence, marked, sentence, verbatim

from ..function_tools import failed_with, succeeded_with, tool
from . import BadSum, Result
from .calculation import calculated
from .unit_names import BY_CODE, money_text

_DIGITS = 12
_SAID_DIGITS = 5


@tool(
    label=marked("Calculator"),
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
        return failed_with(problem.why)
    told = _amount(result, aloud=False).written()
    told = f"{told} ({result.note.written()})" if result.note else told
    amount, note = _amount(result, aloud=True), result.note
    answer = sentence("That is {amount}.", amount=amount)
    if note:
        answer = sentence("That is {amount}, for {note}.", amount=amount, note=note)
    return succeeded_with(answer, f"{expression.strip()} = {told}")


def _amount(result: Result, *, aloud: bool) -> Sentence:
    """ "$9.10", "3 miles", "21.59 by 27.94 centimeters"; money is told to the cent. `aloud`: rounded to what can be
    kept in mind."""
    if currency := BY_CODE.get(result.units.currency):
        money, whole = money_text(result.number, currency)
        amount = _signed(money, aloud=aloud)
    else:
        digits = [_kept_digits(number) if aloud else _DIGITS for number in (result.number, *result.further)]
        amount, *others = map(partial(_number, aloud=aloud), (result.number, *result.further), digits)
        for side in others:
            amount = sentence("{first} by {second}", first=amount, second=side)
        whole = _written(result.number, digits[0]) == _written(result.number, _DIGITS)
    amount = result.units.behind(amount)
    return amount if whole else sentence("about {amount}", amount=amount)


def _kept_digits(number: Decimal) -> int:
    return max(_SAID_DIGITS, min(_DIGITS, number.adjusted() + 3))


def _number(number: Decimal, digits: int, *, aloud: bool) -> Sentence:
    text, power = _written(number, digits)
    if power is None:
        return _signed(text, aloud=aloud)
    raised = _signed(str(power), aloud=aloud)
    return sentence("{number} times 10 to the power of {power}", number=_signed(text, aloud=aloud), power=raised)


def _signed(number: str, *, aloud: bool) -> Sentence:
    if aloud and number.startswith("-"):
        return sentence("minus {number}", number=number[1:])
    return verbatim(number)


def _written(number: Decimal, digits: int) -> tuple[str, int | None]:
    """At most so many digits that mean something, commas between thousands; and the power of ten that it is to be
    multiplied by where it is very large or small."""
    if not number:
        return "0", None
    power = number.adjusted()
    if -7 < power < 21:
        text = f"{round(number, max(0, digits - 1 - power)):,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text, None
    return f"{number.scaleb(-power):.{_SAID_DIGITS - 1}f}".rstrip("0").rstrip("."), power
