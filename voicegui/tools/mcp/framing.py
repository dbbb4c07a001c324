"""Bytes of a server into messages, none longer than can be borne: lines, and server-sent events. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

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
