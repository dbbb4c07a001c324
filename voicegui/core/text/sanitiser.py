"""Text of others (models, tools, servers, files) made harmless for windows, terminals, voices and other models.

One table says what is hidden: what cannot be seen, or moves other characters about. Each function says what stands in
its place.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import Enum
from html import escape
from itertools import groupby
from operator import itemgetter

from ..wording import marked, spoken, spoken_plural

_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Categories of Unicode that show nothing, move other characters about as the controls of writing direction do, or are
not assigned to a character."""
_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0d\uffa0"
    "\U00016fe4\U0001d159\U000e0000-\U000e0fff]"
)
"""Letters, marks and symbols of other categories that show nothing all the same."""
_EMOJI = re.compile("[\U0001f000-\U0001faff]")
"""What is not assigned here is a pictograph of a newer Unicode than Python's: the others are kept for them (UTS 51)."""
_EMOJI_SELECTORS = "\ufe0e\ufe0f"
"""They choose how the emoji before them looks; behind anything else they show nothing."""
_LOOKS_CHOSEN = frozenset({"So", "Sm", "Nd", "Po"})
"""Categories of what has two looks (❤ ↔ 1 ‼), besides two single characters."""
_LOOKS_CHOSEN_TOO = "\u2139\u3030"
_MOST_MARKS = 3
"""Marks one letter may carry; languages need no more, and towers of them cover the lines above."""
_JOINERS = "\u200c\u200d"
_PLAIN = re.compile(r"[\n\t -~]*+")
_HIDDEN = marked("{character}, the first of {number} hidden characters")
_NAMES = {"\n": marked("new line"), "\r": marked("return"), "\t": marked("tab")}
_QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”„‟❝❞〝〞〟🙶🙷🙸", "'"))
_LONG_WORD = re.compile(r"\S{24}(?=\S)")


class HiddenAs(Enum):
    """What stands in the place of each hidden character."""

    NUMBER = "number"
    """⟨U+202E⟩, for a person."""
    SPACE = "space"
    """For a model, which has no use for numbers."""
    NOTHING = "nothing"
    """For a voice."""


def harmless(text: str, hidden_as: HiddenAs = HiddenAs.NUMBER) -> str:
    """Without hidden characters. Line breaks and tabs stay."""
    text = text.replace("\r\n", "\n")
    if _PLAIN.fullmatch(text):
        return text
    return "".join(
        _instead(character, hidden_as) if is_hidden and character not in "\n\t" else character
        for character, is_hidden in _examined(text)
    )


def one_line(text: str, most: int | None = None, hidden_as: HiddenAs = HiddenAs.NUMBER) -> str:
    """Harmless and without line breaks: all of it, or at most `most` characters and then "…", which also stands there
    for what was not looked at. No full stop before it makes a sentence look complete."""
    start = text if most is None else text[: 4 * most]  # nobody needs the rest of ten megabytes
    line = _spaced(harmless(_spaced(start), hidden_as))
    return line if most is None or len(line) <= most and len(start) == len(text) else f"{line[:most].rstrip(' .')}…"


def quoted(text: str, most: int) -> str:
    """On one line between quotation marks that it cannot close itself, with spaces for what is hidden."""
    return f"“{one_line(unquoted(text), most, HiddenAs.SPACE)}”"


def unquoted(text: str) -> str:
    """As many characters, of which none opens or closes a quotation."""
    return text.translate(_QUOTATION_MARKS)


def visible(text: str) -> str:
    """On one line, with names in place of what is hidden, line breaks and tabs included: (right-to-left override)."""
    marked = (("" if is_hidden else character, character) for character, is_hidden in _examined(text))
    made: list[str] = []
    for shown, run in groupby(marked, itemgetter(0)):
        characters = [character for _, character in run]
        made.append(shown * len(characters) if shown else _name_of(characters))
    return _spaced("".join(made))


def same_length(text: str) -> str:
    """Hidden characters as "\ufffd", so that every character keeps its place. Joiners stay where scripts and emoji need
    them: between characters beyond ASCII. Line breaks and tabs stay."""
    if _PLAIN.fullmatch(text):
        return text
    around = f" {text} "
    return "".join(
        "\ufffd"
        if is_hidden and character not in "\n\t" and not (character in _JOINERS and min(before, after) > "\x7f")
        else character
        for before, (character, is_hidden), after in zip(around, _examined(text), around[2:], strict=False)
    )


def breakable(text: str) -> str:
    """With places to break in words of more than 24 characters, which a label could not wrap."""
    return _LONG_WORD.sub(lambda found: f"{found[0]}\u200b", text)


def tip(text: str) -> str:
    """For a tooltip, which Qt would read as HTML where it looks like that: harmless, every character as it is."""
    plain = harmless(text)
    return f"<p style='white-space: pre-wrap'>{escape(plain)}</p>" if "<" in plain else plain


# ---------------------------------------------------------------- what is hidden


def _examined(text: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether it is hidden; line breaks and tabs are."""
    marks, before = 0, ""
    for character in text:
        category = unicodedata.category(character)
        is_hidden = _is_hidden(character, category, before)
        if category in ("Mn", "Me"):
            marks += 1
        elif not is_hidden:
            marks = 0
        yield character, is_hidden or marks > _MOST_MARKS
        before = character


def _is_hidden(character: str, category: str, before: str) -> bool:
    """`before`: the character before it, "" at the beginning."""
    if character in _EMOJI_SELECTORS:
        return not (before and (unicodedata.category(before) in _LOOKS_CHOSEN or before in _LOOKS_CHOSEN_TOO))
    if category == "Cn" and _EMOJI.match(character):
        return False
    return category in _CATEGORIES or _NOTHING.match(character) is not None


# ---------------------------------------------------------------- what stands in its place


def _instead(character: str, hidden_as: HiddenAs) -> str:
    match hidden_as:
        case HiddenAs.NUMBER:
            return f"⟨U+{ord(character):04X}⟩"
        case HiddenAs.SPACE:
            return " "
        case HiddenAs.NOTHING:
            return ""


def _name_of(hidden: Sequence[str]) -> str:
    named = spoken(_NAMES[hidden[0]]) if hidden[0] in _NAMES else ""
    first = named or unicodedata.name(hidden[0], "").lower() or f"U+{ord(hidden[0]):04X}"
    if len(hidden) > 1:
        first = spoken_plural(_HIDDEN, _HIDDEN, len(hidden), character=first, number=f"{len(hidden):,}")
    return f" ({first}) "


def _spaced(text: str) -> str:
    """Each stretch of white space as one space."""
    return " ".join(text.split())
