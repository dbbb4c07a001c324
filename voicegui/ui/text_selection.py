"""A text that can be read and not written: its caret for the keyboard, and a selection that stays while text is
written."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from .document import Document


@dataclass(frozen=True, slots=True)
class _Place:
    """A character of an entry, counted from its first one: it stays the same wherever the entry moves."""

    number: int
    offset: int

    @classmethod
    def of(cls, position: int, document: QTextDocument, page: Document) -> "_Place | None":
        number = document.findBlock(position).userState()
        first = next(page.blocks(number), None) if number in page.shown else None
        return cls(number, position - first.position()) if first is not None else None

    def position(self, page: Document) -> int | None:
        """None if the entry has gone."""
        first = next(page.blocks(self.number), None) if self.number in page.shown else None
        return first.position() + self.offset if first is not None else None


class Selection:
    """What `cursor` has selected. Qt itself lets a selection grow into text that is added right at its end."""

    def __init__(self, cursor: QTextCursor, page: Document) -> None:
        self._text = cursor.selectedText()
        self._ends = [_Place.of(position, cursor.document(), page) for position in (cursor.anchor(), cursor.position())]
        self._page = page

    def again(self, cursor: QTextCursor) -> QTextCursor | None:
        """The same text selected now; None if `cursor` has just that selected, or it has changed or gone."""
        anchor, position = (place.position(self._page) if place else None for place in self._ends)
        if anchor is None or position is None or max(anchor, position) >= cursor.document().characterCount():
            return None
        if (anchor, position) == (cursor.anchor(), cursor.position()):
            return None
        made = QTextCursor(cursor)
        made.setPosition(anchor)
        made.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        return made if made.selectedText() == self._text else None


# ---------------------------------------------------------------- caret

_KEYS = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End,
)  # fmt: skip


class Caret(QObject):
    """Hides the caret until a key moves it, and hides it again when the mouse or another widget takes over. It appears
    where somebody looks, not where it was left."""

    def __init__(self, edit: QTextEdit | QPlainTextEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        edit.setCursorWidth(0)
        edit.installEventFilter(self)
        edit.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and event.key() in _KEYS:
            self._appear()
        elif event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.FocusOut):
            self._edit.setCursorWidth(0)
        return False

    def _appear(self) -> None:
        if self._edit.cursorWidth():
            return
        self._edit.setCursorWidth(1)
        cursor = self._edit.textCursor()
        if not cursor.hasSelection() and not self._edit.viewport().rect().intersects(self._edit.cursorRect()):
            seen = self._edit.cursorForPosition(QPoint(0, self._edit.fontMetrics().height()))
            seen.movePosition(QTextCursor.MoveOperation.StartOfLine)
            self._edit.setTextCursor(seen)
