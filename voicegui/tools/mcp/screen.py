"""What a server sends, before the `mcp` package works on it: slowed down where it floods, and cut down to what is used
of it."""

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCError, JSONRPCResponse

from . import shape
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
    """The same message with what is left of it."""
    if not isinstance(item, SessionMessage):
        return item
    match item.message:
        case JSONRPCResponse() as answer:
            answer.result = shape.result(answer.result)
        case JSONRPCError() as refusal:
            refusal.error.message = shape.error_text(refusal.error.message)
            refusal.error.data = refusal.error.data if shape.small(refusal.error.data) else None
        case asked if asked.params is not None:
            asked.params = shape.params(asked.params)
    return item
