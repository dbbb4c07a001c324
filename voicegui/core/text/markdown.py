"""Reads Markdown into the tree of `markdown_runs`.

markdown-it reads it (CommonMark with tables, task lists and strikethrough). No HTML is made and nothing is fetched: a
reply is data whatever it contains.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .markdown_inline import InlineParser, math_block
from .markdown_runs import (
    DONE_TASK,
    OPEN_TASK,
    Block,
    BlockKind,
    Cell,
    SourcePlaces,
    Style,
    TextRun,
    formula_run,
    inline_runs,
)
from .sanitiser import same_length

_LONGEST_LANGUAGE = 20
_STRUCTURE = ("fence", "blockquote", "hr", "list", "heading", "table", "paragraph")


def _parser() -> MarkdownIt:
    """Without what chat models do not mean: indented code, HTML, references, underlined headings."""
    made = MarkdownIt("zero", {"tasklists": True, "maxNesting": 20})
    made.inline = InlineParser()
    made.block.ruler.before("fence", "math_block", math_block, {"alt": ["paragraph", "blockquote", "list"]})
    made.block.ruler.enableOnly([*_STRUCTURE, "math_block"])
    return made


_PARSER = _parser()
_LINE_ENDS = str.maketrans({"\r": "\n", "\0": "\ufffd"})


def read(source: str, start: int = 0) -> list[Block]:
    """The blocks of `source` from character `start` on, which must be the start of a block."""
    text = source[start:].replace("\r\n", " \n").translate(_LINE_ENDS)
    tokens: list[Token] = []
    _PARSER.block.parse(text, _PARSER, {}, tokens)
    return list(_Reader(text, start, tokens).blocks())


@dataclass(slots=True)
class _Item:
    mark: str
    fresh: bool = True
    """Nothing of it was given out yet."""


@dataclass(slots=True)
class _Table:
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    aligned: list[str] = field(default_factory=list)
    at: int = 0
    """Where in the text the next cell is looked for."""


class _Reader:
    def __init__(self, text: str, start: int, tokens: Sequence[Token]) -> None:
        self._text = text
        self._start = start
        self._tokens = tokens
        self._lines = [0, *(found.end() for found in re.finditer("\n", text)), len(text) + 1]
        self._part = 0
        self._items: list[_Item] = []
        self._quotes = 0
        self._heading = 0
        self._table: _Table | None = None

    def blocks(self) -> Iterator[Block]:
        for token in self._tokens:
            if token.map and (token.level == 0 or (token.level == 1 and token.type == "list_item_open")):
                self._part = self._start + self._lines[token.map[0]]
            match token.type:
                case "blockquote_open" | "blockquote_close":
                    self._quotes += token.nesting
                case "list_item_open":
                    self._items.append(_Item(_mark(token)))
                case "list_item_close":
                    if self._items[-1].fresh:
                        yield self._flowing(())
                    self._items.pop()
                case "heading_open":
                    self._heading = int(token.tag[1:])
                case "inline" if self._table is None:
                    yield self._flowing(tuple(inline_runs(_PARSER, token, self._places(token))))
                    self._heading = 0
                case "fence":
                    yield self._code(token)
                case "math_block":
                    yield self._formula(token)
                case "hr":
                    yield Block(BlockKind.RULE, self._part)
                case _:
                    yield from self._of_table(token)

    def _flowing(self, runs: Cell) -> Block:
        if self._heading:
            return Block(BlockKind.HEADING, self._part, runs, self._heading)
        item = self._items[-1] if self._items else None
        if item is not None and item.fresh:
            item.fresh = False
            return Block(BlockKind.ITEM, self._part, runs, len(self._items) - 1, item.mark)
        kind = BlockKind.QUOTE if self._quotes else BlockKind.PARAGRAPH
        return Block(kind, self._part, runs, len(self._items))

    def _held(self) -> int:
        """Items around what is no text; it is what the last one shows."""
        return len(self._items)

    def _code(self, token: Token) -> Block:
        first, end = token.map or (0, 0)
        last = self._line(end - 1).strip(" \t>")
        whole = end - first > 1 and len(last) >= len(token.markup) and not last.strip(token.markup[0])
        language = token.info.split()[0][:_LONGEST_LANGUAGE] if token.info.strip() else ""
        content = token.content.rstrip("\n")
        runs = tuple(self._code_runs(content, first + 1)) if content else ()
        return Block(BlockKind.CODE, self._part, runs, self._held(), language=language, whole=whole)

    def _code_runs(self, content: str, line: int) -> Iterator[TextRun]:
        """One run where the source is not indented, else one for each line. Code is copied to be run: nothing in it is
        hidden."""
        at = self._lines[line]
        if self._text.startswith(content, at):
            yield TextRun(same_length(content), self._start + at, Style.CODE)
            return
        lines = content.split("\n")
        for number, text in enumerate(lines):
            shown = same_length(text) + ("\n" if number < len(lines) - 1 else "")
            if shown:
                place = self._lines[line + number] + self._suffix(line + number, text)
                yield TextRun(shown, self._start + place, Style.CODE, width=len(text) if "\t" in text else 0)

    def _formula(self, token: Token) -> Block:
        first, end = token.map or (0, 0)
        at = self._lines[first]
        width = min(self._lines[end], len(self._text)) - at
        text = self._text[at : at + width]
        at, width = at + len(text) - len(text.lstrip()), len(text.strip())
        run = formula_run(token.content, self._start + at, width)
        return Block(BlockKind.FORMULA, self._part, (run,), self._held())

    def _of_table(self, token: Token) -> Iterator[Block]:
        table = self._table
        match token.type:
            case "table_open":
                self._table = _Table()
            case "tr_open" if table and token.map:
                table.at = self._lines[token.map[0]]
            case "th_open" if table:
                table.aligned.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
            case "inline" if table:
                table.cells.append(tuple(inline_runs(_PARSER, token, self._cell_places(token.content, table))))
            case "tr_close" if table:
                table.rows.append(tuple(table.cells))
                table.cells = []
            case "table_close" if table:
                self._table = None
                rows, aligned = tuple(table.rows), tuple(table.aligned)
                yield Block(BlockKind.TABLE, self._part, (), self._held(), rows=rows, aligned=aligned)
            case _:
                pass

    # ------------------------------------------------------------ places

    def _line(self, number: int) -> str:
        return self._text[self._lines[number] : self._lines[number + 1] - 1]

    def _suffix(self, number: int, text: str) -> int:
        """Where in a line a text stands which ends it, but for what was cut off around it."""
        line = self._line(number)
        if line.endswith(text):
            return len(line) - len(text)
        return max(line.rfind(text), 0)

    def _places(self, token: Token) -> SourcePlaces:
        """Of the lines of a paragraph, whose indentation and marks are gone."""
        first = (token.map or [0, 0])[0]
        places, at = SourcePlaces(), 0
        for number, text in enumerate(token.content.split("\n")):
            begins = self._start + self._lines[first + number]
            if number == 0 and self._heading:
                line = self._line(first)
                places.add(at, begins + max(line.find(text, len(line) - len(line.lstrip(" \t>#"))), 0))
            else:
                places.add(at, begins + self._suffix(first + number, text))
            at += len(text) + 1
        return places

    def _cell_places(self, content: str, table: _Table) -> SourcePlaces:
        places, at = SourcePlaces(), 0
        found = self._text.find(content.replace("|", "\\|"), table.at)
        place = self._start + max(found, 0)
        for part in content.split("|"):
            places.add(at, place)
            place += len(part) + 2
            at += len(part) + 1
            places.add(at - 1, place - 1)
        table.at = max(found, table.at) + len(content) + content.count("|")
        return places


def _mark(token: Token) -> str:
    checked = token.meta.get("checked")
    if checked is not None:
        return DONE_TASK if checked else OPEN_TASK
    return f"{token.info}." if token.info else "•"
