"""The conversation as text: streams, can be selected and copied, and never runs what a reply contains."""

import time
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QCursor,
    QDesktopServices,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QToolTip, QWidget

from voicegui.core.events import Event
from voicegui.core.wording import shown

from .actions import ToggleCall, action_at
from .buttons import FOCUS_REASONS
from .document import Document
from .missing_glyphs import Fonts, read_in
from .paragraphs import code_at
from .scroll_position import InSight
from .text_backgrounds import TextBackgrounds
from .text_formats import Formats
from .text_pieces import COLUMN, column
from .text_selection import Caret
from .theme import Theme
from .transcript_entries import Changed, Cleared, Kind, LogChange, LogEntry, Removed
from .transcript_log import TranscriptLog

FRAME_MS = 33
"""A streaming reply is written this often; less often when writing takes long."""


class Transcript(QTextBrowser):
    """Shows a `TranscriptLog`. Every block of the document carries the number of its entry as user state."""

    acted = Signal(object)
    """The `Action` of the link that was followed."""
    unopened = Signal(str)
    """A link led nowhere: a sentence about it."""
    hovered = Signal(int)
    """Number of the entry under the mouse, -1 for none."""

    def __init__(self, theme: Theme, log: TranscriptLog, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._log = log
        self._page = Document(self.document(), Formats(theme), COLUMN)
        self._grounds = TextBackgrounds(theme, self._page)
        self._dirty: dict[int, LogEntry] = {}
        self.fonts = Fonts()
        self._ring = False
        self._word: tuple[int, int] | None = None
        self.in_sight = InSight(self, theme, log, self._page, self._grounds)
        self._flush = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._flush.timeout.connect(self.flush)
        self._set_up()
        theme.changed.connect(self.rebuild)

    def _set_up(self) -> None:
        self.setAccessibleName(shown("Conversation"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(1)  # in a low window a question needs its room
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._follow_link)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setMouseTracking(True)
        self.setLineWrapMode(self.LineWrapMode.FixedPixelWidth)
        self.setLineWrapColumnOrWidth(COLUMN)
        Caret(self)

    # ------------------------------------------------------------ content

    def apply(self, event: Event) -> None:
        self.show_changes(self._log.apply(event))
        self.in_sight.hear(event)

    def show_changes(self, changes: Sequence[LogChange]) -> None:
        """What somebody has said themselves comes into sight, wherever they have scrolled."""
        for change in changes:
            match change:
                case Changed(entry):
                    before = self._dirty.get(entry.number) or self.entry(entry.number)
                    if entry.kind is Kind.USER and not entry.partial and entry != before:
                        self.in_sight.following.go_live()
                    self._dirty[entry.number] = entry
                case Removed(number):
                    self._dirty.pop(number, None)
                    self._page.remove(number)
                case Cleared():
                    self.fonts.forget()
                    self._dirty.clear()
                    self._page.clear(self._page.formats)
        if self._dirty and not self._flush.isActive():
            self._flush.start()

    def flush(self) -> None:
        """Writes what has changed."""
        began = time.perf_counter()
        if complaint := self.fonts.complaint("".join(read_in(entry) for entry in self._dirty.values())):
            self.show_changes(self._log.tell_of_boxes(complaint))
        self._flush.stop()
        dirty, self._dirty = self._dirty, {}
        new = [entry.number for entry in dirty.values() if self.in_sight.is_news(entry)]
        with self.in_sight.undisturbed():
            for entry in dirty.values():
                self._page.write(entry)
            if old := self._log.trim():
                self._page.remove_first(old)
        self.in_sight.written(new)
        took_ms = (time.perf_counter() - began) * 1000
        self._flush.setInterval(max(FRAME_MS, round(took_ms * 4)))
        self.viewport().update()

    def rebuild(self) -> None:
        """Writes everything again, in other colours."""
        with self.in_sight.kept():
            self._page.clear(Formats(self._theme))
            everything = QTextCursor(self.document())
            everything.beginEditBlock()  # one layout at the end instead of one for each entry
            for entry in self._log.everything:
                self._page.write(entry)
            everything.endEditBlock()
            self._dirty.clear()

    def show_opened(self, changes: Sequence[LogChange]) -> None:
        """Something was opened where somebody looks: its start stays where it is, or comes into sight, not its end."""
        self.in_sight.following.stay()
        at = self.textCursor()
        start, end, link = at.selectionStart(), at.selectionEnd(), at.charFormat().anchorHref()
        self.show_changes(changes)
        self.flush()
        if start < end:  # the keyboard is on a link: there it stays, or where that was
            at.setPosition(start)
            at.setPosition(min(end, self.document().characterCount() - 1), QTextCursor.MoveMode.KeepAnchor)
            if at.charFormat().anchorHref() != link:
                at.setPosition(start)
            self.setTextCursor(at)
        self.in_sight.bring([change.entry.number for change in changes if isinstance(change, Changed)])

    def mark_word(self, number: int, position: int) -> None:
        """Marks the word of entry `number` at character `position` of its text; position 0 marks nothing."""
        word = (number, position) if position > 0 else None
        if word != self._word:
            self._word = word
            self.in_sight.mark_word(word)
            self.viewport().update()

    def entry(self, number: int) -> LogEntry | None:
        known = self._page.shown.get(number)
        return known.entry if known else None

    def entry_at(self, point: QPoint) -> LogEntry | None:
        """The entry at a point of the viewport."""
        block = self.cursorForPosition(point).block()
        return self.entry(block.userState()) if block.isValid() else None

    def entry_rect(self, number: int) -> QRect:
        """Its text and, for the user's, its bubble, in the viewport; empty if it is not shown."""
        return self.in_sight.rect(number)

    # ------------------------------------------------------------ geometry

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        outer = self.width()
        left, width = column(outer)
        # the scroll bar stands outside the viewport's margins, so the right one is less wide by it
        bar = self.verticalScrollBar().sizeHint().width()
        self.setViewportMargins(left, 0, max(0, outer - width - left - bar), 0)
        if width != self._page.width:
            with self.in_sight.undisturbed():
                self._page.width = width
                self.setLineWrapColumnOrWidth(width)
                self._page.fit(width)
        self.in_sight.written(())

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(0, -self.verticalScrollBar().value())
        for block in self._visible_blocks():
            self._grounds.paint(painter, block)
        if self._word is not None:
            self._grounds.paint_word(painter, *self._word)
        painter.resetTransform()
        self._paint_frame(painter)
        painter.end()
        super().paintEvent(event)

    def _visible_blocks(self) -> Iterator[QTextBlock]:
        block = self.cursorForPosition(QPoint(0, 0)).block()
        bottom = self.verticalScrollBar().value() + self.viewport().height()
        while block.isValid() and block.layout().position().y() - 40 < bottom:
            yield block
            block = block.next()

    def _paint_frame(self, painter: QPainter) -> None:
        if self._ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("you"), 2))
            painter.drawRoundedRect(QRectF(self.viewport().rect()).adjusted(1, 3, -1, -3), 8, 8)

    # ------------------------------------------------------------ hands

    def _follow_link(self, url: QUrl) -> None:
        if action := action_at(url.toString(QUrl.ComponentFormattingOption.FullyEncoded)):
            self.acted.emit(action)
        elif url.scheme() in ("http", "https") and not QDesktopServices.openUrl(url):
            self.unopened.emit(shown("No web browser opened. The address is {address}", address=url.toString()))

    def copy_code(self, number: int, start: int) -> None:
        """The code at character `start` of entry `number` goes to the clipboard."""
        known = self._page.shown.get(number)
        if known is not None:
            QGuiApplication.clipboard().setText(code_at(known.layout.blocks, start))
            QToolTip.showText(QCursor.pos(), shown("Copied"), self)

    def _call_at(self, point: QPointF) -> int | None:
        """Number of the call whose frame is there."""
        block = self.cursorForPosition(point.toPoint()).block()
        inside = self._grounds.frame(block).contains(point + QPointF(0, self.verticalScrollBar().value()))
        return block.userState() if inside else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseMoveEvent(event)
        if not event.buttons() and not self.anchorAt(event.position().toPoint()):
            over = self._call_at(event.position()) is not None
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.in_sight.following.hold(event.button() == Qt.MouseButton.LeftButton)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The whole frame of a call opens it; its text does so as a link, for the keyboard too."""
        super().mouseReleaseEvent(event)
        self.in_sight.following.hold(False)
        point, left = event.position(), event.button() == Qt.MouseButton.LeftButton
        if left and not self.anchorAt(point.toPoint()) and not self.textCursor().hasSelection():
            number = self._call_at(point)
            if number is not None:
                self.acted.emit(ToggleCall(number))

    def loadResource(self, kind: int, name: QUrl | str) -> None:  # noqa: N802
        """Nothing is ever fetched."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Space:
            event.ignore()  # push-to-talk
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        super().wheelEvent(event)
        self.hovered.emit(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._ring = event.reason() in FOCUS_REASONS
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._ring = False
        super().focusOutEvent(event)
