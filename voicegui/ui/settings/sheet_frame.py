"""What stands around the pages of the settings: the search field and the groups, the lower edge, and the cover of the
window."""

from enum import Enum

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QSizePolicy, QWidget

from voicegui.core.setting_declaration import Group
from voicegui.core.wording import marked, shown

from ..buttons import Button, ButtonLook, Face
from ..theme import Theme, interface_font
from .controls import CONTROL_HEIGHT
from .pickers import MenuEntry, MenuPicker
from .setting_row import label


class SheetCover(Enum):
    """How much of the window the sheet takes."""

    NOTHING = "nothing"
    PART = "part"
    """The rest is seen, and out of reach."""
    ALL = "all"


# ---------------------------------------------------------------- search field and groups
# In a narrow sheet they are a line above the page.

WIDTH = 200
BAR_HEIGHT = 60


class SettingsNavigation(QWidget):
    """Says which group is wanted, or what is searched for."""

    chosen = Signal(object)
    """A `Group`."""
    searched = Signal(str)
    """Never empty: emptying the field brings the group back."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.group = Group.CONVERSATION
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(shown("Search settings"))
        self.search.setAccessibleName(shown("Search settings"))
        self.search.setFont(interface_font(13))
        self.search.setFixedHeight(CONTROL_HEIGHT)
        self._glass = QAction(shown("Search"), self.search)
        self.search.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._search)
        self.groups = QListWidget(self)
        self.groups.setAccessibleName(shown("Groups of settings"))
        self.groups.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for group in Group:
            item = QListWidgetItem(shown(group.label), self.groups)
            item.setSizeHint(QSize(0, 40))
        self.groups.setSpacing(0)
        self.groups.currentRowChanged.connect(self._picked)
        self.groups.itemClicked.connect(lambda item: self.choose(list(Group)[self.groups.row(item)]))
        self.picker = MenuPicker(
            theme, shown("Group"), "", lambda: [MenuEntry(group.value, shown(group.label)) for group in Group]
        )
        self.picker.changed.connect(lambda value: self.choose(Group(value)))
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        for widget in (self.search, self.groups, self.picker):
            self._layout.addWidget(widget)
        self.choose(self.group)
        self.dress()

    def choose(self, group: Group) -> None:
        self.group = group
        if self.search.text():
            self.search.blockSignals(True)
            self.search.clear()
            self.search.blockSignals(False)
        self._mark(group)
        self.chosen.emit(group)

    def arrange(self, narrow: bool) -> None:
        self.groups.setVisible(not narrow)
        self.picker.setVisible(narrow)
        self._layout.setDirection(QBoxLayout.Direction.LeftToRight if narrow else QBoxLayout.Direction.TopToBottom)
        self._layout.setContentsMargins(*((16, 12, 16, 12) if narrow else (12, 16, 12, 12)))
        self._layout.setSpacing(8)
        self.picker.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for index, stretch in enumerate((1, 0, 1)):
            self._layout.setStretch(index, stretch if narrow else 0)

    def dress(self) -> None:
        self._glass.setIcon(self._theme.icons.icon("search", self._theme.tokens.secondary))
        self._mark(None if self.search.text() else self.group)

    def _search(self, text: str) -> None:
        if text.strip():
            self._mark(None)
            self.searched.emit(text)
        else:
            self.choose(self.group)

    def _picked(self, row: int) -> None:
        if row >= 0:
            self.choose(list(Group)[row])

    def _mark(self, group: Group | None) -> None:
        """None while what is shown belongs to all groups."""
        self.groups.blockSignals(True)
        self.groups.setCurrentRow(list(Group).index(group) if group else -1)
        for index, each in enumerate(Group):
            weight = QFont.Weight.DemiBold if each is group else QFont.Weight.Normal
            self.groups.item(index).setFont(interface_font(15, weight))
        self.groups.blockSignals(False)
        self.picker.show_value(group.value if group else shown("Search results"))


# ---------------------------------------------------------------- lower edge
# Reset, Cancel and Done, and the question before anything is dropped.

FOOTER_HEIGHT = 72
SPACE = 1
"""Index of the empty space in the line."""
QUESTION = marked("Drop what you have changed here?")


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
        reset, done, keep = shown("Reset this page"), shown("Done"), shown("Keep editing")
        self.reset = Button(theme, ButtonLook.DIALOG, Face(text=reset), reset)
        self.cancel = Button(theme, ButtonLook.DIALOG, Face(text=shown("Cancel")), shown("Cancel: settings as before"))
        self.done = Button(theme, ButtonLook.DONE, Face(text=done), done)
        self.question = label(shown(QUESTION), "text", 13)
        self.drop = Button(theme, ButtonLook.DANGER, Face(text=shown("Drop")), shown("Drop the changes"))
        self.keep = Button(theme, ButtonLook.DONE, Face(text=keep), keep)
        self.keep.setAccessibleDescription(shown(QUESTION))
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
