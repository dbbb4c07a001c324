"""Numbers as people say them: "one hundred and twenty point five" is 120.5."""

import re

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {name: at for at, name in enumerate(_SMALL)} | {name: 10 * at for at, name in enumerate(_TENS, 2)}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}

_HYPHEN = re.compile(rf"\b({'|'.join(_TENS)})-({'|'.join(_SMALL[1:10])})\b", re.IGNORECASE)
_WORDS = "|".join((*_VALUES, "hundred", *_SCALES))
_DIGIT = "|".join(_SMALL[:10])
_NUMBER = re.compile(
    rf"\b(?:a (?=hundred|thousand|million|billion|trillion))?(?:{_WORDS})(?:(?: and)? (?:{_WORDS}))*"
    rf"(?: point(?: (?:{_DIGIT}))+)?\b",
    re.IGNORECASE,
)
_WITH_SCALE = re.compile(rf"\b(\d+(?:\.\d+)?) (hundred|{'|'.join(_SCALES)})\b", re.IGNORECASE)
_PARTS = tuple(
    (re.compile(rf"\b{pattern}\b", re.IGNORECASE), instead)
    for pattern, instead in (
        ("(?:one |a )?half of", "0.5 * "),
        ("(?:one |a )third of", "1 / 3 * "),
        ("(?:one |a )quarter of", "0.25 * "),
        ("(?:one|(?<!and )a) half", "0.5"),
        ("(?:one|a) quarter", "0.25"),
    )
)
_AND_A_HALF = re.compile(r"\b(\d+) and a half\b", re.IGNORECASE)


def with_digits(text: str) -> str:
    text = _HYPHEN.sub(r"\1 \2", text)
    text = _WITH_SCALE.sub(lambda found: f"({found[1]} * {_SCALES.get(found[2].lower(), 100)})", text)
    for pattern, instead in _PARTS:
        text = pattern.sub(instead, text)
    text = _NUMBER.sub(lambda found: _value(found[0].lower().split()), text)
    return _AND_A_HALF.sub(r"\1.5", text)


def _value(words: list[str]) -> str:
    point = words.index("point") if "point" in words else len(words)
    total = current = 0
    for word in words[:point]:
        if word in _VALUES:
            current += _VALUES[word]
        elif word == "hundred":
            current = (current or 1) * 100
        elif word in _SCALES:
            total, current = total + (current or 1) * _SCALES[word], 0
    decimals = "".join(str(_VALUES[word]) for word in words[point + 1 :])
    return f"{total + current}{'.' if decimals else ''}{decimals}"
