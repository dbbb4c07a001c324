"""From words to tokens: "What is 17 times 23?" is 17 * 23."""

import re
from dataclasses import dataclass

from .errors import BadSum
from .phrases import written

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
    return _tokens(written(text))


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
