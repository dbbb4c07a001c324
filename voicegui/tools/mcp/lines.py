"""Bytes into lines, none longer than can be borne. Pure."""

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


class Lines:
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
