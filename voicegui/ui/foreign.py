"""Text that somebody else wrote (models, tools, servers, files), made harmless to show. No Qt."""

import re
import unicodedata

_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
"""Categories of Unicode that show nothing or move other characters about, as the controls of writing direction do."""
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and symbols that show nothing all the same."""
_PLAIN = re.compile(r"[\n\t -~]*")
_MARKS = 3
"""Marks one letter may carry; languages need no more, and towers of them cover the lines above."""
_SPACES = re.compile(r"\s+")
_LONG_WORD = re.compile(r"\S{24}(?=\S)")


def harmless(text: str) -> str:
    """What cannot be seen, or moves others about, as its number: ⟨U+202E⟩. Line breaks and tabs stay."""
    text = text.replace("\r\n", "\n")
    if _PLAIN.fullmatch(text):
        return text
    made: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        hidden = (category in _UNSEEN and character not in "\n\t") or character in _BLANK or marks > _MARKS
        made.append(f"⟨U+{ord(character):04X}⟩" if hidden else character)
    return "".join(made)


def one_line(text: str, most: int) -> str:
    """Harmless, without line breaks, at most `most` characters and "…"."""
    start = text[: 4 * most]  # nobody needs the rest of ten megabytes
    line = harmless(_SPACES.sub(" ", start)).strip()
    return line if len(line) <= most and len(start) == len(text) else f"{line[:most].rstrip(' .')}…"


def breakable(text: str) -> str:
    """With places to break in words of more than 24 characters, which a label could not wrap."""
    return _LONG_WORD.sub(lambda found: f"{found[0]}\u200b", text)
