"""Fields of messages and calls that only their sender understands: signatures of thoughts, thoughts themselves.

Some services want them back (Gemini's `extra_content`, DeepSeek's `reasoning_content`). They stay with the one who sent
them: another service never sees them.
"""

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

LONGEST_FIELDS = 64 << 10
"""Characters, as JSON, of what is kept of one message or call; of more than that nothing is."""

_DEEPEST = 32
"""Levels of what is kept; other programs read no deeper than a hundred."""

MOST_KEPT = 64
"""Messages and calls; the oldest are forgotten."""

MESSAGE_FIELDS = frozenset(
    {"role", "content", "tool_calls", "function_call", "refusal", "audio", "annotations", "name", "index", "logprobs"}
)
CALL_FIELDS = frozenset({"index", "id", "type", "function", "name", "arguments"})
FUNCTION_FIELDS = frozenset({"name", "arguments"})


_WANTED = re.compile(r"missing|must be (?!satisfied)")


class ReceivedFields:
    """Those of one message or call, as they come piece by piece. `known` are read elsewhere."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._pieces: dict[str, list[Any]] = {}
        self._length = 0

    def add(self, piece: object) -> None:
        for name, value in piece.items() if isinstance(piece, Mapping) else ():
            if name in self._known or value in (None, "", [], {}) or not _is_plain(value, _DEEPEST):
                continue
            self._length += len(name) + len(json.dumps(value))
            if self._length > LONGEST_FIELDS:
                self._pieces.clear()
                return
            self._pieces.setdefault(name, []).append(value)

    def whole(self) -> dict[str, Any]:
        return {name: _joined_pieces(name, pieces) for name, pieces in self._pieces.items()}


def _is_plain(value: object, levels: int) -> bool:
    """Every program can read it as JSON: Python also reads, and then writes, NaN and numbers without end."""
    match value:
        case float():
            return math.isfinite(value)
        case dict():
            return levels > 0 and all(_is_plain(inner, levels - 1) for inner in value.values())
        case list():
            return levels > 0 and all(_is_plain(inner, levels - 1) for inner in value)
    return True


def _joined_pieces(name: str, pieces: Sequence[Any]) -> Any:
    """Thoughts come in pieces and lists grow; of everything else the last one counts, as it is sent whole."""
    if all(isinstance(piece, str) for piece in pieces) and is_thought(name):
        return "".join(pieces)
    if all(isinstance(piece, list) for piece in pieces):
        return [item for piece in pieces for item in piece]
    if all(isinstance(piece, Mapping) for piece in pieces):
        return {key: value for piece in pieces for key, value in piece.items()}
    return pieces[-1]


def is_thought(name: str) -> bool:
    """Whether a field of that name holds what a model thinks."""
    name = name.lower()
    return "signature" not in name and any(word in name for word in ("reasoning", "thinking", "thought"))


class Echo:
    """What one service wants back, by the id of the call that it belongs to."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._refused: set[str] = set()
        """Names of fields that it does not take although it sends them."""

    def keep(self, where: str, id: str, fields: Mapping[str, Any]) -> None:
        """`where`: "message" (of the first call in it), "call" or "function"."""
        if fields:
            self._kept[where, id] = fields
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def of(self, where: str, id: str) -> dict[str, Any]:
        kept = self._kept.get((where, id), {})
        return {name: value for name, value in kept.items() if name not in self._refused}

    def learn(self, text: str) -> bool:
        """Whether a refusal, `text` in lower case, names fields that were sent back: they are left out from then on.
        Not if it wants them back."""
        if _WANTED.search(text):
            return False
        names = {name for fields in self._kept.values() for name in fields} - self._refused
        named = {name for name in names if re.search(rf"\b{re.escape(name.lower())}\b", text)}
        self._refused |= named
        return bool(named)
