"""Which part of the conversation is in sight: the newest, or what is spoken, unless somebody has scrolled away; and
which word is being spoken."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QScrollBar

from .transcript_log import Kind, TranscriptLog

AIR = 46
"""Logical pixels kept above and below the line that is being spoken: two lines."""
WORD_MS = 50
"""So often is asked which word is being spoken."""
NEAR = 4
"""Logical pixels from the end that still are the end."""


class ScrollView(Enum):
    LIVE = auto()
    """The end; while an answer is read aloud, the line that is being spoken if the end would push it out of sight."""
    END = auto()
    """The end, although what is being spoken stands above it: somebody has scrolled there."""
    STAYS = auto()
    """Where somebody reads."""


class AutoScroll(QObject):
    """Owns the value of the scroll bar; whatever else moves the bar is a person."""

    def __init__(
        self,
        bar: QScrollBar,
        height: Callable[[], int],
        spoken: Callable[[], tuple[float, float] | None],
        parent: QObject,
    ) -> None:
        """`height`: of what is in sight. `spoken`: top and bottom of the line that is being spoken, in the document;
        None if nothing is. All in logical pixels."""
        super().__init__(parent)
        self.view = ScrollView.LIVE
        self._bar, self._height, self._spoken = bar, height, spoken
        self._value = bar.value()
        self._moving = 0
        self._held = False
        bar.rangeChanged.connect(self.settle)
        bar.valueChanged.connect(self._moved)

    @property
    def at_end(self) -> bool:
        return self._bar.value() >= self._bar.maximum() - NEAR

    def go_live(self) -> None:
        """Something happened that somebody wants to see, wherever they have scrolled."""
        self.view = ScrollView.LIVE
        self.settle()

    def stay(self) -> None:
        """What is in sight is being read."""
        self.view = ScrollView.STAYS

    def hold(self, on: bool) -> None:
        """While the mouse selects text nothing moves under it."""
        self._held = on
        if not on:
            self.settle()

    def settle(self) -> None:
        """Moves to where the view belongs."""
        if self.view is not ScrollView.STAYS and not self._held:
            self.move(self._wanted())

    def move(self, value: int) -> None:
        """Of the program's own accord: it does not say where somebody wants to be."""
        self._moving += 1
        self._bar.setValue(value)
        self._moving -= 1

    @contextmanager
    def by_itself(self) -> Iterator[None]:
        """What moves the bar in here is the program, for example because text has gone."""
        self._moving += 1
        try:
            yield
        finally:
            self._moving -= 1
        if self.view is ScrollView.STAYS and self.at_end:
            self.view = ScrollView.LIVE

    def _wanted(self) -> int:
        end, line = self._bar.maximum(), self._spoken()
        if self.view is ScrollView.END or line is None:
            return end
        (top, bottom), height, value = line, self._height(), self._bar.value()
        air = min(AIR, height // 4)
        if end <= top - air:  # the end shows the line, too
            return end
        if value <= top and bottom <= value + height - air:
            return value
        return min(end, max(0, round(top) - height // 3))

    def _moved(self, value: int) -> None:
        before, self._value = self._value, value
        if self._moving:
            return
        line = self._spoken()
        seen = line is None or (value <= line[0] and line[1] <= value + self._height())
        if self.at_end:
            self.view = ScrollView.LIVE if seen else ScrollView.END
        else:
            self.view = ScrollView.LIVE if line is not None and seen and value > before else ScrollView.STAYS


class SpokenWord(QObject):
    """Has the word marked that is being spoken: `mark` gets the number of its entry and how many characters of that
    were spoken, 0 for none. Nobody needs it in a window that is not `seen`."""

    def __init__(
        self,
        mark: Callable[[int, int], None],
        spoken_until: Callable[[], int],
        seen: Callable[[], bool],
        log: TranscriptLog,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._mark, self._spoken_until, self._seen, self._log = mark, spoken_until, seen, log
        self._timer = QTimer(self, interval=WORD_MS)
        self._timer.timeout.connect(self.look)

    def follow(self, *, speaking: bool) -> None:
        if speaking:
            self._timer.start()
        else:
            self._timer.stop()
            self._mark(-1, 0)

    def look(self) -> None:
        """Marks it now."""
        reply = next((e for e in reversed(self._log.entries) if e.kind is Kind.AGENT), None)
        if reply and self._seen():
            self._mark(reply.number, self._spoken_until())
