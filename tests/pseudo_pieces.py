"""A language in which each piece of a sentence between its values stands in ⟦…⟧: a bare value shows."""

import gettext
from collections.abc import Iterator
from string import Formatter

import pytest

from tests.pseudo_language import BEGIN, END, own_words
from voicegui.core.wording import use_translations


class _Pieces(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return "".join(map(_piece, Formatter().parse(message)))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def _piece(part: tuple[str, str | None, str | None, str | None]) -> str:
    text, value, *_ = part
    written = text.replace("{", "{{").replace("}", "}}")
    return (f"{BEGIN}{written}{END}" if any(map(str.isalpha, text)) else written) + (f"{{{value}}}" if value else "")


PIECES = _Pieces()


@pytest.fixture
def in_pieces() -> Iterator[None]:
    use_translations(shown=PIECES, spoken=PIECES)
    yield
    use_translations()


def not_looked_up(text: str, *others: object) -> str:
    """Letters of ours that are in no bracket. `others`: names and paths in `text` that are not ours."""
    for each in sorted(map(str, others), key=len, reverse=True):
        text = text.replace(each, "")
    return own_words(text)
