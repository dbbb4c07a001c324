"""What stands on the card that asks for permission, in the window and in the terminal. No Qt.

Nothing in a value can pass for another argument: names are marked as names (`ArgumentPart`), and lines of a value that
has several are indented. What cannot be shown so without losing something is not shown so at all.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from voicegui.core.addresses import misleading
from voicegui.core.approval import LONGEST_QUESTION
from voicegui.core.events import ApprovalAsked
from voicegui.core.text.sanitiser import harmless, one_line
from voicegui.core.tools import BUILT_IN, ToolSource

from .tool_entries import LONGEST_SHOWN, Number, json_text, pretty, read_arguments

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


class ArgumentPart(Enum):
    NAME = auto()
    VALUE = auto()
    OURS = auto()
    """A word of the program that stands for a value: yes, no, nothing."""


@dataclass(frozen=True, slots=True)
class ArgumentRun:
    text: str
    role: ArgumentPart


def readable(arguments: str) -> Sequence[ArgumentRun]:
    """() if they are too long, too deep, or no object with a name for each value."""
    value = read_arguments(arguments) if len(arguments) <= LONGEST_SHOWN else None
    if not isinstance(value, dict):
        return ()
    try:
        return tuple(_without_last_break(_fields(value, 0))) if value else (ArgumentRun("nothing", ArgumentPart.OURS),)
    except _NotReadableError:
        return ()


class _NotReadableError(Exception):
    pass


def _fields(values: Mapping[str, Any], depth: int) -> Iterator[ArgumentRun]:
    if depth > _DEEPEST or any(len(name) > _LONGEST_NAME for name in values):
        raise _NotReadableError
    names = {name: _in_words(name) for name in values}
    if len({words.casefold() for words in names.values()}) < len(names):  # two would look the same
        names = {name: harmless(json_text(name)) for name in values}
    for name, value in values.items():
        yield ArgumentRun(f"{'    ' * depth}{names[name]}:", ArgumentPart.NAME)
        yield from _value(value, depth)


def _value(value: Any, depth: int) -> Iterator[ArgumentRun]:
    indent = "    " * (depth + 1)
    match value:
        case Number():
            yield ArgumentRun(f" {value}\n", ArgumentPart.VALUE)
        case str() if "\n" in value.strip():
            yield ArgumentRun(
                "\n" + "".join(f"{indent}{line}\n" for line in harmless(value).split("\n")), ArgumentPart.VALUE
            )
        case str():
            plain = value and value == value.strip() and not _AS_ANOTHER_KIND.fullmatch(value)
            yield ArgumentRun(f" {harmless(value if plain else json_text(value))}\n", ArgumentPart.VALUE)
        case bool() | None:
            yield ArgumentRun(f" {'nothing' if value is None else 'yes' if value else 'no'}\n", ArgumentPart.OURS)
        case dict() | list() if not value:
            yield ArgumentRun(" none\n", ArgumentPart.OURS)
        case dict():
            yield ArgumentRun("\n", ArgumentPart.OURS)
            yield from _fields(value, depth + 1)
        case list():
            if depth >= _DEEPEST:
                raise _NotReadableError
            yield ArgumentRun("\n", ArgumentPart.OURS)
            for each in value:
                yield ArgumentRun(f"{indent}•", ArgumentPart.NAME)
                yield from _value(each, depth + 1)


def _in_words(name: str) -> str:
    """“max_results”, “maxResults” and “max-results” are “Max results”; other characters stay as they are, in quotation
    marks."""
    if not _NAME.fullmatch(name):
        return harmless(json_text(name))
    words = [_IN_WORDS.get(word.lower(), word if word.isupper() else word.lower()) for word in _WORD.findall(name)]
    line = " ".join(words)
    return line[:1].upper() + line[1:]


def _without_last_break(runs: Iterator[ArgumentRun]) -> Iterator[ArgumentRun]:
    made = list(runs)
    last = made.pop()
    yield from made
    yield ArgumentRun(last.text.removesuffix("\n"), last.role)


# ---------------------------------------------------------------- the text of the card

LONGEST_CARD_TEXT = LONGEST_QUESTION
"""Characters of the question; what is asked about stands below it in full."""


@dataclass(frozen=True, slots=True)
class CardText:
    question: str
    label: str
    name: str
    """"" where the label is it, and for the program's own: people need not know how models call it."""
    brought: str
    arguments: str
    """Exactly as they were written."""
    readable: Sequence[ArgumentRun]
    """In plain words; () if they cannot be shown so."""

    @property
    def origin(self) -> str:
        return " · ".join(part for part in (self.label, self.name, self.brought) if part)


def card_text(asked: ApprovalAsked, source: ToolSource | None) -> CardText:
    """`source`: who brought the tool; None if that is not known."""
    call = asked.call
    label = one_line(asked.label or call.name, 60)
    arguments = pretty(call.arguments)
    brought = "" if source is None else f"from {one_line(str(source), 60)}"
    if source == BUILT_IN:
        brought = "part of voicegui"
    warned = [f"⚠ leads to {host}" for host in misleading(arguments)]
    return CardText(
        one_line(asked.question, LONGEST_CARD_TEXT) or f"May it use “{label}”?",
        label,
        "" if call.name == label or source == BUILT_IN else one_line(call.name, 64),
        " · ".join([*warned, *([brought] if brought else [])]),
        harmless(arguments) or "(nothing)",
        readable(call.arguments),
    )
