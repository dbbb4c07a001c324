"""The life of one client's connection: what runs for it, why it ends, and what is still said then."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from .client_queue import SLOW, ClientLost, ClientQueue
from .limits import ServerLimits
from .message_rate import MessageRate

log = logging.getLogger(__name__)

NORMAL, POLICY, TOO_BIG, FAILED = 1000, 1008, 1009, 1011
"""Codes with which a WebSocket is closed (RFC 6455, 7.4)."""

Receive = Callable[[], Awaitable[str | bytes | None]]
"""The client's next message; None when there will be none."""


class ClientSession:
    """Run by one task, once. Whoever is one gives `listen`, which ends when the client does, and `aclose`."""

    def __init__(self, limits: ServerLimits, receive: Receive, send: Callable[[str | bytes], Awaitable[None]]) -> None:
        self.state = "connecting"
        """For whoever lists the sessions."""
        self.limits, self.receive = limits, receive
        self.queue = ClientQueue(send, limits)
        self.rate = MessageRate(limits)
        self._active_at = 0.0
        self._leave: asyncio.Future[ClientLost] = asyncio.get_running_loop().create_future()

    async def listen(self) -> None:
        raise NotImplementedError

    async def aclose(self) -> None:
        raise NotImplementedError

    async def run(self) -> ClientLost:
        """Returns with which code and reason the connection is to be closed."""
        loop = asyncio.get_running_loop()
        self._active_at = loop.time()
        work = [loop.create_task(each) for each in self._tasks()]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            return await self._why(work)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await self.aclose()

    def close(self, code: int, reason: str) -> None:
        """From outside: the server drains, or somebody ends the session."""
        if not self._leave.done():
            self._leave.set_result(ClientLost(code, reason))

    def active(self) -> None:
        """Somebody talks here."""
        self._active_at = asyncio.get_running_loop().time()

    def _tasks(self) -> list[Coroutine[Any, Any, None]]:
        return [self._closed_from_outside(), self.queue.run(), self.listen(), self._watch()]

    async def _closed_from_outside(self) -> None:
        raise await self._leave

    async def _why(self, work: list["asyncio.Task[None]"]) -> ClientLost:
        lost: ClientLost | None = None
        for task in work:
            if lost is None and task.done():
                error = task.exception()
                lost = error if isinstance(error, ClientLost) else None
                if error is not None and lost is None:
                    log.error("a session failed", exc_info=error)
                    lost = ClientLost(FAILED, "the server failed")
        lost = lost or ClientLost(NORMAL, "")
        if (lost.code, lost.reason) != SLOW:
            try:
                await self.queue.finish()
            except (ClientLost, OSError, RuntimeError):
                log.debug("the client was gone before the last word")
        return lost

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + self.limits.session_s
        while True:
            left = min(ends, self._active_at + self.limits.idle_s) - loop.time()
            if left <= 0:
                break
            await asyncio.sleep(left)
        raise ClientLost(NORMAL, "the session was too long" if loop.time() >= ends else "nobody has talked for long")
