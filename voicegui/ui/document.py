"""Entries in a Qt document: written, grown, replaced and removed in place."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QTextBlock, QTextBlockFormat, QTextCursor, QTextDocument, QTextFrameFormat

from voicegui.core.text.markdown_runs import BlockKind

from .paragraphs import Layout, paragraphs
from .text_formats import KIND, TABLE_END, Formats, Tables, grows, without_qt_marks
from .text_pieces import Paragraph, Piece
from .transcript_entries import Kind, LogEntry


@dataclass(slots=True)
class Shown:
    entry: LogEntry
    layout: Layout


class Document:
    """Every block carries the number of its entry as user state, so that entries are found wherever they have moved."""

    def __init__(self, document: QTextDocument, formats: Formats, width: int) -> None:
        """`width`: of the column, logical pixels."""
        self._document = document
        self.formats = formats
        self.width = width
        self.shown: dict[int, Shown] = {}
        document.setDocumentMargin(0)
        self._tables = Tables(self)
        self._frame()

    def clear(self, formats: Formats) -> None:
        self.formats = formats
        self.shown.clear()
        self._document.clear()
        self._frame()

    def fit(self, width: int) -> None:
        """Bubbles hug their text and the lines of calls are cut, so they depend on the width of the column."""
        self.width = width
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()
        block = self._document.firstBlock()
        while block.isValid():
            shown = self.shown.get(block.userState())
            if shown is not None and shown.entry.kind is Kind.USER:
                cursor.setPosition(block.position())
                cursor.setBlockFormat(self.formats.block(shown.layout.paragraphs[0], width))
            elif shown is not None and block.blockFormat().stringProperty(KIND) == Kind.TOOL:
                cursor.setPosition(block.position())
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
                cursor.removeSelectedText()
                self._fill(cursor, shown.layout.paragraphs[0])
            elif block.blockFormat().stringProperty(KIND) == BlockKind.CODE:
                cursor.setPosition(block.position())
                block_format = block.blockFormat()
                block_format.setTabPositions(self.formats.code_tabs(width))
                cursor.setBlockFormat(block_format)
            block = block.next()
        cursor.endEditBlock()

    def write(self, entry: LogEntry) -> None:
        """Shows `entry`, writing only what differs from what it showed before."""
        shown = self.shown.get(entry.number)
        before = shown.layout if shown else Layout(())
        grown = shown is not None and entry.text.startswith(shown.entry.text) and shown.entry.heard is None
        grown = grown and shown is not None and shown.entry.past is entry.past
        layout = paragraphs(entry, before.paragraphs, before.blocks) if grown else paragraphs(entry)
        self.shown[entry.number] = Shown(entry, layout)
        old, new = before.paragraphs, layout.paragraphs
        same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        if same == len(old) == len(new):
            return
        places = list(self.places(entry.number)) if shown else []
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()
        if same < len(old) and _appends(old[same], new[same : same + 1]):
            block = places[same][0]
            cursor.setPosition(block.position() + block.length() - 1)
            last = new[same].pieces[-1]
            cursor.insertText(
                without_qt_marks(last.text[len(old[same].pieces[-1].text) :]), self.formats.char(last, new[same])
            )
            same += 1
        elif same < len(old) and grows(old[same], new[same : same + 1]):
            self._tables.grow(places[same][0], old[same], new[same], entry.number)
            same += 1
        after = places[same - 1][1] if same and places else None
        if same < len(places):
            left = self._cut(places[same][0], places[-1][1])
            after = left if after else None
        for paragraph in new[same:]:
            after = self._insert(entry.number, paragraph, after)
        cursor.endEditBlock()

    def _insert(self, number: int, paragraph: Paragraph, after: QTextBlock | None) -> QTextBlock:
        """A new block after `after`, or where the entry belongs: at the end, or before the entry that follows it."""
        cursor = QTextCursor(self._document)
        block_format = self.formats.block(paragraph, self.width)
        following = None if after else self._following(number)
        if following is not None:
            cursor.setPosition(following.position())
            state = following.userState()
            cursor.insertBlock()
            cursor.block().setUserState(state)
            cursor.movePosition(QTextCursor.MoveOperation.PreviousBlock)
            cursor.setBlockFormat(block_format)
        else:
            last = after or self._document.lastBlock()
            cursor.setPosition(last.position() + last.length() - 1)
            if last.userState() < 0:
                cursor.setBlockFormat(block_format)  # the first block of an empty document
            else:
                cursor.insertBlock(block_format)
        cursor.block().setUserState(number)
        if paragraph.kind is BlockKind.TABLE:
            return self._tables.insert(cursor, paragraph, number)
        self._fill(cursor, paragraph)
        return cursor.block()

    def _fill(self, cursor: QTextCursor, paragraph: Paragraph) -> None:
        if prefix := self.formats.prefix(paragraph):
            cursor.insertText(prefix, self.formats.char(Piece(prefix), paragraph))
        for piece in self.formats.fitted(paragraph, self.width):
            cursor.insertText(without_qt_marks(piece.text), self.formats.char(piece, paragraph))

    def _following(self, number: int) -> QTextBlock | None:
        found = None
        block = self._document.lastBlock()
        while block.isValid() and block.userState() > number:
            found, block = block, block.previous()
        return found

    def _cut(self, first: QTextBlock, last: QTextBlock) -> QTextBlock:
        """Removes the blocks with the separator before them, or after them where there is none before.

        Returns the block that is there now: of an empty one before them, Qt keeps the other.
        """
        cursor = QTextCursor(self._document)
        end = last.position() + last.length() - 1
        if first.position() > 0:
            before = first.previous()
            kept = (before.userState(), before.blockFormat())
            cursor.setPosition(first.position() - 1)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            self._mark(cursor, *kept)  # Qt may have given it those of the last one that went
            return cursor.block()
        follower = last.next()
        follows = follower.isValid()
        kept = (follower.userState() if follows else -1, follower.blockFormat())
        cursor.setPosition(0)
        cursor.setPosition(end + (1 if follows else 0), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self._mark(cursor, *kept)
        return cursor.block()

    @staticmethod
    def _mark(cursor: QTextCursor, state: int, block_format: QTextBlockFormat) -> None:
        cursor.block().setUserState(state)
        if cursor.blockFormat() != block_format:
            cursor.setBlockFormat(block_format)

    def remove_first(self, numbers: Collection[int]) -> None:
        """Removes the entries at the start, all at once."""
        for number in numbers:
            self.shown.pop(number, None)
        first = last = self._document.firstBlock()
        while last.next().isValid() and last.next().userState() in numbers:
            last = last.next()
        if first.userState() in numbers:
            self._cut(first, last)

    def remove(self, number: int) -> None:
        if self.shown.pop(number, None):
            blocks = list(self.blocks(number))
            if blocks:
                self._cut(blocks[0], blocks[-1])

    def blocks(self, number: int) -> Iterator[QTextBlock]:
        """Its blocks in order. Entries that change are near the end, those that leave are at the start."""
        block = self._document.firstBlock()
        if block.userState() != number:
            block = self._document.lastBlock()
            while block.isValid() and block.userState() != number:
                block = block.previous()
            while block.previous().isValid() and block.previous().userState() == number:
                block = block.previous()
        while block.isValid() and block.userState() == number:
            yield block
            block = block.next()

    def places(self, number: int) -> Iterator[tuple[QTextBlock, QTextBlock]]:
        """First and last block of each of its paragraphs: a table is many blocks."""
        first: QTextBlock | None = None
        for block in self.blocks(number):
            kind = block.blockFormat().stringProperty(KIND)
            if kind == BlockKind.TABLE:
                first = block
            elif kind == TABLE_END and first is not None:
                yield first, block
                first = None
            elif first is None:
                yield block, block

    def lines(self, number: int) -> Iterator[tuple[QTextBlock, int, Sequence[Piece]]]:
        """Its blocks that hold text, with the length of what is written before the pieces."""
        shown = self.shown[number]
        for paragraph, (block, _) in zip(shown.layout.paragraphs, self.places(number), strict=False):
            if paragraph.kind is BlockKind.TABLE:
                yield from self._tables.lines(block, paragraph)
            else:
                yield block, len(self.formats.prefix(paragraph)), paragraph.pieces

    def _frame(self) -> None:
        frame = QTextFrameFormat()
        frame.setTopMargin(16)
        frame.setBottomMargin(28)
        self._document.rootFrame().setFrameFormat(frame)


def _appends(old: Paragraph, new: tuple[Paragraph, ...]) -> bool:
    """The new paragraph is the old one with more text at its end: no need to write it again."""
    if not new or not old.pieces or not new[0].pieces or old.kind in (Kind.USER, Kind.TOOL):
        return False
    (grown,) = new
    if (old.kind, old.gap, old.level, old.mark, old.small) != (grown.kind, grown.gap, grown.level, grown.mark, False):
        return False
    if len(old.pieces) != len(grown.pieces) or old.pieces[:-1] != grown.pieces[:-1]:
        return False
    a, b = old.pieces[-1], grown.pieces[-1]
    same = (a.start, a.style, a.link, a.action, a.tone, a.width) == (b.start, b.style, b.link, b.action, b.tone, 0)
    return same and b.text.startswith(a.text)
