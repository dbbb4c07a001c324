"""Text that somebody else wrote (models, tools, servers, files), made harmless to show. No Qt."""

import re
from html import escape

from voicegui.core.visible import harmless, one_line

__all__ = ["breakable", "harmless", "one_line", "tip"]

_LONG_WORD = re.compile(r"\S{24}(?=\S)")


def breakable(text: str) -> str:
    """With places to break in words of more than 24 characters, which a label could not wrap."""
    return _LONG_WORD.sub(lambda found: f"{found[0]}\u200b", text)


def tip(text: str) -> str:
    """For a tooltip, which Qt would read as HTML where it looks like that: every character as it is."""
    plain = harmless(text)
    return f"<p style='white-space: pre-wrap'>{escape(plain)}</p>" if "<" in plain else plain
