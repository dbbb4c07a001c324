"""The lower part of the window: what is going on, the sound, and what can be done."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from voicegui.core.events import Phase, StateChanged
from voicegui.core.wording import marked, shown

from .buttons import Button, ButtonLook, Face, widths_within
from .gauges import LatencyBar, ProgressLine, StillWaveform, VoiceMeter
from .push_to_talk import TalkButton, TalkSwitch
from .remedies import Remedy
from .shortcuts import ALOUD_KEY, MUTE, STOP, TALK
from .status import STATUS_HEIGHT as STATUS_HEIGHT
from .status import StatusLine, StatusText
from .theme import Theme, interface_font

BUTTON_HEIGHT = 180
WIDEST = 960
NARROW = 640
"""Below this the latency bar, the meter and the key hints are left out."""
GAP = 12
LEAST_MESSAGE = 96
"""Logical pixels: longer words on the buttons are elided before the message has less."""
LONGEST_MESSAGE = 20_000
"""Characters that can be typed or pasted, as Qt counts them."""
_END_SHOWN = 40
_INTERRUPT = (marked("Interrupt"), marked("Interrupt"))
"""What the button of that name does, and what it is called where there is little room."""
_STOP, _STOP_SPEAKING = (marked("Stop"), marked("Stop")), (marked("Stop speaking"), marked("Stop"))


class Dock(QWidget):
    """Places its parts by hand: nothing may move when Interrupt appears, and each width has its own arrangement."""

    interrupt = Signal()
    mute = Signal(bool)
    send_text = Signal(str)
    aloud = Signal(bool)
    """Answers to typed questions are to be read aloud, or not."""
    overfull = Signal(str)
    """Something did not fit into the message: a sentence that says what is in it."""

    def __init__(self, theme: Theme, switch: TalkSwitch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(BUTTON_HEIGHT)
        self.status = StatusLine(theme, self)
        self.latency = LatencyBar(theme, self)
        self.meter = VoiceMeter(theme, self)
        self.waveform: QWidget = StillWaveform(theme, self)
        self.progress = ProgressLine(theme, self)
        self.mute_button = Button(theme, ButtonLook.RAISED, Face("microphone"), shown("Mute"), self)
        self.mute_button.setCheckable(True)
        self._show_muted(False)
        self.talk = TalkButton(theme, switch, self)
        self._stopping = _INTERRUPT
        face = Face("stop", shown(_INTERRUPT[0]), key=shown(STOP))
        self.interrupt_button = Button(theme, ButtonLook.AGENT, face, face.text, self)
        self.message = QLineEdit(self)
        self._full_text: str | None = None
        """The text into which something did not fit, if that was told."""
        self._aloud = QAction(self.message)
        self._aloud.setCheckable(True)
        self._send = QAction(self.message)
        self._set_up()
        self._dress()
        theme.changed.connect(self._dress)

    def _set_up(self) -> None:
        self.message.setPlaceholderText(shown("Type a message…"))
        self.message.setAccessibleName(shown("Message"))
        self.message.setFont(interface_font(15))
        self.message.setMaxLength(LONGEST_MESSAGE)
        self.message.inputRejected.connect(self._reject)
        self.message.returnPressed.connect(self._enter)
        self._aloud.toggled.connect(self._name_aloud)
        self._aloud.triggered.connect(lambda on: self.aloud.emit(on))
        self.message.addAction(self._aloud, QLineEdit.ActionPosition.TrailingPosition)
        self.show_aloud(True)
        self._send.setText(shown("Send"))
        self._send.setVisible(False)
        self._send.triggered.connect(self._enter)
        self.message.addAction(self._send, QLineEdit.ActionPosition.TrailingPosition)
        self.message.textChanged.connect(self._look_at_text)
        self.mute_button.toggled.connect(self._show_muted)
        self.mute_button.clicked.connect(lambda on: self.mute.emit(on))
        self.interrupt_button.clicked.connect(self.interrupt)
        self.interrupt_button.hide()

    def show_aloud(self, on: bool) -> None:
        self._aloud.setChecked(on)
        self._name_aloud(on)

    def _name_aloud(self, on: bool) -> None:
        """The picture shows how it is; the words say what a click does."""
        self._aloud.setText(shown("Read answers aloud"))
        key = shown(ALOUD_KEY)
        self._aloud.setToolTip(
            shown("Answers to what you type are read aloud. Click to change it ({key})", key=key)
            if on
            else shown("Answers to what you type are only shown. Click to change it ({key})", key=key)
        )
        self._dress()

    def take_back(self, text: str) -> None:
        """It is to be changed before it is sent, and what stands there already stays."""
        self.message.setText(" ".join(part for part in (text, self.message.text()) if part.strip()))
        self.message.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self, state: StateChanged) -> None:
        self.talk.show_on(state.talking)
        self.mute_button.setChecked(state.muted)
        stop = state.typed and state.phase is Phase.SPEAKING
        words = (_STOP if state.silent else _STOP_SPEAKING) if stop else _INTERRUPT
        if words != self._stopping:
            self._stopping = words
            self.interrupt_button.name(shown(words[0]))
            self.arrange()
        busy = state.phase in (Phase.PROCESSING, Phase.SPEAKING)
        self.meter.show_over_reply(busy)
        if busy is self.interrupt_button.isHidden():
            had_focus = self.interrupt_button.hasFocus()
            self.interrupt_button.setVisible(busy)
            if had_focus:
                self.talk.setFocus(Qt.FocusReason.TabFocusReason)
            self.arrange()

    def _show_muted(self, muted: bool) -> None:
        """The picture shows what is, the words what a click does; for a screen reader its checked state says that."""
        self.mute_button.show_face(Face("microphone-off" if muted else "microphone"))
        key = shown(MUTE)
        self.mute_button.setToolTip(
            shown("Unmute the microphone ({key})", key=key) if muted else shown("Mute the microphone ({key})", key=key)
        )

    def show_status(self, status: StatusText, ways: Sequence[Remedy]) -> None:
        """A problem's sentence needs the room of the latency bar, and a long one more lines."""
        self.status.show_status(status, ways)
        self.arrange()

    def put_waveform(self, waveform: QWidget) -> None:
        old, self.waveform = self.waveform, waveform
        waveform.setParent(self)
        waveform.setGeometry(old.geometry())
        waveform.show()
        old.hide()
        old.deleteLater()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self.arrange()

    def arrange(self) -> None:
        padding = 24 if self.width() >= NARROW else 16
        width = min(WIDEST, self.width()) - 2 * padding
        if self.width() >= 800:  # as the pictures: a little more air
            width = min(width, self.width() - 88)
        left = (self.width() - width) // 2
        narrow = self.width() < NARROW
        self.progress.setGeometry(0, 0, self.width(), 3)
        more = self._arrange_status(left, width, narrow)
        self.setFixedHeight(
            BUTTON_HEIGHT + more
        )  # upwards, at the cost of the transcript: what is touched stays where it is
        self.waveform.setGeometry(left, 50 + more, width, 56)
        self._arrange_buttons(left, width, 120 + more, narrow)

    def _arrange_status(self, left: int, width: int, narrow: bool) -> int:
        """Returns how much higher than usual it is."""
        right = left + width
        self.meter.setVisible(not narrow)
        if not narrow:
            self.meter.move(right - self.meter.width(), 16)
            right -= self.meter.width() + GAP
        latency = self.latency.sizeHint().width()
        fits = not narrow and bool(latency) and not self.status.status.problem and self.width() >= 760
        self.latency.setVisible(fits)
        if fits:
            self.latency.setGeometry(right - latency, 16, latency, 20)
            right -= latency + GAP
        high = self.status.height_for(right - left)
        self.status.setGeometry(left, 4, right - left, high)
        return high - STATUS_HEIGHT

    def _arrange_buttons(self, left: int, width: int, y: int, narrow: bool) -> None:
        words = shown(self._stopping[narrow])
        self.interrupt_button.show_face(replace(self.interrupt_button.face, text=words))
        for button, key in ((self.talk, shown(TALK)), (self.interrupt_button, shown(STOP))):
            face = button.face
            if bool(face.key) is narrow:
                button.show_face(Face(face.icon, face.text, key="" if narrow else key))
        gap = 8 if narrow else GAP
        x = left
        self.mute_button.setGeometry(x, y, 44 if narrow else 48, 44)
        x += self.mute_button.width() + gap
        buttons = [each for each in (self.talk, self.interrupt_button) if not each.isHidden()]
        room = left + width - x - len(buttons) * gap - LEAST_MESSAGE
        for button, wide in zip(buttons, widths_within(buttons, room), strict=True):
            button.setGeometry(x, y, wide, 44)
            x += wide + gap
        self.message.setGeometry(QRect(x, y, left + width - x, 44))

    def _enter(self) -> None:
        text = _whole(self.message.text()).strip()
        if text:
            self.message.clear()
            self.send_text.emit(text)

    def _look_at_text(self, text: str) -> None:
        self._send.setVisible(bool(text.strip()))
        if text != self._full_text:
            self._full_text = None

    def _reject(self) -> None:
        """Told once, until the text is another."""
        text = self.message.text()
        if text != self._full_text:
            self._full_text = text
            end = _whole(text[-_END_SHOWN:]).strip()
            self.overfull.emit(
                shown("The message is full: {number} characters fit. What came after “…{end}” is not in it.",
                      number=f"{LONGEST_MESSAGE:,}", end=end)
            )  # fmt: skip

    def _dress(self) -> None:
        aloud = self._aloud.isChecked()
        ink = self._theme.tokens.secondary
        self._aloud.setIcon(self._theme.icons.icon("speaker" if aloud else "speaker-off", ink))
        self._send.setIcon(self._theme.icons.icon("send", self._theme.tokens.you))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.color("surface"))
        painter.end()


def _whole(text: str) -> str:
    """Without the half of a character that Qt leaves where it cuts: it counts in units of UTF-16."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
