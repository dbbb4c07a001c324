"""What the transcript is written from: text in paragraphs, colours of code, the column they stand in. No Qt."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from voicegui.core.text.markdown_runs import BlockKind, Style

from .actions import Action
from .transcript_entries import Kind


class Tone(StrEnum):
    TEXT = "text"
    QUIET = "secondary"
    FAINT = "faint"
    WARNING = "warning"
    ERROR = "error"
    KEYWORD = "agent"
    STRING = "you"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one format. `start` is its place in the entry's text; -1 if it is not part of it."""

    text: str
    start: int = -1
    style: Style = Style.PLAIN
    link: str = ""
    tone: Tone = Tone.TEXT
    gives: bool = False
    """It is elided when its paragraph would need a second line."""
    width: int = 0
    """Characters of the entry's text that all of it stands for, when they are others; else 0."""
    action: Action | None = None
    """Of a link that does something here; `link` is where one of the reply leads."""

    @property
    def end(self) -> int:
        return self.start + (self.width or len(self.text))


@dataclass(frozen=True, slots=True)
class Paragraph:
    kind: BlockKind | Kind
    pieces: tuple[Piece, ...]
    gap: int
    """Logical pixels above it."""
    level: int = 0
    mark: str = ""
    small: bool = False
    rows: tuple[tuple[tuple[Piece, ...], ...], ...] = ()
    """Of a table; the first one is its head."""
    aligned: tuple[str, ...] = ()
    """Of its columns."""


# ---------------------------------------------------------------- colours of code

LONGEST = 20_000
"""Characters of code that are coloured; more takes longer than a frame."""


def highlighted(piece: Piece, language: str) -> Iterator[Piece]:
    """`piece` cut where its colour changes; as it is for languages that nobody knows."""
    if not language or len(piece.text) > LONGEST:
        yield piece
        return
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        yield piece
        return
    begins = end = 0
    tone = Tone.TEXT
    for at, token, text in lexer.get_tokens_unprocessed(piece.text):
        found = _tone(token)
        if found is not tone and text.strip():
            if end > begins:
                yield replace(piece, text=piece.text[begins:end], start=piece.start + begins, tone=tone)
            begins, tone = end, found
        end = at + len(text)
    if begins < len(piece.text):
        yield replace(piece, text=piece.text[begins:], start=piece.start + begins, tone=tone)


def _tone(token: object) -> Tone:
    from pygments.token import Comment, Keyword, Literal, Name, Operator

    kinds = (
        (Comment, Tone.FAINT), (Keyword, Tone.KEYWORD), (Operator.Word, Tone.KEYWORD), (Name.Tag, Tone.KEYWORD),
        (Literal.Number, Tone.NUMBER), (Literal.String, Tone.STRING), (Name.Function, Tone.NAME),
        (Name.Class, Tone.NAME), (Name.Decorator, Tone.NAME), (Name.Attribute, Tone.NAME),
    )  # fmt: skip
    return next((tone for kind, tone in kinds if token in kind), Tone.TEXT)


# ---------------------------------------------------------------- the column of text

COLUMN = 672
"""Its widest, logical pixels."""


def column(outer: int) -> tuple[int, int]:
    """Left edge and width of it in a window that is `outer` wide."""
    width = min(COLUMN, outer - 48 if outer > 560 else outer - 32)
    return (outer - width) // 2, width
