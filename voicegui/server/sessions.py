"""The conversations that go on now: how many there may be, which there are, and how they are brought to an end."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from itertools import count
from typing import Protocol

from .guard import AccessRefusal
from .limits import ServerLimits

RESTART = 1012
"""Code with which a WebSocket is closed because the server ends: clients come again."""


class OpenSession(Protocol):
    @property
    def state(self) -> str: ...

    def close(self, code: int, reason: str) -> None: ...


class Sessions:
    def __init__(self, limits: ServerLimits) -> None:
        self._limits = limits
        self._numbers = count(1)
        self._open: dict[int, OpenSession] = {}
        self.drains = False
        """No other conversation begins."""
        self._changed = asyncio.Event()

    def number(self) -> int:
        return next(self._numbers)

    def opened(self, number: int, session: OpenSession) -> None:
        self._open[number] = session

    def closed(self, number: int) -> None:
        self._open.pop(number, None)
        self._changed.set()

    def states(self) -> Sequence[tuple[int, str]]:
        return [(number, session.state) for number, session in self._open.items()]

    def refusal(self) -> AccessRefusal | None:
        """Why no other conversation may begin now."""
        if self.drains:
            return AccessRefusal(HTTPStatus.SERVICE_UNAVAILABLE, "draining", "The server ends.", retry_after_s=5)
        if len(self._open) >= self._limits.sessions:
            return AccessRefusal(
                HTTPStatus.TOO_MANY_REQUESTS, "too_many_sessions", "All conversations are taken.", retry_after_s=10
            )
        return None

    async def emptied(self) -> None:
        """Returns when no conversation goes on."""
        while self._open:
            self._changed.clear()
            await self._changed.wait()

    async def drain(self, within_s: float) -> None:
        """No other begins; those that say or hear something may finish that, then they are closed."""
        self.drains = True
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        while self._open:
            for session in tuple(self._open.values()):
                if session.state not in ("processing", "speaking") or loop.time() >= until:
                    session.close(RESTART, "the server ends")
            self._changed.clear()
            try:
                async with asyncio.timeout(0.1):
                    await self._changed.wait()
            except TimeoutError:
                if loop.time() >= until + 5:
                    return
