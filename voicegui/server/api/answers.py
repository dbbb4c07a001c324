"""Answers that end with their client: whoever goes away stops the work, and whoever reads nothing is given up."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from voicegui.core.errors import VoiceError

from .errors import ApiError, stage_failed

T = TypeVar("T")
log = logging.getLogger(__name__)

EVENTS = "text/event-stream"
"""Media type of server-sent events."""


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What `work` gives, which is cancelled when the client goes away. The body must have been read.

    Raises ClientDisconnect then, and what `work` raises.
    """
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(_until_gone(request.receive))
    try:
        await asyncio.wait((working, gone), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        await _end(working, gone)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _end(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def event(fields: Mapping[str, Any]) -> bytes:
    """One server-sent event."""
    return f"data: {json.dumps(fields, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


async def events(told: AsyncGenerator[Mapping[str, Any], None]) -> AsyncGenerator[bytes, None]:
    """`told` as server-sent events. A failure after the first one is told as one: the status is sent already."""
    begun = False
    async with aclosing(told):
        try:
            async for each in told:
                yield event(each)
                begun = True
        except (VoiceError, ApiError) as error:
            if not begun:
                raise
            yield event((stage_failed(error) if isinstance(error, VoiceError) else error).body())


async def stream_begun(
    request: Request, pieces: AsyncGenerator[bytes, None], media_type: str, send_s: float, done: bytes = b""
) -> "StreamedAnswer":
    """Once the first piece is there: what fails before it is an error with a status. `done` follows the last one."""

    async def first_piece() -> bytes:
        return await anext(pieces, b"")

    try:
        first = await while_connected(request, first_piece())
    except BaseException:
        await pieces.aclose()
        raise
    return StreamedAnswer(first, pieces, media_type, send_s, done)


class StreamedAnswer(Response):
    """`first`, then `pieces` as they come, which are closed at the end, whoever ended it."""

    def __init__(
        self, first: bytes, pieces: AsyncGenerator[bytes, None], media_type: str, send_s: float, done: bytes
    ) -> None:
        self._first, self._pieces, self._send_s, self._done = first, pieces, send_s, done
        self.status_code, self.media_type, self.background = 200, media_type, None
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        self.body = b""
        super().init_headers(headers)
        self.raw_headers = [(name, value) for name, value in self.raw_headers if name != b"content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending, gone = asyncio.ensure_future(self._send_all(send)), asyncio.ensure_future(_until_gone(receive))
        try:
            await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _end(gone, sending)
            await self._pieces.aclose()
        if not sending.cancelled() and (error := sending.exception()) is not None:
            if not isinstance(error, VoiceError | TimeoutError | OSError):
                raise error
            log.info("an answer was broken off: %s", error.code if isinstance(error, VoiceError) else "not taken")
            # Without its end the client knows that it is not whole.

    async def _send_all(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await self._in_time(send(start))
        if self._first:
            await self._piece(send, self._first)
        async for piece in self._pieces:
            if piece:
                await self._piece(send, piece)
        await self._in_time(send({"type": "http.response.body", "body": self._done, "more_body": False}))

    async def _piece(self, send: Send, piece: bytes) -> None:
        await self._in_time(send({"type": "http.response.body", "body": piece, "more_body": True}))

    async def _in_time(self, sent: Awaitable[None]) -> None:
        async with asyncio.timeout(self._send_s):
            await sent


Handler = Callable[[Request], Awaitable[Response]]
