"""Reads a settings file: any version, with whatever a person did to it."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voicegui.core.declared import Declared, Group
from voicegui.core.redaction import redacted
from voicegui.core.settings import declared

from .checking import allowed, described
from .migrations import migrated, version_of
from .salvage import MOST_WRONG, salvage
from .settings_text import assignment

_GROUPS = frozenset(str(group) for group in Group)
_SETTINGS = {each.name: each for each in declared()}


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says."""

    version: int
    values: Mapping[str, Any] = field(default_factory=dict)
    """Allowed ones, by setting."""
    unknown: Mapping[str, Any] = field(default_factory=dict)
    """What is no setting, as nested as it was."""
    problems: Sequence[str] = ()
    """Sentences about what is in neither of them."""
    remarks: Sequence[str] = ()
    """Other sentences."""

    def unknown_names(self) -> Iterator[str]:
        for name, value in self.unknown.items():
            inside = name in _GROUPS and isinstance(value, Mapping)
            yield from (f"{name}.{inner}" for inner in value) if inside else (name,)


def read(raw: bytes, path: Path) -> Read:
    """Whatever the bytes are. A setting is found in whichever section it stands. `path`: for the sentences."""
    text = raw.decode("utf-8-sig", errors="replace")
    content, problems = _parsed(text, path)
    found = _Found()
    found.take_all(migrated(content))
    values, refused = allowed(found.values)
    problems += [sentence.format(path=path) for sentence in found.wrong]
    problems += [_refusal(_SETTINGS[name], path) for name in refused]
    remarks = []
    if redacted(text) != text:
        remarks.append(f"There seems to be a key in {path}. Enter it in the window's settings and remove it there.")
    return Read(version_of(content), values, found.unknown, problems, remarks)


def aside(path: Path) -> Path:
    """Where a file goes that is partly wrong, when it is written anew."""
    return path.with_name(path.name + ".unreadable")


def _parsed(text: str, path: Path) -> tuple[Mapping[str, Any], list[str]]:
    """The content of a file and sentences about its lines that are no TOML."""
    if "\ufffd" not in text:
        try:
            return tomllib.loads(text), []
        except (ValueError, RecursionError):
            pass  # read statement by statement below
    salvaged = salvage(text)
    if len(salvaged.wrong) > MOST_WRONG or not salvaged.content:
        return {}, [f"The settings in {path} cannot be read, the defaults are used."]
    *most, last = map(str, salvaged.wrong)
    lines = f"Lines {', '.join(most)} and {last} of {path} are" if most else f"Line {last} of {path} is"
    kept = f"As it is now it will be kept as {aside(path).name}."
    return salvaged.content, [f"{lines} not readable and left out. {kept}"]


@dataclass(frozen=True, slots=True)
class _Found:
    values: dict[str, Any] = field(default_factory=dict)
    """Settings by name, unchecked."""
    unknown: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    """Sentences with {path} in them."""

    def take_all(self, content: Mapping[str, Any]) -> None:
        for name, value in content.items():
            if name in _GROUPS and isinstance(value, Mapping):
                rest: dict[str, Any] = {}
                for inner, deeper in value.items():
                    self._take(inner, deeper, rest)
                if rest:
                    self.unknown[name] = rest
            elif name in _GROUPS and name not in _SETTINGS:
                self.wrong.append(f"{name} in {{path}} is a section and has no value of its own.")
            elif name != "version":
                self._take(name, value, self.unknown)

    def _take(self, name: str, value: Any, rest: dict[str, Any]) -> None:
        if name not in _SETTINGS:
            rest[name] = value
            return
        if name in self.values:
            self.wrong.append(f"The setting {name} stands more than once in {{path}}; the last one is used.")
        self.values[name] = value


def _refusal(each: Declared, path: Path) -> str:
    default = assignment(each.name, each.default).partition(" = ")[2].strip()
    return f"The setting {each.name} in {path} should be {described(each)}; {default} is used instead."
