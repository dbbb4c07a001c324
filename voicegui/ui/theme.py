"""Colours, type, spacing and icons, light and dark, and the choice between them."""

import os
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from voicegui.resource_files import resource


class ThemeChoice(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours by role, as #RRGGBB. Every text colour reaches 4.5:1 on every ground it is used on (tested)."""

    background: str
    surface: str
    raised: str
    chip: str
    line: str
    text: str
    secondary: str
    faint: str
    you: str
    you_ground: str
    on_you: str
    agent: str
    agent_ground: str
    on_agent: str
    warning: str
    error: str
    recording: str
    on_recording: str
    waiting: str
    """The part of the latency bar that is nobody's work: waiting for the end of the turn."""
    number: str
    """Of code, as the next one."""
    name: str
    silence: str
    """Dots of the waveform and the track of the meter: decoration, never alone."""


LIGHT = Tokens(
    background="#F7F7F5", surface="#FFFFFF", raised="#FFFFFF", chip="#EFEEEA", line="#E4E3DF",
    text="#1B1B19", secondary="#5C5B55", faint="#6F6E68",
    you="#0B7A6F", you_ground="#E3F3F0", on_you="#FFFFFF",
    agent="#4B45D6", agent_ground="#ECEBFC", on_agent="#FFFFFF",
    warning="#A65A07", error="#B3261E", recording="#C62828", on_recording="#FFFFFF",
    waiting="#A3A19A", number="#8F4A0A", name="#1D5FA8", silence="#C4C3BD",
)  # fmt: skip

DARK = Tokens(
    background="#141413", surface="#1B1B1A", raised="#242422", chip="#282826", line="#32322F",
    text="#ECEBE7", secondary="#A3A19A", faint="#8F8D86",
    you="#3CCBB8", you_ground="#12332F", on_you="#0E1614",
    agent="#A9A6FF", agent_ground="#2A2950", on_agent="#141326",
    warning="#E6A23C", error="#F2837A", recording="#EF6A63", on_recording="#190D0C",
    waiting="#75736C", number="#E0B070", name="#86B9F0", silence="#55534D",
)  # fmt: skip


def interface_font(pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The system's interface font. Bare X11 has none and says "Sans Serif": then Inter, where it is installed."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if font.family() in ("Sans Serif", "Sans") and _has_inter():
        font.setFamily("Inter")
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font


@cache  # looking costs 0.07 ms, and a page of settings asks 400 times
def _has_inter() -> bool:
    return QFontDatabase.hasFamily("Inter")


def tabular(font: QFont) -> QFont:
    """Digits of one width, so that times do not dance."""
    font.setFeature(QFont.Tag.fromString("tnum"), 1)
    return font


def palette(t: Tokens) -> QPalette:
    """Ours, because a bare X11 desktop cannot be told to be dark."""
    roles = {
        QPalette.ColorRole.Window: t.surface, QPalette.ColorRole.WindowText: t.text,
        QPalette.ColorRole.Base: t.background, QPalette.ColorRole.AlternateBase: t.surface,
        QPalette.ColorRole.Text: t.text, QPalette.ColorRole.PlaceholderText: t.faint,
        QPalette.ColorRole.Button: t.raised, QPalette.ColorRole.ButtonText: t.text,
        QPalette.ColorRole.ToolTipBase: t.raised, QPalette.ColorRole.ToolTipText: t.text,
        QPalette.ColorRole.Highlight: t.you, QPalette.ColorRole.HighlightedText: t.on_you,
        QPalette.ColorRole.Link: t.agent, QPalette.ColorRole.LinkVisited: t.agent,
        QPalette.ColorRole.Accent: t.you,
    }  # fmt: skip
    made = QPalette()
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(t.faint))
    return made


def style_sheet(t: Tokens) -> str:
    """Only for Qt's own widgets; ours paint themselves."""
    return f"""
    QTextBrowser {{ background: {t.background}; border: none; selection-background-color: {t.you};
        selection-color: {t.on_you}; }}
    QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {t.line}; }}
    QSlider::sub-page:horizontal {{ border-radius: 2px; background: {t.you}; }}
    QSlider::handle:horizontal {{ width: 16px; height: 16px; margin: -6px 0; border-radius: 8px; background: {t.you}; }}
    QSlider::handle:horizontal:focus {{ border: 2px solid {t.text}; width: 12px; height: 12px; }}
    QLineEdit, QPlainTextEdit, QDoubleSpinBox {{ background: {t.background}; color: {t.text};
        border: 1px solid {t.line}; border-radius: 12px; selection-background-color: {t.you};
        selection-color: {t.on_you}; }}
    QLineEdit {{ padding: 0 12px; }}
    QLineEdit:focus {{ border: 2px solid {t.you}; padding: 0 11px; }}
    QPlainTextEdit {{ padding: 4px 8px; }}
    QPlainTextEdit:focus {{ border: 2px solid {t.you}; padding: 3px 7px; }}
    QDoubleSpinBox {{ border-radius: 8px; }}
    QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ subcontrol-origin: border;
        subcontrol-position: right; width: 0; border: none; }}
    QDoubleSpinBox QLineEdit, QDoubleSpinBox QLineEdit:focus {{ border: none; background: transparent; padding: 0; }}
    QDoubleSpinBox:focus {{ border: 2px solid {t.you}; }}
    QLineEdit:disabled, QPlainTextEdit:disabled, QDoubleSpinBox:disabled {{ color: {t.faint}; }}
    QListWidget {{ background: transparent; border: none; outline: none; color: {t.secondary}; }}
    QListWidget::item {{ height: 38px; border: 2px solid transparent; border-radius: 8px; padding-left: 10px; }}
    QListWidget::item:hover {{ background: {t.chip}; }}
    QListWidget::item:selected {{ background: {t.chip}; color: {t.text}; }}
    QListWidget::item:selected:focus {{ border: 2px solid {t.you}; }}
    QLabel[role="text"] {{ color: {t.text}; }}
    QLabel[role="quiet"] {{ color: {t.secondary}; }}
    QLabel[role="warning"] {{ color: {t.warning}; }}
    QLabel[role="error"] {{ color: {t.error}; }}
    QLabel[role="badge"] {{ color: {t.secondary}; border: 1px solid {t.line}; border-radius: 6px; padding: 1px 6px; }}
    QMenu {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 6px; }}
    QMenu::item {{ padding: 8px 24px 8px 8px; border-radius: 6px; }}
    QMenu::item:selected {{ background: {t.chip}; }}
    QMenu::item:disabled {{ color: {t.faint}; }}
    QMenu::separator {{ height: 1px; background: {t.line}; margin: 6px 0; }}
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 6px 8px; }}
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {t.silence}; border-radius: 4px; min-height: 32px; margin: 2px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
    """


class Theme(QObject):
    """The tokens in force. Widgets read `tokens` when they paint; `changed` says that they must."""

    changed = Signal()

    def __init__(self, choice: ThemeChoice = ThemeChoice.SYSTEM, parent: QObject | None = None) -> None:
        """`VOICEGUI_THEME` (light, dark) wins over `choice`: for screenshots and for desktops without a setting."""
        super().__init__(parent)
        forced = os.environ.get("VOICEGUI_THEME", "")
        self._forced = ThemeChoice(forced) if forced in list(ThemeChoice) else None
        self._choice = self._forced or choice
        self.tokens = self._wanted()
        self.icons = Icons()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._refresh)

    @property
    def choice(self) -> ThemeChoice:
        return self._choice

    def choose(self, choice: ThemeChoice) -> None:
        self._choice = self._forced or choice
        self._refresh()

    def color(self, role: str) -> QColor:
        """The colour of a role of `Tokens`."""
        return QColor(getattr(self.tokens, role))

    def _wanted(self) -> Tokens:
        if self._choice is ThemeChoice.SYSTEM:
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
            return DARK if dark else LIGHT
        return DARK if self._choice is ThemeChoice.DARK else LIGHT

    def _refresh(self) -> None:
        wanted = self._wanted()
        if wanted is not self.tokens:
            self.tokens = wanted
            self.changed.emit()


def theme_choice(name: str) -> ThemeChoice:
    """What a settings file says; what it cannot mean follows the system."""
    return ThemeChoice(name) if name in list(ThemeChoice) else ThemeChoice.SYSTEM


# ---------------------------------------------------------------- icons


class Icons:
    """Renders each icon once per colour, size and scale."""

    def __init__(self) -> None:
        self._cache: dict[tuple[str, str, int, float], QPixmap] = {}

    def paint(self, painter: QPainter, name: str, colour: str, x: float, y: float, size: int) -> None:
        """Draws an icon `size` logical pixels high with its top left corner at (x, y)."""
        pixmap = self.pixmap(name, colour, size, painter.device().devicePixelRatio())
        painter.drawPixmap(QRectF(x, y, size, size), pixmap, QRectF(pixmap.rect()))

    def icon(self, name: str, colour: str, size: int = 16) -> QIcon:
        """`colour` "" keeps the colours of the file."""
        made = QIcon()
        for scale in (1.0, 2.0):
            made.addPixmap(self.pixmap(name, colour, size, scale))
        return made

    def pixmap(self, name: str, colour: str, size: int, scale: float) -> QPixmap:
        key = (name, colour, size, scale)
        if key not in self._cache:
            self._cache[key] = _render(*key)
        return self._cache[key]


def _render(name: str, colour: str, size: int, scale: float) -> QPixmap:
    pixmap = QPixmap(QSize(round(size * scale), round(size * scale)))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(str(resource(f"icons/{name}.svg"))).render(painter)
    if colour:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(pixmap.rect(), QColor(colour))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap
