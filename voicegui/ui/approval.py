"""The card that asks whether a call may run, with exactly what it would run with."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QWidget

from voicegui.core.events import ApprovalAsked
from voicegui.core.text.sanitiser import breakable, one_line
from voicegui.core.tools import ToolSource
from voicegui.core.wording import marked, shown

from .approval_text import LONGEST_CARD_TEXT as QUESTION
from .approval_text import ArgumentPart, ArgumentRun, card_text
from .buttons import Button, ButtonLook, Face, widths_within
from .dock import BUTTON_HEIGHT as DOCK
from .header import CHIP_HEIGHT as HEADER
from .shortcuts import ALLOW_KEY, REFUSE_KEY
from .text_pieces import column
from .text_selection import Caret
from .theme import Theme, interface_font

ARMED_MS = 400
"""From when the card has been painted until it takes an answer: a click or a key on its way to what stood there before
must not become a yes. People need longer to read a question."""
PADDING, ICON, BELOW = 16, 26, 12
"""Logical pixels: inside of the frame, of the icon with the space after it, under the frame."""
SHORT_QUESTION = 80
"""Characters of the question that are shown in a low window; what is asked about stands below it in full."""
LOW = 560
REST = HEADER + DOCK + 8
"""Logical pixels of the window's height that header, dock and the transcript's least take."""
AS_SENT, IN_WORDS = marked("Show exactly"), marked("Show in words")
_WEIGHTS = {ArgumentPart.NAME: QFont.Weight.DemiBold, ArgumentPart.OURS: QFont.Weight.Normal}
_COLOURS = {ArgumentPart.NAME: "text", ArgumentPart.VALUE: "text", ArgumentPart.OURS: "secondary"}


class ApprovalCard(QWidget):
    """Stands between transcript and dock while a question is open. It takes no focus; one question at a time."""

    answered = Signal(str, bool)
    """Id of the call, and whether it may run."""
    left = Signal()
    """It is about to go and has the focus, which has to go elsewhere."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._id = ""
        self._question = ""
        self._names = ("", "", "")
        self._given = False
        """It has been answered and stays until it is told that the answer has arrived."""
        self._arming = QTimer(self, singleShot=True, interval=ARMED_MS)  # the clock of the event loop
        self._arming.timeout.connect(lambda: self._arm(True))
        self.question = _label(self, 15, QFont.Weight.Medium, "text")
        self.origin = _label(self, 13, QFont.Weight.Normal, "quiet")
        self._exact, self._readable = "", tuple[ArgumentRun, ...]()
        self._exactly = False
        """The arguments are shown as they were sent."""
        self.arguments = _Arguments(theme, self)
        self.raw = Button(theme, ButtonLook.LINK, Face(text=shown(AS_SENT)), shown(AS_SENT), self)
        self.raw.clicked.connect(lambda: self._show_arguments(exactly=not self._exactly))
        self.more = _label(self, 13, QFont.Weight.Normal, "quiet")
        allow, refuse = Face(text=shown("Allow"), key=shown(ALLOW_KEY)), shown("Don't allow")
        self.allow = Button(theme, ButtonLook.DONE, allow, allow.text, self)
        self.refuse = Button(theme, ButtonLook.DIALOG, Face(text=refuse, key=shown(REFUSE_KEY)), refuse, self)
        self.allow.clicked.connect(lambda: self.answer(True))
        self.refuse.clicked.connect(lambda: self.answer(False))
        self.setAccessibleName(shown("Permission"))
        self.arguments.wrapped.connect(self.arrange)
        self.hide()

    # ------------------------------------------------------------ life

    def ask(self, asked: ApprovalAsked, source: ToolSource | None = None) -> None:
        """`source`: who brought the tool; None if that is not known."""
        self._id, self._given = asked.call.id, False
        text = card_text(asked, source)
        self._question = text.question
        self._names = (text.label, text.name, text.brought)
        name = "" if asked.call.name in (text.label, text.name) else f"{one_line(asked.call.name, 64)}\n"
        self._exact, self._readable = name + text.arguments, tuple(text.readable)
        self._show_arguments(exactly=not self._readable)
        self.setAccessibleDescription(self._question)
        self.show()
        self.rearm()
        self.arrange()

    def _show_arguments(self, *, exactly: bool) -> None:
        self._exactly = exactly
        face = Face(text=shown(IN_WORDS) if exactly else shown(AS_SENT))
        self.raw.show_face(face)
        self.raw.name(face.text)
        self.raw.setVisible(bool(self._readable))
        self.arguments.show_runs([ArgumentRun(self._exact, ArgumentPart.VALUE)] if exactly else self._readable)
        self.arguments.setAccessibleName(shown("Exact arguments") if exactly else shown("Arguments"))
        self.arrange()

    def done(self, id: str) -> None:
        """The question about that call is answered, or nobody waits for its answer."""
        if id == self._id:
            self.forget()

    def forget(self) -> None:
        """Nothing is asked any more."""
        self._id = ""
        self._arming.stop()
        self._arm(False)
        if self.isAncestorOf(self.window().focusWidget() or self.window()):
            self.left.emit()
        self.hide()

    def rearm(self) -> None:
        """It has only now come into sight again: no answer for a moment."""
        self._arming.stop()
        self._arm(False)
        self.update()

    def answer(self, allow: bool) -> None:
        """Does nothing while the card is not armed or does not ask."""
        if self._id and self.allow.isEnabled():
            self._arm(False)
            self._given = True
            self.answered.emit(self._id, allow)

    def _arm(self, on: bool) -> None:
        if not on and (self.allow.hasFocus() or self.refuse.hasFocus()):
            self.arguments.setFocus(Qt.FocusReason.OtherFocusReason)  # a disabled button would lose it to anything
        for button in (self.allow, self.refuse):
            button.setEnabled(on)

    # ------------------------------------------------------------ look

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Shows all of the arguments, in at most a third of the window; takes the height that needs."""
        high = self.window().height()
        self._show_texts(high < LOW)
        left, width = column(self.width())
        left, width, y = left + PADDING, width - 2 * PADDING, 14
        raw = 0 if self.raw.isHidden() else self.raw.wanted_width()
        for label, beside in ((self.question, 0), (self.origin, raw)):
            room = width - ICON - beside
            height = max(label.heightForWidth(room), self.raw.height() if beside else 0)
            label.setGeometry(left + ICON, y, room, height)
            y += height + 4
        self.raw.setGeometry(left + width - raw, self.origin.y(), raw, self.raw.height())
        y += 6
        self.arguments.setGeometry(left, y, width, self.arguments.height())
        below = 12 + self.allow.height() + 14 + BELOW
        room = high - REST - y - below
        self.arguments.fit(min(max(66, high // 3 - 60), max(48, room)))
        row = self._row_of_more(width) if self.arguments.scrolls() else 0
        if row:
            self.arguments.fit(min(max(66, high // 3 - 60), max(48, room - row)))
        scrolls = self.arguments.scrolls()
        y += self.arguments.height() + 12
        self.more.setGeometry(left, y, width, row)
        y += row
        right = left + width
        buttons = (self.allow, self.refuse)
        for button, wide in zip(buttons, widths_within(buttons, width - 8), strict=True):
            right -= wide
            button.setGeometry(right, y, wide, button.height())
            right -= 8
        if not row:
            self.more.setGeometry(left, y, right - left, self.allow.height())
        self.more.setText(shown("Scroll to read all of it") if scrolls else "")
        self.setFixedHeight(y - 12 + below)

    def _row_of_more(self, width: int) -> int:
        """Logical pixels of a line of its own for what says that there is more; 0 if it has room beside the buttons."""
        self.more.setText(shown("Scroll to read all of it"))
        beside = width - sum(button.wanted_width() + 8 for button in (self.allow, self.refuse))
        fits = beside > 0 and self.more.heightForWidth(beside) <= self.allow.height()
        return 0 if fits else self.more.heightForWidth(width) + 8

    def _show_texts(self, low: bool) -> None:
        label, name, brought = self._names
        names = (one_line(label, 24), one_line(brought, 24)) if low else (label, name, brought)
        self.question.setText(breakable(one_line(self._question, SHORT_QUESTION if low else QUESTION)))
        self.origin.setText(breakable(" · ".join(part for part in names if part)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.color("background"))
        left, width = column(self.width())
        frame = QRectF(left, 0, width, self.height() - BELOW).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(self._theme.color("line")))
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(frame, 14, 14)
        self._theme.icons.paint(painter, "call-waiting", self._theme.tokens.warning, left + PADDING, 16, 16)
        painter.end()
        if self._id and not self._given and not self.allow.isEnabled() and not self._arming.isActive():
            self._arming.start()


class _Arguments(QPlainTextEdit):
    """Read-only, as high as its text or scrolling; Space is left to push-to-talk."""

    wrapped = Signal()
    """Its text has another number of lines."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs: Sequence[ArgumentRun] = ()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(13)
        self.setFont(font)
        self._fitting = False
        Caret(self)
        theme.changed.connect(lambda: self.show_runs(self._runs))

    def show_runs(self, runs: Sequence[ArgumentRun]) -> None:
        """Names look like no value can look."""
        self._runs = runs
        self.clear()
        cursor = self.textCursor()
        cursor.beginEditBlock()
        for run in runs:
            made = QTextCharFormat()
            made.setFont(self.font() if run.role is ArgumentPart.VALUE else interface_font(13, _WEIGHTS[run.role]))
            made.setForeground(self._theme.color(_COLOURS[run.role]))
            cursor.insertText(run.text, made)
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def fit(self, most: int) -> None:
        """Takes the height of its text, at most `most` logical pixels; then it scrolls."""
        self._fitting = True  # the scroll bar comes and goes, and with it the width
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        needed = 2 * self.document().documentMargin() + 12  # inside and border of the style sheet, and some air
        block = self.document().firstBlock()
        while block.isValid() and needed <= most:
            needed += self.blockBoundingRect(block).height()
            block = block.next()
        self.setFixedHeight(min(round(needed), most))
        if needed > most:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._fitting = False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width() and not self._fitting:
            self.wrapped.emit()

    def scrolls(self) -> bool:
        return self.verticalScrollBar().maximum() > 0

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)


def _label(parent: QWidget, pixels: int, weight: QFont.Weight, role: str) -> QLabel:
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(interface_font(pixels, weight))
    made.setWordWrap(True)
    made.setProperty("role", role)
    return made
