"""The arguments of one call, put together from whatever pieces a server sends. Takes time in proportion to them."""

import json
from collections.abc import Mapping

from .errors import BadAnswer

LONGEST_CALL = 20_000
"""Characters of name and arguments."""

_TOO_LONG = "asked for a tool with more words than can be read"


class Arguments:
    """Pieces are the next letters (OpenAI), or all letters so far again, or a whole object that replaces the one
    before: an empty one that was a placeholder, or the same once more. The first reading that makes an object holds;
    two objects behind each other are never one, so the readings cannot be mistaken for each other."""

    def __init__(self) -> None:
        self._letters: list[str] = []
        """Of the object that is being written."""
        self._length = 0
        self._scanner = _Scanner()
        self._before = ""
        """The last object that was whole before that one began."""
        self._snapshot: str | None = ""
        """All letters so far, if each piece holds them all; None: they do not."""

    def __bool__(self) -> bool:
        return bool(self._letters or self._before or self._snapshot)

    def add(self, piece: str) -> None:
        """Raises BadAnswer for too many letters."""
        bare = piece.strip()
        if not piece or (bare in ("null", "None", "undefined") and not self._scanner.inside):
            return
        self._see_snapshot(piece, bare)
        if self._scanner.done and bare.startswith("{"):
            self._before = self._best()
            self._letters, self._length, self._scanner = [], 0, _Scanner()
        if self._scanner.done and not bare:
            return
        self._length += len(piece)
        if self._length <= LONGEST_CALL:
            self._letters.append(piece)
            self._scanner.feed(piece)
        if self._length > LONGEST_CALL and (self._snapshot is None or len(self._snapshot) > LONGEST_CALL):
            raise BadAnswer(_TOO_LONG)

    def _see_snapshot(self, piece: str, bare: str) -> None:
        grows = self._snapshot is not None and bare.startswith("{")
        grows = grows and (piece.startswith(self._snapshot or "") or self._scanner.done)
        self._snapshot = piece if grows else None

    @property
    def written(self) -> str:
        """As one piece after the other."""
        return "".join(self._letters)

    @property
    def whole(self) -> bool:
        """They are an object, whatever may still come. Only what came letter by letter can be trusted to have ended."""
        return self._scanner.done and is_object(self.written)

    @property
    def empty(self) -> bool:
        return self.written.strip() in ("", "{}", "null")

    def repeats(self, piece: str) -> bool:
        """Whether `piece` is the object that is there already, or the same with more in it."""
        written = self.written.strip()
        return piece.strip() == written or piece.strip().startswith(written.rstrip('"}] \n'))

    def text(self) -> str:
        """An object if any reading makes one, else what was written."""
        best = self._best()
        return best if best.strip() else "{}"

    def _best(self) -> str:
        written = _unquoted(self.written)
        if written.strip() in ("", "{}") and self._before:
            return self._before  # an empty one at the end replaces nothing
        if is_object(written):
            return written
        if self._snapshot and is_object(self._snapshot):
            return self._snapshot
        return written


class _Scanner:
    """Finds where the first object of a text ends."""

    def __init__(self) -> None:
        self.done = False
        self._depth = 0
        self._quoted = self._escaped = False

    @property
    def inside(self) -> bool:
        return self._depth > 0

    def feed(self, piece: str) -> None:
        for letter in piece:
            if self._escaped:
                self._escaped = False
            elif self._quoted:
                self._escaped, self._quoted = letter == "\\", letter != '"'
            elif letter == '"':
                self._quoted = self._depth > 0
            elif letter in "{[":
                self._depth += 1
            elif letter in "}]":
                self._depth = max(0, self._depth - 1)
                self.done = self.done or self._depth == 0


def is_object(text: str) -> bool:
    """Whether a text is the JSON of an object."""
    try:
        return isinstance(json.loads(text), Mapping)
    except (ValueError, RecursionError):
        return False


def _unquoted(text: str) -> str:
    """Some servers write the object as a string of JSON, and that as JSON once more."""
    if not text.lstrip().startswith('"'):
        return text
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return inner if isinstance(inner, str) and is_object(inner) else text
