"""From words to tokens: "What is 17 times 23?" is 17 * 23."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from . import BadSum
from .phrases import in_digits_and_signs

_DEEPEST = 40
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
            raise BadSum(f"“{text[at:].strip()[:20]}” is not understood. Write it like 12% of 80 or 3 miles in km.")
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
            raise BadSum(f"“{text}” is missing.")

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadSum("That is nested too deep.")
        yield
        self._depth -= 1
