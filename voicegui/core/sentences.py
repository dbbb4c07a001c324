"""Cuts a streamed reply into pieces worth speaking, as early as possible."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .spoken import speakable

_WORDS = "mr mrs ms dr prof st vs etc e.g i.e no approx dept fig jr sr inc ltd u.s u.k a.m p.m"
_ABBREVIATIONS = frozenset(_WORDS.split())
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?=\s)|\n")
_WHOLE = re.compile(r"[.!?…]+[\"'”’)\]*_]*\s*\Z|\n\Z|```\s*\Z")
_CLAUSE_END = re.compile(r"[,;:—–](?=\s)")
_FENCE = "```"

_PHRASE_START = re.compile(
    r"\s(?=(?:and|but|or|so|because|which|that|who|when|where|while|if|as|than|with|for|from|in|on|at|by|due|after|"
    r"before|during|through|into|about)\s)"
)

CLAUSE_WORDS = 3
"""The first two pieces may be clauses of so many words: they are heard sooner. Shorter ones sound chopped."""

PHRASE_WORDS = 4
"""The very first may end where a speaker would breathe: before a conjunction or preposition, after so many words."""

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
        self._spoken = 0
        """Pieces with words so far."""
        self._whole = False
        """The last piece ended a sentence."""

    def feed(self, text: str) -> Iterator[Sentence]:
        self._text += text
        while (cut := self._next_cut()) is not None:
            yield self._take(cut)

    def finish(self) -> Iterator[Sentence]:
        if self._text:
            yield self._take(len(self._text))

    def drop_unfinished(self) -> int:
        """The model was cut short: lets go of what comes after the last whole sentence; returns its characters.

        Nothing goes when no whole sentence stands before it, or when the beginning of the unfinished one was already
        given out as a clause: half of it spoken is worse than all of it.
        """
        if not (self._spoken and self._whole) or _is_whole(self._text):
            return 0
        dropped, self._text = len(self._text), ""
        return dropped

    def _take(self, cut: int) -> Sentence:
        shown, self._text = self._text[:cut], self._text[cut:]
        spoken = speakable(shown)
        if spoken:
            self._spoken += 1
            in_clause = spoken[-1].isalnum() and self._text and not shown.endswith("\n")
            if in_clause:  # the voice stays up
                spoken += ","
        self._whole = _is_whole(shown)
        return Sentence(shown, spoken)

    def _next_cut(self) -> int | None:
        text = self._text
        start = len(text) - len(text.lstrip())
        if text.startswith(_FENCE, start):
            closed = text.find(_FENCE, start + len(_FENCE))
            return None if closed < 0 else closed + len(_FENCE)
        for match in _SENTENCE_END.finditer(text, start):
            if not _is_abbreviation(text, match):
                return match.end()
        cut = None
        if self._spoken < 2:
            cut = _first_after(CLAUSE_WORDS, _CLAUSE_END, text)
        if cut is None and self._spoken == 0:
            cut = _first_after(PHRASE_WORDS, _PHRASE_START, text)
        if cut is None and len(text.split()) > LONGEST_PIECE_WORDS:
            cut = text.rindex(" ") + 1
        return cut


def _is_whole(piece: str) -> bool:
    end = _WHOLE.search(piece)
    return end is not None and not _is_abbreviation(piece, end)


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


def _first_after(words: int, pattern: "re.Pattern[str]", text: str) -> int | None:
    """End of the first match with at least so many words before it."""
    for match in pattern.finditer(text):
        if len(text[: match.start()].split()) >= words:
            return match.start() if match.group().isspace() else match.end()
    return None
