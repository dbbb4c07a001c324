"""Finds what a person means by a few words."""

import re
from collections.abc import Callable, Sequence, Set
from typing import TypeVar

T = TypeVar("T")

_WORD = re.compile(r"\w+")
_EMPTY = frozenset(
    {
        "a", "an", "the", "my", "me", "i", "you", "your", "it", "its", "is", "was", "of", "to", "in", "on",
        "at", "for", "about", "that", "this", "one", "please", "reminder", "reminders", "timer", "timers",
        "fact", "remind", "cancel", "delete", "remove", "forget", "with", "and", "number",
    }
)  # fmt: skip


def meant(which: str, things: Sequence[T], described: Callable[[T], str]) -> list[T]:
    """Those of which the description has all the words of `which` that mean something, or longer forms of them; all if
    there are no such words."""
    wanted = {word for word in _WORD.findall(which.lower()) if word not in _EMPTY}
    return [thing for thing in things if _has_all(frozenset(_WORD.findall(described(thing).lower())), wanted)]


def _has_all(description: Set[str], wanted: Set[str]) -> bool:
    return all(word in description or _has_longer(description, word) for word in wanted)


def _has_longer(description: Set[str], word: str) -> bool:
    stem = word[:-1] if len(word) > 3 and word.endswith("s") else word
    return not word.isdecimal() and any(found.startswith(stem) for found in description)
