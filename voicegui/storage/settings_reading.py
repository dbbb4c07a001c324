"""Reads a settings file: any version, with whatever a person did to it."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voicegui.core.keys import redacted
from voicegui.core.setting_declaration import Group, SettingDeclaration
from voicegui.core.settings import declared
from voicegui.core.wording import Sentence, listed, sentence, sentence_plural

from .migrations import migrated, version_of
from .settings_file import allowed, assignment, wanted_value

MOST_WRONG = 20
"""A text with more wrong lines is something else: nothing is taken from it."""
LONGEST = 500
"""Lines of one value."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    content: Mapping[str, Any]
    wrong: Sequence[int]
    """Numbers of the lines that were left out, from 1."""


def salvage(text: str) -> Salvaged:
    """Reads statement by statement; what is no TOML, or stands there a second time, is left out."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    content: dict[str, Any] = {}
    wrong: list[int] = []
    header = ""
    at = 0
    while at < len(lines):
        taken, parsed = _statement(lines, at, header)
        if parsed is None or not _merge(content, parsed):
            wrong.append(at + 1)
            if len(wrong) > MOST_WRONG:
                return Salvaged({}, range(1, len(lines) + 1))
        elif lines[at].lstrip().startswith("["):
            header = lines[at] + "\n"
        at += taken
    return Salvaged(content, wrong)


def _statement(lines: Sequence[str], at: int, header: str) -> tuple[int, dict[str, Any] | None]:
    """How many lines the statement beginning at line `at` has, and its content below its header; None: it is wrong."""
    if lines[at].lstrip().startswith("["):
        return 1, _parsed_whole(lines[at])
    for end in (at + 1, *_later_ends(lines, at)):
        parsed = _parsed_whole(header + "\n".join(lines[at:end]))
        if parsed is not None:
            return end - at, parsed
    return 1, None


def _later_ends(lines: Sequence[str], at: int) -> Iterator[int]:
    """Where a value that goes over several lines may end, if one begins in line `at`."""
    for opening, closing in (('"""', '"""'), ("'''", "'''"), ("[", "]"), ("{", "}")):
        if opening in lines[at]:
            yield from (end + 1 for end in range(at + 1, min(at + LONGEST, len(lines))) if closing in lines[end])
            return


def _parsed_whole(text: str) -> dict[str, Any] | None:
    if "\ufffd" in text:  # it was not UTF-8
        return None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):  # also numbers and lists that are too long
        return None


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> bool:
    """Adds one statement. False, and nothing added, if what it sets is there already."""
    for key, value in more.items():
        if key not in into:
            into[key] = value
        elif not isinstance(into[key], dict) or not isinstance(value, Mapping) or not _merge(into[key], value):
            return False
    return True


# ---------------------------------------------------------------- lists changed on two sides
# A list is one text; it may be changed here and in the file at the same time. What each side did counts. Pure.

_BETWEEN: Mapping[str, str] = {
    "tool_permissions": ",",
    "shared_folders": "\n",
    "unencrypted_servers": ",",
    "keywords": ",",
    "languages": ",",
}


def merged(name: str, before: str, here: str, there: str) -> str:
    """`before`: what this program had; `here`: what it has made of that; `there`: what the file says by now. What was
    taken away on one side does not come back from the other. Where both changed the same entry it is as it is here."""
    between = _BETWEEN.get(name)
    if between is None or there == before:
        return here
    old, ours, theirs = (_entries(text, between) for text in (before, here, there))
    found = {key: ours.get(key, []) if ours.get(key) != old.get(key) else theirs.get(key, []) for key in theirs | ours}
    joint = f"{between} " if between == "," else between
    return joint.join(entry for entries in found.values() for entry in entries)


def _entries(text: str, between: str) -> dict[str, list[str]]:
    """By what they are about: the tool of a permission, else all of an entry. The same may be there twice."""
    found: dict[str, list[str]] = {}
    for entry in filter(None, (part.strip() for part in text.split(between))):
        found.setdefault(entry.partition("=")[0].strip() if between == "," else entry, []).append(entry)
    return found


# ---------------------------------------------------------------- reading

_GROUPS = frozenset(str(group) for group in Group)
_SETTINGS = {each.name: each for each in declared()}


@dataclass(frozen=True, slots=True)
class SettingsRead:
    """What a file says."""

    version: int
    values: Mapping[str, Any] = field(default_factory=dict)
    """Allowed ones, by setting."""
    unknown: Mapping[str, Any] = field(default_factory=dict)
    """What is no setting, as nested as it was."""
    problems: Sequence[Sentence] = ()
    """About what is in neither of them."""
    remarks: Sequence[Sentence] = ()
    """About other things."""

    def unknown_names(self) -> Iterator[str]:
        for name, value in self.unknown.items():
            inside = name in _GROUPS and isinstance(value, Mapping)
            yield from (f"{name}.{inner}" for inner in value) if inside else (name,)


def read_settings(raw: bytes, path: Path) -> SettingsRead:
    """Whatever the bytes are. A setting is found in whichever section it stands. `path`: for the sentences."""
    text = raw.decode("utf-8-sig", errors="replace")
    content, problems = _parsed(text, path)
    found = _Found()
    found.take_all(migrated(content))
    values, refused = allowed(found.values)
    problems += [wrong.filled(path=path) for wrong in found.wrong]
    problems += [_refusal(_SETTINGS[name], path) for name in refused]
    remarks = []
    if redacted(text) != text:
        remarks.append(_HOLDS_KEY.filled(path=path))
    return SettingsRead(version_of(content), values, found.unknown, problems, remarks)


_HOLDS_KEY = sentence("There seems to be a key in {path}. Enter it in the window's settings and remove it there.")


def aside(path: Path) -> Path:
    """Where a file goes that is partly wrong, when it is written anew."""
    return path.with_name(path.name + ".unreadable")


def _parsed(text: str, path: Path) -> tuple[Mapping[str, Any], list[Sentence]]:
    """The content of a file and sentences about its lines that are no TOML."""
    if "\ufffd" not in text:
        try:
            return tomllib.loads(text), []
        except (ValueError, RecursionError):
            pass  # read statement by statement below
    salvaged = salvage(text)
    if len(salvaged.wrong) > MOST_WRONG or not salvaged.content:
        return {}, [sentence("The settings in {path} cannot be read, the defaults are used.", path=path)]
    left_out = sentence_plural(
        "Line {lines} of {path} is not readable and left out. As it is now it will be kept as {file}.",
        "Lines {lines} of {path} are not readable and left out. As it is now it will be kept as {file}.",
        len(salvaged.wrong),
        lines=listed([str(line) for line in salvaged.wrong]),
        path=path,
        file=aside(path).name,
    )
    return salvaged.content, [left_out]


@dataclass(frozen=True, slots=True)
class _Found:
    values: dict[str, Any] = field(default_factory=dict)
    """Settings by name, unchecked."""
    unknown: dict[str, Any] = field(default_factory=dict)
    wrong: list[Sentence] = field(default_factory=list)
    """Their {path} is not filled in."""

    def take_all(self, content: Mapping[str, Any]) -> None:
        for name, value in content.items():
            if name in _GROUPS and isinstance(value, Mapping):
                rest: dict[str, Any] = {}
                for inner, deeper in value.items():
                    self._take(inner, deeper, rest)
                if rest:
                    self.unknown[name] = rest
            elif name in _GROUPS and name not in _SETTINGS:
                self.wrong.append(sentence("{name} in {path} is a section and has no value of its own.", name=name))
            elif name != "version":
                self._take(name, value, self.unknown)

    def _take(self, name: str, value: Any, rest: dict[str, Any]) -> None:
        if name not in _SETTINGS:
            rest[name] = value
            return
        if name in self.values:
            self.wrong.append(_TWICE.filled(name=name))
        self.values[name] = value


_TWICE = sentence("The setting {name} stands more than once in {path}; the last one is used.")


def _refusal(each: SettingDeclaration, path: Path) -> Sentence:
    return sentence(
        "The setting {name} in {path} should be {wanted}; {default} is used instead.",
        name=each.name,
        path=path,
        wanted=wanted_value(each),
        default=assignment(each.name, each.default).partition(" = ")[2].strip(),
    )
