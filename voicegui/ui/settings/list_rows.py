"""Rows for the members of a list: made, updated and removed as it changes."""

from collections.abc import Callable, Coroutine, Hashable, Sequence
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from voicegui.core.errors import VoiceError
from voicegui.core.records import Fact
from voicegui.core.settings import Settings
from voicegui.core.text.sanitiser import breakable, harmless, one_line
from voicegui.core.toolbox import ToolFile, tool_help
from voicegui.core.tools import BUILT_IN, Permission, ToolInfo
from voicegui.core.wording import listed_with_commas, marked, sentences, shown

from ..buttons import Button, ButtonLook, Face
from ..theme import interface_font
from .pickers import MenuEntry, MenuPicker
from .service_models import long_date
from .setting_fields import Bench, Field
from .setting_row import ControlPlace, SettingRow, beside

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

MOST = 200
"""Rows of one list; a page with thousands would take seconds to make."""
AT_ONCE = 8
"""New rows in one go, about 20 ms."""
INDENT = 16


class ListRow(Field, Protocol[T_contra]):
    """The row of one member."""

    def show_item(self, item: T_contra) -> None:
        """What is true of it now; its key is as it was."""


class ListSection(Protocol):
    """The part of a page in which the rows are."""

    def put(self, field: Field, head: Field, index: int) -> None:
        """Places a row below that of `head`, after `index` others; it may be there already, in another place."""

    def take(self, field: Field) -> None:
        """Takes a row away for good."""


class ListRows(Generic[T]):
    """The rows below `head`, which says what they are."""

    def __init__(self, head: Field, key: Callable[[T], Hashable], make: Callable[[T], ListRow[T]]) -> None:
        self._head, self._key, self._make = head, key, make
        self._lines: dict[Hashable, ListRow[T]] = {}

    def show(self, items: Sequence[T], section: ListSection) -> bool:
        """The first `MOST` of them, in their order. False: it has to be called again, not all are there yet."""
        wanted = {self._key(item): item for item in items[:MOST]}
        for key in [key for key in self._lines if key not in wanted]:
            section.take(self._lines.pop(key))
        order = list(self._lines)
        room = len(order) + AT_ONCE
        for index, (key, item) in enumerate(wanted.items()):
            if key not in self._lines:
                if len(self._lines) == room:
                    break
                self._lines[key] = self._make(item)
            line = self._lines[key]
            line.show_item(item)
            if order[index : index + 1] != [key]:
                order = [*order[:index], key, *(each for each in order[index:] if each != key)]
                section.put(line, self._head, index)
        self._lines = {key: self._lines[key] for key in order}
        return len(self._lines) == len(wanted)


def list_row(bench: Bench, title: str, help: str, control: QWidget) -> SettingRow:
    """A row that belongs to the one above."""
    made = SettingRow(bench.theme, title, help, control, ControlPlace.SMALL)
    layout = made.layout()
    assert layout is not None
    layout.setContentsMargins(INDENT, 10, 0, 11)
    return made


class ListField:
    """A row that says what the ones below it are."""

    name = ""

    def __init__(self, bench: Bench, title: str, help: str, control: QWidget | None = None) -> None:
        self._help = help
        self.row = SettingRow(bench.theme, title, help, control, ControlPlace.SMALL)

    def show(self, settings: Settings) -> None:
        pass

    def give_up(self) -> None:
        pass

    def say(self, more: str) -> None:
        self.row.show_help(sentences(self._help, more).shown())


# ---------------------------------------------------------------- rows of tools and memory
# Rows of the pages about tools and memory: a tool, a file of the user's own tools, a remembered fact.


class FactRow:
    """Its row."""

    name = ""

    def __init__(self, bench: Bench, fact: Fact, deleted: Callable[[], None]) -> None:
        self._bench, self._fact, self._deleted = bench, fact, deleted
        self.delete = Button(
            bench.theme,
            ButtonLook.DANGER,
            Face(text=shown("Delete")),
            shown("Delete: {fact}", fact=one_line(fact.text, 80)),
        )
        self.delete.clicked.connect(self._delete)
        day = long_date(date.fromtimestamp(fact.since).isoformat())
        since = (
            shown("Since {day}, from a conversation that held text of others", day=day)
            if fact.tainted
            else shown("Since {day}", day=day)
        )
        self.row = list_row(bench, breakable(harmless(fact.text)), since, self.delete)

    def show(self, settings: Settings) -> None:
        pass

    def show_item(self, fact: Fact) -> None:
        pass

    def give_up(self) -> None:
        self.row.clear_notice()

    def _delete(self) -> None:
        self.row.clear_notice()
        self.delete.setEnabled(False)
        work = self._bench.session.toolbox.forget(self._fact.id)
        self._bench.background.run(work, self._done, self._failed, must_finish=True)

    def _done(self, _result: None) -> None:
        self._deleted()

    def _failed(self, error: VoiceError) -> None:
        self.delete.setEnabled(True)
        self.row.show_error(error)


# ---------------------------------------------------------------- a tool

PERMISSIONS = {Permission.ALWAYS: marked("Always"), Permission.ASK: marked("Ask"), Permission.NEVER: marked("Never")}


def _permissions() -> Sequence[MenuEntry]:
    return [MenuEntry(permission, shown(word)) for permission, word in PERMISSIONS.items()]


class ToolRow:
    """Its row. Names and descriptions may come from other programs: plain text, bounded."""

    name = ""

    def __init__(self, bench: Bench, tool: ToolInfo) -> None:
        title, does, source = (
            one_line(tool.shown_label, 60),
            one_line(tool_help(tool), 140),
            one_line(str(tool.source), 60),
        )
        if tool.source == BUILT_IN:
            brought = shown("built in") if does else shown("Built in")
        else:
            brought = shown("from {source}", source=source) if does else shown("From {source}", source=source)
        help = beside(does, brought)
        badges = [*([shown("changes")] if tool.changes else []), *([shown("network")] if tool.network else [])]
        about = listed_with_commas([help, *badges]).shown()
        self.picker = MenuPicker(bench.theme, title, about, _permissions)
        self.picker.setFixedWidth(104)
        self.picker.changed.connect(lambda value: bench.session.toolbox.permit(tool.name, Permission(str(value))))
        control = QWidget()
        layout = QHBoxLayout(control)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for badge in badges:
            layout.addWidget(_badge(badge))
        layout.addWidget(self.picker)
        self.row = list_row(bench, breakable(title), breakable(help), control)

    def show(self, settings: Settings) -> None:
        self.row.relevant = settings.use_tools

    def show_item(self, tool: ToolInfo) -> None:
        self.picker.show_value(tool.permission)

    def give_up(self) -> None:
        self.picker.give_up()


def key_of(tool: ToolInfo) -> Hashable:
    """Another one needs another row; the permission alone does not."""
    return (tool.name, tool.label, tool.description, tool.source, tool.changes, tool.network)


def _badge(word: str) -> QLabel:
    made = QLabel(word)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(interface_font(12))
    made.setProperty("role", "badge")
    made.setFixedHeight(22)
    return made


# ---------------------------------------------------------------- a file of the user's own tools

WARNING = marked(
    "It will run as a program with your rights: it can read, change and send whatever you can. Allow it if you know "
    "what is in it."
)


class ToolFileRow:
    """Its row."""

    name = ""

    def __init__(self, bench: Bench, file: ToolFile, decided: Callable[[], None]) -> None:
        """`decided` is called when it has been allowed, or is not any more."""
        self._bench, self._file, self._decided = bench, file, decided
        self._title = one_line(file.name, 80)
        self.button = Button(bench.theme, ButtonLook.DIALOG, Face(), "")
        self.button.clicked.connect(self._press)
        self.row = list_row(bench, breakable(self._title), "", self.button)

    def show(self, settings: Settings) -> None:
        pass

    def show_item(self, file: ToolFile) -> None:
        if file != self._file:
            self.row.clear_notice()  # what was about to be allowed is another file now
        self._file = file
        self.button.setEnabled(True)
        if file.allowed:
            face, name = shown("Disallow"), shown("Disallow {file}", file=self._title)
            self.row.show_help(shown("Allowed: it runs as a program with your rights"))
        else:
            face, name = shown("Allow…"), shown("Allow {file}", file=self._title)
            self.row.show_help(shown("Not allowed, not run"))
        self.button.show_face(Face(text=face))
        self.button.name(name)
        if file.problem:
            self.row.show_notice(breakable(one_line(file.problem, 400)), "error")

    def give_up(self) -> None:
        pass

    def _press(self) -> None:
        if self._file.allowed:
            self._run(self._bench.session.toolbox.disallow(self._file.name))
        else:
            self.row.show_notice(shown(WARNING), "warning", shown("Allow it"), self._allow)
            self.row.link.name(shown("Allow it: {file}", file=self._title))
            self.row.link.setFocus(Qt.FocusReason.TabFocusReason)

    def _allow(self) -> None:
        self._run(self._bench.session.toolbox.allow(self._file.name, self._file.sha256))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self.button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.row.clear_notice()
        self.button.setEnabled(False)
        self._bench.background.run(work, self._done, self._failed, must_finish=True)

    def _done(self, _result: None) -> None:
        self.button.setEnabled(True)
        self._decided()

    def _failed(self, error: VoiceError) -> None:
        self.button.setEnabled(True)
        self.row.show_error(error)
