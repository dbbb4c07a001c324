"""What is painted behind the text of the transcript: bubbles, code, frames of calls with their icons, a word's mark."""

from collections.abc import Iterator
from typing import Any, cast

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QTextBlock, QTextLine

from voicegui.core.text.markdown_runs import BlockKind

from .document import Document
from .paragraphs import TONES, word_at
from .text_formats import KIND, PADDING, TOOL_MARGIN, bubble
from .text_pieces import Tone
from .theme import Theme
from .tool_entries import CallState
from .transcript_entries import Kind

ICONS = {
    CallState.WAITING: "call-waiting",
    CallState.RUNNING: "state-thinking",
    CallState.CANCELLING: "state-thinking",
    CallState.DONE: "done",
    CallState.FAILED: "state-problem",
    CallState.CANCELLED: "stop",
    CallState.REFUSED: "call-refused",
}


class TextBackgrounds:
    """Paints in the coordinates of the document."""

    def __init__(self, theme: Theme, page: Document) -> None:
        self._theme = theme
        self._page = page

    def paint(self, painter: QPainter, block: QTextBlock) -> None:
        rect, width = _rect(block), self._page.width
        painter.setPen(Qt.PenStyle.NoPen)
        match block.blockFormat().stringProperty(KIND):
            case Kind.USER:
                left = block.blockFormat().leftMargin() - PADDING
                shown = self._page.shown.get(block.userState())
                aside = shown is not None and (shown.entry.past or shown.entry.waiting)
                painter.setBrush(self._theme.color("chip" if aside else "you_ground"))
                painter.drawPath(bubble(QRectF(left, rect.y() - 9, width - left, rect.height() + 18)))
            case Kind.TOOL:
                self._paint_call(painter, block)
            case BlockKind.CODE:
                painter.setBrush(self._theme.color("chip"))
                painter.drawRoundedRect(QRectF(0, rect.y() - 5, width, rect.height() + 10), 8, 8)
            case BlockKind.QUOTE:
                painter.setBrush(self._theme.color("line"))
                painter.drawRoundedRect(QRectF(0, rect.y(), 3, rect.height()), 1.5, 1.5)
            case BlockKind.RULE:
                painter.setBrush(self._theme.color("line"))
                painter.drawRect(QRectF(0, rect.y() + rect.height() / 2, width, 1))

    def frame(self, block: QTextBlock) -> QRectF:
        """Around the line of a call; empty for any other block."""
        if block.blockFormat().stringProperty(KIND) != Kind.TOOL:
            return QRectF()
        layout, rect = block.layout(), _rect(block)
        text = max((layout.lineAt(i).naturalTextWidth() for i in range(layout.lineCount())), default=0.0)
        return QRectF(0, rect.y() - 8, text + 2 * TOOL_MARGIN, rect.height() + 16)

    def paint_word(self, painter: QPainter, number: int, position: int) -> None:
        """Marks the word of entry `number` at character `position` of its text."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("agent_ground"))
        for rect in self.word(number, position):
            painter.drawRoundedRect(rect, 4, 4)

    def word(self, number: int, position: int) -> Iterator[QRectF]:
        """Where that word stands: a rectangle for each of its formats."""
        shown = self._page.shown.get(number)
        if shown is None:
            return
        start, end = word_at(shown.entry.text, position)
        for block, at, pieces in self._page.lines(shown.entry.number):
            for piece in pieces:
                first, last = max(start, piece.start), min(end, piece.end)
                if piece.start >= 0 and first < last:
                    if piece.width:
                        first, last = piece.start, piece.start + len(piece.text)
                    yield from _on_line(block, at + first - piece.start, at + last - piece.start)
                at += len(piece.text)

    def _paint_call(self, painter: QPainter, block: QTextBlock) -> None:
        shown = self._page.shown.get(block.userState())
        if shown is None or (call := shown.entry.call) is None:
            return
        tokens, icons, frame = self._theme.tokens, self._theme.icons, self.frame(block)
        painter.setPen(QPen(self._theme.color("line")))
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        line = (frame.height() - 16) / block.layout().lineCount()
        y = frame.y() + 8 + (line - 16) / 2
        tone = getattr(tokens, TONES.get(call.state, Tone.QUIET).value)
        icons.paint(painter, ICONS[call.state], tone, 12, y, 16)
        icons.paint(painter, "chevron-up" if call.opened else "chevron", tokens.secondary, frame.right() - 26, y, 16)


def _rect(block: QTextBlock) -> QRectF:
    layout = block.layout()
    return layout.boundingRect().translated(layout.position())


def _on_line(block: QTextBlock, first: int, last: int) -> Iterator[QRectF]:
    """Around the characters from `first` to before `last`, on the line of the first one."""
    layout = block.layout()
    line = layout.lineForTextPosition(first)
    if line.isValid():
        left, right = _x(line, first), _x(line, min(last, line.textStart() + line.textLength()))
        corner = block.document().documentLayout().blockBoundingRect(block).topLeft()  # in a table too
        yield QRectF(corner.x() + left - 3, corner.y() + line.y() - 1, right - left + 6, 21)


def _x(line: QTextLine, position: int) -> float:
    """The x of a character of a line. PySide returns a pair, whatever its stubs say."""
    x = line.cursorToX(position)
    return float(cast(Any, x)[0] if isinstance(x, tuple) else cast(float, x))
