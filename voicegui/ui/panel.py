"""The few settings within reach of the gear: a panel over the window, not a dialog. It applies at once."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLabel, QSlider, QWidget

from voicegui.core.settings import Settings, declared

from .buttons import Button, Face, Look
from .theme import Theme, ThemeChoice, interface_font

WIDTH = 320
PADDING = 16


class Switch(QAbstractButton):
    """On or off."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setFixedSize(44, 26)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

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


class Panel(QWidget):
    """Covers the window so that a click beside it closes it; paints itself as a card below the gear."""

    changed = Signal(object)
    """The changed `Settings`."""
    theme_chosen = Signal(object)
    """A `ThemeChoice`."""
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._theme = theme
        self._settings = Settings()
        self._y = PADDING
        self._rows: list[tuple[QWidget, QRect]] = []
        self.setAccessibleName("Settings")
        about = {each.name: (each.label, each.help) for each in declared()}
        self.hands_free = Switch(theme, about["hands_free"][0], self)
        self.hands_free.clicked.connect(lambda on: self._change(hands_free=on))
        self._row(*about["hands_free"], self.hands_free)
        self.patience, self._patience_value = self._slider("patience", about["patience"])
        self.threshold, self._threshold_value = self._slider("threshold", about["threshold"])
        self.themes = [self._theme_button(choice) for choice in ThemeChoice]
        self._row("Theme", "Follows the system, or stays light or dark", None)
        for index, button in enumerate(self.themes):
            self._place(button, QRect(PADDING + index * 98, self._y, 92, 32))
        self._height = self._y + 32 + PADDING
        self.hide()
        theme.changed.connect(self._dress)
        self._dress()

    def open(self, settings: Settings, right: int, top: int) -> None:
        """Its upper right corner at (right, top) of the window."""
        self._settings = settings
        self.hands_free.setChecked(settings.hands_free)
        for slider, value in ((self.patience, settings.patience), (self.threshold, settings.threshold)):
            slider.blockSignals(True)
            slider.setValue(round(value * 100))
            slider.blockSignals(False)
        self._show_values()
        self._dress()
        self.place(right, top)
        self.show()
        self.raise_()
        self.hands_free.setFocus(Qt.FocusReason.TabFocusReason)

    def place(self, right: int, top: int) -> None:
        self.setGeometry(self._window.rect())
        self._card = QRect(max(8, right - WIDTH), top, WIDTH, self._height)
        for widget, rect in self._rows:
            widget.setGeometry(rect.translated(self._card.topLeft()))
        self.update()

    def leave(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def _change(self, **values: object) -> None:
        self._settings = replace(self._settings, **values)  # type: ignore[arg-type]
        self._show_values()
        self.changed.emit(self._settings)

    def _show_values(self) -> None:
        self._patience_value.setText(f"{self._settings.patience:.1f} ×")
        self._threshold_value.setText(f"{self._settings.threshold:.2f}")

    def _slider(self, name: str, about: tuple[str, str]) -> tuple[QSlider, QLabel]:
        about_it = next(each for each in declared() if each.name == name)
        assert about_it.low is not None and about_it.high is not None
        value = QLabel(self)
        value.setFont(interface_font(13))
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._row(*about, value)
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setAccessibleName(about[0])
        slider.setRange(round(about_it.low * 100), round(about_it.high * 100))
        slider.setSingleStep(5)
        slider.setPageStep(10)
        slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        change: Callable[[int], None] = lambda at: self._change(**{name: at / 100})  # noqa: E731
        slider.valueChanged.connect(change)
        self._place(slider, QRect(PADDING, self._y - 6, WIDTH - 2 * PADDING, 24))
        self._y += 28
        return slider, value

    def _row(self, label: str, help: str, control: QWidget | None) -> None:
        title = QLabel(label, self)
        title.setFont(interface_font(15, QFont.Weight.Medium))
        self._place(title, QRect(PADDING, self._y, 200, 22))
        if control is not None:
            width = 44 if isinstance(control, Switch) else 80
            self._place(control, QRect(WIDTH - PADDING - width, self._y, width, 26))
        text = QLabel(help, self)
        text.setObjectName("quiet")
        text.setFont(interface_font(13))
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignTop)
        text.setFixedWidth(WIDTH - 2 * PADDING - (60 if isinstance(control, Switch) else 0))
        height = text.heightForWidth(text.width())
        self._place(text, QRect(PADDING, self._y + 23, text.width(), height))
        self._y += 23 + height + 12

    def _theme_button(self, choice: ThemeChoice) -> Button:
        button = Button(self._theme, Look.RAISED, Face(text=choice.value.title()), f"Theme: {choice.value}", self)
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setFixedHeight(32)
        button.clicked.connect(lambda: self.theme_chosen.emit(choice))
        return button

    def _place(self, widget: QWidget, rect: QRect) -> None:
        self._rows.append((widget, rect))

    def _dress(self) -> None:
        for choice, button in zip(ThemeChoice, self.themes, strict=True):
            button.setChecked(self._theme.choice is choice)
        quiet = self._theme.tokens.secondary
        self.setStyleSheet(f"QLabel {{ color: {self._theme.tokens.text}; }} QLabel#quiet {{ color: {quiet}; }}")

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self._card.contains(event.position().toPoint()):
            self.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Space:
            event.accept()  # not push-to-talk while the panel is open
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for grow in (6, 4, 2):  # a soft edge without an effect that redraws the window
            shade = self._theme.color("text")
            shade.setAlphaF(0.03)
            painter.setBrush(shade)
            painter.drawRoundedRect(QRectF(self._card).adjusted(-grow, -grow + 2, grow, grow + 2), 14, 14)
        painter.setPen(QPen(self._theme.color("line")))
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(QRectF(self._card).adjusted(0.5, 0.5, -0.5, -0.5), 12, 12)
        painter.end()
