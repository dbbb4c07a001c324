"""The calculator, as the model calls it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.tools import ToolCall
from voicegui.tools.calculator.calculation import LONGEST
from voicegui.tools.calculator.tool import calculate
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


@pytest.mark.parametrize(
    ("words", "result"),
    [
        # an article as an amount; what is asked for first
        ("how many feet are in a mile", "5,280 feet"),
        ("many feet are in a mile", "5,280 feet"),
        ("half a mile in meters", "804.672 meters"),
        ("A mile in kilometers", "1.609344 kilometers"),
        ("How many milliliters is half a cup?", "118.29411825 milliliters"),
        ("how many seconds are there in a day", "86,400 seconds"),
        ("how many cups does a liter have", "4.22675283773 cups"),
        ("70 kilos is how many pounds", "154.323583529 pounds"),
        ("how tall is 5 foot 11 in cm", "180.34 centimeters"),
        ("60 miles an hour in km/h", "96.56064 kilometers per hour"),
        ("5 A * 10 ohm", "50 ampere ohms"),
        # fractions and mixed numbers
        ("3/4 cup in ml", "177.441177375 milliliters"),
        ("1 1/2 cups in ml", "354.88235475 milliliters"),
        ("1-1/2 cups in ml", "354.88235475 milliliters"),
        ("½ cup in ml", "118.29411825 milliliters"),
        ("1⅓ cups in ml", "315.450982 milliliters"),
        ("a third of a cup in ml", "78.8627455 milliliters"),
        ("3 and a half feet in cm", "106.68 centimeters"),
        ("5 1/2 in to cm", "13.97 centimeters"),
        ("3/4 in in mm", "19.05 millimeters"),
        ("three eighths of an inch in mm", "9.525 millimeters"),
        ("a quarter pound in grams", "113.3980925 grams"),
        ("an hour and a half in minutes", "90 minutes"),
        ("2 feet and a half in inches", "30 inches"),
        ("half of 3/4", "0.375"),
        ("6 / 3/4", "8"),
        ("1-1/2", "0.5"),
        ("12 1/2% of 80", "10"),
        ("2 and 3/4 + 1/4", "3"),
        # what is left out, and signs of feet and inches
        ("5 foot 11 in cm", "180.34 centimeters"),
        ("six feet two in cm", "187.96 centimeters"),
        ("5'11\" in cm", "180.34 centimeters"),
        ("5′11″ to cm", "180.34 centimeters"),
        ("5 lb 3 in kg", "2.35301041938 kilograms"),
        ("1 meter 80 in feet", "5.90551181102 feet"),
        ("2 hours 30 in minutes", "150 minutes"),
        # other digits, hyphens and spaces
        ("twenty‑five times 2", "50"),
        ("٢٥ + ٣", "28"),
        ("２５ × ４", "100"),
        ("1\u202f234\u202f567 + 1", "1,234,568"),
        ("1,00,000 / 2", "50,000"),
        ("10'000 * 2", "20,000"),
        ("5² + 1", "26"),
        ("1 acre in square feet", "43,560 square feet"),
        ("3 squared feet", "3 square feet"),
        ("5 m2 in ft2", "53.8195520835 square feet"),
        # numbers in words
        ("1.5k", "1,500"),
        ("2 million", "2,000,000"),
        ("one point five million divided by three", "500,000"),
        ("one hundred and two hundred", "300"),
        ("half a dozen", "6"),
        ("a dozen eggs", "12"),
        ("how many eggs are in 3 dozen", "36"),
        # a unit is what it is converted to
        ("8 ounces in milliliters", "236.5882365 milliliters"),
        ("16 oz in grams", "453.59237 grams"),
        ("2 cups in ounces", "16 fluid ounces"),
        ("16 oz of milk in ml", "473.176473 milliliters"),
        ("30 degrees in Fahrenheit", "86 degrees Fahrenheit"),
        ("98.6 degrees in Celsius", "37 degrees Celsius"),
        ("minus 40 Fahrenheit in Celsius", "-40 degrees Celsius"),
        ("350 °F in C", "176.666666667 degrees Celsius"),
        ("300 K in C", "26.85 degrees Celsius"),
        ("10 liters per 100 km in mpg", "23.5214583333 miles per US gallon"),
        ("30 mpg in l/100km", "7.84048611111 liters per 100 kilometers (US gallons)"),
        # everyday short names
        ("70 kilos in pounds", "154.323583529 pounds"),
        ("100 mbps in megabytes per second", "12.5 megabytes per second"),
        ("50 mbit/s in MB/s", "6.25 megabytes per second"),
        ("80 MBps in Mbps", "640 megabits per second"),
        ("1 gig in megs", "1,000 megabytes"),
        ("10 klicks in miles", "6.21371192237 miles"),
        ("10k in miles", "6.21371192237 miles"),
        ("2 pints in ml", "946.352946 milliliters (US pints)"),
        ("2 liters in pints", "4.22675283773 US pints"),
        ("2 imperial pints in ml", "1,136.5225 milliliters"),
        ("3 tons in kg", "2,721.55422 kilograms (US tons)"),
        ("500 calories in kilojoules", "2,092 kilojoules (the calories of food)"),
        # percentages
        ("20 percent off 80", "64"),
        ("what percent of 80 is 20", "25"),
        ("20 is what percent of 80", "25"),
        ("add 10% to 50", "55"),
        ("subtract 10% from 50", "45"),
        ("split 120 four ways", "30"),
        ("tip 18% on 62.40", "11.232"),
        ("18 percent on 62", "11.16"),
        ("2 barrels of crude oil in gallons", "84 US gallons"),
        ("12 ➗ 4", "3"),
        ("3 ✕ 4", "12"),
        ("12 ➕ 4", "16"),
        ("7 — 2", "5"),
    ],
)  # fmt: skip
def test_sums_as_people_say_them(words: str, result: str) -> None:
    assert calculate(words).text == f"{words} = {result}"


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("What's a 20% tip on $45.50?", "$9.10"),
        ("15% of €80 + €4", "€16"),
        ("£1,200.50 + VAT of 20%", "£1,440.60"),
        ("£1,200.50 plus 20% VAT", "£1,440.60"),
        ("20% off $80", "$64"),
        ("$80 with 20% off", "$64"),
        ("$50 + 8% tax + 20% tip", "$64.80"),
        ("how much is 18% tip on a $64 bill", "$11.52"),
        ("split $120 between four people", "$30"),
        ("$100 split 3 ways", "about $33.33"),
        ("5 dollars and 30 cents times 3", "$15.90"),
        ("50 cents + 75 cents", "$1.25"),
        ("€2 + 50 cents", "€2.50"),
        ("3 pounds and 50 pence", "£3.50"),
        ("20 quid + 5 quid", "£25"),
        ("80€ * 3", "€240"),
        ("USD 50 + 20%", "$60"),
        ("CHF 20 + 10%", "CHF 22"),
        ("¥1500 * 3", "¥4,500"),
        ("$1.5m / 3", "$500,000"),
        ("$2bn / 4", "$500,000,000"),
        ("$60 / $20", "3"),
        ("$3 per gallon * 12 gallons", "$36"),
        ("12 dollars an hour times 40 hours", "$480"),
        ("12 eggs at $3 each", "$36"),
        ("max($3, $5)", "$5"),
        ("3 euros 50 times 2", "€7"),
        ("40 hours at $15 an hour", "$600"),
        ("$4.99 x 3", "$14.97"),
        ("-$5 + $2", "-$3"),
        ("$0.003 * 3", "$0.009"),
        ("15% off of $200", "$170"),
        ("20% on $45.50", "$9.10"),
        ("3 at $2.50 each", "$7.50"),
    ],
)
def test_money_keeps_its_currency(words: str, amount: str) -> None:
    assert calculate(words).text == f"{words} = {amount}"


def test_money_is_said_to_the_cent() -> None:
    assert calculate("$10 / 3").say == "That is about $3.33."


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("$5 + €3", "no exchange rates: dollars and euros"),
        ("$5 * $3", "cannot be multiplied by money"),
        ("1.234,56 + 1", "can be two numbers"),
        ("12,50 + 1", "can be two numbers"),
        ("1,5 l in cups", "can be two numbers"),
        ("€1.234", "can be two amounts"),
        ("1.234.567", "is not understood"),
        ("5 000 + 1", "is not understood"),
        ("six thirty", "is not understood"),
        ("nineteen eighty four + 1", "is not understood"),
        ("50 mb/s in MB/s", "bits or bytes"),
        ("5 cats in pascal", "no unit “cats”"),
        ("2M / 4", "no unit “M”"),
        ("3 apples", "no unit “apples”"),
        ("5 pounds 50 times 2", "“50” has no unit"),
        ("1 foot 13 in cm", "“13” has no unit"),
        ("a cup of flour in grams", "Weight and volume of flour"),
        ("16 oz of flour in ml", "Weight and volume of flour"),
        ("5 km + 3 l", "mixes kilometer and liter"),
        ("2024-01-01", "a day, not a sum"),
        ("12% of 80 and the weather", "no unit “weather”"),
    ],
)
def test_what_is_not_understood_whole_is_refused(words: str, reason: str) -> None:
    outcome = calculate(words)
    assert not outcome.ok
    assert reason in outcome.text


@pytest.mark.parametrize(
    ("words", "result"),
    [
        ("8 1/2 x 11 inches in cm", "21.59 by 27.94 centimeters"),
        ("convert 8½ x 11 inches to centimeters", "21.59 by 27.94 centimeters"),
        ("how big is 8.5 by 11 inches in centimeters", "21.59 by 27.94 centimeters"),
        ('8.5" x 11" in cm', "21.59 by 27.94 centimeters"),
        ("8 x 10 in cm", "20.32 by 25.4 centimeters"),
        ("16 x 20 in to cm", "40.64 by 50.8 centimeters"),
        ("4x6 inches in cm", "10.16 by 15.24 centimeters"),
        ("two by four inches in centimeters", "5.08 by 10.16 centimeters"),
        ("10' × 12' in meters", "3.048 by 3.6576 meters"),
        ("6'2\" x 3' in meters", "1.8796 by 0.9144 meters"),
        ("5 ft by 7 ft in cm", "152.4 by 213.36 centimeters"),
        ("210mm x 297mm in inches", "8.26771653543 by 11.6929133858 inches"),
        ("2 x 3 x 4 inches in cm", "5.08 by 7.62 by 10.16 centimeters"),
        ("4 x 100 m in km", "0.004 by 0.1 kilometers"),
        # an area and a volume
        ("10 x 12 ft in square meters", "11.1483648 square meters"),
        ("20 x 30 x 40 cm in liters", "24 liters"),
        ("5 m x 3 m", "15 square meters"),
        # products
        ("3 x 200 ml in liters", "0.6 liters"),
        ("2 x 500 g in kg", "1 kilogram"),
        ("3 times 4 inches in cm", "30.48 centimeters"),
        ("4 x 4", "16"),
        ("5 x 20%", "1"),
    ],
)
def test_a_size_is_no_product(words: str, result: str) -> None:
    assert calculate(words).text == f"{words} = {result}"


def test_a_size_is_said_side_by_side() -> None:
    assert calculate("210 x 297 mm in inches").say == "That is about 8.2677 by 11.693 inches."


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("8 by 10 feet", "That is a size. Say what it is to be told in"),
        ("2 x 4 m", "That is a size. Say what it is to be told in"),
        ("4 x 5'6\" in m", "Say each side of that with its unit."),
        ("2 x 3 inches in liters", "mixes"),
    ],
)
def test_a_size_that_is_left_open_is_asked(words: str, reason: str) -> None:
    outcome = calculate(words)
    assert not outcome.ok
    assert reason in outcome.text


@pytest.mark.parametrize(
    ("words", "result"),
    [
        ("5 nm in km", "5 times 10 to the power of -12 kilometers (nanometers, not nautical miles)"),
        ("500 nm in micrometers", "0.5 micrometers (nanometers, not nautical miles)"),
        ("5 km in nm", "5,000,000,000,000 nanometers"),
        ("5 NM in km", "9.26 kilometers"),
        ("5 nmi in km", "9.26 kilometers"),
        ("5 nautical miles in km", "9.26 kilometers"),
        ("5 gr in mg", "5,000 milligrams (grams, not grains)"),
        ("5 Mm in cm", "0.5 centimeters (millimeters, not megameters)"),
        ("5 mm in cm", "0.5 centimeters"),
        ("1 hundredweight in kg", "45.359237 kilograms (US hundredweights)"),
        ("1 bushel in liters", "35.2390701669 liters (US bushels)"),
        ("2 gills in ml", "236.5882365 milliliters (US gills)"),
        ("1 peck in liters", "8.80976754172 liters (US pecks)"),
    ],
)
def test_of_two_units_of_one_name_it_says_which(words: str, result: str) -> None:
    assert calculate(words).text == f"{words} = {result}"
