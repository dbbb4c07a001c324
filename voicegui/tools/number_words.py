"""Numbers as people write and say them, as digits: "2½", "two and a half", "٢٥", "one hundred and twenty point five".

All tools that read amounts begin here. Of three libraries that were measured, two read "one hundred and two hundred" as
other numbers than it names, and none reads mixed numbers exactly.
"""

import re
import unicodedata
from decimal import Decimal, localcontext

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {name: at for at, name in enumerate(_SMALL)} | {name: 10 * at for at, name in enumerate(_TENS, 2)}
_VALUES |= {"nought": 0, "naught": 0}
_SCALES = {
    "dozen": 12, "thousand": 10**3, "grand": 10**3, "lakh": 10**5, "million": 10**6, "crore": 10**7, "billion": 10**9,
    "trillion": 10**12, "quadrillion": 10**15,
}  # fmt: skip

_PARTS = {
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "twelfth": 12, "sixteenth": 16, "twentieth": 20, "hundredth": 100, "thousandth": 1000,
    "millionth": 10**6,
}  # fmt: skip
_PLURALS = {name.replace("half", "halve") + "s": count for name, count in _PARTS.items()}
_DENOMINATORS = _PARTS | _PLURALS | {"halfs": 2}

# ---------------------------------------------------------------- signs

_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–−﹣"), "-")
_PRIMES = {ord(sign): "'" for sign in "’‘′ʹ"} | {ord(sign): '"' for sign in "”“″ʺ"}
_ARABIC = {ord("٫"): ".", ord("٬"): ",", ord("٪"): "%"}
_NARROW = "\u00a0\u2007\u2009\u202f"
_SPACED = re.compile(rf"(?<![\d.,])\d{{1,3}}(?:[{_NARROW}]\d{{3}})+(?![\d{_NARROW}])")
_STACKED = re.compile("(?<![⁰¹²³⁴-⁹])([⁰¹²³⁴-⁹]++)[⁄/]([₀-₉]+)")
_RAISED = re.compile("⁻?[⁰¹²³⁴-⁹]+")
_LOWERED = re.compile("[₀-₉]+")
_SLASHES = {ord("⁄"): "/", ord("∕"): "/"}


def plain_signs(text: str) -> str:
    """Digits of all scripts, fraction signs, hyphens, primes and spaces in their plain form; "2½" is "2 1/2", "3²" is
    "3^2"."""
    digits = "".join(map(_digit, text))
    text = _SPACED.sub(lambda found: re.sub(f"[{_NARROW}]", "", found[0]), digits)
    text = _STACKED.sub(lambda found: f" {_normal(found[1])}/{_normal(found[2])} ", text)
    text = "".join(map(_fraction_sign, text))
    text = _RAISED.sub(lambda found: f"^{_normal(found[0])}", text)
    text = _LOWERED.sub(lambda found: f"{_normal(found[0])} ", text)
    return _normal(text.translate(_PRIMES)).translate(_SLASHES)


def _digit(sign: str) -> str:
    """Without what cannot be seen: soft hyphens, marks of direction, the frame of an emoji's digit."""
    if unicodedata.category(sign) == "Cf" or sign in "\ufe0e\ufe0f\u20e3":
        return ""
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)


def _fraction_sign(sign: str) -> str:
    found = unicodedata.decomposition(sign)
    return f" {unicodedata.normalize('NFKC', sign)}" if found.startswith("<fraction>") else sign


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(_HYPHENS | _ARABIC)).translate(_HYPHENS)


# ---------------------------------------------------------------- whole numbers and decimals

_BELOW_20 = "|".join(sorted((*_SMALL, "nought", "naught"), key=len, reverse=True))
_UP_TO_99 = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_SMALL[1:10])})\b)?|{_BELOW_20}|\d++(?:\.\d++)?)"
_SCALE = "|".join((*_SCALES, "hundred"))
_NO_MORE = rf"(?!\w|[.,:/^]\w|[ -](?:{'|'.join((*_DENOMINATORS, 'dozen', 'hundred'))})\b)"
"""After the last part of a number: what follows does not make it one of another number."""
_ONE = r"(?<!half )(?<! of )an?"
_UP_TO_999 = rf"(?:(?:{_UP_TO_99}|{_ONE})[ -]hundred\b(?:[ -](?:and )?{_UP_TO_99}{_NO_MORE})?|{_UP_TO_99}\b)"
_LARGE = "".join(
    rf"(?:(?:{_UP_TO_999}|{_ONE})[ -]{scale}\b(?:[ -](?:and )?(?={_UP_TO_999}))?)?"
    for scale in ("quadrillion", "trillion", "billion", "million", "thousand")
)
_BEGINS = rf"(?=(?:\d++(?:\.\d++)?|an?)[ -](?:{_SCALE})\b|(?:{'|'.join(_VALUES)})\b)"
"""Told at once: most words begin no number."""
_RUN = re.compile(
    rf"(?<![\w.])(?<!point ){_BEGINS}(?:(?:{_UP_TO_99}|{_ONE})[ -](?:dozen|grand|lakh|crore)\b"
    rf"|(?=\w){_LARGE}(?:{_UP_TO_999})?)(?<![\s-])(?!\w)",
    re.IGNORECASE,
)
_AFTER_POINT = re.compile(rf"(?<!\w)(point)((?: (?:{'|'.join(_SMALL[:10])})(?!\w))+)", re.IGNORECASE)
_POINT = re.compile(r"(?<!\w)(?:(\d++) )?point((?: (?:\d\d?|oh?)(?![\w.])){1,9}| \d+(?!\w))", re.IGNORECASE)
_SCALED = re.compile(rf"(?<![\w.])(?<!half )(?<! of )(\d++(?:\.\d++)?|an?) ({_SCALE})\b", re.IGNORECASE)
_SCALED_LATE = re.compile(rf"(?<![\w.])(\d++(?:\.\d++)?|an?) ({_SCALE})\b", re.IGNORECASE)


def in_digits(text: str) -> str:
    """Whole numbers and decimals that are said in words: "two thousand and five" is 2005. What does not make one number
    stays apart: "six thirty" is "6 30"."""
    text = _AFTER_POINT.sub(lambda found: f"{found[1]}{_spelled(found[2])}", text)
    text = _POINT.sub(_decimals, _RUN.sub(_whole, text))
    return _SCALED.sub(_scaled, text) if "." in text else text


def _spelled(words: str) -> str:
    return " " + "".join(str(_VALUES[word.lower()]) for word in words.split())


def _whole(found: "re.Match[str]") -> str:
    words = re.split("[ -]", found[0].lower())
    if not any(word.isalpha() and word not in ("a", "an", "and") for word in words):
        return found[0]
    total = group = Decimal(0)
    for word in words:
        if word in _SCALES:
            total, group = total + group * _SCALES[word], Decimal(0)
        elif word == "hundred":
            group *= 100
        elif word in ("a", "an"):
            group += 1
        elif word != "and":
            group += Decimal(_VALUES.get(word, word))
    return _written(total + group)


def _decimals(found: "re.Match[str]") -> str:
    return f"{found[1] or 0}.{re.sub('oh?', '0', found[2].lower()).replace(' ', '')}"


def _scaled(found: "re.Match[str]") -> str:
    scale = _SCALES.get(found[2].lower(), 100)
    return _written(scale * (Decimal(found[1]) if found[1][0].isdecimal() else 1))


# ---------------------------------------------------------------- fractions

_MIXED = r"(?:(?P<whole>\d++)(?: and |[ -]))?(?P<over>\d++)/(?P<under>\d++)"


def mixed_in_digits(text: str, before: str) -> str:
    """ "2 1/2" and "3/4" as decimals where `before`, a pattern, comes next: "1 1/2 cups" is "1.5 cups", but 3/4 may
    also be a sum or a day."""
    pattern = rf"(?<![\w.,/^*-]){_MIXED}(?![\w.,/^])(?={before})(?:(?: of)? an?(?= [a-z]))?"
    return re.sub(pattern, _decimal, text)


def _decimal(found: "re.Match[str]") -> str:
    """As it stood if it is no fraction of one: 3 8/4."""
    over, under = int(found["over"]), int(found["under"])
    if not under or (found["whole"] and over >= under):
        return found[0]
    return _quotient(int(found["whole"] or 0), over, under)


def _quotient(whole: int, over: int, under: int) -> str:
    with localcontext(prec=28):
        return _written(whole + Decimal(over) / under)


def _written(number: Decimal | int) -> str:
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_EITHER = {*_PLURALS, "halfs", "quarter"}
"""Of several: "two thirds", and "one and three quarter hours"."""
_PART = "|".join(sorted(_DENOMINATORS, key=len, reverse=True))
_SAID = (
    rf"(?<![\w.])(?:(?P<whole>\d++)(?: and |-and-)(?:(?P<over>\d++)[ -]|an?[ -])?"
    rf"|(?:(?P<count>\d++)[ -]|an?[ -]))?(?P<part>{_PART})(?!\w)"
    r"(?:(?:[ -]of)? an?(?= [a-z]))?(?P<dash>-(?=[a-z]))?"
)


def parts_in_digits(text: str, before: str = "") -> str:
    """Fractions in words, after `in_digits`: "3 quarters of a cup" is "0.75 cup", "1 and a half" is "1.5". `before`: a
    pattern that comes next; "half" in "half past five" is none."""
    text = re.sub(f"{_SAID}(?={before})", _said, text, flags=re.IGNORECASE)
    return _SCALED_LATE.sub(_scaled, text)


def _said(found: "re.Match[str]") -> str:
    part, said = found["part"].lower(), found[0].lower()
    over = int(found["over"] or found["count"] or 1)
    alone = not re.match(r"\d|an?\b", said)
    several = part not in _PARTS
    if (alone and part not in ("half", "quarter")) or (over == 1 and several) or (over > 1 and part not in _EITHER):
        return found[0]
    return _quotient(int(found["whole"] or 0), over, _DENOMINATORS[part]) + (" " if found["dash"] else "")
