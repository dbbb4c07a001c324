"""A small Markdown reader for replies: text in, styled runs out.

It makes no HTML and fetches nothing: every character that is shown is a character of the source (a line break may
become a space), and each run says where in the source it began. So a reply is data whatever it contains, and positions
in the source (what was heard, what is being spoken) can be found again on the screen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Flag, StrEnum, auto

from voicegui.core.addresses import real_host


class Style(Flag):
    PLAIN = 0
    BOLD = auto()
    ITALIC = auto()
    CODE = auto()
    STRUCK = auto()


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"
    CODE = "code"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Run:
    """`text[i]` is what character `start + i` of the source shows."""

    text: str
    start: int
    style: Style = Style.PLAIN
    link: str = ""
    """http(s) address, or "". """


@dataclass(frozen=True, slots=True)
class Block:
    kind: BlockKind
    start: int
    """Where it begins in the source: a later text that goes on from here needs only be read from here."""
    runs: tuple[Run, ...]
    level: int = 0
    """Of a heading 1..6, of an item its depth from 0."""
    mark: str = ""
    """Of an item: "•" or "3."."""


_FENCE = re.compile(r" {0,3}(```+|~~~+)[^`\n]*\n?$")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+")
_ITEM = re.compile(r"( {0,12})(?:[-*+]|(\d{1,4})[.)])[ \t]+")
_QUOTE = re.compile(r" {0,3}> ?")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})\n?$")
_TABLE = re.compile(r" {0,3}\|.*\|[ \t]*\n?$")

_INDENT = re.compile(r"\n[ \t]+")
_INLINE = re.compile(  # lengths are bounded so that no text takes quadratic time
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`{1,3})(?P<code>[^`]{1,500})(?P=ticks)(?!`)"
    r"|!?\[(?P<label>[^\[\]]{0,300})\]\((?P<address>[^()\s]{0,500}(?:\([^()\s]{0,100}\)[^()\s]{0,100})?)\)"
    r"|\*\*\*(?=\S)(?P<in_both>[^*]{1,300})(?<=\S)\*\*\*"
    r"|(?P<bold>\*\*|__)(?=\S)(?P<in_bold>.{1,300}?)(?<=\S)(?P=bold)"
    r"|~~(?=\S)(?P<in_struck>[^~]{1,300})(?<=\S)~~"
    r"|(?<!\w)\*(?=[^\s*])(?P<in_star>[^*]{1,300})(?<=[^\s*])\*(?!\*)"
    r"|(?<!\w)_(?=[^\s_])(?P<in_under>[^_]{1,300})(?<=[^\s_])_(?!\w)"
    r"|(?P<url>https?://[^\s<>()\[\]\"'`]{0,500}[^\s<>()\[\]\"'`.,;:!?])",
    re.DOTALL,
)
_EMPHASIS = (("in_both", Style.BOLD | Style.ITALIC), ("in_bold", Style.BOLD), ("in_struck", Style.STRUCK),
             ("in_star", Style.ITALIC), ("in_under", Style.ITALIC))  # fmt: skip


def read(source: str, start: int = 0) -> list[Block]:
    """The blocks of `source` from character `start` on, which must be the start of a block."""
    return list(_Reader(source, start).blocks())


class _Reader:
    def __init__(self, source: str, start: int) -> None:
        self._source = source
        self._at = start

    def blocks(self) -> Iterator[Block]:
        while self._at < len(self._source):
            line = self._line()
            if not line.strip():
                self._at += len(line)
            elif _FENCE.match(line):
                yield self._code()
            elif _RULE.match(line):
                yield Block(BlockKind.RULE, self._at, ())
                self._at += len(line)
            elif heading := _HEADING.match(line):
                yield self._text(BlockKind.HEADING, heading.end(), level=len(heading[1]), lines=1)
            elif item := _ITEM.match(line):
                mark = f"{item[2]}." if item[2] else "•"
                yield self._text(BlockKind.ITEM, item.end(), level=len(item[1]) // 2, mark=mark)
            elif quote := _QUOTE.match(line):
                yield self._text(BlockKind.QUOTE, quote.end())
            elif _TABLE.match(line):
                yield self._table()
            else:
                yield self._text(BlockKind.PARAGRAPH, len(line) - len(line.lstrip()))

    def _line(self) -> str:
        end = self._source.find("\n", self._at)
        return self._source[self._at : len(self._source) if end < 0 else end + 1]

    def _text(self, kind: BlockKind, skip: int, *, level: int = 0, mark: str = "", lines: int = 0) -> Block:
        """A block of flowing text: goes on until an empty line or the start of another block."""
        start = self._at
        self._at += len(self._line())
        while self._at < len(self._source) and not lines:
            line = self._line()
            starts = (_FENCE, _RULE, _HEADING, _ITEM, _QUOTE, _TABLE)
            if not line.strip() or any(pattern.match(line) for pattern in starts):
                break
            self._at += len(line)
        text = self._source[start + skip : self._at].rstrip()
        return Block(kind, start, tuple(_inline(text, start + skip, Style.PLAIN, 0)), level, mark)

    def _code(self) -> Block:
        start = self._at
        fence = self._line().strip()
        close = fence[: len(fence) - len(fence.lstrip(fence[0]))]
        self._at += len(self._line())
        body, end = self._at, self._at
        while self._at < len(self._source):
            line = self._line()
            self._at += len(line)
            if line.strip() == close:
                break
            end = self._at
        text = self._source[body:end].rstrip("\n")
        return Block(BlockKind.CODE, start, (Run(text, body, Style.CODE),) if text else ())

    def _table(self) -> Block:
        """Tables are shown as they are written, in columns of one width."""
        start = self._at
        while self._at < len(self._source) and _TABLE.match(self._line()):
            self._at += len(self._line())
        return Block(BlockKind.CODE, start, (Run(self._source[start : self._at].rstrip(), start, Style.CODE),))


def _inline(text: str, start: int, style: Style, depth: int) -> Iterator[Run]:
    at = 0
    for found in _INLINE.finditer(text) if depth < 4 else ():
        if found.start() > at:
            yield from _runs(text[at : found.start()], start + at, style)
        at = found.end()
        yield from _found(found, start, style, depth)
    if at < len(text):
        yield from _runs(text[at:], start + at, style)


def _found(found: re.Match[str], start: int, style: Style, depth: int) -> Iterator[Run]:
    if found["escape"]:
        yield from _runs(found["escape"][1], start + found.start() + 1, style)
    elif found["ticks"]:
        yield from _runs(found["code"], start + found.start("code"), style | Style.CODE)
    elif found["label"] is not None:
        address = found["address"]
        safe = address if found[0][0] != "!" else ""
        yield from _runs(found["label"], start + found.start("label"), style, _usable(safe))
    elif found["url"]:
        yield from _runs(found["url"], start + found.start("url"), style, _usable(found["url"]))
    for group, added in _EMPHASIS:
        if found[group]:
            yield from _inline(found[group], start + found.start(group), style | added, depth + 1)


def _usable(address: str) -> str:
    """ "" unless it is one of the web that leads somewhere."""
    return address if address.startswith(("https://", "http://")) and real_host(address) else ""


def _runs(text: str, start: int, style: Style, link: str = "") -> Iterator[Run]:
    """A line break shows as one space, whatever the next line is indented by."""
    at = 0
    for found in _INDENT.finditer(text):
        yield Run(text[at : found.start()].replace("\n", " ") + " ", start + at, style, link)
        at = found.end()
    if at < len(text):
        yield Run(text[at:].replace("\n", " "), start + at, style, link)
