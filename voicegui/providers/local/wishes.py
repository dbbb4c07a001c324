"""What else is wished for: a small model chooses one call, but "a timer for five minutes and one for ten" is two.

A part of the request is taken for another wish if it stands beside an "and" that is in no argument of the call, and
none of its words is in one.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voicegui.core.tools import ToolCall

from .choice import words_said

MOST_WISHES = 4
"""Calls of one request."""

_JOINING = ("and", "plus", "then", "also")
_MARKS = ("another", "one", "second", "third", "for", "at", "in", "on", "to", "the", "a", "my", "about", "from")
"""What the rest of a wish begins with: "and another one for ten minutes", "and in Bergen"."""
_POLITE_WORDS = """
    please thanks thank you too also then that's that is all it so me let know tell very much as well for now ok okay
    right away good great make sure don't forget do
"""
_POLITE = frozenset(_POLITE_WORDS.split())
_NUMBER_WORDS = """
    one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty ninety half
    quarter hundred
"""
_NUMBERS = frozenset(_NUMBER_WORDS.split())


@dataclass(frozen=True, slots=True)
class Parts:
    main: str
    """What became the call."""
    others: Sequence[str]
    """What may be other wishes."""
    mixed: bool
    """The call has words of several wishes: it is none of them."""


def parts(request: str, call: ToolCall, tools_of: Callable[[str], Sequence[str]]) -> Parts:
    """`tools_of`: the names of the tools that the words of a part are about."""
    words = words_said(request)
    told = _told(words, call)
    pieces: list[list[int]] = [[]]
    for at, word in enumerate(words):
        if word.casefold() in _JOINING and at not in told:
            pieces.append([])
        else:
            pieces[-1].append(at)
    texts = [(" ".join(words[at] for at in piece), any(at in told for at in piece)) for piece in pieces if piece]
    about_it = [text for text, _ in texts if call.name in tools_of(text)]
    strangers = [text for text, is_told in texts if is_told and text not in about_it and tools_of(text)]
    mixed = bool(about_it and strangers)
    mine = about_it[:1] if mixed else [text for text, is_told in texts if is_told] or about_it[:1]
    others = [text for text, _ in texts if text not in mine and _says_something(text)]
    return Parts(mine[0] if mine else request, others[: MOST_WISHES - 1], mixed)


def goes_on(part: str) -> bool:
    """It may be the same wish with other words: "another one for ten minutes", "Bergen"."""
    words = part.split()
    return words[0].casefold() in _MARKS or (words[0][:1].isupper() and words[0].casefold() not in ("i", "i'm", "i'll"))


def is_weighty(part: str) -> bool:
    """It has a number or a name: if nothing comes of it, that is said."""
    return any(
        word.casefold() in _NUMBERS or word[0].isdigit() or (word[0].isupper() and not re.match(r"I\b", word))
        for word in part.split()
    )


def _says_something(part: str) -> bool:
    return bool({word.casefold().replace("’", "'") for word in part.split()} - _POLITE)


def _told(words: Sequence[str], call: ToolCall) -> set[int]:
    """Where the arguments stand in the request."""
    plain = [word.casefold() for word in words]
    found: set[int] = set()
    for value in _texts(json.loads(call.arguments)):
        wanted = [word.casefold() for word in words_said(value)]
        for at in range(len(plain) - len(wanted) + 1):
            if wanted and plain[at : at + len(wanted)] == wanted:
                found.update(range(at, at + len(wanted)))
                break
    return found


def _texts(value: object) -> Sequence[str]:
    match value:
        case str():
            return [value]
        case int() | float():
            return [str(value)]
        case dict():
            return [text for each in value.values() for text in _texts(each)]
        case list():
            return [text for each in value for text in _texts(each)]
    return []
