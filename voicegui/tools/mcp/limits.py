"""How long and how much a server may take, and whether a message may be parsed at all. Pure."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    start_s: float = 180.0
    """From starting or reaching it until it has listed its tools for the first time: `npx` and `uvx` download first."""
    slow_start_s: float = 8.0
    """Until it is said that this takes long."""
    list_s: float = 10.0
    call_s: float = 30.0
    """Of a call, to its end or to the next word of its progress."""
    longest_call_s: float = 600.0
    """`ToolInfo.timeout_s` of its tools: however much progress it tells."""
    write_s: float = 10.0
    """A server that does not read what it is sent for so long is given up."""
    stop_s: float = 1.0
    """To end by itself once its input is closed, and once more when it is asked to terminate; then it is killed."""
    backoff_s: tuple[float, ...] = (1.0, 5.0, 30.0)
    """Before each new start of a server that ended by itself. After the last one only a call or a new conversation
    starts it again."""
    steady_s: float = 60.0
    """A server that ran for so long is not counted among those that keep ending."""
    relist_s: float = 1.0
    """Between two looks at the tools of a server that announces changes without end."""
    resubscribe_s: float = 30.0
    """Before asking again to be told of changes, where the server ended that."""
    message_bytes: int = 2_000_000
    """Of one message. A longer one is thrown away as it comes; what waits for it fails."""
    bytes_per_s: float = 8_000_000
    messages_per_s: float = 500
    """What comes faster is not read yet: a server that floods waits for its own pipe."""
    log_bytes: int = 64_000
    """The newest of its error output."""


# ---------------------------------------------------------------- whether a message may be parsed
# A megabyte of nothing but zeros, brackets or empty texts becomes hundreds of megabytes of objects, and parsing it
# keeps every thread of the program waiting. So its parts are counted in its bytes first, which takes a few milliseconds
# for whatever is sent: its length is bounded, and no pattern here looks at a byte twice.

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
