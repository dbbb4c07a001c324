"""What a message offers under the mouse: copy it, and how fast it was answered."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip

from voicegui.core.text.sanitiser import tip
from voicegui.core.wording import shown

from .buttons import Button, ButtonLook, Face
from .gauges import describe
from .theme import Theme
from .transcript import Transcript
from .transcript_entries import Kind, LogEntry

SIZE = 28
DONE_MS = 1200


class Hover(QObject):
    """A copy button beside the message under the mouse, and the latency in its tooltip."""

    def __init__(self, theme: Theme, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._transcript = transcript
        self._entry: LogEntry | None = None
        self._button = Button(theme, ButtonLook.FLAT, Face("copy"), shown("Copy message"), transcript)
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._button.setFixedSize(SIZE, SIZE)
        self._button.hide()
        self._button.clicked.connect(self._copy)
        self._done = QTimer(self, singleShot=True, interval=DONE_MS)
        self._done.timeout.connect(lambda: self._button.show_face(Face("copy")))
        transcript.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
        transcript.viewport().installEventFilter(self)
        transcript.verticalScrollBar().valueChanged.connect(self._button.hide)
        transcript.document().contentsChanged.connect(self._look)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseMove and not event.buttons():
            self._point(event.position().toPoint())
        elif isinstance(event, QHelpEvent):
            return self._explain(event)
        elif isinstance(event, QContextMenuEvent):
            return self._menu(event)
        return False

    def _point(self, point: QPoint) -> None:
        entry = self._transcript.entry_at(point)
        if entry is None or entry.kind not in (Kind.USER, Kind.AGENT) or entry.partial:
            self._button.hide()
        elif entry != self._entry or not self._button.isVisible():
            rect = self._transcript.entry_rect(entry.number)
            origin = self._transcript.viewport().pos()
            x = rect.left() - SIZE - 4 if entry.kind is Kind.USER else rect.right() + 4
            x = min(max(x + origin.x(), 0), self._transcript.width() - SIZE - 12)
            self._button.move(x, max(0, rect.top() + origin.y()))
            self._button.show_face(Face("copy"))
            self._button.show()
            self._button.raise_()
        self._entry = entry

    def _look(self) -> None:
        """The message may be gone: a new conversation has begun."""
        if self._button.isVisible() and self._now() is None:
            self._button.hide()

    def _now(self) -> LogEntry | None:
        """The message as it is now: a reply grows under the mouse."""
        return self._transcript.entry(self._entry.number) if self._entry is not None else None

    def _copy(self) -> None:
        if (entry := self._now()) is not None:
            QGuiApplication.clipboard().setText(entry.text)
            self._button.show_face(Face("done"))
            self._done.start()

    def _explain(self, event: QHelpEvent) -> bool:
        entry = self._transcript.entry_at(event.pos())
        text = entry.about or (describe(entry.timings) if entry.timings else "") if entry else ""
        if not text:
            return False
        QToolTip.showText(event.globalPos(), tip(text), self._transcript)
        return True

    def _menu(self, event: QContextMenuEvent) -> bool:
        """Qt's own menu, with the whole message added."""
        entry = self._transcript.entry_at(event.pos())
        menu = self._transcript.createStandardContextMenu()
        if entry is not None and entry.kind is not Kind.TOOL:
            copy = QAction(shown("Copy message"), menu)
            copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(entry.text))
            menu.insertAction(menu.actions()[0] if menu.actions() else copy, copy)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())
        return True
