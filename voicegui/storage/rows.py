"""What stands between texts and the database."""

import re

_WORD = re.compile(r"\w+")
_EVERYWHERE = frozenset(
    {
        "a", "an", "and", "the", "of", "to", "in", "on", "at", "for", "with", "i", "me", "my", "mine", "you",
        "your", "we", "our", "us", "it", "its", "is", "are", "was", "were", "be", "am", "do", "does", "did",
        "have", "has", "had", "what", "who", "when", "where", "which", "that", "this", "about", "know", "tell",
        "say", "said", "remember", "user", "s", "m", "re", "ve", "ll",
    }
)  # fmt: skip


def storable(text: str) -> str:
    """Half a character, as broken JSON brings it, is no text for a file: it becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def all_of(words: str) -> str:
    """A full-text query for all the words or words that begin like them; "" if there are none."""
    return " ".join(f'"{word}"*' for word in _told(words))


def any_of(words: str) -> str:
    """The same for at least one of them."""
    return " OR ".join(f'"{word}"*' for word in _told(words))


def _told(words: str) -> list[str]:
    """Those that tell one text from another: everybody's facts are about "me"."""
    return [word for word in _WORD.findall(storable(words)) if word.lower() not in _EVERYWHERE]
