"""Text that a server wrote, made fit to be shown and to be told to a model: data, never obeyed."""

import unicodedata

_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def one_line(text: str, longest: int) -> str:
    """Visible characters on one line, at most `longest`: nothing hidden, reversed, or set apart."""
    kept = text[: 4 * longest]  # the rest could only be spaces
    line = " ".join("".join(" " if unicodedata.category(sign) in _INVISIBLE else sign for sign in kept).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def several_lines(text: str, longest: int) -> str:
    """The same with its lines and tabs; `longest` bounds what is looked at, too."""
    return "".join(
        sign if sign in "\n\t" or unicodedata.category(sign) not in _INVISIBLE else " "
        for sign in text[:longest].replace("\r\n", "\n")
    )


def quoted(text: str, longest: int) -> str:
    """On one line between quotation marks that it cannot close itself."""
    return f"“{one_line(text.translate(_MARKS), longest)}”"


_MARKS = str.maketrans({"“": "'", "”": "'", "„": "'", "‟": "'"})
