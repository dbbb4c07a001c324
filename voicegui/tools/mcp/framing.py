"""Bytes of a server into messages, none longer than can be borne, and how long it may take. Pure."""

import re
from collections.abc import Iterator
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


# ---------------------------------------------------------------- messages
# Bytes of a server into messages, none longer than can be borne: lines, and server-sent events. Pure.

_ENDS = 400
"""Bytes kept of either end of a line that is thrown away: where its id is."""
_ID = re.compile(rb'"id"\s*:\s*(\d{1,15})')
_METHOD = re.compile(rb'"method"\s*:')
"""Only requests and notifications have one."""


@dataclass(frozen=True, slots=True)
class Overlong:
    """A line that was thrown away as it came."""

    head: bytes
    tail: bytes


def ends_of(line: bytes) -> Overlong:
    """The same of one that is there in whole."""
    return Overlong(line[:_ENDS], line[-_ENDS:])


def answered(line: Overlong) -> int | None:
    """Which request a message answers that cannot be used; None where that cannot be told. Some libraries write the id
    first, some last."""
    head = line.head.lstrip()
    if not head.startswith(b"{") or b'"jsonrpc"' not in head + line.tail or _METHOD.search(head):
        return None
    found = _ID.search(head) or next(reversed(list(_ID.finditer(line.tail))), None)
    return int(found[1]) if found else None


class MessageLines:
    """Holds at most `longest` bytes, whatever is fed."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._begun = bytearray()
        self._head = b""
        """Not empty while the line that has begun is thrown away."""

    def feed(self, chunk: bytes) -> Iterator[bytes | Overlong]:
        """The lines that end in it, without their ends."""
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            self._append(part)
            yield self._taken()
        self._append(rest)

    def _append(self, part: bytes) -> None:
        self._begun += part
        if len(self._begun) > self._longest and not self._head:
            self._head = bytes(self._begun[:_ENDS])
        if self._head:
            del self._begun[:-_ENDS]

    def _taken(self) -> bytes | Overlong:
        line = Overlong(self._head, bytes(self._begun)) if self._head else bytes(self._begun)
        self._begun.clear()
        self._head = b""
        return line


# ---------------------------------------------------------------- server-sent events


class MessageEvents:
    """Of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html) whose events are messages. Holds at
    most twice `longest` bytes. Names, ids and pauses before reconnecting are of no use here and left out."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._lines = MessageLines(longest)
        self._data = bytearray()
        self._is_message = True

    def feed(self, chunk: bytes) -> Iterator[bytes | None]:
        """The data of the events that end in it, on one line each; None for one that is too long, after which nothing
        more is to be fed."""
        for line in self._lines.feed(chunk):
            if isinstance(line, Overlong):
                yield None
                return
            name, _, value = line.rstrip(b"\r").partition(b":")
            if not line.rstrip(b"\r"):
                if self._is_message and (data := bytes(self._data).replace(b"\r", b" ").strip()):
                    yield data
                self._data.clear()
                self._is_message = True
            elif name == b"data":
                self._data += value.removeprefix(b" ") + b" "  # a break means nothing between parts of JSON
                if len(self._data) > self._longest:
                    yield None
                    return
            elif name == b"event":
                self._is_message = value.strip() in (b"", b"message")
