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
from voicegui.core.wording import marked, shown

from .tool_entries import LONGEST_SHOWN, Number, json_text, pretty, read_arguments

_DEEPEST = 6
"""Levels of lists and objects in each other that anybody could follow."""
_LONGEST_NAME = 40
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ADDRESS, _FOLDER = (marked("web address"), marked("Web address")), (marked("folder"), marked("Folder"))
_LONGITUDE = (marked("longitude"), marked("Longitude"))
_IN_WORDS = {
    "url": _ADDRESS, "uri": _ADDRESS, "href": _ADDRESS, "cmd": (marked("command"), marked("Command")), "cwd": _FOLDER,
    "dir": _FOLDER, "msg": (marked("message"), marked("Message")), "lat": (marked("latitude"), marked("Latitude")),
    "lon": _LONGITUDE, "lng": _LONGITUDE, "lang": (marked("language"), marked("Language")),
    "num": (marked("number"), marked("Number")), "qty": (marked("quantity"), marked("Quantity")),
    "tz": (marked("time zone"), marked("Time zone")), "id": (marked("ID"), marked("ID")),
    "ids": (marked("IDs"), marked("IDs")), "cc": (marked("copy to"), marked("Copy to")),
}  # fmt: skip
"""What usual names of arguments mean: within a line, and at its beginning."""
_YES, _NO, _NULL, _NONE = marked("yes"), marked("no"), marked("nothing"), marked("none")
"""Words that stand for values, the last two for null and for an empty list."""
_AS_ANOTHER_KIND = re.compile(r"-?[0-9.]+([eE][+-]?[0-9]+)?|true|false|null|yes|no|none|nothing|\(.*\)|[\"“].*")
"""Texts that could be taken for a number, for a word of ours (in English) or for something in quotation marks."""


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
        return (
            tuple(_without_last_break(_fields(value, 0))) if value else (ArgumentRun(shown(_NULL), ArgumentPart.OURS),)
        )
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
            plain = value and value == value.strip() and not _as_another_kind(value)
            yield ArgumentRun(f" {harmless(value if plain else json_text(value))}\n", ArgumentPart.VALUE)
        case bool() | None:
            word = shown(_NULL) if value is None else shown(_YES) if value else shown(_NO)
            yield ArgumentRun(f" {word}\n", ArgumentPart.OURS)
        case dict() | list() if not value:
            yield ArgumentRun(f" {shown(_NONE)}\n", ArgumentPart.OURS)
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
    return " ".join(_in_a_word(word, first=index == 0) for index, word in enumerate(_WORD.findall(name)))


def _in_a_word(word: str, *, first: bool) -> str:
    if (known := _IN_WORDS.get(word.lower())) is not None:
        return shown(known[first])
    plain = word if word.isupper() else word.lower()
    return plain[:1].upper() + plain[1:] if first else plain


def _as_another_kind(text: str) -> bool:
    ours = {shown(word) for word in (_YES, _NO, _NULL, _NONE)}
    return text in ours or _AS_ANOTHER_KIND.fullmatch(text) is not None


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
    brought = "" if source is None else shown("from {source}", source=one_line(str(source), 60))
    if source == BUILT_IN:
        brought = shown("part of voicegui")
    warned = [shown("⚠ leads to {host}", host=host) for host in misleading(arguments)]
    return CardText(
        one_line(asked.question, LONGEST_CARD_TEXT) or shown("May it use “{tool}”?", tool=label),
        label,
        "" if call.name == label or source == BUILT_IN else one_line(call.name, 64),
        " · ".join([*warned, *([brought] if brought else [])]),
        harmless(arguments) or shown("(nothing)"),
        readable(call.arguments),
    )
