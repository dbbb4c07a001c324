"""What a server sends, before the `mcp` package works on it: slowed down where it floods, mended where one broken tool
would cost all the others, and without the schemas of answers, whose patterns could take for ever to match."""

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCResponse

from .offer import MOST_TOOLS
from .pace import Pace

if TYPE_CHECKING:
    from mcp.client._transport import ReadStream  # it has no public name

Item = SessionMessage | Exception


class Screened:
    """Fills the package's `ReadStream`. Calls `ended` once nothing more comes."""

    def __init__(self, inner: "ReadStream[Item]", pace: Pace, ended: Callable[[], None]) -> None:
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
    """With the usable ones of the tools it lists, one more than are used at most."""
    if isinstance(item, SessionMessage) and isinstance(item.message, JSONRPCResponse):
        tools = item.message.result.get("tools")
        if isinstance(tools, list):
            usable = [tool for tool in tools[: 10 * MOST_TOOLS] if isinstance(tool, dict) and _has_name(tool)]
            item.message.result["tools"] = [_mended_tool(tool) for tool in usable[: MOST_TOOLS + 1]]
    return item


def _has_name(tool: dict[str, Any]) -> bool:
    name = tool.get("name")
    return isinstance(name, str) and 0 < len(name) <= 1000


def _mended_tool(tool: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": tool["name"], "inputSchema": _mended_schema(tool.get("inputSchema"))}
    for word in ("title", "description"):
        if isinstance(tool.get(word), str):
            found[word] = tool[word][:10_000]
    hints = tool.get("annotations")
    if isinstance(hints, dict):
        words = ("readOnlyHint", "destructiveHint")
        kept: dict[str, Any] = {word: hints[word] for word in words if isinstance(hints.get(word), bool)}
        if isinstance(hints.get("title"), str):
            kept["title"] = hints["title"][:1000]
        found["annotations"] = kept
    return found


def _mended_schema(schema: object) -> dict[str, Any]:
    if not isinstance(schema, dict):
        return {"type": "object"}
    found: dict[str, Any] = {"type": "object"}
    for word in ("properties", "$defs", "definitions"):
        if isinstance(schema.get(word), dict):
            found[word] = {name: part for name, part in schema[word].items() if isinstance(part, dict)}
    if isinstance(schema.get("required"), list):
        found["required"] = [name for name in schema["required"] if isinstance(name, str)]
    return found
