"""Who does a stage: a service and its model, with the day on which the model ends."""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtWidgets import QHBoxLayout, QWidget

from voicegui.core.errors import VoiceError
from voicegui.core.model_choice import ModelChoice
from voicegui.core.session import PickerChoice, ServiceInfo, Session, StageSetting
from voicegui.core.setting_declaration import SettingDeclaration
from voicegui.core.settings import Settings
from voicegui.core.text.sanitiser import one_line
from voicegui.core.wording import marked, shown

from ..buttons import Button, ButtonLook, Face
from .pickers import MenuEntry, MenuPicker
from .setting_fields import Bench
from .setting_row import ControlPlace, SettingRow, beside

AUTOMATIC, OTHER = marked("Automatic"), marked("Other…")


class StageField:
    """The row of `stt`, `llm` or `tts`."""

    def __init__(self, bench: Bench, declared: SettingDeclaration, stage: StageSetting) -> None:
        self.name = declared.name
        self._bench, self._declared, self._stage = bench, declared, stage
        self._value = str(declared.default)
        self.picker = MenuPicker(bench.theme, declared.label, declared.help, self._entries)
        self.picker.changed.connect(lambda value: bench.change(self.name, value))
        self.row = SettingRow(bench.theme, declared.label, declared.help, self.picker, ControlPlace.WHERE_ROOM)

    def show(self, settings: Settings) -> None:
        self._value = getattr(settings, self.name)
        self.picker.show_value(self._value)
        choice = self._choice(self._value)
        where = self._bench.session.whereabouts().line(self._stage, begins=True)
        self.row.show_help(one_line(beside(self._declared.help, choice.detail if choice else "", where), 400))
        self.row.clear_notice()
        provider = ModelChoice.parse(self._value).provider
        service = next((each for each in self._bench.session.services() if each.name == provider), None)
        if service is None:
            self.row.show_notice(shown("This service is not known here. Choose another one."), "error")
        elif choice is not None and choice.shutdown:
            self._show_shutdown(choice)
        elif service.needs_key and self._bench.places.get(provider, "unknown") is None:
            enter = lambda: self._bench.enter_key(provider)  # noqa: E731
            without = shown("{service} has no key yet.", service=service.subject)
            self.row.show_notice(without, "warning", shown("Enter the key"), enter)

    def give_up(self) -> None:
        self.picker.give_up()

    def _show_shutdown(self, choice: PickerChoice) -> None:
        over = date.fromisoformat(choice.shutdown) <= date.today()
        day = long_date(choice.shutdown)
        told = shown("Ended on {day}.", day=day) if over else shown("Ends on {day}.", day=day)
        role = "error" if over else "warning"
        if not choice.successor:
            self.row.show_notice(told, role)
            return
        after = self._choice(choice.successor)
        label = after.label if after else ModelChoice.parse(choice.successor).model
        self.row.show_notice(
            told, role, shown("Switch to {model}", model=label), lambda: self._bench.change(self.name, choice.successor)
        )

    def _choice(self, name: str) -> PickerChoice | None:
        return next((c for c in self._bench.session.stage_models(self._stage) if c.name == name), None)

    def _entries(self) -> Sequence[MenuEntry]:
        return stage_entries(self._bench.session, self._stage, self._value)


def stage_entries(session: Session, stage: StageSetting, current: str) -> Sequence[MenuEntry]:
    """A submenu for each service: what it takes by itself, its models, and any other by name."""
    choices, chosen = session.stage_models(stage), ModelChoice.parse(current)
    entries: list[MenuEntry] = []
    for service in session.services():
        part = _part(service)
        entries.append(MenuEntry(service.name, shown(AUTOMATIC), "", part))
        own = [choice for choice in choices if ModelChoice.parse(choice.name).provider == service.name]
        entries += [MenuEntry(choice.name, choice.label, _detail(choice, choices), part) for choice in own]
        if chosen.provider == service.name != current and all(choice.name != current for choice in own):
            entries.append(MenuEntry(current, chosen.model, "", part))
        if service.name != "local":
            entries.append(MenuEntry(f"{service.name}:", shown(OTHER), "", part, ask=True))
    return entries


def _part(service: ServiceInfo) -> str:
    return shown("{service} (running here)", service=service.label) if service.running_here else service.label


def _detail(choice: PickerChoice, choices: Sequence[PickerChoice]) -> str:
    if choice.shutdown:
        after = next((c.label for c in choices if c.name == choice.successor), "")
        until = short_date(choice.shutdown)
        return shown("until {day} → {model}", day=until, model=after) if after else shown("until {day}", day=until)
    return _to_have(choice)


def _to_have(choice: PickerChoice) -> str:
    """What more there is to say of it; of what is not here first of all that choosing it starts a download."""
    if choice.available:
        return choice.detail
    return shown("download {size}", size=choice.detail) if choice.detail else shown("download")


MONTHS = (
    marked("{day} January {year}"), marked("{day} February {year}"), marked("{day} March {year}"),
    marked("{day} April {year}"), marked("{day} May {year}"), marked("{day} June {year}"),
    marked("{day} July {year}"), marked("{day} August {year}"), marked("{day} September {year}"),
    marked("{day} October {year}"), marked("{day} November {year}"), marked("{day} December {year}"),
)  # fmt: skip
SHORT_MONTHS = (
    marked("{day} Jan {year}"), marked("{day} Feb {year}"), marked("{day} Mar {year}"), marked("{day} Apr {year}"),
    marked("{day} May {year}"), marked("{day} Jun {year}"), marked("{day} Jul {year}"), marked("{day} Aug {year}"),
    marked("{day} Sep {year}"), marked("{day} Oct {year}"), marked("{day} Nov {year}"), marked("{day} Dec {year}"),
)  # fmt: skip


def long_date(day: str) -> str:
    """2027-01-06 as "6 January 2027", in the language of the window whatever the system's is."""
    at = date.fromisoformat(day)
    return shown(MONTHS[at.month - 1], day=at.day, year=at.year)


def short_date(day: str) -> str:
    """2027-01-06 as "6 Jan 2027"."""
    at = date.fromisoformat(day)
    return shown(SHORT_MONTHS[at.month - 1], day=at.day, year=at.year)


# ---------------------------------------------------------------- voices
# Choosing a voice after hearing it.

_HEAR_IT = {"voice": marked("Hear voice on this machine"), "cloud_voice": marked("Hear voice of the service")}


class VoiceField:
    """The row of `voice` (this machine) or `cloud_voice` (the service that speaks)."""

    def __init__(self, bench: Bench, declared: SettingDeclaration) -> None:
        self.name = declared.name
        self._bench, self._label = bench, declared.label
        self._service, self._value = "local", ""
        self._stop: Callable[[], None] | None = None
        self.picker = MenuPicker(bench.theme, declared.label, declared.help, self._entries)
        self.picker.changed.connect(lambda value: bench.change(self.name, value))
        self._start_face, self._stop_face = Face("speaker", shown("Hear it")), Face("stop", shown("Stop"))
        self.hear = Button(bench.theme, ButtonLook.CHIP, self._stop_face, shown(_HEAR_IT[self.name]))
        stop_width = self.hear.wanted_width()
        self.hear.show_face(self._start_face)
        self.hear.setFixedWidth(max(self.hear.wanted_width(), stop_width, 88))
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
        entries = [MenuEntry(voice.name, voice.label, _to_have(voice)) for voice in voices]
        if self._service == "local":
            return entries
        if all(voice.name != self._value for voice in voices):
            entries.append(MenuEntry(self._value, self._value))
        return [*entries, MenuEntry("", shown(OTHER), shown("Name of a voice"), ask=True)]

    def _hear(self) -> None:
        if self._stop is not None:
            self._stop()
            self._heard()
            return
        self.row.clear_notice()
        self.hear.show_face(self._stop_face)
        work = self._bench.session.hear_voice(self._service, self._value)
        self._stop = self._bench.background.run(work, self._heard, self._failed)

    def _heard(self, _result: None = None) -> None:
        self._stop = None
        self.hear.show_face(self._start_face)

    def _failed(self, error: VoiceError) -> None:
        self._heard()
        self.row.show_error(error)
