"""What stands between texts and the database."""

import re

_WORD = re.compile(r"\w+")


def storable(text: str) -> str:
    """Half a character, as broken JSON brings it, is no text for a file: it becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def all_of(words: str) -> str:
    """A full-text query for all the words or words that begin like them; "" if there are none."""
    return " ".join(f'"{word}"*' for word in _WORD.findall(storable(words)))


def any_of(words: str) -> str:
    """The same for at least one of them."""
    return " OR ".join(f'"{word}"*' for word in _WORD.findall(storable(words)))
