"""A language in which our own letters are dots: the letters that are left are those of values, or were not looked up.

Stricter than `tests.pseudo_language`, which takes a piece of English that is given as a value for a value.
"""

import gettext
import re
from collections.abc import Callable

from voicegui.core.errors import HintKind, VoiceError
from voicegui.core.wording import use_translations

from .pseudo_language import PSEUDO, own_words


class _Wordless(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return re.sub(r"\{\w+\}|[^\W\d_]", lambda found: found[0] if found[0].startswith("{") else "·", message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


WORDLESS = _Wordless()


def assert_looked_up(make: Callable[[], str], *values: str) -> None:
    """Whatever `make` says is in the catalogue, but for `values`. English again afterwards."""
    try:
        use_translations(shown=PSEUDO, spoken=PSEUDO)
        assert own_words(make()) == ""
        use_translations(shown=WORDLESS, spoken=WORDLESS)
        text = make()
        for value in sorted(values, key=len, reverse=True):
            text = text.replace(value, "")
        assert not any(letter.isalpha() for letter in text), text
    finally:
        use_translations()


def assert_error_looked_up(error: VoiceError, *values: str) -> None:
    """However it is read. What is told to a language model is the same in English."""
    told: list[Callable[[], str]] = [
        lambda: error.message, lambda: error.said, lambda: error.heading, lambda: error.detail,
        lambda: error.without_advice,
    ]  # fmt: skip
    if error.hint_kind is HintKind.SENTENCE:
        told.append(lambda: error.hint)
    for text in told:
        assert_looked_up(text, *values)
    assert not re.search(r"\{\w\w+\}", error.message), "a value is missing"
    assert error.written == error.message
