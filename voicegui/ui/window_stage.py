"""What of the window the settings' sheet covers: out of reach and out of sight meanwhile, and the focus after it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from .settings.sheet_frame import SheetCover


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
