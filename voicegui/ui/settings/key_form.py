"""The key of a service: where it is, entering, testing, replacing and removing it. It is never shown."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from voicegui.core.errors import VoiceError
from voicegui.core.keys import KeyPlace, KeyState, checked_key
from voicegui.core.model_choice import providers_in_use
from voicegui.core.session import ServiceInfo
from voicegui.core.settings import Settings
from voicegui.core.wording import shown

from ..buttons import Button, ButtonLook, Face
from .controls import CONTROL_HEIGHT
from .setting_fields import Bench
from .setting_row import ControlPlace, SettingRow, beside

STORED = (KeyPlace.KEYRING, KeyPlace.MEMORY)


class KeyField:
    """A row for one service. Keys are stored and removed at once: Cancel does not bring them back."""

    name = ""

    def __init__(
        self, bench: Bench, service: ServiceInfo, told: Callable[[], None], reveal: Callable[[QWidget], None]
    ) -> None:
        """`told` is called when it is known where the key is, and whenever that changes; `reveal` scrolls."""
        self._bench, self._service, self._told, self._reveal = bench, service, told, reveal
        self._state: KeyState | None = None
        look, key = ButtonLook.DIALOG, service.key
        self.test = Button(bench.theme, look, Face(text=shown("Test")), shown("Test the {key}", key=key))
        self.enter = Button(bench.theme, look, Face(text=shown("Enter key…")), shown("Enter the {key}", key=key))
        self.remove = Button(
            bench.theme, ButtonLook.DANGER, Face(text=shown("Remove")), shown("Remove the {key}", key=key)
        )
        self._buttons = _line(self.test, self.enter, self.remove)
        self.row = SettingRow(bench.theme, service.key_title, shown("Looking…"), self._buttons, ControlPlace.SMALL)
        self.form = KeyForm(bench, service)
        self.row.extra.addWidget(self.form)
        self.test.clicked.connect(self._test)
        self.enter.clicked.connect(self.open_form)
        self.remove.clicked.connect(self._ask)
        self.form.save.clicked.connect(self._save)
        self.form.field.returnPressed.connect(self._save)
        self.form.cancel.clicked.connect(self._leave_form)
        self._show_buttons()

    @property
    def service(self) -> str:
        return self._service.name

    def look(self) -> None:
        """Asks where the key is."""
        self._bench.background.run(self._bench.session.keys.state(self._service.name), self._show_state, self._failed)

    def show(self, settings: Settings) -> None:
        """Keys are no settings; but a key that no stage needs is not asked for."""
        used = self.service in providers_in_use(settings)
        has = self._state is not None and self._state.place is not None
        self.row.relevant = self._service.needs_key or used or has

    def give_up(self) -> None:
        self._leave_form()
        self.row.clear_notice()

    # ------------------------------------------------------------ what is done

    def open_form(self) -> None:
        self.row.clear_notice()
        self.form.show()
        self._show_buttons()
        self.form.field.setFocus(Qt.FocusReason.TabFocusReason)
        self._reveal(self.form)

    def _leave_form(self) -> None:
        self.form.field.clear()
        if self.form.isVisible():
            self.form.hide()
            self._show_buttons()
            self.enter.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self) -> None:
        try:
            secret = checked_key(self.form.field.text())
        except VoiceError as error:
            self._failed(error)
            return
        self._leave_form()
        self._wait(shown("Storing…"))
        work = self._bench.session.keys.set(self._service.name, secret)
        self._bench.background.run(work, self._saved, self._failed, must_finish=True)

    def _saved(self, state: KeyState) -> None:
        self._show_state(state)
        self._test()

    def _test(self) -> None:
        self._wait(shown("Testing…"))
        self._bench.background.run(self._bench.session.test_key(self._service.name), self._tested, self._failed)

    def _tested(self, outcome: str) -> None:
        self._ready()
        if self._state is not None:
            self.row.show_help(beside(self._state.detail, outcome))

    def _ask(self) -> None:
        self.row.show_notice(
            shown("A removed key cannot be read back. Most services show a key only once."),
            "warning",
            shown("Remove it"),
            self._remove,
        )
        self.row.link.setFocus(Qt.FocusReason.TabFocusReason)

    def _remove(self) -> None:
        self._wait(shown("Removing…"))
        work = self._bench.session.keys.delete(self._service.name)
        self._bench.background.run(work, self._show_state, self._failed, must_finish=True)

    # ------------------------------------------------------------ what is shown

    def _wait(self, doing: str) -> None:
        self.row.clear_notice()
        self.row.show_help(doing)
        for button in (self.test, self.enter, self.remove):
            button.setEnabled(False)

    def _ready(self) -> None:
        for button in (self.test, self.enter, self.remove):
            button.setEnabled(True)
        if self._state is not None:
            optional = self._state.place is None and not self._service.needs_key
            self.row.show_help(beside(self._state.detail, shown("most people need none") if optional else ""))

    def _show_state(self, state: KeyState) -> None:
        self._state = state
        self._ready()
        self._show_buttons()
        self._bench.places[self.service] = state.place
        self._told()

    def _failed(self, error: VoiceError) -> None:
        self._ready()
        self.row.show_error(error)

    def _show_buttons(self) -> None:
        place = self._state.place if self._state else None
        asked, entering = self._state is not None, self.form.isVisibleTo(self.row)
        self._buttons.setVisible(asked and not entering)
        self.test.setVisible(place is not None)
        self.enter.show_face(Face(text=shown("Replace…") if place in STORED else shown("Enter key…")))
        self.remove.setVisible(place in STORED)


class KeyringField:
    """Says so where keys cannot be kept."""

    name = ""

    def __init__(self, bench: Bench) -> None:
        self._keys = bench.session.keys
        self.row = SettingRow(bench.theme, shown("Keyring"), "")

    def show(self, settings: Settings) -> None:
        notice = self._keys.notice()
        self.row.relevant = bool(notice)
        self.row.show_notice(notice, "warning")

    def give_up(self) -> None:
        pass


class KeyForm(QWidget):
    """A field that shows dots, Save and Cancel."""

    def __init__(self, bench: Bench, service: ServiceInfo) -> None:
        super().__init__()
        key = service.key
        self.field = QLineEdit(self)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(service.key_title)
        self.field.setPlaceholderText(shown("Paste the key"))
        self.field.setFixedHeight(CONTROL_HEIGHT)
        self.field.installEventFilter(self)
        self.save = Button(bench.theme, ButtonLook.DONE, Face(text=shown("Save")), shown("Save the {key}", key=key))
        self.cancel = Button(
            bench.theme, ButtonLook.DIALOG, Face(text=shown("Cancel")), shown("Do not save the {key}", key=key)
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.cancel)
        layout.addWidget(self.save)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Esc leaves only the form, not the sheet."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.cancel.click()
            event.accept()
            return True
        return False


def _line(*buttons: Button) -> QWidget:
    made = QWidget()
    layout = QHBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for button in buttons:
        layout.addWidget(button)
    made.setFixedHeight(CONTROL_HEIGHT)
    return made
