"""The lower edge of the sheet: Reset, Cancel and Done, and the question before anything is dropped."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..buttons import Button, Face, Look
from ..theme import Theme
from .row import label

HEIGHT = 72
SPACE = 1
"""Index of the empty space in the line."""
QUESTION = "Drop what you have changed here?"


class Footer(QWidget):
    """Asks in its own place: nothing is covered, and the conversation goes on."""

    reset_clicked = Signal()
    cancelled = Signal()
    done_clicked = Signal()
    asked = Signal(bool)
    """Whether the question is there: meanwhile the rest of the sheet takes nothing."""
    dropped = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.reset = Button(theme, Look.DIALOG, Face(text="Reset this page"), "Reset this page")
        self.cancel = Button(theme, Look.DIALOG, Face(text="Cancel"), "Cancel: settings as before")
        self.done = Button(theme, Look.DONE, Face(text="Done"), "Done")
        self.question = label(QUESTION, "text", 13)
        self.drop = Button(theme, Look.DANGER, Face(text="Drop"), "Drop the changes")
        self.keep = Button(theme, Look.DONE, Face(text="Keep editing"), "Keep editing")
        self.keep.setAccessibleDescription(QUESTION)
        self._layout = QHBoxLayout(self)
        self._layout.setSpacing(8)
        self._layout.addWidget(self.reset)
        self._layout.addStretch()
        self._layout.addWidget(self.cancel)
        self._layout.addWidget(self.done)
        self._layout.addWidget(self.question)
        self._layout.addWidget(self.drop)
        self._layout.addWidget(self.keep)
        self.reset.clicked.connect(self.reset_clicked)
        self.cancel.clicked.connect(self.cancelled)
        self.done.clicked.connect(self.done_clicked)
        self.drop.clicked.connect(self.dropped)
        self.keep.clicked.connect(self.answer_no)
        self._page_has_reset = True
        self._show()

    @property
    def asking(self) -> bool:
        return not self.question.isHidden()

    def can_reset(self, can: bool) -> None:
        self._page_has_reset = can
        self.reset.setVisible(can and not self.asking)

    def place(self, margin: int) -> None:
        self._layout.setContentsMargins(margin, 16, margin, 20)

    def ask(self) -> None:
        self._show(asking=True)
        self.keep.setFocus(Qt.FocusReason.TabFocusReason)

    def answer_no(self) -> None:
        if self.asking:
            self._show()
            self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, *, asking: bool = False) -> None:
        for part in (self.question, self.drop, self.keep):
            part.setVisible(asking)
        for part in (self.cancel, self.done):
            part.setVisible(not asking)
        self.reset.setVisible(self._page_has_reset and not asking)
        self._layout.setStretch(SPACE, 0 if asking else 1)
        self._layout.setStretchFactor(self.question, 1 if asking else 0)
        self.asked.emit(asking)
