"""The window. It sends commands and shows events; it knows the program only as a `Session`.

Nothing heavy is imported here: it is painted and answers before numpy, pyqtgraph and the session exist.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QCloseEvent,
    QHideEvent,
    QKeyEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from voicegui.core.commands import SendText, SetMuted
from voicegui.core.events import Event, ProblemAppeared
from voicegui.core.ports import LoadingProgress
from voicegui.core.session import Session
from voicegui.core.setting_declaration import Group
from voicegui.core.settings import Settings
from voicegui.core.wording import shown

from . import shortcuts
from .approval import ApprovalCard
from .desktop_services import ask_where
from .dock import Dock
from .gauges import WaveformImport
from .header import Header, pickers
from .level_feed import LevelFeed
from .message_hover import Hover
from .presenter import Presenter
from .push_to_talk import TalkKey, TalkSwitch
from .settings.sheet import SettingsSheet
from .settings.sheet_frame import SheetCover
from .theme import Theme, interface_font, palette, style_sheet, theme_choice
from .transcript import Transcript
from .transcript_log import TranscriptLog
from .welcome import Welcome
from .window_place import Placement, Sight, WindowStage

FRAMES = 4096


class MainWindow(QWidget):
    """Header, transcript and dock. Works before `attach`: what is typed or asked for waits for the session."""

    first_painted = Signal()
    waveform_ready = Signal()
    closed = Signal()

    def __init__(self, theme: str = "system", parent: QWidget | None = None, *, kept_in: Path | None = None) -> None:
        """`theme`: system, light or dark. `kept_in`: the file that remembers size and place, if there is one."""
        super().__init__(parent)
        self.frame_ms: deque[float] = deque(maxlen=FRAMES)
        """Milliseconds each frame of the waveform took."""
        self.frame_at: deque[float] = deque(maxlen=FRAMES)
        """Monotonic seconds at which each was painted."""
        self.placement = Placement(self, kept_in)
        self._painted = False
        self._theme = Theme(theme_choice(theme), self)
        self._levels = LevelFeed()
        self._import = WaveformImport()
        self._build()
        self._wire()
        self._dress()

    def _build(self) -> None:
        theme, log = self._theme, TranscriptLog()
        self._switch = TalkSwitch(lambda command: self._presenter.talk(command))
        self.header = Header(theme, self)
        self.header.gear.setToolTip(shown("Settings ({key})", key=shown(shortcuts.SETTINGS)))
        self.transcript = Transcript(theme, log, self)
        self.approval = ApprovalCard(theme, self)
        self.dock = Dock(theme, self._switch, self)
        self._end_watch: Callable[[], None] = lambda: None
        self._presenter = Presenter(self.dock, self.transcript, self.approval, log, self._levels, self._switch)
        for part in (self._presenter, self._levels, self._switch):
            part.setParent(self)
        self._hover = Hover(theme, self.transcript)
        self.welcome = Welcome(theme, self.transcript, self.transcript.document())
        self.sheet = SettingsSheet(theme, self)
        parts = (self.header, self.transcript, self.approval, self.dock)
        self.stage = WindowStage(parts, self.dock.talk, self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.stage)
        self.setWindowTitle("voicegui")
        self.placement.restore()
        self.dock.talk.setFocus()
        order = [self.header.talks, *self.header.chips, self.header.all, self.header.gear, *self.welcome.buttons,
                 self.transcript, *self.transcript.in_sight.latest.buttons, self.dock.mute_button, self.dock.talk,
                 self.dock.interrupt_button, self.dock.message, self.approval.raw, self.approval.arguments,
                 self.approval.refuse, self.approval.allow]  # fmt: skip
        self.stage.set_tab_order(order)

    def _wire(self) -> None:
        self._theme.changed.connect(self._dress)
        self._levels.judged.connect(self.dock.meter.show_value)
        self._import.done.connect(self._put_waveform)
        self._presenter.announced.connect(self._announce)
        self._presenter.stands.connect(self.welcome.show_standing)
        self.welcome.tried.connect(self._try)
        self._presenter.changed.connect(self._change)
        self._presenter.save_wanted.connect(lambda: ask_where(self, self._presenter.save_audio))
        self._presenter.services_wanted.connect(self._open_services)
        self.header.settings.connect(self._open_settings)
        self.header.chosen.connect(self._change)
        self.header.new.connect(self._presenter.begin_anew)
        self.header.go_on.connect(self._presenter.go_on)
        self.header.can_go_on = lambda: self._presenter.previous.can_go_on
        self.dock.aloud.connect(self._read_aloud)
        self.sheet.changed.connect(self._change)
        self.sheet.covered.connect(self._cover)
        self.sheet.closed.connect(self.approval.rearm)
        self.sheet.closed.connect(self.stage.focus_again)
        Sight(self).changed.connect(self._levels.set_seen)
        shortcuts.install(self, {
            shortcuts.STOP: self._escape, shortcuts.MUTE: self._mute, shortcuts.SETTINGS: self._open_settings,
            shortcuts.ALLOW_KEY: lambda: self._answer(True), shortcuts.REFUSE_KEY: lambda: self._answer(False),
        })  # fmt: skip
        shortcuts.install(self.stage, {
            shortcuts.NEW_KEY: self._presenter.begin_anew, shortcuts.CONTINUE_KEY: self._presenter.go_on,
            shortcuts.ALOUD_KEY: self._toggle_aloud,
        })  # fmt: skip
        self.approval.left.connect(lambda: self.dock.talk.setFocus(Qt.FocusReason.TabFocusReason))
        self._talk_key = TalkKey(self._switch, self.dock.talk, self)

    # ------------------------------------------------------------ session

    def attach(self, session: Session) -> None:
        """Shows `session` from now on. Call it on the GUI thread, once."""
        self._presenter.attach(session)
        self._theme.choose(theme_choice(session.settings.theme))
        session.devices.watch(self._refresh)
        self._end_watch = session.toolbox.watch(self._refresh)  # a tool may have chosen another voice
        self._refresh()

    def detach(self) -> None:
        self._end_watch()
        self._end_watch = lambda: None
        self.sheet.detach()
        self._presenter.detach()

    def receive(self, event: Event) -> None:
        self._presenter.receive(event)

    def show_loading(self, loading: LoadingProgress) -> None:
        """Progress before there is a session."""
        self._presenter.show_loading(loading)

    def show_problem(self, problem: ProblemAppeared) -> None:
        """A problem before there is a session."""
        self._presenter.show_problem(problem)

    def settle(self) -> None:
        """Shows what the timers would show next, now: for pictures."""
        self._levels.pull()
        self._levels.settle()
        self._presenter.spoken.look()

    def join(self) -> None:
        """Waits for the thread that imports the waveform."""
        self._import.join()

    def _refresh(self) -> None:
        if self._presenter.session is not None:
            self.header.show_pickers(pickers(self._presenter.session))
            self.welcome.show_session(self._presenter.session)
            self.header.show_settings(self._presenter.session.settings)
            self._presenter.show_settings(self._presenter.session.settings)

    def _change(self, settings: Settings) -> None:
        if self._presenter.session is not None:
            self._presenter.session.change(settings)
            self._presenter.show_settings(settings)
            self._theme.choose(theme_choice(settings.theme))
            self._refresh()

    # ------------------------------------------------------------ look

    def _dress(self) -> None:
        QApplication.setPalette(palette(self._theme.tokens))  # menus and tooltips are windows of their own
        QApplication.setFont(interface_font(13))
        self.setStyleSheet(style_sheet(self._theme.tokens))
        for part in (self.header, self.approval, self.dock, self.sheet):
            part.update()

    def _put_waveform(self, waveform: type[QWidget]) -> None:
        made = waveform(self._theme, self._levels, self.frame_ms, self.frame_at)  # type: ignore[call-arg,arg-type]
        self.dock.put_waveform(made)
        self.waveform_ready.emit()

    def _announce(self, text: str) -> None:
        if text and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.dock.status.label, text))

    def _open_settings(self) -> None:
        if self._presenter.session is not None and not self.sheet.isVisible():
            self.stage.remember_focus()
            self.sheet.open(self._presenter.session)

    def _open_services(self, service: str) -> None:
        """`service`: whose key is to be entered, if it is known."""
        if self._presenter.session is not None:
            self.stage.remember_focus()
            self.sheet.open(self._presenter.session, Group.SERVICES)
            self.sheet.enter_key(service)

    def _cover(self, by: SheetCover) -> None:
        if by is not SheetCover.NOTHING:
            self._talk_key.let_go()
        self.stage.cover(by)

    # ------------------------------------------------------------ hands

    def _mute(self) -> None:
        """Also while the settings are open: then the button itself takes no click."""
        self.dock.mute_button.toggle()
        self._presenter.send(SetMuted(self.dock.mute_button.isChecked()))

    def _try(self, text: str) -> None:
        self.dock.talk.setFocus(Qt.FocusReason.OtherFocusReason)  # what was clicked goes away
        self._presenter.send(SendText(text))

    def _read_aloud(self, on: bool) -> None:
        if (session := self._presenter.session) is not None:
            self._change(replace(session.settings, read_aloud=on))
            if not on:
                self._presenter.stop_reading()
            told = shown("Answers are read aloud") if on else shown("Answers to what you type are only shown")
            self._announce(told)

    def _toggle_aloud(self) -> None:
        if (session := self._presenter.session) is not None:
            self._read_aloud(not session.settings.read_aloud)

    def _escape(self) -> None:
        if self.sheet.isVisible():
            self.sheet.escape()
        else:
            self._presenter.interrupt()

    def _answer(self, allow: bool) -> None:
        if not self.sheet.isVisible():  # nobody answers what they cannot see
            self.approval.answer(allow)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if self.sheet.isVisible() or not self._talk_key.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not self._talk_key.release(event):
            super().keyReleaseEvent(event)

    # ------------------------------------------------------------ life

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._after_first_paint)

    def _after_first_paint(self) -> None:
        self.first_painted.emit()
        self._import.start()
        self.setWindowIcon(self._theme.icons.icon("voicegui", "", 64))

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self.placement.keep()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self.approval.rearm()  # the click that brought the window up must not answer
            if not self.isActiveWindow():
                self._talk_key.let_go()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if self.sheet.isVisible():
            self.sheet.place()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self._talk_key.let_go()
        event.accept()
        self.closed.emit()
