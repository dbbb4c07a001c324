"""Runs of Markdown, and the tree of blocks and runs from which what is shown and what is read aloud are made."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Flag, StrEnum, auto

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ..addresses import real_host
from .formulas import shown_formula, spoken_formula


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


# ---------------------------------------------------------------- runs of tokens
# Runs of Markdown: the words of one block, from markdown-it's tokens of a line, with their places in the source.


class SourcePlaces:
    """Where characters of the text of a block stand in the source."""

    def __init__(self) -> None:
        self._inside: list[int] = []
        self._source: list[int] = []

    def add(self, inside: int, source: int) -> None:
        self._inside.append(inside)
        self._source.append(source)

    def of(self, at: int) -> int:
        index = bisect_right(self._inside, at) - 1
        return self._source[index] + at - self._inside[index]


def inline_runs(parser: MarkdownIt, block: Token, places: SourcePlaces) -> Iterator[TextRun]:
    """Of a paragraph, a heading, a cell: `block` is markdown-it's token of it."""
    parsed: list[Token] = []
    parser.inline.parse(block.content, parser, {}, parsed)
    yield from _joined(_styled(parsed, places, 0, Style.PLAIN))


_STYLES = {"strong": Style.BOLD, "em": Style.ITALIC, "s": Style.STRUCK}


def _styled(tokens: Sequence[Token], places: SourcePlaces, offset: int, style: Style) -> Iterator[TextRun]:
    link = leads = ""
    for token in tokens:
        at = offset + int(token.meta.get("at", 0))
        start = places.of(at)
        name = token.type.removesuffix("_open").removesuffix("_close")
        if name in _STYLES:
            style = style | _STYLES[name] if token.nesting > 0 else style & ~_STYLES[name]
            continue
        match token.type:
            case "link_open":
                leads = str(token.attrs.get("href", ""))
                link = _usable(leads)
            case "link_close":
                link = leads = ""
            case "url":
                yield TextRun(token.content, start, style, _usable(token.content))
            case "image":
                yield from _styled(token.children or (), places, at + 2, style)
            case "text":
                yield TextRun(token.content, start, style, link, leads=leads)
            case "text_special":
                same = token.info == "escape" and len(token.content) == 1
                width = 0 if same else len(token.markup)
                yield TextRun(token.content, start + (1 if same else 0), style, link, width=width, leads=leads)
            case "code_inline":
                at += len(token.markup) + int(token.meta.get("inset", 0))
                code = style | Style.CODE | (Style.SILENT if len(token.markup) >= 3 else Style.PLAIN)
                yield from _code_in_line(token.content, places, at, TextRun("", 0, code, link, leads=leads))
            case "softbreak" | "hardbreak":
                width = 2 if token.meta.get("sign") == "\\" else 0
                yield TextRun(" " if token.type == "softbreak" else "\n", start, style, link, width=width, leads=leads)
            case "math_inline":
                yield replace(formula_run(token.content, start, len(token.markup)), style=style, link=link)
            case "tag":
                yield TextRun(token.content, start, style | Style.SILENT)
            case _:
                pass


def _code_in_line(content: str, places: SourcePlaces, at: int, like: TextRun) -> Iterator[TextRun]:
    """Line breaks inside are shown as spaces; the lines stand apart in the source."""
    begins = 0
    while begins < len(content):
        place = places.of(at + begins)
        end = begins + 1
        while end < len(content) and places.of(at + end) == place + end - begins:
            end += 1
        yield replace(like, text=content[begins:end], start=place)
        begins = end


def _joined(runs: Iterator[TextRun]) -> Iterator[TextRun]:
    """What goes on where the one before ended, in the same style, is one run. A break is what the source has there."""
    last: list[TextRun] = []
    for run in runs:
        if not run.text:
            continue
        before = last[-1] if last else None
        goes_on = before is not None and not (run.width or before.width or run.formula)
        if before and goes_on and before.end == run.start and _same(before, run):
            last.append(run)
            continue
        if last:
            yield replace(last[0], text="".join(part.text for part in last))
        last = [run]
    if last:
        yield replace(last[0], text="".join(part.text for part in last))


def _same(one: TextRun, other: TextRun) -> bool:
    return (one.style, one.link, one.leads) == (other.style, other.link, other.leads)


def formula_run(source: str, start: int, width: int) -> TextRun:
    return TextRun(shown_formula(source), start, width=width, formula=spoken_formula(source) or " ")


def _usable(address: str) -> str:
    """ "" unless it is one of the web that leads somewhere."""
    return address if address.startswith(("https://", "http://")) and real_host(address) else ""
