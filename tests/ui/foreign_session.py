"""A session all of whose words are in Cyrillic letters, which no word of the program is in."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from string import ascii_letters
from typing import Any

from voicegui.core.events import Event
from voicegui.core.ports import DeviceInfo
from voicegui.core.privacy import DataFlow
from voicegui.core.session import PickerChoice, StageSetting

from .fake_session import FakeSession

_SMALL = "абвгдежзийклмнопрстуфхцчшщ"
_LETTERS = str.maketrans(ascii_letters, _SMALL + _SMALL.upper())
_CODES = frozenset({"source", "role", "alternative", "id", "call_id", "name"})
"""Fields that hold codes, not words."""
_IN_JSON = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPED = re.compile(r"\\u[0-9a-f]{4}|\\.|[^\\]+")


def foreign(value: Any) -> Any:
    """`value` with the words in it in other letters; codes stay."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value.translate(_LETTERS)
    if isinstance(value, tuple | list):
        return type(value)(map(foreign, value))
    if is_dataclass(value) and not isinstance(value, type):
        words = {f.name: _field(f.name, getattr(value, f.name)) for f in fields(value) if f.init}
        return replace(value, **words)
    return value


def _field(name: str, value: Any) -> Any:
    if name in _CODES:
        return value
    return _IN_JSON.sub(_json_string, value) if name == "arguments" else foreign(value)


def _json_string(found: re.Match[str]) -> str:
    return _ESCAPED.sub(lambda part: part[0] if part[0].startswith("\\") else part[0].translate(_LETTERS), found[0])


class ForeignSession(FakeSession):
    def __init__(self) -> None:
        super().__init__()
        self.places: set[str] = set()
        """All that was told of where words go, which has a test of its own."""
        self.service_list = [replace(each, label=foreign(each.label)) for each in self.service_list]
        self.toolbox.tools = [replace(each, label=foreign(each.label)) for each in self.toolbox.tools]
        self.devices.microphone_list = [_named(each) for each in self.devices.microphone_list]
        speakers: Callable[[], Sequence[DeviceInfo]] = self.devices.speakers
        self.devices.speakers = lambda: [_named(each) for each in speakers()]

    def whereabouts(self) -> DataFlow:
        where = super().whereabouts()
        self.places |= {where.sign, *where.lines}
        return where

    def stage_models(self, stage: StageSetting) -> Sequence[PickerChoice]:
        return [_worded(each) for each in super().stage_models(stage)]

    def voices(self, service: str) -> Sequence[PickerChoice]:
        return [_worded(each) for each in super().voices(service)]

    def emit(self, *events: Event) -> None:
        super().emit(*(_of_others(event) for event in events))


def _named(device: DeviceInfo) -> DeviceInfo:
    return replace(device, label=foreign(device.label))


def _worded(choice: PickerChoice) -> PickerChoice:
    words = {name: foreign(getattr(choice, name)) for name in ("label", "detail", "short", "kind")}
    return replace(choice, **words)


def _of_others(event: Event) -> Event:
    made: Event = foreign(event)
    return made


NOT_WORDS: Mapping[str, re.Pattern[str]] = {
    "values and marks of JSON": re.compile(r"\b(true|false|null)\b|\b1e9*|\\[a-z]"),
    "names of tools": re.compile(r"\b(get_weather|open_url|set_reminder|\w+__\w+|get weather|set reminder)\b"),
    "a name of a model": re.compile(r"\bft:gpt-[\w.:-]+"),
    "what is typed": re.compile(r"What is the capital of Portugal\?|And how do I get there from Madrid by train\?"),
    "hidden characters": re.compile(r"⟨U\+[0-9A-F]+⟩"),
    "the program": re.compile(r"\bvoicegui\b"),
}
"""ASCII letters that are not in the language of the window."""
