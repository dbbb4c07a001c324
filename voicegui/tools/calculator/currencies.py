"""Currencies: how they are written, said and told. There are no exchange rates: each is a measure of its own."""

import re
from dataclasses import dataclass
from decimal import Decimal

from . import BadSum


@dataclass(frozen=True, slots=True)
class Currency:
    code: str
    sign: str
    """In front of the amount; a code is followed by a space."""
    words: tuple[str, ...] = ()
    hundredths: tuple[str, ...] = ()
    decimals: int = 2


_CURRENCIES = (
    Currency("USD", "$", ("dollar", "dollars", "buck", "bucks"), ("cent", "cents", "¢")),
    Currency("EUR", "€", ("euro", "euros"), ("eurocent", "eurocents")),
    Currency("GBP", "£", ("quid", "sterling"), ("pence", "penny", "pennies")),
    Currency("JPY", "¥", ("yen",), decimals=0),
    Currency("INR", "₹", ("rupee", "rupees"), ("paisa", "paise")),
    Currency("CHF", "CHF", ("franc", "francs"), ("rappen",)),
    Currency("CNY", "CN¥", ("yuan", "renminbi")),
    Currency("KRW", "₩", decimals=0),
    Currency("RUB", "₽", ("ruble", "rubles", "rouble", "roubles")),
    Currency("TRY", "₺", ("lira",)),
    Currency("UAH", "₴", ("hryvnia",)),
    Currency("ILS", "₪", ("shekel", "shekels")),
    Currency("PLN", "zł", ("zloty", "zlotys", "złoty")),
    Currency("CAD", "CA$"), Currency("AUD", "A$"), Currency("NZD", "NZ$"), Currency("HKD", "HK$"),
    Currency("SGD", "S$"), Currency("BRL", "R$"), Currency("MXN", "MX$"), Currency("SEK", "SEK"),
    Currency("NOK", "NOK"), Currency("DKK", "DKK"), Currency("CZK", "CZK"), Currency("HUF", "HUF"),
    Currency("ZAR", "ZAR"),
)  # fmt: skip
BY_CODE = {each.code: each for each in _CURRENCIES}
_SIGNS = {each.sign: each.code for each in _CURRENCIES} | {"US$": "USD", "C$": "CAD", "AU$": "AUD", "¢": "USD"}
_MARKS = sorted((sign for sign in _SIGNS if sign != "¢" and not sign.isalpha()), key=len, reverse=True)
_SIGN = "|".join(map(re.escape, _MARKS))
_TIMES = {"k": 10**3, "m": 10**6, "mn": 10**6, "mm": 10**6, "b": 10**9, "bn": 10**9, "t": 10**12, "tn": 10**12}
_SUFFIX = r"(?:(?P<times>k|mn|mm|m|bn|b|tn|t)(?![\w/]))?"
_BEFORE = re.compile(rf"(?P<sign>{_SIGN})\s*(?P<minus>-?)(?P<number>\d+(?:\.\d+)?|\.\d+){_SUFFIX}", re.IGNORECASE)
_AFTER = re.compile(rf"(?P<number>\d+(?:\.\d+)?){_SUFFIX}\s*(?P<sign>{_SIGN}|zł)(?!\w)", re.IGNORECASE)
_CODE = re.compile(rf"\b(?P<sign>{'|'.join(BY_CODE)}) ?(?P<minus>-?)(?P<number>\d+(?:\.\d+)?){_SUFFIX}")
_NAMES = "|".join((*BY_CODE, *(word for each in _CURRENCIES for word in each.words)))
_WORD = re.compile(rf"(?P<number>\d+(?:\.\d+)?)(?P<times>k|mn|m|bn)(?= ?(?:{_NAMES})\b)", re.IGNORECASE)
_CODES = {name.lower(): code for name, code in (_SIGNS | {code: code for code in BY_CODE}).items()}

NAMES = {each.code: each.words[-1] if each.words else each.code for each in _CURRENCIES} | {"USD": "dollars"}
NAMES |= {"GBP": "pounds sterling"}
UNITS = {word: each.code for each in _CURRENCIES for word in (each.code.lower(), *each.words)}
UNITS |= {word: f"{each.code}_cent" for each in _CURRENCIES for word in each.hundredths}


def plain_money(text: str) -> str:
    """ "$45.50" is "45.50 USD", "£3m" is "3000000 GBP". Raises BadSum for what can be two amounts."""
    if "€" in text and re.search(r"(?<![\d.])\d{1,3}\.\d{3}(?!\d)", text):
        raise BadSum("With a point and three digits that can be two amounts. Write thousands like 1,234.")
    text = re.sub(r"\b(?:pounds? sterling|british pounds?|pounds?(?= and \d+ p))", "quid", text, flags=re.I)
    text = re.sub(r"\b(?:us|american) (?=dollars?\b)", "", text, flags=re.IGNORECASE)
    for code, people in (("CAD", "canadian"), ("AUD", "australian"), ("NZD", "new zealand"), ("CHF", "swiss")):
        text = re.sub(rf"\b{people} (?:dollars?|francs?)\b", code, text, flags=re.IGNORECASE)
    text = re.sub(r"(?<=\d) ?(?:¢|c(?=\s*(?:$|[-+*/])))", " cents", text) if "¢" in text else text
    if re.search("€|euro", text, re.IGNORECASE) and not re.search(r"\$|dollar", text, re.IGNORECASE):
        text = re.sub(r"\bcents?\b", "eurocents", text, flags=re.IGNORECASE)
    for pattern in (_BEFORE, _AFTER, _CODE):
        text = pattern.sub(_plain, text)
    return _WORD.sub(_times, text)


def _plain(found: "re.Match[str]") -> str:
    said = found.groupdict()
    return f"{said.get('minus') or ''}{_times(found)} {_CODES[said['sign'].lower()]} "


def _times(found: "re.Match[str]") -> str:
    times = (found["times"] or "").lower()
    number = Decimal(found["number"])
    return f"{number * _TIMES[times] if times else number:f}"


def money_text(number: Decimal, currency: Currency) -> tuple[str, bool]:
    """ "$9.10", "€16", and whether that is all of it. Less than a cent is told as it is."""
    digits = currency.decimals
    rounded = round(number, digits)
    if number and abs(number) < Decimal(1).scaleb(-digits):
        rounded = round(number, 1 - number.adjusted()).normalize()
        digits = -int(rounded.as_tuple().exponent)
    if rounded == rounded.to_integral_value():
        digits = 0
    sign = currency.sign + (" " if currency.sign.isalpha() else "")
    return f"{'-' if rounded < 0 else ''}{sign}{abs(rounded):,.{digits}f}", rounded == number
