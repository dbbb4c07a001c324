"""At the lower edge of the transcript, when something new is below it: the way there, and an error that is there."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from .buttons import Button, Face, Look
from .foreign import one_line, tip
from .theme import Theme

ABOVE = 12
"""Logical pixels to the edge."""
LONGEST = 300
"""Characters of an error."""


class Latest:
    """One of two buttons, or none. Both are reached with Tab and lead to the end."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        self._parent = parent
        self.latest = Button(theme, Look.DIALOG, Face(text="Latest ↓"), "Latest: go to what is new below", parent)
        self.failed = Button(theme, Look.DANGER, Face("state-problem"), "", parent)
        self.buttons = (self.latest, self.failed)
        for button in self.buttons:
            button.hide()

    def show(self, *, new: bool, error: str, within: QRect) -> None:
        """`new`: something is below that was not seen. `error`: what went wrong below; "" if nothing. `within`: the
        column of text, in the parent."""
        if error:
            self.failed.show_face(Face("state-problem", one_line(error, LONGEST), menu=True))
            self.failed.name(f"{one_line(error, LONGEST)} Go to it below")
            self.failed.setToolTip(tip(error))
        wanted = self.failed if error else self.latest if new else None
        for button in self.buttons:
            if button is wanted:
                width = min(button.wanted_width(), within.width())
                x = within.x() + (within.width() - width) // 2
                button.setGeometry(x, within.bottom() - ABOVE - button.height(), width, button.height())
                button.show()
                button.raise_()
            elif button.isVisible():
                if button.hasFocus():  # it goes: the keyboard stays with the text
                    (wanted or self._parent).setFocus(Qt.FocusReason.TabFocusReason)
                button.hide()
