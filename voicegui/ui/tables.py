"""Tables of replies in a Qt document."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QTextBlock, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextTable

from voicegui.core.markdown import BlockKind, Style

from .formats import KIND, TABLE_END, clean
from .pieces import Paragraph, Piece

if TYPE_CHECKING:
    from .document import Document


class Tables:
    """Qt wants a block before and behind a table: they are one pixel high and belong to its paragraph."""

    def __init__(self, page: "Document") -> None:
        self._page = page

    def insert(self, cursor: QTextCursor, paragraph: Paragraph, number: int) -> QTextBlock:
        """Behind the block of `cursor`, which has the table's format already; returns the block behind the table."""
        columns = max(len(row) for row in paragraph.rows)
        table = cursor.insertTable(len(paragraph.rows), columns, self._page.formats.table())
        for row in range(len(paragraph.rows)):
            self._fill_row(table, row, paragraph, number)
        behind = QTextCursor(table.lastCursorPosition().block().next())
        block_format = QTextBlockFormat()
        block_format.setProperty(KIND, TABLE_END)
        block_format.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        behind.setBlockFormat(block_format)
        behind.block().setUserState(number)
        return behind.block()

    def grow(self, before: QTextBlock, old: Paragraph, new: Paragraph, number: int) -> None:
        """Rewrites its last row and appends the others."""
        table = self._table(before)
        last = len(old.rows) - 1
        if added := len(new.rows) - len(old.rows):
            table.appendRows(added)
        for row in range(last, len(new.rows)):
            if row > last or old.rows[row] != new.rows[row]:
                self._fill_row(table, row, new, number)

    def lines(self, before: QTextBlock, paragraph: Paragraph) -> Iterator[tuple[QTextBlock, int, Sequence[Piece]]]:
        table = self._table(before)
        for row, cells in enumerate(paragraph.rows):
            for column, pieces in enumerate(cells):
                yield table.cellAt(row, column).firstCursorPosition().block(), 0, pieces

    @staticmethod
    def _table(before: QTextBlock) -> QTextTable:
        return QTextCursor(before.next()).currentTable()

    def _fill_row(self, table: QTextTable, row: int, paragraph: Paragraph, number: int) -> None:
        formats = self._page.formats
        for column, pieces in enumerate(paragraph.rows[row]):
            cell = table.cellAt(row, column)
            cell.setFormat(formats.head() if row == 0 else QTextCharFormat())
            cursor = cell.firstCursorPosition()
            cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            aligned = paragraph.aligned[column] if column < len(paragraph.aligned) else ""
            cursor.setBlockFormat(formats.cell(aligned))
            cursor.block().setUserState(number)
            for piece in pieces:
                char = formats.char(piece, paragraph)
                if row == 0 and Style.BOLD not in piece.style:
                    font = char.font()
                    font.setBold(True)
                    char.setFont(font)
                cursor.insertText(clean(piece.text), char)


def grows(old: Paragraph, new: tuple[Paragraph, ...]) -> bool:
    """The new table is the old one with more in its last row, or with more rows."""
    if not new or old.kind is not BlockKind.TABLE or new[0].kind is not BlockKind.TABLE:
        return False
    same = (old.gap, old.level, old.aligned) == (new[0].gap, new[0].level, new[0].aligned)
    return same and len(old.rows) > 1 and new[0].rows[: len(old.rows) - 1] == old.rows[:-1]
