"""What stands in the window while nothing has been said: what is going on, what it can do, and what to try first."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QTextDocument
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QVBoxLayout, QWidget

from voicegui.core.ports import LoadingProgress
from voicegui.core.privacy import STAGES, DataFlow
from voicegui.core.session import Session
from voicegui.core.tools import Permission
from voicegui.core.wording import Sentence, listed, marked, sentences, shown, spoken

from .buttons import Button, ButtonLook, Face
from .event_texts import amounts, separated, size
from .theme import Theme, interface_font

COLUMN, MARGIN = 520, 24
USUAL = "assistant"
"""The partner who answers anything."""
_ABLE = {
    "set_reminder": marked("remind you of things"),
    "calculate": marked("calculate"),
    "current_time": marked("tell the time anywhere"),
    "get_weather": marked("tell the weather"),
    "remember": marked("remember what you ask it to"),
}
"""What can be done with a tool, in the words of this window; what others bring is not praised here."""
_OTHERS = {
    "interpreter": marked("It says in {language_b} what you say in {language_a}, and the other way round."),
    "customer_service": marked("It answers as a customer service would."),
    "dictation": marked("It writes down what you say, with punctuation."),
    "practice": marked("You practise {language_b} with it, and it corrects you."),
}
"""What partners do who have something of their own to talk about."""
_TRIES = (
    ("", marked("How does rain form?")),
    ("set_reminder", marked("Remind me to drink some water in ten minutes.")),
    ("calculate", marked("What is 17 percent of 250?")),
    ("", marked("Tell me a short story about the sea.")),
    ("", marked("Give me three ideas for a rainy Sunday.")),
)
"""What can be said, in the language of the conversation, and the tool it needs."""
TRIES = 3
_TALK = marked("It answers aloud, and you can talk over it at any time.")
_HEAR, _THINK, _SPEAK = marked("hear"), marked("think"), marked("speak")
_NOTICE = marked("notice when you have finished")


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the program is."""

    ready: bool = False
    problem: bool = False
    loading: LoadingProgress | None = None


def tries(session: Session | None) -> Sequence[str]:
    """What can be said here that is sure to go well."""
    if session is None or session.settings.preset != USUAL or session.settings.prompt.strip():
        return ()
    offered = _offered(session)
    return [spoken(text) for tool, text in _TRIES if not tool or tool in offered][:TRIES]


def abilities(session: Session | None) -> str:
    """What it can do, by the tools that are offered."""
    if session is None or session.settings.prompt.strip():
        return shown(_TALK)  # a person's own instructions say what it does
    settings = session.settings
    if settings.preset in _OTHERS:
        languages = {"language_a": settings.language_a, "language_b": settings.language_b}
        return shown(_OTHERS[settings.preset], **languages)
    able = [shown(words) for tool, words in _ABLE.items() if tool in _offered(session)]
    more = shown("It can also {abilities}.", abilities=listed(able))
    return sentences(shown(_TALK), more if able else shown("It can explain, tell and discuss.")).shown()


def _offered(session: Session) -> frozenset[str]:
    if not session.settings.use_tools:
        return frozenset()
    tools = session.toolbox.all_tools()
    if not tools:  # not known yet: what the program brings will be there
        return frozenset(_ABLE)
    return frozenset(tool.name for tool in tools if tool.permission is not Permission.NEVER)


def _needed(where: DataFlow | None) -> Sentence:
    """What of it runs here and has to be downloaded: "hear, think and speak". None: where is not known."""
    does = {"stt": shown(_HEAR), "llm": shown(_THINK), "tts": shown(_SPEAK)}
    if where is None:
        return listed([*does.values()])
    here = [
        does[stage] for stage in STAGES if any(not route.address and not route.unknown for route in where.stages[stage])
    ]
    return listed(here or [shown(_NOTICE)])


class Welcome(QWidget):
    """Lies over the transcript while that is empty. What does not fit into a low window is left out from below."""

    tried = Signal(str)
    """What somebody wants to say."""

    def __init__(self, theme: Theme, over: QAbstractScrollArea, document: QTextDocument) -> None:
        super().__init__(over)
        self._over, self._document = over, document
        self._standing = Standing()
        self._session: Session | None = None
        self.title = _label("text", 18, QFont.Weight.DemiBold)
        self.what = _label("quiet", 15, above=8)
        self.far = _label("text", 15, QFont.Weight.Medium, above=8)
        self.able = _label("quiet", 15, above=16)
        self.heading = _label("text", 13, QFont.Weight.DemiBold, above=16)
        self.buttons = [self._button(theme) for _ in range(TRIES)]
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(0)
        self._layout.addStretch(1)
        for part in self._parts():
            part.setParent(self)
            if isinstance(part, Button):
                self._layout.addSpacing(8)
            self._layout.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft if part in self.buttons else Qt.AlignmentFlag(0))
        self._layout.addStretch(1)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._look)
        document.contentsChanged.connect(self._later.start)
        over.installEventFilter(self)
        self._tell()

    def show_session(self, session: Session) -> None:
        self._session = session
        self._tell()

    def show_standing(self, standing: Standing) -> None:
        self._standing = standing
        self._tell()

    def _parts(self) -> Sequence[QLabel | Button]:
        return [self.title, self.what, self.far, self.able, self.heading, *self.buttons]

    def _button(self, theme: Theme) -> Button:
        button = Button(theme, ButtonLook.CHIP, Face(), "", self)
        button.clicked.connect(lambda: self.tried.emit(button.face.text))
        return button

    def _tell(self) -> None:
        standing, session = self._standing, self._session
        usable = standing.ready and not standing.problem
        self.title.setText(self._title())
        self.what.setText("" if usable else self._what())
        self.far.setText("" if usable or not standing.loading else separated(amounts(standing.loading)))
        self.able.setText(abilities(session))
        texts = tries(session)
        heading = shown("Try one of these:") if usable else shown("When it is ready, try one of these:")
        self.heading.setText(heading if texts else "")
        for index, button in enumerate(self.buttons):
            text = texts[index] if index < len(texts) else ""
            if button.face.text != text:
                button.show_face(Face(text=text))
                button.name(text)
            button.setEnabled(usable)
            button.setCursor(Qt.CursorShape.PointingHandCursor if usable else Qt.CursorShape.ArrowCursor)
        self._arrange()

    def _title(self) -> str:
        standing = self._standing
        if standing.problem and not standing.loading:
            return shown("It cannot start yet") if not standing.ready else shown("Something is wrong")
        if not standing.ready:
            return shown("Getting ready")
        hands_free = self._session is None or self._session.settings.hands_free
        if hands_free:
            return shown("Say something, or type a message")
        return shown("Hold Space and talk, or type a message")

    def _what(self) -> str:
        loading = self._standing.loading
        if self._standing.problem and not loading:
            return shown("What it is, and what can be done, is said below.")
        if loading is None:
            return shown("This takes a few seconds.")
        if not loading.total:
            return shown("{what}…", what=loading.what)
        need = _needed(self._session.whereabouts() if self._session else None)
        return shown(
            "Once, {size} are downloaded: what it needs to {need} on this machine. "
            "You can go on with something else meanwhile.",
            size=size(loading.total),
            need=need,
        )

    # ------------------------------------------------------------ place

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize:
            self._arrange()
        return False

    def _look(self) -> None:
        self.setVisible(self._document.isEmpty())

    def _arrange(self) -> None:
        room = self._over.rect()
        self.setGeometry(room)
        side = max(MARGIN, (room.width() - COLUMN) // 2)
        self._layout.setContentsMargins(side, 8, side, 8)
        width = room.width() - 2 * side
        for button in self.buttons:
            button.limit(width)
        used = 16
        for part in self._by_importance():
            wanted = bool(part.text())
            high = part.height() if isinstance(part, Button) else part.heightForWidth(width)
            fits = wanted and used + high + 8 <= room.height()
            part.setVisible(fits)
            used += high + 8 if fits else 0

    def _by_importance(self) -> Sequence[QLabel | Button]:
        """In a low window the first of these stay."""
        return [self.title, self.far, *self.buttons, self.what, self.heading, self.able]


def _label(role: str, pixels: int, weight: QFont.Weight = QFont.Weight.Normal, above: int = 0) -> QLabel:
    made = QLabel()
    made.setContentsMargins(0, above, 0, 0)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(interface_font(pixels, weight))
    made.setWordWrap(True)
    made.setProperty("role", role)
    return made
