"""Text of others (models, tools, servers, files) made harmless for windows, terminals, voices and other models.

What cannot be seen, or moves other characters about, becomes its number or a space.
"""

import re
import unicodedata
from html import escape

_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
"""Categories of Unicode that show nothing or move other characters about, as the controls of writing direction do."""
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and symbols that show nothing all the same."""
_NOTHING = re.compile("[\u180b-\u180f\u2065\ufe00-\ufe0d\ufff0-\ufff8\U000e0000-\U000e0fff]")
"""Not shown, whatever their category; the two that choose how an emoji looks are not among them."""
_SPACES = re.compile(r"\s+")
_JOINERS = "\u200c\u200d"
_PLAIN = re.compile(r"[\n\t -~]*+")
_MOST_MARKS = 3
"""Marks one letter may carry; languages need no more, and towers of them cover the lines above."""


def harmless(text: str) -> str:
    """What cannot be seen, or moves others about, as its number: ⟨U+202E⟩. Line breaks and tabs stay."""
    text = text.replace("\r\n", "\n")
    if _PLAIN.fullmatch(text):
        return text
    made: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        made.append(_number(character) if _is_hidden(character) or marks > _MOST_MARKS else character)
    return "".join(made)


def _is_hidden(character: str) -> bool:
    if unicodedata.category(character) in _UNSEEN and character not in "\n\t":
        return True
    return character in _BLANK or _NOTHING.match(character) is not None


def same_length(text: str) -> str:
    """What cannot be seen, or moves others about, as "\ufffd", so that every character keeps its place. Joiners stay
    where scripts and emoji need them: between characters beyond ASCII."""
    if _PLAIN.fullmatch(text):
        return text
    around = f" {text} "
    return "".join(
        "\ufffd" if _is_hidden(character) and not (character in _JOINERS and min(before, after) > "\x7f") else character
        for before, character, after in zip(around, text, around[2:], strict=False)
    )


def one_line(text: str, most: int) -> str:
    """Harmless, without line breaks, at most `most` characters and "…"."""
    start = text[: 4 * most]  # nobody needs the rest of ten megabytes
    line = harmless(_SPACES.sub(" ", start)).strip()
    return line if len(line) <= most and len(start) == len(text) else f"{line[:most].rstrip(' .')}…"


def line(text: str) -> str:
    """Harmless and on one line, all of it."""
    return harmless(_SPACES.sub(" ", text)).strip()


def _number(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩"


# Text that a server wrote, made fit to be shown and to be told to a model: data, never obeyed.

_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def plain_line(text: str, longest: int) -> str:
    """Visible characters on one line, at most `longest`: nothing hidden, reversed, or set apart."""
    kept = text[: 4 * longest]  # the rest could only be spaces
    line = " ".join("".join(" " if unicodedata.category(sign) in _INVISIBLE else sign for sign in kept).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def plain_lines(text: str, longest: int) -> str:
    """The same with its lines and tabs; `longest` bounds what is looked at, too."""
    return "".join(
        sign if sign in "\n\t" or unicodedata.category(sign) not in _INVISIBLE else " "
        for sign in text[:longest].replace("\r\n", "\n")
    )


def quoted(text: str, longest: int) -> str:
    """On one line between quotation marks that it cannot close itself."""
    return f"“{plain_line(text.translate(_MARKS), longest)}”"


_MARKS = str.maketrans({"“": "'", "”": "'", "„": "'", "‟": "'"})


# Text that somebody else wrote (models, tools, servers, files), made harmless to show. No Qt.

__all__ = ["breakable", "harmless", "one_line", "tip"]

_LONG_WORD = re.compile(r"\S{24}(?=\S)")


def breakable(text: str) -> str:
    """With places to break in words of more than 24 characters, which a label could not wrap."""
    return _LONG_WORD.sub(lambda found: f"{found[0]}\u200b", text)


def tip(text: str) -> str:
    """For a tooltip, which Qt would read as HTML where it looks like that: every character as it is."""
    plain = harmless(text)
    return f"<p style='white-space: pre-wrap'>{escape(plain)}</p>" if "<" in plain else plain
