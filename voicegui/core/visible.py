"""What cannot be seen in a text, or moves other characters about, as its number: for windows, terminals and voices."""

import re
import unicodedata

_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
"""Categories of Unicode that show nothing or move other characters about, as the controls of writing direction do."""
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and symbols that show nothing all the same."""
_NOTHING = re.compile("[\u180b-\u180f\u2065\ufe00-\ufe0d\ufff0-\ufff8\U000e0000-\U000e0fff]")
"""Not shown, whatever their category; the two that choose how an emoji looks are not among them."""
_SPACES = re.compile(r"\s+")
_JOINERS = "\u200c\u200d"
_PLAIN = re.compile(r"[\n\t -~]*+")
_MARKS = 3
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
        made.append(_number(character) if _is_hidden(character) or marks > _MARKS else character)
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
