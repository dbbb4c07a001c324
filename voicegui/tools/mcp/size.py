"""Whether a message may be parsed at all. Pure.

A megabyte of nothing but zeros, brackets or empty texts becomes hundreds of megabytes of objects, and parsing it keeps
every thread of the program waiting. So its parts are counted in its bytes first, which takes a few milliseconds for
whatever is sent: its length is bounded, and no pattern here looks at a byte twice.
"""

import re

MOST_PARTS = 30_000
"""Values, keys and brackets of one message. A hundred tools with long schemas have half as many."""
DEEPEST = 40
"""Brackets within brackets."""

_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
"""Also one that never ends: looking for the end of each anew would take for ever."""
_BRACKET = re.compile(rb"[\[\]{}]")


def too_much(message: bytes) -> bool:
    """It has more parts, or is nested deeper, than any that is meant seriously. What is no JSON is for the parser."""
    bare, texts = _TEXT.subn(b"", message, count=MOST_PARTS + 1)
    brackets = sum(bare.count(sign) for sign in (b"[", b"{"))
    if texts > MOST_PARTS or brackets + bare.count(b",") > MOST_PARTS:
        return True
    return brackets > DEEPEST and _depth(bare) > DEEPEST


def _depth(bare: bytes) -> int:
    depth = deepest = 0
    for found in _BRACKET.finditer(bare):
        depth += 1 if found[0] in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest
