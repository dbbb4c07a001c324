"""What a server sends, before the `mcp` package works on it: a rate limiter, and only what is used of each message.

The package checks whole messages on the thread's time; a flood or a huge message would keep it busy.
"""

from collections.abc import Callable, Mapping
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import anyio
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCError, JSONRPCResponse

from voicegui.core.tools import LONGEST_OUTCOME

from .server_tools import MOST_TOOLS

if TYPE_CHECKING:
    from mcp.client._transport import ReadStream  # it has no public name


class RateLimiter:
    """Lets `per_second` through on average, one second's worth at once."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._left = per_second
        self._counted_at = anyio.current_time()

    async def spend(self, amount: float) -> None:
        now = anyio.current_time()
        self._left = min(self._per_second, self._left + (now - self._counted_at) * self._per_second) - amount
        self._counted_at = now
        if self._left < 0:
            await anyio.sleep(-self._left / self._per_second)


# ---------------------------------------------------------------- what is used of a message
# The package tries every kind of content for each part and remembers each failure; here nothing is left that could be
# many, long or deep. One broken tool costs only itself, and schemas of answers, whose patterns could take for ever to
# match, are left out.

MOST_PARTS_KEPT = 100
"""Of an answer's content."""
_MOST_KEYS = 20
_LONGEST_KEY = 100
_MOST_VALUES = 200
"""Inside anything that is not known here."""
_LONGEST_TEXT = 10_000
_LONGEST_NAME = 1000
_LONGEST_ERROR = 1000


def kept_result(found: Mapping[str, Any]) -> dict[str, Any]:
    """Of an answer to whatever was asked."""
    kept = kept_params(found)
    if isinstance(found.get("tools"), list):
        usable = [tool for tool in found["tools"][: 10 * MOST_TOOLS] if isinstance(tool, dict) and _has_name(tool)]
        kept["tools"] = [_tool(tool) for tool in usable[: MOST_TOOLS + 1]]
    if isinstance(found.get("content"), list):
        kept["content"] = [_part(part) for part in found["content"][: MOST_PARTS_KEPT + 1]]
    if not kept.get("content") and isinstance(found.get("structuredContent"), dict):
        kept["structuredContent"] = found["structuredContent"]
    return kept


def kept_params(found: Mapping[str, Any]) -> dict[str, Any]:
    """Of a request or a notification: only what is small."""
    return {key: value for key, value in islice(found.items(), _MOST_KEYS) if len(key) <= _LONGEST_KEY and small(value)}


def kept_error_text(message: str) -> str:
    return message[:_LONGEST_ERROR]


def small(value: object) -> bool:
    """At most 200 values, however deep, and 10,000 characters in all."""
    values, characters = [value], 0
    for seen in range(_MOST_VALUES):
        if not values:
            return True
        match values.pop():
            case str(text):
                characters += len(text)
            case dict(inner):
                characters += sum(len(key) for key in islice(inner, _MOST_VALUES))
                values += islice(inner.values(), _MOST_VALUES - seen)
            case list(inner):
                values += islice(inner, _MOST_VALUES - seen)
        if characters > _LONGEST_TEXT:
            return False
    return not values


# ---------------------------------------------------------------- content


def _part(part: object) -> object:
    """Valid for the package if it was, and without pictures, sounds and files, which are named and not shown."""
    match part:
        case {"type": "text", "text": str(text)}:
            return {"type": "text", "text": text[: LONGEST_OUTCOME + 1]}
        case {"type": "image" | "audio" as kind}:
            return {"type": kind, "data": "", "mimeType": ""}
        case {"type": "resource", "resource": {"text": str(text)}}:
            return {"type": "resource", "resource": {"uri": "file:", "text": text[: LONGEST_OUTCOME + 1]}}
        case {"type": "resource"}:
            return {"type": "resource", "resource": {"uri": "file:", "blob": ""}}
        case {"type": "resource_link", "name": str(name)}:
            return {"type": "resource_link", "uri": "file:", "name": name[:_LONGEST_NAME]}
    return part if small(part) else None


# ---------------------------------------------------------------- tools


def _has_name(tool: Mapping[str, Any]) -> bool:
    name = tool.get("name")
    return isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": tool["name"], "inputSchema": _schema(tool.get("inputSchema"))}
    for word in ("title", "description"):
        if isinstance(tool.get(word), str):
            found[word] = tool[word][:_LONGEST_TEXT]
    hints = tool.get("annotations")
    if isinstance(hints, dict):
        words = ("readOnlyHint", "destructiveHint")
        kept: dict[str, Any] = {word: hints[word] for word in words if isinstance(hints.get(word), bool)}
        if isinstance(hints.get("title"), str):
            kept["title"] = hints["title"][:_LONGEST_NAME]
        found["annotations"] = kept
    return found


def _schema(schema: object) -> dict[str, Any]:
    if not isinstance(schema, dict):
        return {"type": "object"}
    found: dict[str, Any] = {"type": "object"}
    for word in ("properties", "$defs", "definitions"):
        if isinstance(schema.get(word), dict):
            parts = islice(schema[word].items(), _MOST_VALUES)
            found[word] = {name: part for name, part in parts if isinstance(part, dict)}
    if isinstance(schema.get("required"), list):
        found["required"] = [name for name in schema["required"][:_MOST_VALUES] if isinstance(name, str)]
    return found


# ---------------------------------------------------------------- the filter
# Slows down what floods, and cuts down each message.

Item = SessionMessage | Exception


class Screened:
    """Fills the package's `ReadStream`. Calls `ended` once nothing more comes."""

    def __init__(self, inner: "ReadStream[Item]", pace: RateLimiter, ended: Callable[[], None]) -> None:
        self._inner = inner
        self._pace = pace
        self._ended = ended

    @property
    def last_context(self) -> object:
        """Of the package's own streams over HTTP."""
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> Item:
        await self._pace.spend(1)
        return mended(await self._inner.receive())

    async def aclose(self) -> None:
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        await self._pace.spend(1)
        try:
            return mended(await self._inner.__anext__())
        except StopAsyncIteration:
            self._ended()
            raise

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._inner.__aexit__(kind, error, trace)


def mended(item: Item) -> Item:
    """The same message with what is left of it."""
    if not isinstance(item, SessionMessage):
        return item
    match item.message:
        case JSONRPCResponse() as answer:
            answer.result = kept_result(answer.result)
        case JSONRPCError() as refusal:
            refusal.error.message = kept_error_text(refusal.error.message)
            refusal.error.data = refusal.error.data if small(refusal.error.data) else None
        case asked if asked.params is not None:
            asked.params = kept_params(asked.params)
    return item
