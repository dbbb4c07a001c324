"""Choosing a voice after hearing it."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from voicegui.core.errors import VoiceError, with_hint
from voicegui.core.model_choice import ModelChoice
from voicegui.core.setting_declaration import SettingDeclaration
from voicegui.core.settings import Settings

from ..buttons import Button, ButtonLook, Face
from .pickers import MenuEntry, MenuPicker
from .setting_fields import Bench
from .setting_row import ControlPlace, SettingRow

HEAR, STOP = Face("speaker", "Hear it"), Face("stop", "Stop")


class VoiceField:
    """The row of `voice` (this machine) or `cloud_voice` (the service that speaks)."""

    def __init__(self, bench: Bench, declared: SettingDeclaration) -> None:
        self.name = declared.name
        self._bench, self._label = bench, declared.label
        self._service, self._value = "local", ""
        self._stop: Callable[[], None] | None = None
        self.picker = MenuPicker(bench.theme, declared.label, declared.help, self._entries)
        self.picker.changed.connect(lambda value: bench.change(self.name, value))
        self.hear = Button(bench.theme, ButtonLook.CHIP, HEAR, f"Hear {declared.label.lower()}")
        self.hear.setFixedWidth(max(self.hear.wanted_width(), 88))
        self.hear.clicked.connect(self._hear)
        both = QWidget()
        layout = QHBoxLayout(both)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.picker, 1)
        layout.addWidget(self.hear)
        both.setFixedHeight(32)
        self.row = SettingRow(bench.theme, declared.label, declared.help, both, ControlPlace.WHERE_ROOM)

    def show(self, settings: Settings) -> None:
        self._value = getattr(settings, self.name)
        service = ModelChoice.parse(settings.tts).provider
        if self.name == "cloud_voice":
            self._service = service
            self.row.relevant = service != "local"
        self.picker.show_value(self._value)

    def give_up(self) -> None:
        self.picker.give_up()
        self.row.clear_notice()

    def _entries(self) -> Sequence[MenuEntry]:
        voices = self._bench.session.voices(self._service)
        entries = [
            MenuEntry(voice.name, voice.label, voice.detail if voice.available else f"download {voice.detail}".strip())
            for voice in voices
        ]
        if self._service == "local":
            return entries
        if all(voice.name != self._value for voice in voices):
            entries.append(MenuEntry(self._value, self._value))
        return [*entries, MenuEntry("", "Other…", "Name of a voice", ask=True)]

    def _hear(self) -> None:
        if self._stop is not None:
            self._stop()
            self._heard()
            return
        self.row.clear_notice()
        self.hear.show_face(STOP)
        work = self._bench.session.hear_voice(self._service, self._value)
        self._stop = self._bench.background.run(work, self._heard, self._failed)

    def _heard(self, _result: None = None) -> None:
        self._stop = None
        self.hear.show_face(HEAR)

    def _failed(self, error: VoiceError) -> None:
        self._heard()
        self.row.show_notice(with_hint(error.message, error.hint, error.hint_kind), "error")
