"""The line that says what is going on: shape, word and hint, or a problem with its way out."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from voicegui.core.errors import with_hint
from voicegui.core.events import Phase, ProblemAppeared, StateChanged
from voicegui.core.text.sanitiser import tip
from voicegui.core.wording import shown

from .buttons import Button, ButtonLook, Face
from .remedies import Remedy
from .theme import Theme, interface_font


@dataclass(frozen=True, slots=True)
class StatusText:
    """What the line shows. `word` is also the accessible name, after "State: "."""

    icon: str
    word: str
    role: str
    """Colour, a role of `Tokens`."""
    hint: str = ""
    problem: bool = False
    beside: "StatusText | None" = None
    """What goes on nevertheless: a problem does not hide it."""
    heading: str = ""
    """What a problem shows of `word`, in bold."""
    detail: str = ""
    """And what follows that."""


LINE, MOST_LINES = 20, 3
"""Height of a line of text in logical pixels, and how many are shown; the rest is in the tooltip."""

STATUS_HEIGHT = 44
LEFT, LINK = 26, 22
"""Where the sentence begins, and the height of a way out."""


def status_before(*, ready: bool, loading: bool) -> StatusText:
    """While no phase is told."""
    if ready:
        return StatusText("state-ready", shown("Ready"), "secondary")
    return StatusText("state-starting", shown("Getting ready") if loading else shown("Starting…"), "secondary")


def status_of(state: StateChanged) -> StatusText:
    """The one place where phases become words."""
    rests = state.phase in (Phase.IDLE, Phase.LISTENING)
    if state.muted and (rests or state.user_speaking):  # also while Talk is held: it hears nothing
        hint = shown("it does not hear you; Ctrl+M unmutes")
        return StatusText("microphone-off", shown("Muted"), "recording", hint)
    if state.user_speaking:
        hint = shown("release, or click Send") if state.talking else shown("hands-free")
        return StatusText("state-hearing", shown("Hearing you"), "you", hint)
    match state.phase:
        case Phase.LISTENING:
            hint = shown("speak now") if state.talking else shown("just start talking")
            return StatusText("state-listening", shown("Listening"), "you", hint)
        case Phase.PROCESSING:
            return StatusText("state-thinking", shown("Thinking"), "secondary", shown("press Esc to stop"))
        case Phase.SPEAKING if state.silent:
            return StatusText("state-thinking", shown("Writing"), "agent", shown("press Esc to stop"))
        case Phase.SPEAKING:
            return StatusText("speaker", shown("Speaking"), "agent", _way_to_interrupt(state))
        case _:
            hint = shown("hold Space or click Talk to speak")
            return StatusText("state-ready", shown("Ready"), "secondary", hint)


def _way_to_interrupt(state: StateChanged) -> str:
    if state.typed:
        return shown("press Esc to stop speaking; the text stays")
    if state.muted:
        return shown("press Esc to interrupt; the microphone is muted")
    if state.hands_free:
        return shown("talk over it or press Esc to interrupt")
    return shown("press Esc to interrupt")


def status_of_problem(problem: ProblemAppeared, beside: StatusText | None = None) -> StatusText:
    sentence = with_hint(problem.message, problem.hint, problem.hint_kind)
    heading, detail = sentence, ""
    if problem.heading:
        heading, detail = problem.heading, with_hint(problem.detail, problem.hint, problem.hint_kind)
    word = shown("Problem: {sentence}", sentence=sentence)
    return StatusText("state-problem", word, "warning", problem=True, beside=beside, heading=heading, detail=detail)


class ElidedLabel(QLabel):
    """Text of two weights on at most as many lines as fit; the rest is elided and found in the tooltip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._strong, self._role, self._weak = "", "text", ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_text(self, strong: str, role: str, weak: str) -> None:
        self._strong, self._role, self._weak = strong, role, weak
        self.setText(f"{strong}  {weak}".strip())
        self.setToolTip("")
        self.update()

    def needed_width(self) -> int:
        """Logical pixels on one line."""
        weak = QFontMetricsF(interface_font(13)).horizontalAdvance("  " + self._weak) if self._weak else 0.0
        return round(QFontMetricsF(self._strong_font()).horizontalAdvance(self._strong) + weak + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(60, 20)

    def _strong_font(self) -> QFont:
        return interface_font(14, QFont.Weight.DemiBold)

    def lines(self, width: int) -> int:
        """How many it would take at this width, at most three."""
        return min(MOST_LINES, len(self._lay_out(width)[1]))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        layout, starts = self._lay_out(self.width())
        shown = min(max(1, self.height() // LINE), len(starts))
        top = (self.height() - shown * LINE) / 2 + 2
        for index in range(shown):
            if index == shown - 1 and len(starts) > shown:
                self._paint_elided(painter, starts[index], top + index * LINE)
            else:
                layout.lineAt(index).draw(painter, QPointF(0, top))
        painter.end()

    def _lay_out(self, width: int) -> tuple[QTextLayout, list[int]]:
        """Each line's first character too."""
        layout = QTextLayout(self.text(), interface_font(13))
        layout.setFormats([self._format(), self._weak_format()])
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        starts: list[int] = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            line.setPosition(QPointF(0, len(starts) * LINE))
            starts.append(line.textStart())
        layout.endLayout()
        return layout, starts

    def _paint_elided(self, painter: QPainter, start: int, y: float) -> None:
        strong = start < len(self._strong)
        font = self._strong_font() if strong else interface_font(13)
        painter.setFont(font)
        painter.setPen(self._theme.color(self._role if strong else "secondary"))
        rest = QFontMetricsF(font).elidedText(self.text()[start:], Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QPointF(0, y + QFontMetricsF(font).ascent()), rest)
        self.setToolTip(tip(self.text()))

    def _format(self) -> QTextLayout.FormatRange:
        return self._range(0, len(self._strong), self._strong_font(), self._theme.color(self._role))

    def _weak_format(self) -> QTextLayout.FormatRange:
        start = len(self._strong)
        return self._range(start, len(self.text()) - start, interface_font(13), self._theme.color("secondary"))

    def _range(self, start: int, length: int, font: QFont, colour: QColor) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        made.start, made.length = start, length
        style = QTextCharFormat()
        style.setFont(font)
        style.setForeground(colour)
        made.format = style
        return made


class StatusLine(QWidget):
    """Icon, sentence and ways out in a row; where that is narrow the ways out take a line of their own below.

    As high as `height_for` says: two lines of text, or more if the sentence needs them.
    """

    way = Signal(object)
    """The `Action` of the way out that was chosen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.status = status_before(ready=False, loading=False)
        self.label = ElidedLabel(theme, self)
        self._remedies: Sequence[Remedy] = ()
        self.ways: list[Button] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_status(self.status, ())

    def show_status(self, status: StatusText, ways: Sequence[Remedy]) -> None:
        self.status = status
        if status.problem:
            self.label.show_text(status.heading, status.role, status.detail)
        else:
            self.label.show_text(status.word, status.role, status.hint)
        self.label.setAccessibleName(shown("State: {state}", state=status.word))
        beside = shown("State: {state}", state=status.beside.word) if status.beside else ""
        self.label.setAccessibleDescription(status.hint or beside)
        before, self._remedies = self._remedies, ways
        if [way.label for way in before] != [way.label for way in ways]:
            for old in self.ways:
                old.hide()
                old.deleteLater()
            self.ways = [self._way(index, remedy.label) for index, remedy in enumerate(ways)]
        self._arrange()
        self.update()

    def _way(self, index: int, label: str) -> Button:
        """The action is looked up when it is clicked: a button stays while its words do."""
        button = Button(self._theme, ButtonLook.LINK, Face(text=label), label, self)
        button.clicked.connect(lambda: self.way.emit(self._remedies[index].action))
        button.show()
        return button

    def resizeEvent(self, event: object) -> None:  # noqa: N802
        self._arrange()

    def height_for(self, width: int) -> int:
        """Logical pixels it needs at this width."""
        room = width - LEFT
        if self._below(room):
            return max(STATUS_HEIGHT, self._head() + self.label.lines(room) * LINE + LINK + 2)
        return max(STATUS_HEIGHT, self._head() + self.label.lines(self._beside(room)) * LINE + 4)

    def _head(self) -> int:
        """Logical pixels of the line above a problem, which says what goes on nevertheless."""
        return LINE if self.status.beside else 0

    def _ways_width(self) -> int:
        return sum(way.wanted_width() + 4 for way in self.ways) + (8 if self.ways else 0)

    def _below(self, room: int) -> bool:
        """The ways out under the sentence: beside it they would leave it too little."""
        if not self.ways:
            return False
        beside = room - self._ways_width()
        return beside < min(260, self.label.needed_width()) or self.label.lines(beside) > 2

    def _beside(self, room: int) -> int:
        """What the sentence gets of it."""
        left = room - self._ways_width()
        return min(left, self.label.needed_width()) if self.ways else left

    def _arrange(self) -> None:
        room, head = self.width() - LEFT, self._head()
        below = self._below(room)
        if below:
            high = self.label.lines(room) * LINE
            self.label.setGeometry(LEFT, head + 1, room, high)
            x, y, self._icon_y = LEFT - 3, head + high + 1, head + 3
        else:
            self.label.setGeometry(LEFT, head + 2, self._beside(room), self.height() - head - 4)
            x, y = LEFT + self.label.width() + 8, head + (self.height() - head - LINK) // 2
            self._icon_y = head + (self.height() - head - 16) // 2
        spare = self.width() - x - sum(way.wanted_width() + 4 for way in self.ways) + 4
        widest = max(self.ways, key=Button.wanted_width, default=None)
        for way in self.ways:
            wide = way.wanted_width() + (min(0, spare) if way is widest else 0)
            way.setGeometry(x, y, max(0, wide), LINK)
            x += wide + 4

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        colour = getattr(self._theme.tokens, self.status.role)
        self._theme.icons.paint(painter, self.status.icon, colour, 0, self._icon_y, 16)
        if beside := self.status.beside:
            colour = getattr(self._theme.tokens, beside.role)
            self._theme.icons.paint(painter, beside.icon, colour, 0, 4, 16)
            painter.setFont(interface_font(14, QFont.Weight.DemiBold))
            painter.setPen(QColor(colour))
            painter.drawText(LEFT, 0, self.width() - LEFT, 24, Qt.AlignmentFlag.AlignVCenter, beside.word)
        painter.end()
