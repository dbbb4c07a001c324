"""From words to tokens: "What is 17 times 23?" is 17 * 23."""

import re
from dataclasses import dataclass

from .errors import BadSum
from .spoken import with_digits

_TOKEN = re.compile(
    r"\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\d.])|\.\d+)"
    r"|(log(?:2|10)(?=\s*\()|[A-Za-zµμ_°]+)"
    r"|(\*\*|[-+*/^()!%,]))"
)

_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d,])")
_LISTS = re.compile(r"\b(min|max|round|log)\s*\(", re.IGNORECASE)

_PLAIN: tuple[tuple[str, str], ...] = (
    (r"[=?\s]+$", ""),
    (r"^\s*(what is|what's|how much is|calculate|compute)\b", ""),
    (r"^\s*how many (.+?) (?:are there in|are in|is in|are|is|in) (.+)$", r"\2 in \1"),
    (r"^\s*(?:please )?(?:work out|add up)\b", ""),
    (r"^\s*(?:please )?(?:add|sum) (.+?) (?:and|to) (.+)$", r"(\1) + (\2)"),
    (r"^\s*(?:please )?subtract (.+?) from (.+)$", r"(\2) - (\1)"),
    (r"^\s*(?:please )?multiply (.+?) (?:by|with) (.+)$", r"(\1) * (\2)"),
    (r"^\s*(?:please )?divide (.+?) by (.+)$", r"(\1) / (\2)"),
    (r"\b(?:a |an |the )?(\d[\d.]* ?(?:%|percent)) (?:tip|discount|tax) (?:on|of|from)\b", r"\1 of"),
    (r"(?<=\d) (?:dollars|euros|pounds sterling|bucks)\b", ""),
    (r"\bdivided by\b|\bover\b|÷", "/"),
    (r"\bmultiplied by\b|\btimes\b|×|·|(?<=[\d)])\s*x\s*(?=[\d(])", "*"),
    (r"\bplus\b", "+"),
    (r"\bminus\b|−|–", "-"),
    (r"\b(raised )?to the power( of)?\b", "^"),
    (r"\bpercent\b|\bper cent\b", "%"),
    (r"\b(the )?square root( of)?\b|√", " sqrt "),
    (r"\b(the )?cube root( of)?\b", " cbrt "),
    (r"\bmodulo\b", "mod"),
    (r"(?<=\d) ?\bfactorial\b", "!"),
    (r"²", "^2"),
    (r"³", "^3"),
    (r"π", " pi "),
    (r"(°|\bdegrees?)\s*(c|celsius|centigrade)\b", " degC "),
    (r"(°|\bdegrees?)\s*(f|fahrenheit)\b", " degF "),
    (r"°", " degrees "),
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    """"number", "word", "sign" or "end"."""
    text: str = ""


def tokens_of(text: str) -> list[Token]:
    """Raises BadSum."""
    return _tokens(_plain(with_digits(text)))


def _plain(text: str) -> str:
    if not _LISTS.search(text):
        text = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), text)
    for pattern, instead in _PLAIN:
        text = re.sub(pattern, f" {instead} ", text, flags=re.IGNORECASE)
    return text


def _tokens(text: str) -> list[Token]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadSum(f"“{text[at:].strip()[:20]}” is not understood. Write it like 12% of 80 or 3 miles in km.")
        kind = ("number", "word", "sign")[(match.lastindex or 1) - 1]
        tokens.append(Token(kind, match[match.lastindex or 1]))
        at = match.end()
    return tokens
