"""Cuts a streamed reply into pieces worth speaking, as early as possible."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .spoken import speakable

_WORDS = "mr mrs ms dr prof st vs etc e.g i.e no approx dept fig jr sr inc ltd u.s u.k a.m p.m"
_ABBREVIATIONS = frozenset(_WORDS.split())
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]*_]*+(?=\s)|\n")
_WHOLE = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]*_]*+\Z|```\Z")
_CLAUSE_END = re.compile(r"[,;:—–](?=\s)")
_FENCE = "```"
_LETTER = re.compile(r"\S")
_MAY_END = re.compile(r"[\s`]")

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

LONGEST_PIECE = 1000
"""Characters; no more are looked at to find where a piece ends, so that the time grows with the text and not faster. A
word that is longer is cut, too."""


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
        """Received, and not given out yet."""
        self._code: list[str] = []
        """Of a code block that has not ended: it is given out as one piece."""
        self._spoken = 0
        """Pieces with words so far."""
        self._whole = False
        """The last piece ended a sentence."""

    def feed(self, text: str) -> Iterator[Sentence]:
        ends = self._code or _MAY_END.search(text)
        text, self._text = self._text + text, ""
        if not ends and len(text) <= LONGEST_PIECE:  # a piece ends at a space, or at a fence
            self._text = text
            return
        at = 0
        while (end := self._next_cut(text, at)) is not None:
            yield self._piece("".join((*self._code, text[at:end])), text[end : end + 1])
            self._code.clear()
            at = end
        if self._code or text.startswith(_FENCE, _first_letter(text, at)):
            at = self._keep_code(text, at)
        self._text = text[at:]

    def finish(self) -> Iterator[Sentence]:
        rest = "".join((*self._code, self._text))
        self._code.clear()
        self._text = ""
        if rest:
            yield self._piece(rest, "")

    def drop_unfinished(self) -> int:
        """The model was cut short: lets go of what comes after the last whole sentence; returns its characters.

        Nothing goes when no whole sentence stands before it, or when the beginning of the unfinished one was already
        given out as a clause: half of it spoken is worse than all of it.
        """
        rest = "".join((*self._code, self._text))
        if not (self._spoken and self._whole) or _is_whole(rest):
            return 0
        self._code.clear()
        self._text = ""
        return len(rest)

    def _keep_code(self, text: str, at: int) -> int:
        """All but what may be the beginning of the fence that ends it; returns where that begins."""
        opened = 0 if self._code else _first_letter(text, at) + len(_FENCE)
        end = max(len(text) - len(_FENCE) + 1, opened, at)
        self._code.append(text[at:end])
        return end

    def _piece(self, shown: str, follows: str) -> Sentence:
        spoken = speakable(shown)
        if spoken:
            self._spoken += 1
            in_clause = spoken[-1].isalnum() and follows and not shown.endswith("\n")
            if in_clause:  # the voice stays up
                spoken += ","
        self._whole = _is_whole(shown)
        return Sentence(shown, spoken)

    def _next_cut(self, text: str, at: int) -> int | None:
        """Where in `text` the piece that begins at `at` ends."""
        start = at if self._code else _first_letter(text, at)
        if self._code or text.startswith(_FENCE, start):
            closed = text.find(_FENCE, start if self._code else start + len(_FENCE))
            return None if closed < 0 else closed + len(_FENCE)
        near = text[at : at + LONGEST_PIECE + 1]
        for match in _SENTENCE_END.finditer(near, start - at):
            if not _is_abbreviation(near, match):
                return at + match.end()
        cut = None
        if self._spoken < 2:
            cut = _first_after(CLAUSE_WORDS, _CLAUSE_END, near)
        if cut is None and self._spoken == 0:
            cut = _first_after(PHRASE_WORDS, _PHRASE_START, near)
        if cut is None and (len(near) > LONGEST_PIECE or len(near.split()) > LONGEST_PIECE_WORDS):
            after_space = next((end for end in range(len(near), start - at, -1) if near[end - 1].isspace()), 0)
            cut = after_space or len(near)
        return None if cut is None else at + cut


def _first_letter(text: str, at: int) -> int:
    found = _LETTER.search(text, at, at + LONGEST_PIECE)
    return found.start() if found else min(len(text), at + LONGEST_PIECE)


def _is_whole(piece: str) -> bool:
    end = _WHOLE.search(piece.rstrip())
    return piece.endswith("\n") if end is None else not _is_abbreviation(piece, end)


def _is_abbreviation(text: str, match: "re.Match[str]") -> bool:
    if not match.group().startswith(".") or match.group().startswith(".."):
        return False
    before = text[: match.start()].rsplit(maxsplit=1)
    last = before[-1].lstrip("(\"'*_").lower() if before else ""
    # "1." opens a list item; "J." is an initial, except in "I."
    return (
        last in _ABBREVIATIONS
        or (last.isdigit() and len(before) == 1)
        or (len(last) == 1 and last in "bcdefghjklmnopqrstuvwxyz")
    )


def _first_after(words: int, pattern: "re.Pattern[str]", text: str) -> int | None:
    """End of the first match with at least so many words before it."""
    for match in pattern.finditer(text):
        if len(text[: match.start()].split()) >= words:
            return match.start() if match.group().isspace() else match.end()
    return None
