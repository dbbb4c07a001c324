"""What is sent to one client: in order, bounded, and not waited for by whoever sends it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .limits import ServerLimits

SLOW = (1008, "the client does not take what is sent to it")


class ClientLost(Exception):
    """Nobody is there any more, or nobody who takes anything."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class ClientQueue:
    """`send` of the connection gets messages of text (JSON) and of bytes (sound)."""

    def __init__(self, send: Callable[[str | bytes], Awaitable[None]], limits: ServerLimits) -> None:
        self._send, self._limits = send, limits
        self._waiting: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._full = False
        self._bytes = 0

    def put(self, message: str | bytes) -> None:
        """What comes after too much that was not taken is not kept: `run` ends then."""
        over = self._bytes + len(message) > self._limits.unsent_bytes
        if over or self._waiting.qsize() >= self._limits.unsent_messages:
            if not self._full:
                self._waiting.put_nowait("")  # `run` may wait for a message just now
            self._full = True
        else:
            self._bytes += len(message)
            self._waiting.put_nowait(message)

    def tell(self, kind: str, fields: Mapping[str, Any]) -> None:
        self.put(json.dumps({"type": kind, **fields}, ensure_ascii=False, separators=(",", ":")))

    async def run(self) -> None:
        """Until it is cancelled. Raises ClientLost."""
        while True:
            await self._pass_on(await self._waiting.get())

    async def finish(self) -> None:
        """What is still there, at the end. Raises ClientLost."""
        while not self._waiting.empty():
            await self._pass_on(self._waiting.get_nowait())

    async def _pass_on(self, message: str | bytes) -> None:
        self._bytes -= len(message)
        if self._full:
            raise ClientLost(*SLOW)
        try:
            async with asyncio.timeout(self._limits.send_s):
                await self._send(message)
        except TimeoutError:
            raise ClientLost(*SLOW) from None
