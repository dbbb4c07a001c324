"""A server at an address: streamable HTTP by the package, with bounds around it."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2
from mcp.client.streamable_http import streamable_http_client

from .configuration import Address
from .limits import Limits
from .pace import Pace
from .screen import Screened

if TYPE_CHECKING:
    from mcp.client._transport import TransportStreams  # it has no public name

_CONNECT_S = 10.0
_READ_S = 300.0
"""A server may hold a stream of news open without a word."""


@dataclass(slots=True)
class Refusal:
    """The newest status that was no success; 0 if there was none. The package tells no status."""

    status: int = 0


@asynccontextmanager
async def streamable_http(
    address: Address, refusal: Refusal, limits: Limits, ended: Callable[[], None]
) -> AsyncGenerator["TransportStreams", None]:
    """Raises what httpx2 raises, in groups."""

    async def bounded(response: httpx2.Response) -> None:
        if response.status_code >= 400:
            refusal.status = response.status_code
        if response.headers.get("content-encoding", "identity") != "identity":
            raise httpx2.StreamError("The answer is compressed, which was not asked for")
        endless = response.headers.get("content-type", "").startswith("text/event-stream")
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Bounded(response.stream, None if endless else limits.message_bytes, limits.bytes_per_s)

    async with (
        httpx2.AsyncClient(
            headers={**address.headers, "accept-encoding": "identity"},  # nothing may grow after it was counted
            timeout=httpx2.Timeout(_CONNECT_S, read=_READ_S),
            event_hooks={"response": [bounded]},
        ) as client,
        streamable_http_client(address.url, http_client=client, max_sse_event_size=limits.message_bytes) as (
            received,
            outgoing,
        ),
    ):
        yield Screened(received, Pace(limits.messages_per_s), ended), outgoing


class _Bounded(httpx2.AsyncByteStream):
    """A body of at most `longest` bytes, read at a bounded pace. Raises httpx2.StreamError."""

    def __init__(self, inner: httpx2.AsyncByteStream, longest: int | None, bytes_per_s: float) -> None:
        self._inner = inner
        self._longest = longest
        self._pace = Pace(bytes_per_s)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        so_far = 0
        async for chunk in self._inner:
            so_far += len(chunk)
            if self._longest is not None and so_far > self._longest:
                raise httpx2.StreamError("The answer is too long")
            await self._pace.spend(len(chunk))
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()
