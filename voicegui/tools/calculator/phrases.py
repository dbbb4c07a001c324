"""From how people ask for a sum to how it is written: "split 120 four ways" is (120) / (4)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from voicegui.core.wording import sentence
from voicegui.tools.number_words import in_digits, mixed_in_digits, parts_in_digits, plain_signs

from . import BadSum
from .unit_names import plain_money

_NO_UNIT = "times|plus|minus|over|divided|multiplied|and|to|into|as|mod|off|x|percent|per cent"
_AMOUNT_GOES_ON = rf"(?: of)?(?: an?)? ?(?!(?:{_NO_UNIT})\b)[a-z°'\"]"
_LISTS = re.compile(r"\b(min|max|round|log)\s*\(", re.IGNORECASE)
_GROUPED = "|".join(
    (r"\d{1,3}(?:,\d{3})+", r"\d{1,2}(?:,\d\d)*,\d{3}", r"\d{1,3}(?:'\d{3})+", r"\d{1,3}(?: \d{3}){2,}")
)
_THOUSANDS = re.compile(rf"(?<![\d.,])(?:{_GROUPED})(?![\d,'])")
"""1,234,567; 12,34,567 in India; 1'234'567 in Switzerland; 1 234 567."""
_DAY = re.compile(r"(?<![\d.-])\d{4}-\d\d-\d\d(?![\d-])")
_COMMA = re.compile(r"\d[\d.,]*,\d[\d.,]*")
_TWO_NUMBERS = sentence("“{text}” can be two numbers. Write it like 1234.56, with a point before the decimals.")

_IN_DOZENS = re.compile(
    r"^\s*(?:how )?many [a-z]+ (?:(?:are|is) )?(?:there )?(?:in )?(.*\bdozen)\b[?.\s]*$", re.IGNORECASE
)
_DOZENS_OF = re.compile(r"\b(dozen) (?:of )?[a-z]+s(?=[?.\s]*$| at )", re.IGNORECASE)
"""Of dozens the number is told, whatever they are of."""

_PEOPLE = "(?: (?:people|friends|persons|of us|ways|parts|equal parts))?"
_IN_A = "are there in|there are in|are in|is in|are|is|in|make|equal|go into|fit in"
_FRAMES: tuple[tuple[str, str], ...] = (
    (r"[=?.\s]+$|(?<=[a-z])!+$", ""),
    (r"^(?:(?:please|so|and|okay|ok|hey|um|well|now),? )+", ""),
    (r",? please$", ""),
    (r"^(?:can|could|would|will) you (?:please )?", ""),
    (r"^(?:tell me|i want to know|i need to know|do you know) ", ""),
    (r"^(?:work out|add up|figure out|calculate|compute|convert|change|turn|what do you get (?:if|when) you)\b ?", ""),
    (rf"^(?:how )?many (\D+?) (?:{_IN_A}) (.+)$", r"\2 in \1"),
    (r"^how many (\D+?) (?:does|do) (.+?) (?:have|make|equal)$", r"\2 in \1"),
    (r"^(.+?) (?:is|are|equals?|=) how (?:many|much) (.+)$", r"\1 in \2"),
    (r"^(?:what is|what's|what are|whats|how much is|how much are)\b ?", ""),
    (r"^how (?:far|tall|long|hot|cold|heavy|fast|big|high|warm) (?:is|are)\b ?", ""),
    (r"^([a-z][a-z ]*?) (?:are there in|are in|is in|is) ((?:\d|an? |half ).*)$", r"\2 in \1"),
    (r"^what percent(?:age)? of (.+?) (?:is|are) (.+)$", r"(\2) / (\1) * 100"),
    (r"^what percent(?:age)? (?:is|are) (.+?) of (.+)$", r"(\1) / (\2) * 100"),
    (r"^(.+?) as a percent(?:age)? of (.+)$", r"(\1) / (\2) * 100"),
    (r"^(.+?) is what percent(?:age)? of (.+)$", r"(\1) / (\2) * 100"),
    (r"^add (.+?) to (.+)$", r"(\2) + (\1)"),
    (r"^(?:add|(?:the )?sum of) (.+?) and (.+)$", r"(\1) + (\2)"),
    (r"^(?:the )?difference (?:between|of) (.+?) and (.+)$", r"(\1) - (\2)"),
    (r"^(?:the )?product of (.+?) and (.+)$", r"(\1) * (\2)"),
    (r"^(?:subtract|take|deduct) (.+?) (?:from|away from|off) (.+)$", r"(\2) - (\1)"),
    (r"^multiply (.+?) (?:by|with) (.+)$", r"(\1) * (\2)"),
    (rf"^(?:divide|split|share) (.+?) (?:by|between|among|amongst|into|with) (\d+){_PEOPLE}$", r"(\1) / \2"),
    (r"^(?:divide|split|share) (.+?) (\d+) ways$", r"(\1) / \2"),
    (r"^divide (.+?) by (.+)$", r"(\1) / (\2)"),
    (rf"^(.+?) (?:split|divided|shared) (?:between|among|by) (\d+){_PEOPLE}$", r"(\1) / \2"),
    (r"^(.+?) split (\d+) ways$", r"(\1) / \2"),
    (r"^(?:increase|raise) (.+?) by (.+)$", r"\1 + \2"),
    (r"^(?:decrease|reduce|lower) (.+?) by (.+)$", r"\1 - \2"),
    (r"^(.+?) increased by (.+)$", r"\1 + \2"),
    (r"^(.+?) (?:decreased|reduced) by (.+)$", r"\1 - \2"),
    (r"^(?:double|twice) (.+)$", r"2 * (\1)"),
    (r"^triple (.+)$", r"3 * (\1)"),
    (r"^(\d[\d.]* [a-z]+) at (\d[\d.]* [A-Z]{3} (?:an?|per) [a-z]+)$", r"(\1) * (\2)"),
    (r"^(\d[\d.]*)(?: [a-z ]+?)? (?:at|for) (.+?) (?:each|apiece|a piece|per piece)$", r"\1 * (\2)"),
)  # fmt: skip
"""Of a whole request; small letters stand for large ones, too."""

_TIP = "(?:tip|gratuity|discount|tax|vat|sales tax|gst|service charge|commission|interest|markup)"
_PERCENT = r"(\d[\d.]* ?(?:%|percent|per cent))"
_ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_SIGNS: tuple[tuple[str, str], ...] = (
    (r"\b(?:an? |the |my )?(\d[\d.]* [A-Z]{3}) (?:bill|check|cheque|meal|dinner|lunch|purchase|order|item)\b", r"\1"),
    (rf"\b(?:an? |the )?{_PERCENT} {_TIP} (?:on|of|from|for)\b", r"\1 of"),
    (rf"{_PERCENT} on (?=[\d(])", r"\1 of "),
    (rf"{_PERCENT} off of (?=[\d(])", r"\1 off "),
    (r"\bbarrels? of (?:crude )?oil\b", "oil_bbl"),
    (r"[➕✚]", "+"),
    (r"➖", "-"),
    (r"[➗]", "/"),
    (r"[✕✖]", "*"),
    (r"(?<=[\d)]) [—―] (?=[\d(])", " - "),
    (rf"\b(?:an? )?{_TIP} (?:of )?{_PERCENT} (?:on|of|from|for)\b", r"\1 of"),
    (rf"(?<=[-+]) ?(?:an? |the )?(?:{_TIP} (?:of |at )?)?{_PERCENT}(?: (?:of )?{_TIP}\b)?", r" \1"),
    (rf"\b(?:with|less|minus) (?:an? )?{_PERCENT} (?:discount|off)\b", r"- \1"),
    (rf"\b(plus|minus|with|without) (?:an? )?{_PERCENT} {_TIP}\b", r"\1 \2"),
    (rf"\bplus (?:an? )?{_TIP} (?:of |at )?{_PERCENT}", r"plus \1"),
    (rf"\bwith {_PERCENT}", r"+ \1"),
    (rf"\b(?:add|plus) {_PERCENT} to (.+)$", r"\2 + \1"),
    (r"\b(?:l|liters?|litres?) ?(?:per|/) ?(?:100|hundred) ?(?:km|kilomet(?:er|re)s?)\b", "litersperhundred"),
    (r"\b([kcdm]?m|ft|in|yd|mi)([23])\b", r"\1^\2"),
    (r"(?<=[a-z])/100 ?km\b", "perhundredkm"),
    (r"(?<![\w.])(\d+(?:\.\d+)?) ?' ?(\d+(?:\.\d+)?) ?(?:\"|'')?(?![\d'])", r"\1 foot \2 inch "),
    (r"(?<=\d) ?(?:\"|'')", " inch "),
    (r"(?<=\d) ?'(?!\w)", " foot "),
    (r"(?<![\w.])(\d+(?:\.\d+)?)-(?=[a-z]{3,})", r"\1 "),
    (r"\bnegative (?=\d)", "-"),
    (r"\ba couple(?: of)?\b", "2"),
    (r"\bdivided by\b|\bover\b|÷", "/"),
    (r"\bmultiplied by\b|\btimes\b|×|·|⋅|∗|(?<=[\d)])\s*x\s*(?=[\d(])", "*"),
    (r"\bplus\b", "+"),
    (r"\bminus\b", "-"),
    (r"\b(raised )?to the power( of)?\b", "^"),
    *((rf"\bto the {name}(?: power)?\b", f"^ {at}") for at, name in enumerate(_ORDINALS, 2)),
    (r"\b(sqrt|cbrt) of\b", r"\1"),
    (r"\bsquared (?=(?:feet|foot|inch|met|yard|mile|kilom|centim|millim)\w*)", "square "),
    (r"(?<= [A-Z]{3}) x (?=\d)", "*"),
    (r"\bless (?!than\b)", "- "),
    (r"\bto the (\d+)(?:th|rd|nd)?\b(?: power)?", r"^ \1"),
    (r"\bpercent\b|\bper cent\b", "%"),
    (r"\b(the )?square root( of)?\b|√", " sqrt "),
    (r"\b(the )?cube root( of)?\b|∛", " cbrt "),
    (r"\bmodulo\b", "mod"),
    (r"(?<=\d) ?\bfactorial\b", "!"),
    (r"π", " pi "),
    (r"(°|\bdegrees?)\s*(c|celsius|centigrade)\b", " degC "),
    (r"(°|\bdegrees?)\s*(f|fahrenheit)\b", " degF "),
    (r"°", " degrees "),
    (r"\b(?:imperial|british|uk) (?=(?:pint|quart|gallon|cup|fluid)|(?:fl ?)?oz)", "imperial_"),
    (r"\b(?:us|u\.s\.|american) (?=(?:pint|quart|gallon|cup|fluid|ton))", ""),
    (r"\bfl\.? ?oz\b\.?|\bfluid oz\b", "floz"),
    (r"\b(?:metric|long) ton(?:ne)?s?\b", "tonne"),
)  # fmt: skip


_BY = re.compile(r"(?:(?<=[\d'\"])|(?<=\s))\s*(?:[x×✕✖]|\bby\b)\s*(?=\d)", re.IGNORECASE)
_AMOUNT = r"\d[\d.]*(?:[ -]\d+/\d+|/\d+)?"
_SIDE = re.compile(
    rf"(?P<amount>{_AMOUNT}) ?-?(?P<unit>(?!(?:{_NO_UNIT}|of|at|per)\b)[a-z'\"][\w .'\"/-]*)?", re.IGNORECASE
)
_TOLD_IN = re.compile(
    r"(?P<side>.+?)(?: (?P<join>in|to|into|as) (?!(?:in|to|into|as)\b)(?P<target>[a-z].*))?", re.IGNORECASE
)
_NO_SIDE = re.compile(rf"\b(?:{_NO_UNIT}|of|at|per|each)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Size:
    sides: tuple[str, ...]
    """Each with a unit."""
    target: str
    """What it is to be told in, "" if that was not said."""
    complete: bool
    """Each side was said with its unit."""


def size_in(text: str) -> Size | None:
    """ "8 1/2 x 11 inches in cm", "5 ft by 7 ft": amounts with an x, × or "by" between them; None if there is none.
    Whether the unit is one of length is not known here. Raises BadSum."""
    parts = _BY.split(_as_asked(text))
    last = _TOLD_IN.fullmatch(parts[-1])
    if not 2 <= len(parts) <= 3 or last is None:
        return None
    found = [_SIDE.fullmatch(part.strip()) for part in (*parts[:-1], last["side"])]
    sides = [(side["amount"], (side["unit"] or "").strip()) for side in found if side and not _NO_SIDE.search(side[0])]
    if len(sides) < len(parts):
        return None
    said = [unit for _, unit in sides if unit]
    common = said[-1] if said else "in" if last["join"] == "in" else ""  # "8 x 10 in cm"
    if not common:
        return None
    complete = len(said) == len(sides)
    if not complete and any(sign.isdecimal() for sign in common):
        raise BadSum(sentence("Say each side of that with its unit."))
    return Size(tuple(f"{amount} {unit or common}" for amount, unit in sides), last["target"] or "", complete)


def in_digits_and_signs(text: str) -> str:
    """Digits and signs for words, as far as they are known. Raises BadSum for what can be two numbers."""
    text = _as_asked(text)
    for pattern, instead in _SIGNS:
        text = re.sub(pattern, f" {instead} ", text, flags=re.IGNORECASE)
        text = " ".join(text.split())
    return text.replace("imperial_ ", "imperial_")


def _as_asked(text: str) -> str:
    """The sum or the amount in a question about it, numbers in digits."""
    text = _joined_thousands(" ".join(plain_signs(text).split()))
    if _DAY.search(text):
        raise BadSum(sentence("That is a day, not a sum. Put spaces around a minus."))
    text = _DOZENS_OF.sub(r"\1", _IN_DOZENS.sub(r"\1", text))
    text = mixed_in_digits(in_digits(text), _AMOUNT_GOES_ON + "|(?<= \\d/\\d)(?!\\w)|(?<=%)")
    text = plain_money(parts_in_digits(text))
    text = _thousands_by_k(" ".join(text.split()))
    for pattern, instead in _FRAMES:
        text = re.sub(pattern, instead, text, flags=re.IGNORECASE).strip()
    return text


def _joined_thousands(text: str) -> str:
    if _LISTS.search(text):
        return text
    text = _THOUSANDS.sub(lambda found: re.sub("[,' ]", "", found[0]), text)
    if found := _COMMA.search(text):
        raise BadSum(_TWO_NUMBERS.filled(text=found[0][:20]))
    return text


def _thousands_by_k(text: str) -> str:
    """ "1.5k" is 1500, but "300K in C" is a temperature and "10k in miles" a distance."""
    if re.search(r"celsius|fahrenheit|kelvin|degree|°|\b[CF]\b", text, re.IGNORECASE):
        return text
    text = re.sub(r"^(\d+(?:\.\d+)?)k (?=(?:in|to) (?:mi|miles?|feet|ft|yards?|meters?|metres?|m)$)", r"\1 km ", text)
    return re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)[kK](?![\w/])", r"\1e3", text)


# ---------------------------------------------------------------- tokens
# From words to tokens: "What is 17 times 23?" is 17 * 23.

_DEEPEST = 40
_NO_TOKEN = sentence("“{text}” is not understood. Write it like 12% of 80 or 3 miles in km.")
_TOKEN = re.compile(
    r"\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\d.])|\.\d+)"
    r"|(log(?:2|10)(?=\s*\()|[A-Za-zµμΩ_°]+)"
    r"|(\*\*|[-+*/^()!%,]))"
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    """"number", "word", "sign" or "end"."""
    text: str = ""


def tokens_of(text: str) -> list[Token]:
    """Raises BadSum."""
    return _tokens(in_digits_and_signs(text))


def _tokens(text: str) -> list[Token]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadSum(_NO_TOKEN.filled(text=text[at:].strip()[:20]))
        kind = ("number", "word", "sign")[(match.lastindex or 1) - 1]
        tokens.append(Token(kind, match[match.lastindex or 1]))
        at = match.end()
    return tokens


class Cursor:
    """Goes through tokens; also counts how deep they are nested."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def _peek(self, ahead: int = 0) -> Token:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else Token("end")

    def _take(self, *texts: str) -> str:
        """The next one if it is one of these, else ""."""
        text = self._peek().text.lower()
        if text and text in texts:
            self._at += 1
            return text
        return ""

    def _skip(self) -> bool:
        self._at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise BadSum(sentence("“{sign}” is missing.", sign=text))

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadSum(sentence("That is nested too deep."))
        yield
        self._depth -= 1
