"""Rows for the members of a list: made, updated and removed as it changes."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtWidgets import QWidget

from voicegui.core.settings import Settings

from .setting_fields import Bench, Field
from .setting_row import ControlPlace, SettingRow

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
        self.row.show_help(f"{self._help} {more}".strip())
