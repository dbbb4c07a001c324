"""A selection that stays what it is while text is written around it."""

from dataclasses import dataclass

from PySide6.QtGui import QTextCursor, QTextDocument

from .document import Document


@dataclass(frozen=True, slots=True)
class _Place:
    """A character of an entry, counted from its first one: it stays the same wherever the entry moves."""

    number: int
    offset: int

    @classmethod
    def of(cls, position: int, document: QTextDocument, page: Document) -> "_Place | None":
        number = document.findBlock(position).userState()
        first = next(page.blocks(number), None) if number in page.shown else None
        return cls(number, position - first.position()) if first is not None else None

    def position(self, page: Document) -> int | None:
        """None if the entry has gone."""
        first = next(page.blocks(self.number), None) if self.number in page.shown else None
        return first.position() + self.offset if first is not None else None


class Selection:
    """What `cursor` has selected. Qt itself lets a selection grow into text that is added right at its end."""

    def __init__(self, cursor: QTextCursor, page: Document) -> None:
        self._text = cursor.selectedText()
        self._ends = [_Place.of(position, cursor.document(), page) for position in (cursor.anchor(), cursor.position())]
        self._page = page

    def again(self, cursor: QTextCursor) -> QTextCursor | None:
        """The same text selected now; None if `cursor` has just that selected, or it has changed or gone."""
        anchor, position = (place.position(self._page) if place else None for place in self._ends)
        if anchor is None or position is None or max(anchor, position) >= cursor.document().characterCount():
            return None
        if (anchor, position) == (cursor.anchor(), cursor.position()):
            return None
        made = QTextCursor(cursor)
        made.setPosition(anchor)
        made.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        return made if made.selectedText() == self._text else None
