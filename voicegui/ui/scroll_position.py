"""Which part of the transcript is seen: it stays still for who reads, follows the voice, and tells what is new below.

At the lower edge stands the way to something new, or to an error, that is further down.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtWidgets import QTextBrowser, QWidget

from voicegui.core.events import Event, Interrupted, SentenceReady, TurnDone, TurnFailed
from voicegui.core.text.sanitiser import one_line, tip
from voicegui.core.wording import shown

from .auto_scroll import NEAR, AutoScroll, ScrollView
from .buttons import Button, ButtonLook, Face
from .document import Document
from .text_backgrounds import TextBackgrounds
from .text_formats import LINE, PADDING
from .text_pieces import column
from .text_selection import Selection
from .theme import Theme
from .transcript_entries import Kind, LogEntry
from .transcript_log import TranscriptLog

MARGIN = 12
"""Logical pixels around what is brought into sight."""
PEEK = 160
"""Logical pixels of something opened that are brought into sight; for more it does not leave its place."""


class InSight(QObject):
    """Of the document `page`, in the scroll area `edit`."""

    def __init__(
        self, edit: QTextBrowser, theme: Theme, log: TranscriptLog, page: Document, grounds: TextBackgrounds
    ) -> None:
        super().__init__(edit)
        self._edit, self._log, self._page, self._grounds = edit, log, page, grounds
        self._bar = edit.verticalScrollBar()
        self._aloud = -1
        """The turn whose answer is being read aloud."""
        self._word: tuple[int, int] | None = None
        """Entry and character that are being spoken."""
        self._news = False
        """Something new is below what is in sight."""
        self.following = AutoScroll(self._bar, lambda: edit.viewport().height(), self._spoken_line, self)
        self.latest = Latest(theme, edit)
        for button in self.latest.buttons:
            button.clicked.connect(self.following.go_live)
        self._bar.rangeChanged.connect(self._show_latest)
        self._bar.valueChanged.connect(self._show_latest)

    def rect(self, number: int) -> QRect:
        """The text of an entry and, for the user's, its bubble, in the viewport; empty if it is not shown."""
        known = self._page.shown.get(number)
        blocks = list(self._page.blocks(number)) if known else []
        if known is None or not blocks:
            return QRect()
        top, bottom = (blocks[i].layout().boundingRect().translated(blocks[i].layout().position()) for i in (0, -1))
        left = blocks[0].blockFormat().leftMargin() - PADDING if known.entry.kind is Kind.USER else 0.0
        rect = QRectF(left, top.top() - 4, self._page.width - left, bottom.bottom() - top.top() + 8)
        return rect.translated(0, -self._bar.value()).toRect()

    # ------------------------------------------------------------ writing

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Whatever is written in here: where somebody reads stays in its place, and what is selected stays selected."""
        cursor = self._edit.textCursor()
        selection = Selection(cursor, self._page) if cursor.hasSelection() else None
        seen = self._edit.cursorForPosition(QPoint(0, 0))
        before = self._edit.cursorRect(seen).top()
        with self.following.by_itself():
            yield
            value = self._bar.value()
            if selection is not None and (again := selection.again(self._edit.textCursor())) is not None:
                self._edit.setTextCursor(again)  # which shows its end
                self._bar.setValue(value)
            if self.following.view is ScrollView.STAYS:
                self._bar.setValue(value + self._edit.cursorRect(seen).top() - before)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Everything is written again in here, as it was."""
        number = self._edit.cursorForPosition(QPoint(0, 0)).block().userState()
        before = self.rect(number).top()
        with self.following.by_itself():
            yield
            if self.following.view is ScrollView.STAYS:
                self._bar.setValue(self._bar.value() + self.rect(number).top() - before)
        self.written(())

    def is_news(self, entry: LogEntry) -> bool:
        """Whether what is read of it is about to change."""
        known = self._page.shown.get(entry.number)
        if known is None:
            return True
        before, call = known.entry.call, entry.call
        if before is not None and call is not None:  # to open it is no news
            before = replace(before, opened=call.opened, whole=call.whole)
        return (known.entry.text, before) != (entry.text, call)

    def written(self, new: Iterable[int]) -> None:
        """The document is another now; `new`: the entries that were news."""
        if self.following.view is ScrollView.STAYS:
            height = self._edit.viewport().height()
            self._news |= any(self.rect(number).bottom() > height for number in new)
        self.following.settle()
        self._show_latest()

    def bring(self, numbers: Iterable[int]) -> None:
        """Something opened: it stays where it is, unless too little of it would be in sight there."""
        with self.following.by_itself():
            for number in numbers:
                if not (rect := self.rect(number)).isEmpty():
                    below = min(rect.bottom() + MARGIN, rect.top() + PEEK) - self._edit.viewport().height()
                    self._bar.setValue(self._bar.value() + min(rect.top() - MARGIN, max(below, 0)))
        self._show_latest()

    # ------------------------------------------------------------ the voice

    def hear(self, event: Event) -> None:
        """Follows when an answer is read aloud."""
        match event:
            case SentenceReady(turn=turn):
                self._aloud = turn
            case TurnDone(turn=turn) | TurnFailed(turn=turn) | Interrupted(turn=turn) if turn == self._aloud:
                self._end_voice()
            case _:
                pass

    def mark_word(self, word: tuple[int, int] | None) -> None:
        """Entry and character that are being spoken."""
        self._word = word
        self.following.settle()

    def _spoken_line(self) -> tuple[float, float] | None:
        """Top and bottom of the line that is being spoken, in the document; the answer's first one before that."""
        reply = self._log.find(Kind.AGENT, self._aloud) if self._aloud >= 0 else None
        if reply is None or reply.number not in self._page.shown:
            return None
        if self._word is not None and self._word[0] == reply.number:
            for rect in self._grounds.word(*self._word):
                return rect.top(), rect.bottom()
        for block in self._page.blocks(reply.number):
            top = block.layout().position().y()
            return top, top + LINE
        return None

    def _end_voice(self) -> None:
        """Code is not read aloud and may follow below the last word: nobody is taken away from where they listened."""
        last, line = self._last(), self._spoken_line()
        newest = last is not None and (last.kind, last.turn) == (Kind.AGENT, self._aloud)
        self._aloud = -1
        if newest and line is not None and not self.following.at_end and self.following.view is ScrollView.LIVE:
            self.following.stay()
            self._news = True
            self._show_latest()

    # ------------------------------------------------------------ what is below

    def _last(self) -> LogEntry | None:
        """The last message or failed turn."""
        return next((e for e in reversed(self._log.entries) if e.kind not in (Kind.NOTE, Kind.TOOL)), None)

    def _show_latest(self) -> None:
        """The way to what is new, or an error, below what is in sight."""
        self._news = self._news and not self.following.at_end
        last = self._last()
        failure = last if last is not None and last.kind is Kind.FAILED else None
        below = failure is not None and self.rect(failure.number).bottom() > self._edit.viewport().height() + NEAR
        left, width = column(self._edit.width())
        within = QRect(left, 0, width, self._edit.height())
        self.latest.show(new=self._news, error=failure.text if failure and below else "", within=within)


# ---------------------------------------------------------------- the way to what is new below

ABOVE = 12
"""Logical pixels to the edge."""
LONGEST = 300
"""Characters of an error."""


class Latest:
    """One of two buttons, or none. Both are reached with Tab and lead to the end."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        self._parent = parent
        name = shown("Latest: go to what is new below")
        self.latest = Button(theme, ButtonLook.DIALOG, Face(text=shown("Latest ↓")), name, parent)
        self.failed = Button(theme, ButtonLook.DANGER, Face("state-problem"), "", parent)
        self.buttons = (self.latest, self.failed)
        for button in self.buttons:
            button.hide()

    def show(self, *, new: bool, error: str, within: QRect) -> None:
        """`new`: something is below that was not seen. `error`: what went wrong below; "" if nothing. `within`: the
        column of text, in the parent."""
        if error:
            self.failed.show_face(Face("state-problem", one_line(error, LONGEST), menu=True))
            self.failed.name(shown("{error} Go to it below", error=one_line(error, LONGEST)))
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
