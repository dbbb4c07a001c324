"""Text: a line or a page of it."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout

from voicegui.core.setting_declaration import SettingDeclaration

from ..theme import interface_font
from .value_controls import CONTROL_HEIGHT, Control

LONG_HEIGHT = 104


class LineControl(Control):
    """One line of text; changed when it is left or Enter is pressed."""

    def __init__(self, declared: SettingDeclaration) -> None:
        super().__init__()
        self._shown = ""
        self.field = QLineEdit(self)
        self.field.setAccessibleName(declared.label)
        self.field.setAccessibleDescription(declared.help)
        self.field.setPlaceholderText(declared.example)
        self.field.setFont(interface_font(13))
        self.field.setFixedHeight(CONTROL_HEIGHT)
        self.field.editingFinished.connect(self._finished)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.field)
        self.setFixedHeight(CONTROL_HEIGHT)
        self.setFocusProxy(self.field)

    def show_value(self, value: object) -> None:
        if value != self._shown:  # the change of something else must not take what is being typed here
            self._shown = str(value)
            self.field.setText(self._shown)

    def give_up(self) -> None:
        """Shows the value again in place of what was typed."""
        self.field.setText(self._shown)

    def typed(self) -> bool:
        return self.field.text().strip() != self._shown

    def suggest(self, text: str) -> None:
        """What holds while it is empty."""
        self.field.setPlaceholderText(text)

    def _finished(self) -> None:
        """Also when it is the value again: a refused text may have stood here."""
        self.changed.emit(self.field.text().strip())


class _Page(QPlainTextEdit):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.left.emit()


class LongControl(Control):
    """Several lines of text; changed when it is left. Tab leaves it."""

    def __init__(self, declared: SettingDeclaration) -> None:
        super().__init__()
        self._shown = ""
        self.field = _Page(self)
        self.field.setAccessibleName(declared.label)
        self.field.setAccessibleDescription(declared.help)
        self.field.setTabChangesFocus(True)
        self.field.setFont(interface_font(13))
        self.field.setFixedHeight(LONG_HEIGHT)
        self.field.left.connect(self._left)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.field)
        self.setFocusProxy(self.field)

    def show_value(self, value: object) -> None:
        if value != self._shown:
            self._shown = str(value)
            self.field.setPlainText(self._shown)

    def give_up(self) -> None:
        """Shows the value again in place of what was typed."""
        self.field.setPlainText(self._shown)

    def typed(self) -> bool:
        return self.field.toPlainText().strip() != self._shown.strip()

    def go_to(self, line: int, column: int) -> None:
        """Puts the caret there; both begin with 1."""
        block = self.field.document().findBlockByNumber(line - 1)
        if block.isValid():
            caret = self.field.textCursor()
            caret.setPosition(min(block.position() + column - 1, block.position() + block.length() - 1))
            self.field.setTextCursor(caret)
            self.field.ensureCursorVisible()

    def suggest(self, text: str) -> None:
        """What holds while it is empty."""
        self.field.setPlaceholderText(text)

    def _left(self) -> None:
        text = self.field.toPlainText().strip()
        if text != self._shown:
            self.changed.emit(text)
