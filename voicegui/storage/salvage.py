"""What can still be read of a TOML text that a person mistyped."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
        return 1, _parsed(lines[at])
    for end in (at + 1, *_later_ends(lines, at)):
        parsed = _parsed(header + "\n".join(lines[at:end]))
        if parsed is not None:
            return end - at, parsed
    return 1, None


def _later_ends(lines: Sequence[str], at: int) -> Iterator[int]:
    """Where a value that goes over several lines may end, if one begins in line `at`."""
    for opening, closing in (('"""', '"""'), ("'''", "'''"), ("[", "]"), ("{", "}")):
        if opening in lines[at]:
            yield from (end + 1 for end in range(at + 1, min(at + LONGEST, len(lines))) if closing in lines[end])
            return


def _parsed(text: str) -> dict[str, Any] | None:
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
