"""A server at an address: streamable HTTP by the package, with bounds around it."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2
from mcp.client.streamable_http import streamable_http_client
from mcp_types import PARSE_ERROR

from voicegui.web.clients import async_client

from .configuration import RemoteServer
from .framing import Limits, MessageEvents, answered, ends_of, too_much
from .message_filter import RateLimiter, Screened

if TYPE_CHECKING:
    from mcp.client._transport import TransportStreams  # it has no public name

_CONNECT_S = 10.0
_READ_S = 300.0
"""A server may hold a stream of news open without a word."""
_LINE_COSTS = 100
"""Bytes that a line of such a stream counts for: a flood of empty ones is work, too."""


@dataclass(slots=True)
class HttpStatus:
    """The newest status that was no success; 0 if there was none. The package tells no status."""

    status: int = 0


@asynccontextmanager
async def streamable_http(
    address: RemoteServer, refusal: HttpStatus, limits: Limits, ended: Callable[[], None]
) -> AsyncGenerator["TransportStreams", None]:
    """Raises what httpx2 raises, in groups."""

    async def bounded(response: httpx2.Response) -> None:
        if response.status_code >= 400:
            refusal.status = response.status_code
        if response.headers.get("content-encoding", "identity") != "identity":
            raise httpx2.StreamError("The answer is compressed, which was not asked for")
        endless = response.headers.get("content-type", "").lower().startswith("text/event-stream")
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        screened = _News if endless else _Whole
        response.stream = screened(response.stream, limits.message_bytes, limits.bytes_per_s)

    async with (
        async_client(
            headers={**address.headers, "accept-encoding": "identity"},  # nothing may grow after it was counted
            timeout=httpx2.Timeout(_CONNECT_S, read=_READ_S),
            event_hooks={"response": [bounded]},
        ) as client,
        streamable_http_client(address.url, http_client=client, max_sse_event_size=2 * limits.message_bytes) as (
            received,
            outgoing,
        ),
    ):
        yield Screened(received, RateLimiter(limits.messages_per_s), ended), outgoing


class _Whole(httpx2.AsyncByteStream):
    """A body of at most `longest` bytes, read at a bounded pace and handed on once it is known what is in it. Raises
    httpx2.StreamError."""

    def __init__(self, inner: httpx2.AsyncByteStream, longest: int, bytes_per_s: float) -> None:
        self._inner = inner
        self._longest = longest
        self._pace = RateLimiter(bytes_per_s)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        body = bytearray()
        async for chunk in self._inner:
            body += chunk
            if len(body) > self._longest:
                raise httpx2.StreamError("The answer is too long")
            await self._pace.spend(len(chunk))
        if too_much(bytes(body)):
            raise httpx2.StreamError("The answer has too many parts")
        yield bytes(body)

    async def aclose(self) -> None:
        await self._inner.aclose()


class _News(httpx2.AsyncByteStream):
    """A stream of events without end, each of which may be as long as a whole body. What is handed on is written anew:
    nothing can be read in two ways."""

    def __init__(self, inner: httpx2.AsyncByteStream, longest: int, bytes_per_s: float) -> None:
        self._inner = inner
        self._events = MessageEvents(longest)
        self._pace = RateLimiter(bytes_per_s)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            await self._pace.spend(len(chunk) + _LINE_COSTS * chunk.count(b"\n"))
            for data in self._events.feed(chunk):
                if data is None:
                    raise httpx2.StreamError("An event is too long")
                if message := _usable(data):
                    yield b"data: %b\n\n" % message

    async def aclose(self) -> None:
        await self._inner.aclose()


def _usable(data: bytes) -> bytes:
    """The message, or that it cannot be used to whom waits for it; nothing if nobody does."""
    if not too_much(data):
        return data
    id = answered(ends_of(data))
    if id is None:
        return b""
    return json.dumps({"jsonrpc": "2.0", "id": id, "error": {"code": PARSE_ERROR, "message": "unusable"}}).encode()
