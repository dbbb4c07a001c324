"""Push-to-talk: click to start and stop, or hold."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from voicegui.core.commands import PressTalk, ReleaseTalk
from voicegui.core.wording import marked, shown

from .buttons import Button, ButtonLook, Face
from .shortcuts import TALK as TALK_KEY
from .theme import Theme

HOLD_S = 0.25
"""Longer than this is holding, shorter is a click."""
TALK, SEND = marked("Talk"), marked("Send")
REPEAT_MS = 60
"""X11 repeats a key as release and press a few ms apart: a release counts only when no press follows within this."""


class TalkSwitch(QObject):
    """Turns presses and releases of the button or of Space into `PressTalk` and `ReleaseTalk`.

    The microphone opens at the press, so that first words are not lost; the release decides whether it was a click.
    """

    def __init__(
        self, send: Callable[[PressTalk | ReleaseTalk], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._send = send
        self._clock = clock
        self._down = False
        self._pressed_at = 0.0
        self._released_at = 0.0
        self._stops = False
        self.on = False
        """The microphone is open for push-to-talk, as far as was asked or told."""
        self._release = QTimer(self, singleShot=True, interval=REPEAT_MS)
        self._release.timeout.connect(self._let_go)

    @property
    def held(self) -> bool:
        return self._down

    def press(self, at: float | None = None) -> None:
        """`at`: seconds when it really happened, if the event says so; under load it arrives later."""
        if self._release.isActive():  # auto-repeat: it was never let go
            self._release.stop()
            return
        if self._down:
            return
        self._down = True
        self._pressed_at = self._clock() if at is None else at
        self._stops = self.on
        if not self.on:
            self.on = True
            self._send(PressTalk())

    def release(self, at: float | None = None) -> None:
        """`at`: on the clock of `press`."""
        if self._down and not self._release.isActive():
            self._released_at = self._clock() if at is None else at
            self._release.start()

    def lost(self) -> None:
        """The focus is gone and the release will never come: what is held is let go, what was clicked stays."""
        if self._down:
            self._release.stop()
            self._down = False
            self._stop()

    def told(self, talking: bool) -> None:
        """What the conversation says. While held, the hand knows better."""
        if not self._down:
            self.on = talking

    def _let_go(self) -> None:
        self._down = False
        if self._stops or self._released_at - self._pressed_at > HOLD_S:
            self._stop()

    def _stop(self) -> None:
        if self.on:
            self.on = False
            self._send(ReleaseTalk())


class TalkButton(Button):
    """Stays pressed while the mouse is held, wherever it goes. Space is left to the window."""

    def __init__(self, theme: Theme, switch: TalkSwitch, parent: QWidget | None = None) -> None:
        face = Face("microphone", shown(TALK), key=shown(TALK_KEY))
        super().__init__(theme, ButtonLook.YOU, face, face.text, parent)
        self._switch = switch
        self.show_on(False)
        self._at: float | None = None
        self.pressed.connect(lambda: switch.press(self._at))
        self.released.connect(lambda: switch.release(self._at))

    def show_on(self, on: bool) -> None:
        """Shows what the conversation says, not what was clicked. While the microphone is open it says what the next
        click does, in the colour of a recording; for a screen reader it is a plain button."""
        self.wear(ButtonLook.RECORDING if on else ButtonLook.YOU)
        words = shown(SEND) if on else shown(TALK)
        self.show_face(Face("send" if on else "microphone", words, key=self.face.key))
        self.name(words)
        self.setAccessibleDescription(shown("The microphone is open") if on else "")
        self.setToolTip(
            shown("Ends what you say and sends it") if on else shown("Click to start and stop, or hold while you speak")
        )

    def wanted_width(self) -> int:
        """The same for both words: what stands beside it does not move."""
        before, widths = self._face, []
        for text in (shown(TALK), shown(SEND)):
            self._face = Face(before.icon, text, key=before.key)
            widths.append(super().wanted_width())
        self._face = before
        return max(widths)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyReleaseEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._at = event.timestamp() / 1000
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Leaving the button with the mouse held is still holding."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton and self.isDown():
            self._at = event.timestamp() / 1000
            self.setDown(False)
            self.released.emit()
            self._at = None
            event.accept()


class TalkKey(QObject):
    """Space, wherever the focus is in the window; and what takes key and button out of the hand: another program in
    front, or a field of text that begins to take what is typed."""

    def __init__(self, switch: TalkSwitch, button: TalkButton, window: QWidget) -> None:
        super().__init__(window)
        self._switch, self._button = switch, button
        QGuiApplication.instance().applicationStateChanged.connect(self._application_changed)  # type: ignore[union-attr]
        QApplication.instance().focusChanged.connect(self._focus_changed)  # type: ignore[union-attr]

    def press(self, event: QKeyEvent) -> bool:
        """False if it is another key."""
        if event.key() != Qt.Key.Key_Space or event.modifiers():
            return False
        if not event.isAutoRepeat():
            self._switch.press(event.timestamp() / 1000)
        return True

    def release(self, event: QKeyEvent) -> bool:
        """False if it is another key."""
        if event.key() != Qt.Key.Key_Space:
            return False
        if not event.isAutoRepeat():
            self._switch.release(event.timestamp() / 1000)
        return True

    def let_go(self) -> None:
        """Of button and key."""
        self._button.setDown(False)
        self._switch.lost()

    def _application_changed(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive:
            self.let_go()

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._switch.held and (new is None or isinstance(new, QLineEdit)):
            self.let_go()
