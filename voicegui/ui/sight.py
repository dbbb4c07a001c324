"""Whether a window is seen: shown, not minimised, and not behind what covers all of it."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget


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
