"""From the declaration of a setting to the row that changes it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from PySide6.QtWidgets import QWidget

from voicegui.core.keys import KeyPlace
from voicegui.core.persona import with_persona
from voicegui.core.ports import DeviceInfo
from voicegui.core.session import Session
from voicegui.core.setting_declaration import SettingDeclaration
from voicegui.core.settings import Settings
from voicegui.core.wording import shown

from ..theme import Theme
from .background import Background
from .controls import Control, LineControl, LongControl, NumberControl, SliderControl, SwitchControl
from .pickers import LanguagesControl, MenuEntry, MenuPicker, unknown_language
from .setting_row import ControlPlace, SettingRow

MOST_STOPS = 60
"""A slider with more could not be set exactly."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What every field works with."""

    theme: Theme
    session: Session
    background: Background
    change: Callable[[str, Any], None]
    """Sets one setting, at once."""
    enter_key: Callable[[str], None]
    """Leads to where the key of a service is entered."""
    places: dict[str, KeyPlace | None] = field(default_factory=dict)
    """Where the keys of services are, as far as it is known."""


class Field(Protocol):
    """A row and what it shows."""

    @property
    def row(self) -> SettingRow: ...

    @property
    def name(self) -> str:
        """Of its setting; "" for what is none, such as a key."""

    def show(self, settings: Settings) -> None: ...

    def give_up(self) -> None:
        """Forgets what was typed and not accepted."""


class SettingField:
    """Any setting."""

    def __init__(
        self,
        bench: Bench,
        declared: SettingDeclaration,
        control: Control,
        place: ControlPlace,
        beside: QWidget | None = None,
        check: Callable[[str], str] | None = None,
    ):
        """`beside`: what is placed instead of the bare control and contains it. `check` says what is wrong with a text
        that is not used, "" if nothing is; without it the pattern decides."""
        self.name = declared.name
        self.control = control
        self.row = SettingRow(bench.theme, declared.label, declared.help, beside or control, place)
        self.row.explain(declared.detail)
        self.refused = False
        """What was typed is not allowed, and still stands there."""
        self._bench, self._declared = bench, declared
        self._check = check or self._match
        control.changed.connect(self._change)

    def show(self, settings: Settings) -> None:
        self.control.show_value(getattr(settings, self.name))
        if self.name in ("prompt", "opening_line") and isinstance(self.control, LineControl | LongControl):
            self.control.suggest(getattr(with_persona(settings, self._bench.session.presets()), self.name))
        if self.name in ("language_a", "language_b"):
            self.row.relevant = self._is_mentioned(settings)

    def give_up(self) -> None:
        if isinstance(self.control, LineControl | LongControl | MenuPicker):
            self.control.give_up()
        self._accept()

    def _change(self, value: object) -> None:
        """Applies what is allowed; anything else stays as typed, with a sentence."""
        if isinstance(value, str) and (wrong := self._check(value)):
            self.refused = True
            self.row.show_notice(wrong, "error")
        else:
            self._accept()
            if value != getattr(self._bench.session.settings, self.name):
                self._bench.change(self.name, value)

    def _match(self, text: str) -> str:
        pattern = self._declared.pattern
        fits = not pattern or re.fullmatch(pattern, text)
        return "" if fits else shown("Not used: it should look like {example}", example=self._declared.example)

    def _accept(self) -> None:
        self.refused = False
        self.row.clear_notice()

    def _is_mentioned(self, settings: Settings) -> bool:
        preset = next(each for each in self._bench.session.presets() if each.name == settings.preset)
        words = (settings.prompt or preset.instructions) + (settings.opening_line or preset.opening_line)
        return f"{{{self.name}}}" in words


def setting_field(bench: Bench, declared: SettingDeclaration) -> SettingField:
    """The control that suits the type of a setting, which is declared in the language of the window."""
    theme = bench.theme
    entries = _entries(bench, declared)
    if entries is not None:
        picker = MenuPicker(theme, declared.label, declared.help, entries)
        return SettingField(bench, declared, picker, ControlPlace.WHERE_ROOM)
    if declared.kind is bool:
        return SettingField(bench, declared, SwitchControl(theme, declared), ControlPlace.BESIDE)
    if declared.kind is str:
        if declared.name == "languages":
            return SettingField(
                bench, declared, LanguagesControl(declared), ControlPlace.WHERE_ROOM, check=unknown_language
            )
        if declared.long:
            return SettingField(bench, declared, LongControl(declared), ControlPlace.BELOW)
        return SettingField(bench, declared, LineControl(declared), ControlPlace.WHERE_ROOM)
    assert declared.low is not None and declared.high is not None
    feels = declared.kind is float and (declared.high - declared.low) / declared.step <= MOST_STOPS
    number = SliderControl(declared) if feels and declared.step < 1 else NumberControl(theme, declared)
    return SettingField(bench, declared, number, ControlPlace.WHERE_ROOM)


def _entries(bench: Bench, declared: SettingDeclaration) -> Callable[[], Sequence[MenuEntry]] | None:
    """What is offered, where a setting is one of several."""
    session = bench.session
    if declared.name == "preset":
        return lambda: [MenuEntry(preset.name, shown(preset.label)) for preset in session.presets()]
    if declared.name == "microphone":
        return lambda: _devices(session.devices.microphones())
    if declared.name == "speaker":
        return lambda: _devices(session.devices.speakers())
    if declared.choices:
        labels = zip(declared.choices, declared.choice_labels, strict=True)
        made = [MenuEntry(choice, label) for choice, label in labels]
        return lambda: made
    return None


def _devices(devices: Sequence[DeviceInfo]) -> Sequence[MenuEntry]:
    default = next((device.label for device in devices if device.is_default), "")
    return [
        MenuEntry("", shown("System default"), default),
        *(MenuEntry(device.name, device.label) for device in devices),
    ]
