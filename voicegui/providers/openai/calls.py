"""Calls of tools as servers really send them: in pieces or whole, with ids, indexes and names missing or repeated."""

import json
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass

from voicegui.core.tools import ToolCall

from .answers import peek
from .errors import BadAnswer

MOST_CALLS = 16
"""In one answer."""

LONGEST_CALL = 20_000
"""Characters of name and arguments."""

_ID_CHARACTERS = string.ascii_letters + string.digits


@dataclass(slots=True)
class _Pending:
    index: int | None
    id: str
    name: str = ""
    arguments: str = ""

    def add(self, name: str, arguments: str) -> None:
        """A name comes whole, in pieces, or again with every piece."""
        if name != self.name:
            self.name += name
        self.arguments += arguments
        if len(self.name) + len(self.arguments) > LONGEST_CALL:
            raise BadAnswer("asked for a tool with more words than can be read")

    @property
    def complete(self) -> bool:
        return is_object(self.arguments)


class Calls:
    """The calls of one answer. `taken`: ids that are in use already, to which the new ones are added."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._pending: list[_Pending] = []

    def __bool__(self) -> bool:
        return bool(self._pending)

    def add(self, said: object, *, whole: bool) -> None:
        """`said`: a delta, or a `whole` message, where every entry is a call of its own. Raises BadAnswer."""
        pieces = peek(said, "tool_calls")
        if not isinstance(pieces, list):
            legacy = peek(said, "function_call")
            pieces = [{"index": 0, "function": legacy}] if legacy else []
        for position, piece in enumerate(pieces):
            index = peek(piece, "index")
            if not isinstance(index, int):
                index = position if len(pieces) > 1 else None
            self._take(piece, index, whole=whole)

    def _take(self, piece: object, index: int | None, *, whole: bool) -> None:
        id, name = _text(peek(piece, "id")), _text(peek(piece, "function", "name"))
        arguments = _written(peek(piece, "function", "arguments"))
        call = None if whole else self._known(index, id, name, arguments)
        if call is None:
            if len(self._pending) == MOST_CALLS:
                raise BadAnswer(f"asked for more than {MOST_CALLS} tools at once")
            call = _Pending(index, id)
            self._pending.append(call)
        call.id = call.id or id
        call.add(name, arguments)

    def _known(self, index: int | None, id: str, name: str, arguments: str) -> _Pending | None:
        """The call that a piece goes on with; None: it begins one."""
        if index is not None:
            call = next((call for call in reversed(self._pending) if call.index == index), None)
        else:
            last = self._pending[-1] if self._pending else None
            call = next((call for call in self._pending if id and call.id == id), last)
        if call is None or not name:
            return call
        if id and call.id:  # servers that number every call 0, or none; others make up an id for every piece
            return call if id == call.id or not call.complete and name == call.name else None
        begins = (call.complete and bool(arguments)) or (index is None and name != call.name)
        return None if begins else call

    def finish(self, *, cut: bool) -> tuple[ToolCall, ...]:
        """`cut`: the limit of tokens ended the answer. What it ended in the middle of is no call, and neither is what
        stands before it: they may belong together."""
        if cut and not all(call.complete for call in self._pending):
            return ()
        return tuple(ToolCall(self._id(call.id), call.name, call.arguments or "{}") for call in self._pending)

    def _id(self, id: str) -> str:
        """Servers begin again with `call_0` in every answer. Nine letters and digits are what Mistral's ask for."""
        while not id or len(id) > 64 or id in self._taken:
            id = "".join(secrets.choice(_ID_CHARACTERS) for _ in range(9))
        self._taken.add(id)
        return id


def is_object(text: str) -> bool:
    """Whether a text is the JSON of an object."""
    try:
        return isinstance(json.loads(text), Mapping)
    except (ValueError, RecursionError):
        return False


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _written(arguments: object) -> str:
    """Some servers send the object itself."""
    if arguments is None or isinstance(arguments, str):
        return arguments or ""
    return json.dumps(arguments, ensure_ascii=False, default=str)
