"""Where the program's own sentences are put into a language: what is shown, and what is spoken in a conversation.

A sentence is written as a literal with its values in braces: `shown("Use “{device}”", device=label)`, or, where it is
made before anybody knows who will read it, `sentence("“{device}” is busy.", device=label)`. So tools find it:
`xgettext --keyword=shown --keyword=spoken --keyword=marked --keyword=sentence --keyword=shown_plural:1,2
--keyword=spoken_plural:1,2 --keyword=sentence_plural:1,2`.
Without translations it is said as it was written, in English.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is not in a language yet: what is looked up, and the values that fill it. Crosses processes.

    Made by `sentence` and `sentence_plural`. As text (`str`, an f-string) it is as it is shown.
    """

    text: str
    values: tuple[tuple[str, object], ...] = ()
    """By name; one that is a `Sentence` comes in the language of the whole."""
    many: str = ""
    """The form for a count that is not one; "" if there is no count."""
    count: int = 1

    def filled(self, **values: object) -> "Sentence":
        """With these values besides those that it has: of a constant."""
        return replace(self, values=(*self.values, *values.items()))

    def shown(self) -> str:
        """In the language of the window and the terminal."""
        return self._in(_Languages.shown)

    def spoken(self) -> str:
        """In the language of the conversation."""
        return self._in(_Languages.spoken)

    def written(self) -> str:
        """As it stands in the code, in English: for language models, which are instructed in English, and for logs."""
        return self._in(Untranslated())

    def __str__(self) -> str:
        return self.shown()

    def __bool__(self) -> bool:
        return bool(self.text)

    def _in(self, language: Translations) -> str:
        if not self.text:
            return ""
        text = self.many if self.many and self.count != 1 else self.text
        if text == _VERBATIM:
            found = text
        elif self.many:
            found = language.ngettext(self.text, self.many, self.count)
        else:
            found = language.gettext(self.text)
        return _filled(found, text, {name: _said(value, language) for name, value in self.values})


def sentence(text: str, **values: object) -> Sentence:
    """To be shown or spoken later. `values` stand in `text` in braces."""
    return Sentence(text, tuple(values.items()))


def sentence_plural(one: str, many: str, count: int, **values: object) -> Sentence:
    """As `sentence`, in the form that `count` takes; `count` stands in it as {count}."""
    return Sentence(one, (("count", count), *values.items()), many, count)


_VERBATIM = "{text}"


def verbatim(text: str) -> Sentence:
    """Text of others (a server's own words, a name), which is in whatever language it is: it is not looked up."""
    return Sentence(_VERBATIM, (("text", text),)) if text else Sentence("")


def listed(parts: Sequence[Sentence | str], most: int | None = None) -> Sentence:
    """ "a", "a and b", "a, b and c"; "" of nothing. What is beyond `most` is only counted: "a, b and 3 more"."""
    if most is not None and len(parts) > most:
        parts = [*parts[:most], sentence("{count} more", count=len(parts) - most)]
    if len(parts) < 2:
        return listed_with_commas(parts)
    return sentence("{first} and {last}", first=listed_with_commas(parts[:-1]), last=parts[-1])


def listed_with_commas(parts: Sequence[Sentence | str]) -> Sentence:
    """ "a", "a, b", "a, b, c"; "" of nothing."""
    if len(parts) < 2:
        return as_sentence(parts[0] if parts else "")
    half = len(parts) // 2  # in halves, so that a long list is not deep
    first, second = listed_with_commas(parts[:half]), listed_with_commas(parts[half:])
    return sentence("{first}, {second}", first=first, second=second)


def sentences(*parts: Sentence | str) -> Sentence:
    """One behind the other, without those that are empty."""
    first, *rest = [part for part in parts if part] or [""]
    return sentence("{first} {second}", first=first, second=sentences(*rest)) if rest else as_sentence(first)


def as_sentence(text: Sentence | str) -> Sentence:
    """Text that is no `Sentence` is somebody else's."""
    return verbatim(text) if isinstance(text, str) else text


def shown(text: str, **values: object) -> str:
    """In the language of the window and the terminal. `values` stand in `text` in braces."""
    return sentence(text, **values).shown()


def shown_plural(one: str, many: str, count: int, **values: object) -> str:
    """As `shown`, in the form that `count` takes; `count` stands in it as {count}."""
    return sentence_plural(one, many, count, **values).shown()


def spoken(text: str, **values: object) -> str:
    """In the language of the conversation."""
    return sentence(text, **values).spoken()


def spoken_plural(one: str, many: str, count: int, **values: object) -> str:
    """As `spoken`, in the form that `count` takes; `count` stands in it as {count}."""
    return sentence_plural(one, many, count, **values).spoken()


def marked(text: str) -> str:
    """`text` as it is, found by tools: of a constant that `shown` or `spoken` gets later."""
    return text


def _said(value: object, language: Translations) -> object:
    return value._in(language) if isinstance(value, Sentence) else value


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
