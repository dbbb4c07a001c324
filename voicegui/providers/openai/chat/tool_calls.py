"""Calls of tools as servers really send them: in pieces or whole, with ids, indexes and names missing or repeated.

Takes time in proportion to what comes.
"""

import json
import secrets
import string
from collections.abc import Collection, Mapping
from typing import Any

from voicegui.core.tools import ToolCall
from voicegui.core.wording import sentence, sentence_plural

from ..errors import BadAnswer
from .received_fields import CALL_FIELDS, FUNCTION_FIELDS, ReceivedFields
from .stream import peek

LONGEST_CALL = 20_000
"""Characters of name and arguments."""

_TOO_LONG = sentence("{service} asked for a tool with more words than can be read.")


class CallArguments:
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
        return "".join(self.written.split()) in ("", "{}", "null")

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


# ---------------------------------------------------------------- calls in pieces

MOST_CALLS = 16
"""In one answer."""

_ID_CHARACTERS = string.ascii_letters + string.digits


class _Pending:
    def __init__(self, index: int | None, id: str) -> None:
        self.index = index
        self.id = id
        self.name = ""
        self.arguments = CallArguments()
        self.fields, self.function_fields = ReceivedFields(CALL_FIELDS), ReceivedFields(FUNCTION_FIELDS)

    def add(self, name: str, arguments: str) -> None:
        """A name comes whole, in pieces, again with every piece, or with all letters so far."""
        if name != self.name:
            self.name = name if self.name and name.startswith(self.name) else self.name + name
        self.arguments.add(arguments)
        if len(self.name) > LONGEST_CALL:
            raise BadAnswer(_TOO_LONG)


class StreamedCalls:
    """The calls of one answer. `taken`: ids that are in use already, to which the new ones are added. `needing`: the
    tools that cannot be called without arguments."""

    def __init__(self, taken: set[str], needing: Collection[str] = ()) -> None:
        self.extras: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = []
        """Once finished, of each call its id, and the fields of it and of its function that are not read here."""
        self._taken, self._needing = taken, needing
        self._pending: list[_Pending] = []

    def __bool__(self) -> bool:
        return bool(self._pending)

    def add(self, said: object, *, whole: bool) -> bool:
        """`said`: a delta, or a `whole` message, where every entry is a call of its own. Returns whether there was
        something in it. Raises BadAnswer."""
        pieces = peek(said, "tool_calls")
        if not isinstance(pieces, list):
            legacy = peek(said, "function_call")
            pieces = [{"index": 0, "function": legacy}] if legacy else []
        for position, piece in enumerate(pieces):
            index = peek(piece, "index")
            if not isinstance(index, int):
                index = position if len(pieces) > 1 else None
            self._take(piece, index, whole=whole)
        return bool(pieces)

    def _take(self, piece: object, index: int | None, *, whole: bool) -> None:
        function = peek(piece, "function")
        inner = function if isinstance(function, Mapping) else piece
        id, name = _text(peek(piece, "id")), _text(peek(inner, "name"))
        arguments = _written(peek(inner, "arguments"))
        call = None if whole else self._known(index, id, name, arguments)
        if call is None:
            if len(self._pending) == MOST_CALLS:
                raise BadAnswer(
                    sentence_plural(
                        "{service} asked for more than {count} tool at once.",
                        "{service} asked for more than {count} tools at once.",
                        MOST_CALLS,
                    )
                )
            call = _Pending(index, id)
            self._pending.append(call)
        call.id = call.id or id
        call.index = index if call.index is None else call.index
        call.add(name, arguments)
        call.fields.add(piece)
        call.function_fields.add(function)

    def _known(self, index: int | None, id: str, name: str, arguments: str) -> _Pending | None:
        """The call that a piece goes on with; None: it begins one."""
        if index is not None:
            call = self._numbered(index, id, name)
        else:
            last = self._pending[-1] if self._pending else None
            call = next((call for call in self._pending if id and call.id == id), last)
        if call is None or not name or (id and id == call.id):
            return call
        written, same = call.arguments, name == call.name
        if id and call.id:  # servers that number every call 0, or none; others make up an id for every piece
            return call if same and not written.whole else None
        if written.whole and arguments and not (same and written.repeats(arguments)):
            return None
        return None if index is None and not same and not name.startswith(call.name) else call

    def _numbered(self, index: int, id: str, name: str) -> _Pending | None:
        """That with the number, else the one in that place which came without a number."""
        numbered = next((call for call in reversed(self._pending) if call.index == index), None)
        if numbered is not None or index >= len(self._pending):
            return numbered
        call = self._pending[index]
        fits = (not id or not call.id or id == call.id) and (not name or name == call.name)
        return call if call.index is None and fits else None

    def finish(self, *, cut: bool) -> tuple[ToolCall, ...]:
        """`cut`: the limit of tokens ended the answer. What it ended in the middle of is no call, and neither is what
        stands before it: they may belong together."""
        if cut and not all(call.arguments.whole for call in self._pending):
            return ()
        filled = {call.name for call in self._pending if not call.arguments.empty}
        self._pending = [call for call in self._pending if not self._is_placeholder(call, filled)]
        calls = tuple(ToolCall(self._id(call.id), call.name, call.arguments.text()) for call in self._pending)
        self.extras = [
            (call.id, pending.fields.whole(), pending.function_fields.whole())
            for call, pending in zip(calls, self._pending, strict=True)
        ]
        return calls

    def _is_placeholder(self, call: _Pending, filled: Collection[str]) -> bool:
        """Some servers send `{}` first, and the arguments under an id of their own."""
        return call.arguments.empty and call.name in filled and call.name in self._needing

    def _id(self, id: str) -> str:
        """Servers begin again with `call_0` in every answer. Nine letters and digits are what Mistral's ask for."""
        while not id or len(id) > 64 or id in self._taken:
            id = "".join(secrets.choice(_ID_CHARACTERS) for _ in range(9))
        self._taken.add(id)
        return id


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _written(arguments: object) -> str:
    """Some servers send the object itself."""
    if arguments is None or isinstance(arguments, str):
        return arguments or ""
    return json.dumps(arguments, ensure_ascii=False, default=str)
