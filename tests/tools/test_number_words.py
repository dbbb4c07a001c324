"""Numbers as people write and say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.tools.number_words import in_digits, mixed_in_digits, parts_in_digits, plain_signs
from voicegui.tools.times.durations import duration
from voicegui.tools.times.phrases import BadTime


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("2½", "2 1/2"), ("½ cup", " 1/2 cup"), ("1⅓", "1 1/3"), ("¹⁄₂", " 1/2 "), ("5²", "5^2"), ("10⁻³", "10^-3"),
        ("log₂(8)", "log2 (8)"), ("٢٥", "25"), ("２５", "25"), ("१२", "12"), ("٣٫٥", "3.5"), ("۱۰٪", "10%"),
        ("twenty‑five", "twenty-five"), ("5−3", "5-3"), ("1\u202f234\u202f567", "1234567"), ("10\u00a0000", "10000"),
        ("5\u00a0km", "5 km"), ("5′11″", "5'11\""), ("5’11”", "5'11\""), ("2️⃣", "2"), ("tw\u00adenty", "twenty"),
        ("\u200f٥\u200e", "5"), ("3∕4", "3/4"), ("20℃", "20°C"),
    ],
)  # fmt: skip
def test_signs(text: str, plain: str) -> None:
    assert plain_signs(text) == plain


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("twenty five", "25"), ("twenty-five", "25"), ("a hundred", "100"), ("one hundred and twenty", "120"),
        ("two thousand and five", "2005"), ("two million three hundred thousand and five", "2300005"),
        ("one hundred and five thousand", "105000"), ("twelve hundred", "1200"), ("2.5 million", "2500000"),
        ("3 million 200 thousand", "3200000"), ("two dozen", "24"), ("five grand", "5000"), ("three lakh", "300000"),
        ("three point one four", "3.14"), ("zero point oh five", "0.05"), ("point five", "0.5"), ("3 point 25", "3.25"),
        ("one point five million", "1500000"), ("two point two five million", "2250000"),
        ("two and three", "2 and 3"), ("one hundred and two hundred", "100 and 200"), ("six thirty", "6 30"),
        ("nineteen eighty four", "19 84"), ("one two three", "1 2 3"), ("5 100", "5 100"), ("10 and 20", "10 and 20"),
        ("none of them", "none of them"), ("tension", "tension"), ("a thousandth", "a thousandth"),
    ],
)  # fmt: skip
def test_words(text: str, digits: str) -> None:
    assert in_digits(text) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("two and a half", "2.5"), ("two and three quarters", "2.75"), ("three quarters of a cup", "0.75 cup"),
        ("half an hour", "0.5 hour"), ("half of 90", "0.5 of 90"), ("half a million", "500000"),
        ("half a dozen", "6"), ("one and a half million", "1500000"), ("a quarter pound", "0.25 pound"),
        ("half-mile", "0.5 mile"), ("three eighths of an inch", "0.375 inch"), ("one hundred and one half", "100.5"),
        ("two-fifths", "0.4"), ("two fifth", "2 fifth"), ("the third", "the third"),
    ],
)  # fmt: skip
def test_fractions_in_words(text: str, digits: str) -> None:
    assert parts_in_digits(in_digits(text)) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1 1/2 cups", "1.5 cups"), ("3/4 of a cup", "0.75 cup"), ("1-1/2 cups", "1.5 cups"),
        ("2 and 1/2 cups", "2.5 cups"),
        ("3/4", "3/4"), ("1/2/2026 cups", "1/2/2026 cups"), ("3 8/4 cups", "3 8/4 cups"), ("1/0 cups", "1/0 cups"),
    ],
)  # fmt: skip
def test_fractions_in_digits(text: str, digits: str) -> None:
    assert mixed_in_digits(text, r"(?: of)?(?: an?)? cup") == digits


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    parts_in_digits(mixed_in_digits(in_digits(plain_signs(text)), " [a-z]"))


@pytest.mark.parametrize(
    ("phrase", "seconds"),
    [
        ("2½ minutes", 150), ("in 1½ hours", 5400), ("½ hour", 1800), ("2 1/2 minutes", 150), ("1/2 an hour", 1800),
        ("3/4 of an hour", 2700), ("twenty‑five minutes", 1500), ("٢٥ minutes", 1500), ("２５ minutes", 1500),
        ("one and three quarter hours", 6300), ("two and a half minutes", 150),
        ("1\u00a0hour", 3600),
        ("two thirds of an hour", 2400), ("a third of a minute", 20), ("1¼\u202fhours", 4500),
        ("forty–five seconds", 45),
        ("one hundred and twenty seconds", 120), ("a dozen minutes", 720), ("one point five hours", 5400),
    ],
)  # fmt: skip
def test_lengths_of_time_are_read_with_them(phrase: str, seconds: float) -> None:
    assert duration(phrase).seconds == pytest.approx(seconds)


@pytest.mark.parametrize("phrase", ["five and ten minutes", "a hundred and one hundred minutes", "1/2", "½"])
def test_an_and_is_no_number_of_days(phrase: str) -> None:
    with pytest.raises(BadTime):
        duration(phrase)
