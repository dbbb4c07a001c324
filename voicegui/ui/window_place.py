"""Where the window is: on a screen that exists, where it was left the last time; and whether it is seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from .settings.sheet_frame import SheetCover

USUAL = QSize(1000, 720)
LEAST = QSize(440, 460)
"""Logical pixels; a smaller screen makes it smaller."""
TITLE = 40
_FRAME = QSize(16, TITLE + 8)
"""What title bar and borders take at most."""
_GRIP = QSize(120, 32)
"""So much of the upper edge has to be on a screen: by that the window can be moved."""
_FARTHEST = 100_000
"""No screen is there; a number beyond it was not written by this program."""


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """In logical pixels of the desktop, without title bar and borders."""

    rect: QRect
    maximised: bool = False
    title: int = TITLE
    """Height of the title bar above it."""


def fitted(wanted: QRect | None, screens: Sequence[QRect], title: int = TITLE) -> QRect:
    """`wanted` on the screen on which most of it is, no larger than that leaves room for; in the middle of the first
    screen if nobody could take hold of it where it is. `screens`: what each has free, the first one first."""
    if not screens:
        return QRect(wanted.topLeft(), wanted.size()) if wanted else QRect(0, 0, USUAL.width(), USUAL.height())
    screen = max(screens, key=lambda each: _area(each.intersected(wanted))) if wanted else screens[0]
    least = least_size(screen)
    most = screen.size() - _FRAME
    size = (wanted.size() if wanted else USUAL).boundedTo(most).expandedTo(least)
    grip = QRect(wanted.left(), wanted.top(), wanted.width(), _GRIP.height()) if wanted else QRect()
    held = grip.intersected(screen)
    made = QRect(screen.topLeft(), size)
    if wanted is None or held.width() < min(_GRIP.width(), grip.width()) or held.height() < _GRIP.height():
        made.moveCenter(screens[0].center() if not _area(screen.intersected(grip)) else screen.center())
    else:
        made.moveTopLeft(wanted.topLeft())
    left = min(max(made.left(), screen.left()), screen.right() + 1 - size.width())
    top = min(max(made.top(), screen.top() + title), screen.bottom() + 1 - size.height())
    made.moveTo(max(left, screen.left()), max(top, screen.top()))
    return made


def least_size(screen: QRect) -> QSize:
    """The smallest the window may be made there."""
    return LEAST.boundedTo(screen.size() - _FRAME)


def _area(rect: QRect) -> int:
    return max(0, rect.width()) * max(0, rect.height())


def load_place(file: Path) -> WindowPlace | None:
    """Where it was; None if that is not known or makes no sense. Raises nothing."""
    kept = QSettings(str(file), QSettings.Format.IniFormat)
    numbers = [_number(kept.value(name)) for name in ("x", "y", "width", "height")]
    x, y, width, height = (number if number is not None else _FARTHEST for number in numbers)
    if any(abs(number) >= _FARTHEST for number in (x, y, width, height)) or width <= 0 or height <= 0:
        return None
    title = _number(kept.value("title"))
    title = TITLE if title is None else max(0, min(title, TITLE))
    return WindowPlace(QRect(x, y, width, height), kept.value("maximised") == "true", title)


def _number(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def save_place(file: Path, place: WindowPlace) -> None:
    """Raises nothing: a place that cannot be kept is forgotten."""
    kept = QSettings(str(file), QSettings.Format.IniFormat)
    rect = place.rect
    for name, number in (("x", rect.x()), ("y", rect.y()), ("width", rect.width()), ("height", rect.height())):
        kept.setValue(name, number)
    kept.setValue("maximised", "true" if place.maximised else "false")
    kept.setValue("title", place.title)
    kept.sync()


class Placement:
    """Places a window before it is shown and keeps where it was. `file` None: nothing is kept."""

    def __init__(self, window: QWidget, file: Path | None) -> None:
        self._window, self._file = window, file

    def restore(self) -> None:
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        primary = QGuiApplication.primaryScreen()
        if primary is not None:
            screens = [primary.availableGeometry(), *(s for s in screens if s != primary.availableGeometry())]
        place = load_place(self._file) if self._file else None
        rect = fitted(place.rect, screens, place.title) if place else fitted(None, screens)
        if screens:
            on = max(screens, key=lambda each: _area(each.intersected(rect)))
            self._window.setMinimumSize(least_size(on))
        if place is None:
            self._window.resize(rect.size())  # where to put a new window is the desktop's business
        else:
            self._window.setGeometry(rect)
        if place is not None and place.maximised:
            self._window.setWindowState(Qt.WindowState.WindowMaximized)

    def keep(self) -> None:
        """Of a maximised or minimised window what it is otherwise."""
        if self._file is not None:
            rect = self._window.normalGeometry()
            maximised = bool(self._window.windowState() & Qt.WindowState.WindowMaximized)
            above = self._window.geometry().top() - self._window.frameGeometry().top()
            title = above if 0 < above < TITLE else TITLE
            save_place(self._file, WindowPlace(rect if _area(rect) else self._window.geometry(), maximised, title))


# ---------------------------------------------------------------- whether the window is seen


class Sight(QObject):
    """Watches a window from its first showing on."""

    changed = Signal(bool)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def look(self) -> None:
        window, handle = self._window, self._window.windowHandle()
        self.changed.emit(bool(window.isVisible() and not window.isMinimized() and handle and handle.isExposed()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._window and event.type() == QEvent.Type.Show:
            self._window.windowHandle().installEventFilter(self)
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            self.look()
        elif event.type() == QEvent.Type.Expose:
            QTimer.singleShot(0, self, self.look)
        return False


# ---------------------------------------------------------------- what a sheet covers
# What of the window the settings' sheet covers: out of reach and out of sight meanwhile, and the focus after it.


class WindowStage(QWidget):
    """Its parts stand one below the other. The order of the Tab key is that of all the window."""

    def __init__(self, parts: Sequence[QWidget], resting: QWidget, parent: QWidget) -> None:
        """`resting`: what gets the focus where nothing else can take it."""
        super().__init__(parent)
        self._resting = resting
        self._focused: QWidget | None = None
        """What had the focus before the settings were opened."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in parts:
            layout.addWidget(part)

    def set_tab_order(self, order: Sequence[QWidget]) -> None:
        for first, second in zip(order, order[1:], strict=False):
            QWidget.setTabOrder(first, second)

    def cover(self, by: SheetCover) -> None:
        """What the sheet covers is out of reach of keyboard and screen reader too; what cannot even be seen is gone."""
        self.setEnabled(by is SheetCover.NOTHING)
        self.setVisible(by is not SheetCover.ALL)

    def remember_focus(self) -> None:
        self._focused = self.window().focusWidget()

    def focus_again(self) -> None:
        """What had the focus before the settings gets it back: on the gear, Space would open them again."""
        before, self._focused = self._focused, None
        usable = before is not None and before.isVisible() and before.isEnabled()
        (before if before and usable else self._resting).setFocus(Qt.FocusReason.PopupFocusReason)
