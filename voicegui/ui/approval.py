"""The card that asks whether a call may run, with exactly what it would run with."""

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontDatabase, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from voicegui.core.events import ApprovalAsked
from voicegui.core.tools import BUILT_IN

from .buttons import Button, Face, Look
from .calls import pretty
from .foreign import breakable, harmless, one_line
from .theme import Theme, interface_font

ARMED_MS = 400
"""From when the card has been painted until it takes an answer: a click or a key on its way to what stood there before
must not become a yes. People need longer to read a question."""
WIDEST = 720
QUESTION = 300
"""Characters of the question that are shown; what is asked about stands below it in full."""
ALLOW_KEY, REFUSE_KEY = "Alt+Y", "Alt+N"


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
        self._given = False
        """It has been answered and stays until it is told that the answer has arrived."""
        self._arming = QTimer(self, singleShot=True, interval=ARMED_MS)  # the clock of the event loop
        self._arming.timeout.connect(lambda: self._arm(True))
        self.question = _label(15, QFont.Weight.Medium, "text")
        self.origin = _label(13, QFont.Weight.Normal, "quiet")
        self.arguments = _Arguments(self)
        self.more = _label(13, QFont.Weight.Normal, "quiet")
        self.allow = Button(theme, Look.DONE, Face(text="Allow", key=ALLOW_KEY), "Allow", self)
        self.refuse = Button(theme, Look.DIALOG, Face(text="Don't allow", key=REFUSE_KEY), "Don't allow", self)
        self.allow.clicked.connect(lambda: self.answer(True))
        self.refuse.clicked.connect(lambda: self.answer(False))
        self.setAccessibleName("Permission")
        self._build()
        self.hide()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.more, 1)
        buttons.addWidget(self.refuse)
        buttons.addWidget(self.allow)
        self._inner = QVBoxLayout()
        self._inner.setSpacing(4)
        for widget in (self.question, self.origin):
            widget.setIndent(0)
            texts = QHBoxLayout()
            texts.setContentsMargins(26, 0, 0, 0)  # the icon
            texts.addWidget(widget)
            self._inner.addLayout(texts)
        self._inner.addSpacing(6)
        self._inner.addWidget(self.arguments)
        self._inner.addSpacing(8)
        self._inner.addLayout(buttons)
        self._outer = QGridLayout(self)
        self._outer.addLayout(self._inner, 0, 0)
        self.arguments.fitted.connect(self._say_more)

    # ------------------------------------------------------------ life

    def ask(self, asked: ApprovalAsked, source: str = "") -> None:
        """`source`: who brought the tool, as `ToolInfo` has it; "" if that is not known."""
        call = asked.call
        self._id, self._given = call.id, False
        label = one_line(asked.label or call.name, 60)
        question = one_line(asked.question, QUESTION) or f"May it use “{label}”?"
        brought = "part of voicegui" if source == BUILT_IN else f"from {one_line(source, 60)}" if source else ""
        self.question.setText(breakable(question))
        names = [label, "" if call.name == label else one_line(call.name, 64), brought]
        self.origin.setText(breakable(" · ".join(part for part in names if part)))
        self.arguments.setPlainText(harmless(pretty(call.arguments)) or "(nothing)")
        self.setAccessibleDescription(question)
        self.show()
        self.rearm()
        self.fit()

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
        self.fit()

    def fit(self) -> None:
        """Shows all of the arguments, in at most a third of the window."""
        side = max(16, (self.width() - WIDEST) // 2)
        self._outer.setContentsMargins(side + 16, 14, side + 16, 26)
        self.arguments.fit(max(66, self.window().height() // 3 - 60))

    def _say_more(self) -> None:
        self.more.setText("Scroll to read all of it" if self.arguments.scrolls() else "")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.color("background"))
        side = max(16, (self.width() - WIDEST) // 2)
        frame = QRectF(self.rect()).adjusted(side + 0.5, 0.5, -side - 0.5, -12.5)
        painter.setPen(QPen(self._theme.color("line")))
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(frame, 14, 14)
        self._theme.icons.paint(painter, "call-waiting", self._theme.tokens.warning, side + 16, 17, 16)
        painter.end()
        if self._id and not self._given and not self.allow.isEnabled() and not self._arming.isActive():
            self._arming.start()


class _Arguments(QPlainTextEdit):
    """Read-only, as high as its text or scrolling; Space is left to push-to-talk."""

    fitted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Exact arguments")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(13)
        self.setFont(font)
        self._most = 0

    def fit(self, most: int) -> None:
        """Takes the height of its text, at most `most` logical pixels."""
        self._most = most
        lines = self.document().size().height()
        needed = lines * self.fontMetrics().lineSpacing() + 2 * self.document().documentMargin() + 10
        self.setFixedHeight(min(round(needed), most))
        self.fitted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():  # its text is wrapped anew
            self.fit(self._most)

    def scrolls(self) -> bool:
        return self.verticalScrollBar().maximum() > 0

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)


def _label(pixels: int, weight: QFont.Weight, role: str) -> QLabel:
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(interface_font(pixels, weight))
    made.setWordWrap(True)
    made.setProperty("role", role)
    return made
