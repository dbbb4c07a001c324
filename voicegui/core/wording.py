"""Where the program's own sentences are put into a language: what is shown, and what is spoken in a conversation.

A sentence is written as a literal with its values in braces: `shown("Use “{device}”", device=label)`. So tools find it:
`xgettext --keyword=shown --keyword=spoken --keyword=marked --keyword=shown_plural:1,2 --keyword=spoken_plural:1,2`.
Without translations it is said as it was written, in English.
"""

from collections.abc import Mapping
from string import Formatter
from typing import Protocol


class Translations(Protocol):
    """Such as `gettext.NullTranslations` and its subclasses."""

    def gettext(self, message: str) -> str: ...

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str: ...


class Untranslated:
    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if n == 1 else msgid2


class _Languages:
    """Of this process."""

    shown: Translations = Untranslated()
    spoken: Translations = Untranslated()


def use_translations(*, shown: Translations | None = None, spoken: Translations | None = None) -> None:
    """Sentences made from now on are in these languages; None is English."""
    _Languages.shown = shown or Untranslated()
    _Languages.spoken = spoken or Untranslated()


def shown(text: str, **values: object) -> str:
    """In the language of the window and the terminal. `values` stand in `text` in braces."""
    return _filled(_Languages.shown.gettext(text), text, values) if text else ""


def shown_plural(one: str, many: str, count: int, **values: object) -> str:
    """As `shown`, in the form that `count` takes; `count` stands in it as {count}."""
    found = _Languages.shown.ngettext(one, many, count)
    return _filled(found, one if count == 1 else many, {"count": count, **values})


def spoken(text: str, **values: object) -> str:
    """In the language of the conversation."""
    return _filled(_Languages.spoken.gettext(text), text, values) if text else ""


def spoken_plural(one: str, many: str, count: int, **values: object) -> str:
    """As `spoken`, in the form that `count` takes; `count` stands in it as {count}."""
    found = _Languages.spoken.ngettext(one, many, count)
    return _filled(found, one if count == 1 else many, {"count": count, **values})


def marked(text: str) -> str:
    """`text` as it is, found by tools: of a constant that `shown` or `spoken` gets later."""
    return text


def _filled(translated: str, text: str, values: Mapping[str, object]) -> str:
    """A translation that leaves out a value, or has another one, says something else: then it is English."""
    if not values:
        return translated
    usable = translated if translated == text or _fields(translated) == _fields(text) else text
    return usable.format(**values)


def _fields(text: str) -> frozenset[str] | None:
    """Names in braces; None if there is more in them than names, or if they are not closed."""
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return None
    plain = all(name and name.isidentifier() and not spec and not conversion for _, name, spec, conversion in parts)
    return frozenset(name for _, name, _, _ in parts if name) if plain else None
