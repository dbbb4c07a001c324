"""One line of a page: what it is called, what it means, and the control that changes it."""

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from voicegui.core.errors import VoiceError, with_hint
from voicegui.core.text.sanitiser import tip

from ..buttons import Button, ButtonLook, Face
from ..theme import Theme, interface_font
from .controls import WIDTH

NARROW = 520
"""Below this width of a page its wide controls go under their texts."""


class ControlPlace(Enum):
    """Where the control is."""

    BESIDE = "beside"
    BELOW = "below"
    WHERE_ROOM = "where there is room"
    SMALL = "where there is room, never wider than it needs"


class SettingRow(QWidget):
    """Title and help to the left, the control to the right or below; below the help a notice when there is one."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        help: str,
        control: QWidget | None = None,
        place: ControlPlace = ControlPlace.WHERE_ROOM,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._words = f"{title} {help}".casefold()
        self._place, self._control = place, control
        self._width = 0
        self.relevant = True
        """False while other settings make it pointless: then it is not shown."""
        self.title = label(title, "text", 15, QFont.Weight.Medium)
        self.help = label(help, "quiet", 13)
        self.notice = label("", "quiet", 13)
        self.link = Button(theme, ButtonLook.LINK, Face(), "", self)
        self._action: Callable[[], None] = lambda: None
        self.link.clicked.connect(lambda: self._action())
        self._build(control)
        self.help.setVisible(bool(help))
        self.clear_notice()

    def _build(self, control: QWidget | None) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self.title)
        texts.addWidget(self.help)
        self._news = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._news.setSpacing(4)
        self._news.addWidget(self.notice)
        self._news.addWidget(self.link, 0, Qt.AlignmentFlag.AlignLeft)
        self._news.addStretch(1)
        texts.addLayout(self._news)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setSpacing(24)
        self._beside.addLayout(texts, 1)
        if control is not None:
            self._beside.addWidget(control)
        self.extra = QVBoxLayout()
        """For what appears below both."""
        self.extra.setSpacing(8)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 12, 0, 13)
        whole.setSpacing(12)
        whole.addLayout(self._beside)
        whole.addLayout(self.extra)

    def explain(self, detail: str) -> None:
        """What only some want to know: on hover, and found by searching."""
        for part in (self.title, self.help):
            part.setToolTip(tip(detail) if detail else "")
        self._words += f" {detail}".casefold()

    def matches(self, words: list[str]) -> bool:
        """All of the casefolded words occur in its title or help."""
        return all(word in self._words for word in words)

    def arrange(self, width: int) -> None:
        """For a page of that width."""
        self._width = width
        floats = self._place in (ControlPlace.WHERE_ROOM, ControlPlace.SMALL)
        below = self._place is ControlPlace.BELOW or (floats and width < NARROW)
        direction = QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight
        self._beside.setDirection(direction)
        self._beside.setSpacing(8 if below else 24)
        self._arrange_news(width if below else width - WIDTH - 24)
        if self._control is not None and self._place is ControlPlace.SMALL:
            self._beside.setAlignment(self._control, Qt.AlignmentFlag.AlignLeft if below else Qt.AlignmentFlag(0))
        elif self._control is not None and self._place is not ControlPlace.BESIDE:
            self._control.setMinimumWidth(0 if below else min(WIDTH, self._control.maximumWidth()))
            policy = QSizePolicy.Policy.Expanding if below else QSizePolicy.Policy.Fixed
            self._control.setSizePolicy(policy, QSizePolicy.Policy.Fixed)

    def _arrange_news(self, width: int) -> None:
        """The link behind a short notice, below a long one."""
        text = QFontMetrics(self.notice.font()).horizontalAdvance(self.notice.text())
        inline = bool(self.link.face.text) and text + 8 + self.link.wanted_width() <= width
        direction = QBoxLayout.Direction.LeftToRight if inline else QBoxLayout.Direction.TopToBottom
        self._news.setDirection(direction)
        self.notice.setWordWrap(not inline)

    def show_help(self, text: str) -> None:
        self.help.setText(text)
        self.help.setVisible(bool(text))

    def show_notice(self, text: str, role: str, link: str = "", action: Callable[[], None] = lambda: None) -> None:
        """`role`: warning or error. `link` names what `action` does."""
        paint(self.notice, role)
        self.notice.setText(text)
        self.notice.show()
        self._action = action
        self.link.show_face(Face(text=link))
        self.link.name(link)
        self.link.setVisible(bool(link))
        self.arrange(self._width)

    def show_error(self, error: VoiceError) -> None:
        self.show_notice(with_hint(error.message, error.hint, error.hint_kind), "error")

    def clear_notice(self) -> None:
        self.notice.setText("")
        self.notice.hide()
        self.link.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line"))
        painter.end()


def beside(*texts: str) -> str:
    """Each says something on its own; empty ones are left out."""
    return " · ".join(filter(None, texts))


def label(text: str, role: str, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QLabel:
    """Text that wraps, in the colour of a role."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(interface_font(pixels, weight))
    made.setWordWrap(True)
    made.setProperty("role", role)
    return made


def paint(made: QLabel, role: str) -> None:
    """Another colour."""
    made.setProperty("role", role)
    made.style().unpolish(made)
    made.style().polish(made)
