"""Arguments of a call for a person: names in plain words, values as they are. No Qt.

Nothing in a value can pass for another argument: names are marked as names (`Role`), and lines of a value that has
several are indented. What cannot be shown so without losing something is not shown so at all.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from .calls import LONGEST, Number, quoted, read_arguments
from .foreign import harmless

_DEEPEST = 6
"""Levels of lists and objects in each other that anybody could follow."""
_LONGEST_NAME = 40
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_IN_WORDS = {
    "url": "web address", "uri": "web address", "href": "web address", "cmd": "command", "cwd": "folder",
    "dir": "folder", "msg": "message", "lat": "latitude", "lon": "longitude", "lng": "longitude", "lang": "language",
    "num": "number", "qty": "quantity", "tz": "time zone", "id": "ID", "ids": "IDs", "cc": "copy to",
}  # fmt: skip
_AS_ANOTHER_KIND = re.compile(r"-?[0-9.]+([eE][+-]?[0-9]+)?|true|false|null|yes|no|none|nothing|\(.*\)|[\"“].*")
"""Texts that could be taken for a number, for a word of ours or for something in quotation marks."""


class Role(Enum):
    NAME = auto()
    VALUE = auto()
    OURS = auto()
    """A word of the program that stands for a value: yes, no, nothing."""


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    role: Role


def readable(arguments: str) -> Sequence[Run]:
    """() if they are too long, too deep, or no object with a name for each value."""
    value = read_arguments(arguments) if len(arguments) <= LONGEST else None
    if not isinstance(value, dict):
        return ()
    try:
        return tuple(_without_last_break(_fields(value, 0))) if value else (Run("nothing", Role.OURS),)
    except _NotReadableError:
        return ()


class _NotReadableError(Exception):
    pass


def _fields(values: Mapping[str, Any], depth: int) -> Iterator[Run]:
    if depth > _DEEPEST or any(len(name) > _LONGEST_NAME for name in values):
        raise _NotReadableError
    names = {name: _in_words(name) for name in values}
    if len({words.casefold() for words in names.values()}) < len(names):  # two would look the same
        names = {name: harmless(quoted(name)) for name in values}
    for name, value in values.items():
        yield Run(f"{'    ' * depth}{names[name]}:", Role.NAME)
        yield from _value(value, depth)


def _value(value: Any, depth: int) -> Iterator[Run]:
    indent = "    " * (depth + 1)
    match value:
        case Number():
            yield Run(f" {value}\n", Role.VALUE)
        case str() if "\n" in value.strip():
            yield Run("\n" + "".join(f"{indent}{line}\n" for line in harmless(value).split("\n")), Role.VALUE)
        case str():
            plain = value and value == value.strip() and not _AS_ANOTHER_KIND.fullmatch(value)
            yield Run(f" {harmless(value if plain else quoted(value))}\n", Role.VALUE)
        case bool() | None:
            yield Run(f" {'nothing' if value is None else 'yes' if value else 'no'}\n", Role.OURS)
        case dict() | list() if not value:
            yield Run(" none\n", Role.OURS)
        case dict():
            yield Run("\n", Role.OURS)
            yield from _fields(value, depth + 1)
        case list():
            if depth >= _DEEPEST:
                raise _NotReadableError
            yield Run("\n", Role.OURS)
            for each in value:
                yield Run(f"{indent}•", Role.NAME)
                yield from _value(each, depth + 1)


def _in_words(name: str) -> str:
    """“max_results”, “maxResults” and “max-results” are “Max results”; other characters stay as they are, in quotation
    marks."""
    if not _NAME.fullmatch(name):
        return harmless(quoted(name))
    words = [_IN_WORDS.get(word.lower(), word if word.isupper() else word.lower()) for word in _WORD.findall(name)]
    line = " ".join(words)
    return line[:1].upper() + line[1:]


def _without_last_break(runs: Iterator[Run]) -> Iterator[Run]:
    made = list(runs)
    last = made.pop()
    yield from made
    yield Run(last.text.removesuffix("\n"), last.role)
