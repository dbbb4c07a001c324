"""Cuts a streamed reply into pieces worth speaking, as early as possible, in the scripts of the world."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .spoken_text import speakable

CLOSING = "\"'”’)]*_»›」』）】》〉"
"""What may stand between the end of a sentence and the next one."""
SPACED_ENDS = ".!?…"
"""End a sentence before a space."""
OTHER_ENDS = "。！？｡\u061f\u06d4\u0964\u0965\u104b\u17d4\u17d5\u1362\u1367\u0f0d\u0589\u166e\u1803\ua4ff"
"""End one whether a space follows or not."""
OTHER_CLAUSES = "，、；：،؛၊፣፤"
UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3021-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, Japanese and Chinese stand without spaces between their words."""
PHRASE_SCRIPTS = "\u0e00-\u0eff\u1780-\u17ff"
"""Thai, Lao and Khmer: a space is where a speaker pauses."""

_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f71-\u0f87\u102b-\u103e\u17b4-\u17d3\u3099\u309a"
    "\u30fc\u3005"
)
_WORD = re.compile(rf"[{UNSPACED}][{_MARKS}]*+[^\w\s]*+|(?:(?![{UNSPACED}])\S)++")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_PER_WORD = 2
"""Letters of a word, where nothing tells."""


def words(text: str) -> "list[re.Match[str]]":
    """What is heard one after the other: words, or letters where words are not set apart."""
    return list(_WORD.finditer(text))


def count_words(text: str) -> int:
    letters = len(_UNSPACED.findall(text))
    return letters // _PER_WORD + len(_UNSPACED.sub(" ", text).split() if letters else text.split())


# ---------------------------------------------------------------- splitter

_WORDS = "mr mrs ms dr prof st vs etc e.g i.e no approx dept fig jr sr inc ltd u.s u.k a.m p.m"
_ABBREVIATIONS = frozenset(_WORDS.split())
_CLOSED = re.escape(CLOSING)
_SENTENCE_END = re.compile(
    rf"(?<![{SPACED_ENDS}])[{SPACED_ENDS}]++[{_CLOSED}]*+(?=\s)"
    rf"|[{OTHER_ENDS}][{OTHER_ENDS}{SPACED_ENDS}]*+[{_CLOSED}]*+(?=[^{OTHER_ENDS}{_CLOSED}])|\n"
    rf"|(?<=[{UNSPACED}])(?:[?!]++|…{{2}})[{_CLOSED}]*+(?=[{UNSPACED}])"
)
_PHRASE_SPACE = re.compile(rf"(?<=[{PHRASE_SCRIPTS}])\s(?=[{PHRASE_SCRIPTS}])")
_PHRASE_WORDS = 6
"""Of Thai, Lao and Khmer: a space ends a piece after so many words."""
_WHOLE = re.compile(
    rf"(?<![{SPACED_ENDS}])[{SPACED_ENDS}]++[{_CLOSED}]*+\Z|[{OTHER_ENDS}][{SPACED_ENDS}{_CLOSED}]*+\Z|```\Z|~~~\Z"
)
_CLAUSE_END = re.compile(rf"[,;:—–](?=\s)|[{OTHER_CLAUSES}](?=[^{OTHER_CLAUSES}])")
_FENCE = re.compile(r"[ \t]*+(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]++){0,4}(`{3,}+(?=[^`\n]*+(?:\n|\Z))|~{3,}+)")
_LETTER = re.compile(r"\S")
_MAY_END = re.compile(rf"[\s`~?!…{OTHER_ENDS}{OTHER_CLAUSES}]")

_PHRASE_START = re.compile(
    r"\s(?=(?:and|but|or|so|because|which|that|who|when|where|while|if|as|than|with|for|from|in|on|at|by|due|after|"
    r"before|during|through|into|about)\s)"
)
_FAR = 300
_TOGETHER = re.compile(
    rf"(?<!`)(?P<ticks>`++)[^`\n]{{0,{_FAR}}}(?P=ticks)|(?<!`)`++[^`\n]{{0,{_FAR}}}\Z"
    rf"|!?\[[^\[\]\n]{{0,{_FAR}}}(?:\](?:\([^()\n]{{0,{_FAR}}}(?:\)|\Z|\([^()\n]{{0,100}}\)))?|\Z)"
    rf"|\\begin\{{[a-zA-Z]{{1,12}}\*?\}}(?:[^\\]|\\(?!end\{{)){{0,{2 * _FAR}}}(?:\\end\{{[a-zA-Z]{{1,12}}\*?\}}|\Z)"
    rf"|\\\([^\n]{{0,{_FAR}}}?(?:\\\)|\Z)|\\\[(?:[^\\]|\\(?!\])){{0,{2 * _FAR}}}(?:\\\]|\Z)"
    rf"|\$\$[^$]{{0,{2 * _FAR}}}(?:\$\$|\$?\Z)"
    rf"|\$(?![\d\s$])[^$\n]{{1,100}}(?:\$|\Z)|\$\d[^$\n]{{0,60}}[\\^=_][^$\n]{{0,60}}\$"
)
"""What is one thing to the reader: code, a link, a formula, or the beginning of one. No piece ends inside."""

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
class ReplySentence:
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
        self._fence = ""
        """What ends it."""
        self._line_begins = True
        self._spoken = 0
        """Pieces with words so far."""
        self._whole = False
        """The last piece ended a sentence."""

    def feed(self, text: str) -> Iterator[ReplySentence]:
        ends = self._fence or _MAY_END.search(self._text[-1:] + text)
        text, self._text = self._text + text, ""
        if not ends and len(text) <= LONGEST_PIECE:  # a piece ends at a space, or at a fence
            self._text = text
            return
        at = 0
        while True:
            if self._fence or (begins := self._code_begins(text, at)) is None:
                end = self._code_end(text, at) if self._fence else None
            elif begins > at:
                at, end = begins, self._code_end(text, begins)
            else:
                end = self._next_cut(text, at)
            if end is None:
                break
            yield self._piece("".join((*self._code, text[at:end])), text[end : end + 1])
            self._code.clear()
            self._fence = ""
            at = end
        if self._fence:
            at = self._keep_code(text, at)
        self._text = text[at:]

    def finish(self) -> Iterator[ReplySentence]:
        rest = "".join((*self._code, self._text))
        self._code.clear()
        self._text = self._fence = ""
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
        self._text = self._fence = ""
        return len(rest)

    def _code_begins(self, text: str, at: int) -> int | None:
        """Where the code behind a fence begins; `at` if there is no fence, None if that cannot be told yet."""
        start = _first_letter(text, at)
        line = text.rfind("\n", at, start) + 1
        if not line and not self._line_begins:
            return at
        fence = _FENCE.match(text, line or at, (line or at) + LONGEST_PIECE)
        if fence is None:
            return at
        end = text.find("\n", fence.end(), fence.end() + LONGEST_PIECE) + 1
        if not end:
            return None if len(text) - fence.end() < LONGEST_PIECE else at
        self._code, self._fence = [text[at:end]], fence[1]
        self._line_begins = True
        return end

    def _code_end(self, text: str, at: int) -> int | None:
        """Behind the fence that ends the code; only a whole line tells."""
        while (line := text.find("\n", at)) >= 0:
            closing = text[at:line].strip(" \t>\r")
            if self._line_begins and closing.startswith(self._fence) and not closing.strip(self._fence[0]):
                return line
            at, self._line_begins = line + 1, True
        return None

    def _keep_code(self, text: str, at: int) -> int:
        """All but the line that has not ended, if it may be the fence; returns where that begins."""
        end = max(text.rfind("\n") + 1, at)
        rest = text[end:]
        if len(rest) > LONGEST_PIECE or rest.strip(" \t>`~\r") or not self._line_begins:
            end, self._line_begins = len(text), not rest and self._line_begins
        self._code.append(text[at:end])
        return end

    def _piece(self, shown: str, follows: str) -> ReplySentence:
        spoken = speakable(shown)
        if spoken:
            self._spoken += 1
            in_clause = spoken[-1].isalnum() and follows and not shown.endswith("\n")
            if in_clause:  # the voice stays up
                spoken += ","
        self._whole = _is_whole(shown)
        self._line_begins = shown.endswith("\n")
        return ReplySentence(shown, spoken)

    def _next_cut(self, text: str, at: int) -> int | None:
        """Where in `text` the piece that begins at `at` ends."""
        start = _first_letter(text, at)
        near = text[at : at + LONGEST_PIECE + 1]
        kept = [
            (found.start(), found.end() + (found.end() == len(near))) for found in _TOGETHER.finditer(near, start - at)
        ]
        for match in _SENTENCE_END.finditer(near, start - at):
            if not _is_abbreviation(near, match) and not _inside(match.end(), kept):
                return at + match.end()
        cut = None
        if self._spoken < 2:
            cut = _first_after(CLAUSE_WORDS, _CLAUSE_END, near, kept)
        if cut is None:
            cut = _first_after(_PHRASE_WORDS, _PHRASE_SPACE, near, kept)
        if cut is None and self._spoken == 0:
            cut = _first_after(PHRASE_WORDS, _PHRASE_START, near, kept)
        if cut is None and (len(near) > LONGEST_PIECE or count_words(near) > LONGEST_PIECE_WORDS):
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


def _inside(end: int, kept: Sequence[tuple[int, int]]) -> bool:
    return any(start < end < stop for start, stop in kept)


def _first_after(words: int, pattern: "re.Pattern[str]", text: str, kept: Sequence[tuple[int, int]]) -> int | None:
    """End of the first match with at least so many words before it."""
    for match in pattern.finditer(text):
        end = match.start() if match.group().isspace() else match.end()
        if not _inside(end, kept) and count_words(text[: match.start()]) >= words:
            return end
    return None


_AS_IT_COMES = re.compile(r"\s*\S+|\s+\Z")


def spoken_sentences(text: str) -> Sequence[str]:
    """What the voice gets of a text that arrives word by word, as replies do."""
    splitter = SentenceSplitter()
    sentences = [sentence for found in _AS_IT_COMES.finditer(text) for sentence in splitter.feed(found[0])]
    return [sentence.spoken for sentence in (*sentences, *splitter.finish()) if sentence.spoken]
