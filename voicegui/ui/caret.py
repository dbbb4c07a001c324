"""The caret of a text that can be read and not written: only the keyboard needs it, to read and to select."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

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
