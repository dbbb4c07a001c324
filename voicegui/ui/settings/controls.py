"""What a value is changed with: a switch, a slider, a number, a line or a page of text."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from voicegui.core.setting_declaration import SettingDeclaration
from voicegui.core.wording import shown

from ..buttons import Button, ButtonLook, Face
from ..theme import Theme, interface_font, tabular

WIDTH = 230
CONTROL_HEIGHT = 36


class Control(QWidget):
    """Shows one value and says when a person has changed it. `show_value` says nothing."""

    changed = Signal(object)

    def show_value(self, value: object) -> None:
        raise NotImplementedError

    def typed(self) -> bool:
        """Something stands there that is not applied yet."""
        return False


class Switch(QAbstractButton):
    """On or off."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setFixedSize(44, 26)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(44, 26)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        ring = "text" if self.hasFocus() else "you" if on else "faint"
        painter.setPen(QPen(self._theme.color(ring), 2 if self.hasFocus() else 1))
        painter.setBrush(self._theme.color("you" if on else "chip"))
        painter.drawRoundedRect(QRectF(1, 1, 42, 24), 12, 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("on_you" if on else "secondary"))
        painter.drawEllipse(QRectF(22 if on else 4, 4, 18, 18))
        painter.end()


class SwitchControl(Control):
    def __init__(self, theme: Theme, declared: SettingDeclaration) -> None:
        super().__init__()
        self.switch = Switch(theme, declared.label, self)
        self.switch.setAccessibleDescription(declared.help)
        self.switch.clicked.connect(lambda on: self.changed.emit(on))
        self.setFixedSize(44, 26)
        self.setFocusProxy(self.switch)

    def show_value(self, value: object) -> None:
        self.switch.setChecked(bool(value))


class _Slider(QSlider):
    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()  # the wheel moves the page, never a value that happens to lie under it


class SliderControl(Control):
    """For a value one feels rather than knows; the number stands beside it."""

    def __init__(self, declared: SettingDeclaration) -> None:
        super().__init__()
        assert declared.low is not None and declared.high is not None
        self._declared = declared
        self.slider = _Slider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName(declared.label)
        self.slider.setAccessibleDescription(declared.help)
        self.slider.setRange(round(declared.low / declared.step), round(declared.high / declared.step))
        self.slider.setPageStep(2)
        self.slider.setMinimumHeight(24)  # of its handle
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._number = QLabel(self)
        self._number.setTextFormat(Qt.TextFormat.PlainText)
        self._number.setFont(tabular(interface_font(13)))
        self._number.setFixedWidth(52)
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.slider)
        layout.addWidget(self._number)
        self.setFixedHeight(CONTROL_HEIGHT)
        self.setFocusProxy(self.slider)
        self.slider.valueChanged.connect(self._moved)

    def show_value(self, value: object) -> None:
        assert isinstance(value, int | float)
        self._show_number(value)
        self.slider.blockSignals(True)
        self.slider.setValue(round(value / self._declared.step))
        self.slider.blockSignals(False)

    def _moved(self, at: int) -> None:
        value = round(at * self._declared.step, 4)  # 14 steps of 0.05 are 0.7, not 0.7000000000000001
        self._show_number(value)
        self.changed.emit(value)

    def _show_number(self, value: float) -> None:
        self._number.setText(f"{value:.2f} {self._declared.unit}".strip())


class _Box(QDoubleSpinBox):
    """Its own buttons are hidden by the style sheet: told to have none it would leave its text no room."""

    def textFromValue(self, value: float) -> str:  # noqa: N802
        return f"{value:.10g}"

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()


class NumberControl(Control):
    """A number with its unit, between a step less and a step more."""

    def __init__(self, theme: Theme, declared: SettingDeclaration) -> None:
        super().__init__()
        assert declared.low is not None and declared.high is not None
        self._whole = declared.kind is int
        self.box = _Box(self)
        self.box.setAccessibleName(declared.label)
        self.box.setAccessibleDescription(declared.help)
        self.box.setDecimals(0 if self._whole else 2)
        self.box.setRange(declared.low, declared.high)
        self.box.setSingleStep(declared.step)
        self.box.setSuffix(f" {declared.unit}" if declared.unit else "")
        self.box.setKeyboardTracking(False)  # half a number is none
        self.box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.box.setFont(tabular(interface_font(13)))
        self.box.setFixedHeight(32)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        less, more = shown("{setting}: less", setting=declared.label), shown("{setting}: more", setting=declared.label)
        for icon, name, steps in (("minus", less, -1), ("plus", more, 1)):
            button = Button(theme, ButtonLook.CHIP, Face(icon), name, self)
            button.setFixedWidth(32)
            button.setAutoRepeat(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys do it in the field
            button.clicked.connect(lambda _on=False, steps=steps: self.box.stepBy(steps))
            layout.addWidget(button)
        layout.insertWidget(1, self.box, 1)
        self.setFixedHeight(CONTROL_HEIGHT)
        self.setFocusProxy(self.box)
        self.box.valueChanged.connect(lambda value: self.changed.emit(int(value) if self._whole else value))

    def show_value(self, value: object) -> None:
        assert isinstance(value, int | float)
        self.box.blockSignals(True)
        self.box.setValue(value)
        self.box.blockSignals(False)

    def typed(self) -> bool:
        return self.box.cleanText() != self.box.textFromValue(self.box.value())


# ---------------------------------------------------------------- text
# Text: a line or a page of it.

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
        self.fault = (0, 0)
        """Line and column of what is wrong in it; both begin with 1, and are 0 where no place is known."""
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

    def go_to_fault(self) -> None:
        """Puts the caret there."""
        line, column = self.fault
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
