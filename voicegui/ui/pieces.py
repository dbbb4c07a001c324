"""What the transcript is written from: pieces of text in paragraphs. No Qt."""

from dataclasses import dataclass
from enum import StrEnum

from voicegui.core.markdown import BlockKind, Style

from .messages import Kind


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
