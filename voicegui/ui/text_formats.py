"""Paragraphs and tables as formats of a Qt document."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPainterPath,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextFrameFormat,
    QTextLayout,
    QTextOption,
    QTextTable,
    QTextTableFormat,
)

from voicegui.core.addresses import plain_address, shown_host
from voicegui.core.text.markdown_runs import BlockKind, Style
from voicegui.core.text.sanitiser import tip

from .actions import ToggleCall, address_of
from .text_pieces import Paragraph, Piece
from .theme import Theme, interface_font, tabular
from .transcript_entries import Kind

if TYPE_CHECKING:
    from .document import Document

LINE = 23
"""Logical pixels of a line of 15 px text: 1.5 times."""
PADDING = 14
"""Of a bubble, left and right."""
RADIUS = 14
INDENT = 22
"""Of each level of a list."""
COPY_WIDTH = 40
"""Of what copies code: Qt aligns nothing to the right in a block of several lines."""
TOOL_MARGIN = 36
"""Left and right of the line of a call: for its icon, and for the mark that it opens."""
HEADING_PIXELS = (18, 18, 15, 15, 15, 15)

_ALIGNED = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "center": Qt.AlignmentFlag.AlignHCenter,
    "right": Qt.AlignmentFlag.AlignRight,
}
TABLE_END = "table end"
"""Kind of the block behind a table, which Qt wants."""

KIND = QTextFormat.Property.UserProperty.value + 1
"""Property of a block: the kind of its paragraph, for painting what is behind it."""

_FORBIDDEN = dict.fromkeys((0x00, 0x0D, 0x2029, 0xFDD0, 0xFDD1, 0xFFFC), "\ufffd") | {0x0A: "\u2028"}
"""Characters with a meaning of their own in a Qt document; a line break stays inside its block."""


def without_qt_marks(text: str) -> str:
    """As many characters, none of which means anything to Qt."""
    return text.translate(_FORBIDDEN)


class Formats:
    """Builds formats for one theme and one width."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._font = interface_font(15)
        self._small = tabular(interface_font(12))
        self._line = tabular(interface_font(13))
        self._mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._mono.setPixelSize(13)

    def prefix(self, paragraph: Paragraph) -> str:
        """What is written before its pieces."""
        return f"{paragraph.mark}\t" if paragraph.mark else ""

    def block(self, paragraph: Paragraph, width: int) -> QTextBlockFormat:
        made = QTextBlockFormat()
        made.setProperty(KIND, paragraph.kind.value)
        made.setTopMargin(paragraph.gap)
        height = 18 if paragraph.small else 20 if paragraph.kind is BlockKind.CODE else LINE
        made.setLineHeight(height, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        match paragraph.kind:
            case Kind.USER:
                text = "".join(piece.text for piece in paragraph.pieces)
                italic = any(Style.ITALIC in piece.style for piece in paragraph.pieces)
                made.setLeftMargin(width - PADDING - self._bubble_width(text, italic, width))
                made.setRightMargin(PADDING)
            case Kind.TOOL:
                made.setLeftMargin(TOOL_MARGIN)
                made.setRightMargin(TOOL_MARGIN)
            case Kind.NOTE:
                made.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            case Kind.FAILED if paragraph.small:  # below the question that was not answered
                made.setAlignment(Qt.AlignmentFlag.AlignRight)
            case BlockKind.ITEM:
                made.setLeftMargin(INDENT * (paragraph.level + 1))
                made.setTextIndent(-INDENT)
                made.setTabPositions([QTextOption.Tab(INDENT, QTextOption.TabType.LeftTab)])
            case BlockKind.CODE:
                made.setLeftMargin(PADDING)
                made.setRightMargin(PADDING)
                made.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # whatever its first letter is
                made.setTabPositions(self.code_tabs(width))
            case BlockKind.TABLE:
                made.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
            case BlockKind.QUOTE | BlockKind.FORMULA:
                made.setLeftMargin(PADDING + INDENT * paragraph.level)
            case BlockKind.PARAGRAPH:
                made.setLeftMargin(INDENT * paragraph.level)
            case _:
                pass
        return made

    @staticmethod
    def code_tabs(width: int) -> list[QTextOption.Tab]:
        """What copies the code stands at its right."""
        return [QTextOption.Tab(width - 2 * PADDING - COPY_WIDTH, QTextOption.TabType.LeftTab)]

    def table(self) -> QTextTableFormat:
        made = QTextTableFormat()
        made.setBorder(1)
        made.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        made.setBorderBrush(self._theme.color("line"))
        made.setBorderCollapse(True)
        made.setCellPadding(7)
        made.setCellSpacing(0)
        made.setHeaderRowCount(1)
        return made

    def cell(self, aligned: str) -> QTextBlockFormat:
        made = QTextBlockFormat()
        made.setLineHeight(20, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        made.setAlignment(_ALIGNED.get(aligned, Qt.AlignmentFlag.AlignLeading))
        return made

    def head(self) -> QTextCharFormat:
        """Of the cells of the head."""
        made = QTextCharFormat()
        made.setBackground(self._theme.color("chip"))
        return made

    def char(self, piece: Piece, paragraph: Paragraph) -> QTextCharFormat:
        font = QFont(self._small if paragraph.small else self._font)
        if Style.CODE in piece.style:
            font = QFont(self._mono)
        if paragraph.kind is BlockKind.CODE and Style.CODE not in piece.style:
            font = QFont(self._small)  # the line above it
        if paragraph.kind is BlockKind.TABLE:
            font.setPixelSize(min(font.pixelSize(), 14))
        if paragraph.kind is BlockKind.HEADING:
            font.setPixelSize(HEADING_PIXELS[paragraph.level - 1])
            font.setWeight(QFont.Weight.DemiBold)
        if paragraph.kind is Kind.TOOL:
            font = QFont(self._line)
        if Style.BOLD in piece.style:
            font.setWeight(QFont.Weight.DemiBold if paragraph.kind is Kind.TOOL else QFont.Weight.Bold)
        font.setItalic(Style.ITALIC in piece.style)
        font.setStrikeOut(Style.STRUCK in piece.style)
        font.setUnderline(bool(piece.link or piece.action) and not isinstance(piece.action, ToggleCall))
        made = QTextCharFormat()
        made.setFont(font)
        tone = "secondary" if paragraph.kind is BlockKind.QUOTE and piece.tone == "text" else piece.tone.value
        made.setForeground(self._theme.color(tone))
        if piece.action:
            made.setAnchor(True)
            made.setAnchorHref(address_of(piece.action))
        elif piece.link:
            address = plain_address(piece.link)
            made.setAnchor(True)
            made.setAnchorHref(address)
            made.setToolTip(tip(f"{shown_host(address)}\n{address}"))
        return made

    def fitted(self, paragraph: Paragraph, width: int) -> Sequence[Piece]:
        """Its pieces; one that gives way is cut to the room there is in a column of `width`."""
        if not any(piece.gives for piece in paragraph.pieces):
            return paragraph.pieces
        room = width - 2 * TOOL_MARGIN - 2.0
        room -= sum(self._advance(piece, paragraph) for piece in paragraph.pieces if not piece.gives)
        return [self._elided(piece, paragraph, room) if piece.gives else piece for piece in paragraph.pieces]

    def _metrics(self, piece: Piece, paragraph: Paragraph) -> QFontMetricsF:
        return QFontMetricsF(self.char(piece, paragraph).font())

    def _advance(self, piece: Piece, paragraph: Paragraph) -> float:
        return self._metrics(piece, paragraph).horizontalAdvance(piece.text)

    def _elided(self, piece: Piece, paragraph: Paragraph, room: float) -> Piece:
        metrics = self._metrics(piece, paragraph)
        return replace(piece, text=metrics.elidedText(piece.text, Qt.TextElideMode.ElideRight, max(room, 0.0)))

    def _bubble_width(self, text: str, italic: bool, width: int) -> float:
        """Logical pixels that the text of a bubble takes when it may be at most four fifths of the column wide."""
        font = QFont(self._font)
        font.setItalic(italic)
        layout = QTextLayout(without_qt_marks(text), font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        widest = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width * 0.8 - 2 * PADDING)
            widest = max(widest, line.naturalTextWidth())
        layout.endLayout()
        return widest + 2  # a fraction of a pixel less would wrap the last word


def bubble(rect: QRectF) -> QPainterPath:
    """A rounded rectangle whose lower right corner points at who speaks."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addRoundedRect(rect, RADIUS, RADIUS)
    path.addRoundedRect(rect.adjusted(rect.width() - 2 * RADIUS, rect.height() - 2 * RADIUS, 0, 0), 4, 4)
    return path


# ---------------------------------------------------------------- tables


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
                cursor.insertText(without_qt_marks(piece.text), char)


def grows(old: Paragraph, new: tuple[Paragraph, ...]) -> bool:
    """The new table is the old one with more in its last row, or with more rows."""
    if not new or old.kind is not BlockKind.TABLE or new[0].kind is not BlockKind.TABLE:
        return False
    same = (old.gap, old.level, old.aligned) == (new[0].gap, new[0].level, new[0].aligned)
    return same and len(old.rows) > 1 and new[0].rows[: len(old.rows) - 1] == old.rows[:-1]
