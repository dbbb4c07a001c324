"""The search field and the groups; in a narrow sheet a line above the page."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QSizePolicy, QWidget

from voicegui.core.declared import Group

from ..theme import Theme, interface_font
from .controls import HEIGHT
from .picker import Entry, Picker

WIDTH = 200
BAR_HEIGHT = 60


class Side(QWidget):
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
        self.search.setPlaceholderText("Search settings")
        self.search.setAccessibleName("Search settings")
        self.search.setFont(interface_font(13))
        self.search.setFixedHeight(HEIGHT)
        self._glass = QAction("Search", self.search)
        self.search.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._search)
        self.groups = QListWidget(self)
        self.groups.setAccessibleName("Groups of settings")
        self.groups.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for group in Group:
            item = QListWidgetItem(group.label, self.groups)
            item.setSizeHint(QSize(0, 40))
        self.groups.setSpacing(0)
        self.groups.currentRowChanged.connect(self._picked)
        self.groups.itemClicked.connect(lambda item: self.choose(list(Group)[self.groups.row(item)]))
        self.picker = Picker(theme, "Group", "", lambda: [Entry(group.value, group.label) for group in Group])
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
        self.picker.show_value(group.value if group else "Search results")
