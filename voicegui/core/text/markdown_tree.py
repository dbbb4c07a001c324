"""Markdown as a tree of blocks and runs: what is shown and what is read aloud are made from the same one.

Each run says where in the source it began, so that positions in the source (what was heard, what is being spoken) can
be found again on the screen.
"""

from dataclasses import dataclass
from enum import Flag, StrEnum, auto


class Style(Flag):
    PLAIN = 0
    BOLD = auto()
    ITALIC = auto()
    CODE = auto()
    STRUCK = auto()
    SILENT = auto()
    """Shown and not spoken: a tag of HTML, a block of code in one line."""


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"
    CODE = "code"
    FORMULA = "formula"
    TABLE = "table"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class TextRun:
    """`text[i]` is what character `start + i` of the source shows, unless there is a `width`."""

    text: str
    start: int
    style: Style = Style.PLAIN
    link: str = ""
    """An http(s) address, or ""."""
    width: int = 0
    """Characters of the source that all of `text` stands for, when they are others (a formula, "&amp;"); else 0."""
    formula: str = ""
    """The words for a formula, which is shown as `text`."""
    leads: str = ""
    """The address of a link as it is written, whether it can be opened or not."""

    @property
    def end(self) -> int:
        return self.start + (self.width or len(self.text))


Cell = tuple[TextRun, ...]


@dataclass(frozen=True, slots=True)
class Block:
    kind: BlockKind
    start: int
    """Where its part of the source begins: a later text that goes on from here needs only be read from here. Blocks of
    one part (one item of a list) share it."""
    runs: Cell = ()
    level: int = 0
    """Of a heading 1..6, of an item its depth from 0; of other blocks how many items hold it."""
    mark: str = ""
    """Of an item: "•", "3." or the box of a task; "" where an item goes on."""
    language: str = ""
    """Of code."""
    whole: bool = True
    """The fence of code has ended."""
    rows: tuple[tuple[Cell, ...], ...] = ()
    """Of a table; the first one is its head."""
    aligned: tuple[str, ...] = ()
    """Of each column of a table: "left", "right", "center" or ""."""


OPEN_TASK, DONE_TASK = "☐", "☑"
