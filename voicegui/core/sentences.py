"""Cuts a streamed reply into pieces worth speaking, as early as possible."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .spoken import speakable

_WORDS = "mr mrs ms dr prof st vs etc e.g i.e no approx dept fig jr sr inc ltd u.s u.k a.m p.m"
_ABBREVIATIONS = frozenset(_WORDS.split())
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?=\s)|\n")
_CLAUSE_END = re.compile(r"[,;:—–](?=\s)")
_FENCE = "```"

FIRST_CLAUSE_WORDS = 3
"""The first piece may be a clause: it is heard sooner. Shorter ones sound chopped."""

LONGEST_PIECE_WORDS = 40
"""A model that never ends a sentence is cut at a space."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`shown` as received (the pieces of a reply add up to it), `spoken` as read aloud; "" when there is nothing to
    say."""

    shown: str
    spoken: str


class SentenceSplitter:
    """Feed it the stream; it yields what can be spoken."""

    def __init__(self) -> None:
        self._text = ""
        self._first = True

    def feed(self, text: str) -> Iterator[Sentence]:
        self._text += text
        while (cut := self._next_cut()) is not None:
            yield self._take(cut)

    def finish(self) -> Iterator[Sentence]:
        if self._text:
            yield self._take(len(self._text))

    def _take(self, cut: int) -> Sentence:
        shown, self._text = self._text[:cut], self._text[cut:]
        spoken = speakable(shown)
        self._first = self._first and not spoken
        return Sentence(shown, spoken)

    def _next_cut(self) -> int | None:
        text = self._text
        start = len(text) - len(text.lstrip())
        if text.startswith(_FENCE, start):
            closed = text.find(_FENCE, start + len(_FENCE))
            return None if closed < 0 else closed + len(_FENCE)
        for match in _SENTENCE_END.finditer(text, start):
            if not self._is_abbreviation(text, match):
                return match.end()
        if self._first:
            for match in _CLAUSE_END.finditer(text, start):
                if len(text[: match.start()].split()) >= FIRST_CLAUSE_WORDS:
                    return match.end()
        if len(text.split()) > LONGEST_PIECE_WORDS:
            return text.rindex(" ") + 1
        return None

    @staticmethod
    def _is_abbreviation(text: str, match: "re.Match[str]") -> bool:
        if not match.group().startswith(".") or match.group().startswith(".."):
            return False
        words = text[: match.start()].split()
        last = words[-1].lstrip("(\"'*_").lower() if words else ""
        # "1." opens a list item; "J." is an initial, except in "I."
        return (
            last in _ABBREVIATIONS
            or (last.isdigit() and len(words) == 1)
            or (len(last) == 1 and last in "bcdefghjklmnopqrstuvwxyz")
        )
