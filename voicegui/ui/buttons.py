"""Buttons that paint themselves. A click never takes the focus; the focus of the keyboard is always visible."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from voicegui.core.text.sanitiser import tip

from .theme import Theme, interface_font

FOCUS_REASONS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
GAP = 8


class ButtonLook(StrEnum):
    YOU = "you"
    AGENT = "agent"
    RECORDING = "recording"
    RAISED = "raised"
    CHIP = "chip"
    FLAT = "flat"
    LINK = "link"
    TITLE = "title"
    DIALOG = "dialog"
    DONE = "done"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Face:
    """What a button shows, from left to right."""

    icon: str = ""
    text: str = ""
    detail: str = ""
    """After the text, quieter; elided when there is no room."""
    key: str = ""
    """The key that does the same, in a little frame."""
    menu: bool = False
    """A chevron: it opens a menu."""


@dataclass(frozen=True, slots=True)
class _Style:
    ground: str | None
    hover: str | None
    ink: str
    border: str | None
    radius: int
    padding: int
    pixels: int
    weight: QFont.Weight
    height: int


_STYLES = {
    ButtonLook.YOU: _Style("you", "you", "on_you", None, 12, 20, 15, QFont.Weight.Medium, 44),
    ButtonLook.AGENT: _Style("agent", "agent", "on_agent", None, 12, 18, 15, QFont.Weight.Medium, 44),
    ButtonLook.RECORDING: _Style("recording", "recording", "on_recording", None, 12, 20, 15, QFont.Weight.Medium, 44),
    ButtonLook.RAISED: _Style("raised", "chip", "text", "line", 12, 14, 13, QFont.Weight.Medium, 44),
    ButtonLook.CHIP: _Style("chip", "line", "text", None, 8, 10, 13, QFont.Weight.Medium, 32),
    ButtonLook.FLAT: _Style(None, "chip", "secondary", None, 8, 8, 13, QFont.Weight.Normal, 32),
    ButtonLook.LINK: _Style(None, None, "text", None, 4, 3, 13, QFont.Weight.Normal, 22),
    ButtonLook.TITLE: _Style(None, "chip", "text", None, 8, 8, 15, QFont.Weight.DemiBold, 32),
    ButtonLook.DIALOG: _Style("raised", "chip", "text", "line", 12, 14, 15, QFont.Weight.Medium, 36),
    ButtonLook.DONE: _Style("you", "you", "on_you", None, 12, 20, 15, QFont.Weight.Medium, 36),
    ButtonLook.DANGER: _Style("raised", "chip", "error", "line", 12, 14, 15, QFont.Weight.Medium, 36),
}


class Button(QAbstractButton):
    """A button with an optional icon, detail, key hint and menu mark."""

    def __init__(self, theme: Theme, look: ButtonLook, face: Face, name: str, parent: QWidget | None = None) -> None:
        """`name` is what a screen reader says."""
        super().__init__(parent)
        self._theme = theme
        self._look = look
        self._style = _STYLES[look]
        self._ring = False
        self._hover = False
        self._font = interface_font(self._style.pixels, self._style.weight)
        self._quiet = interface_font(self._style.pixels)
        self._key_font = interface_font(12)
        self._face = face
        self.max_width = 10_000
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(self._style.height)
        self.name(name)
        self.show_face(face)

    def name(self, name: str) -> None:
        self.setAccessibleName(name)
        if not self._face.text:
            self.setToolTip(tip(name))

    @property
    def face(self) -> Face:
        return self._face

    def show_face(self, face: Face) -> None:
        self._face = face
        self.setText(face.text)
        self.updateGeometry()
        self.update()

    def wear(self, look: ButtonLook) -> None:
        """Another look of the same height, for another state of what it stands for."""
        self._look, self._style = look, _STYLES[look]
        self.update()

    def limit(self, width: int) -> None:
        """The widest it may want to be; its detail is elided beyond that."""
        self.max_width = width
        self.updateGeometry()

    def wanted_width(self) -> int:
        """Logical pixels of everything it has to show."""
        face, style = self._face, self._style
        if not (face.text or face.detail):
            return style.height
        parts = [16.0] if face.icon else []
        parts += [QFontMetricsF(self._font).horizontalAdvance(face.text)] if face.text else []
        parts += [QFontMetricsF(self._quiet).horizontalAdvance(face.detail)] if face.detail else []
        parts += [self._key_width()] if face.key else []
        parts += [16.0] if face.menu else []
        return round(sum(parts) + GAP * (len(parts) - 1) + 2 * style.padding + 1)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(min(self.wanted_width(), self.max_width), self._style.height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(min(self.wanted_width(), self.max_width, 64), self._style.height)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._ring = event.reason() in FOCUS_REASONS
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._ring = False
        super().focusOutEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        self._hover = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self._hover = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_face(painter)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        style, theme = self._style, self._theme
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        chosen = self._look is ButtonLook.RAISED and self.isChecked()
        role = "you_ground" if chosen and not self._warns() else style.hover if self._hover else style.ground
        if not self.isEnabled() and style.ink.startswith("on_"):
            role = "chip"
        border = "recording" if self._warns() else "you" if chosen else style.border
        painter.setPen(QPen(theme.color(border)) if border else Qt.PenStyle.NoPen)
        if role or style.border:
            ground = theme.color(role) if role else QColor(Qt.GlobalColor.transparent)
            if style.ink.startswith("on_") and self.isEnabled() and (self._hover or self.isDown() or self.lit()):
                ground = ground.darker(120 if self.isDown() or self.lit() else 108)
            painter.setBrush(ground)
            painter.drawRoundedRect(rect, style.radius, style.radius)
        if self._ring:
            ink = style.ink if style.ink.startswith("on_") else "you"
            inset = 3 if style.ink.startswith("on_") else 1
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color(ink), 2))
            painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), style.radius - 2, style.radius - 2)

    def lit(self) -> bool:
        """What it stands for is on."""
        return self.isChecked()

    def _warns(self) -> bool:
        """A picture alone that is switched on, as a muted microphone, must not be overlooked."""
        return self._look is ButtonLook.RAISED and self.isChecked() and not self._face.text

    def _paint_face(self, painter: QPainter) -> None:
        face, style = self._face, self._style
        role = "recording" if self._warns() else style.ink
        ink = getattr(self._theme.tokens, role if self.isEnabled() else "faint")
        height = self.height()
        icon_y = (height - 16) / 2
        if not (face.text or face.detail):
            self._theme.icons.paint(painter, face.icon, ink, (self.width() - 16) / 2, icon_y, 16)
            return
        quiet = ink if style.ink.startswith("on_") else self._theme.tokens.secondary
        x = float(style.padding)
        end = self.width() - style.padding
        if face.menu:
            self._theme.icons.paint(painter, "chevron", quiet, end - 14, icon_y, 16)
            end -= 16 + GAP
        if face.key:
            self._paint_key(painter, end - self._key_width(), ink)
            end -= round(self._key_width()) + GAP
        if face.icon:
            self._theme.icons.paint(painter, face.icon, quiet if self._look is ButtonLook.CHIP else ink, x, icon_y, 16)
            x += 16 + GAP
        for text, font, colour in ((face.text, self._font, ink), (face.detail, self._quiet, quiet)):
            if text:
                x += self._paint_text(painter, text, font, colour, x, end) + GAP

    def _paint_text(self, painter: QPainter, text: str, font: QFont, colour: str, x: float, end: float) -> float:
        metrics = QFontMetricsF(font)
        # Names of models and devices differ at both ends
        mode = Qt.TextElideMode.ElideMiddle if self._look is ButtonLook.CHIP else Qt.TextElideMode.ElideRight
        shown = metrics.elidedText(text, mode, max(0.0, end - x) + 0.5)
        if self._look is ButtonLook.LINK:
            font = QFont(font)
            font.setUnderline(True)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(QPointF(x, (self.height() + metrics.capHeight()) / 2), shown)
        return metrics.horizontalAdvance(shown)

    def _key_width(self) -> float:
        return QFontMetricsF(self._key_font).horizontalAdvance(self._face.key) + 10

    def _paint_key(self, painter: QPainter, x: float, ink: str) -> None:
        frame = QRectF(x, (self.height() - 18) / 2, self._key_width(), 18)
        colour = QColor(ink)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1))
        painter.setOpacity(0.7)
        painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setOpacity(1)
        painter.setFont(self._key_font)
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._face.key)


def widths_within(buttons: Sequence[Button], room: int) -> Sequence[int]:
    """What each wants, logical pixels; where that is more than `room` together, the widest of them give way."""
    widths = [button.wanted_width() for button in buttons]
    left = max(0, room)
    for done, width in enumerate(sorted(widths)):
        if (widest := left // (len(widths) - done)) < width:
            return [min(each, widest) for each in widths]
        left -= width
    return widths
