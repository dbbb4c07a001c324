"""Speech that comes far slower than it is heard."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from .errors import TooSlow

LEAST_SHARE = 0.1
"""Seconds of sound for each second of waiting: half of real time is heard with gaps, a tenth is not heard at all."""


class Pace:
    """Of one sentence. `first_s`: until its first bytes, where that may take longer and does not count. `sounded_s` is
    kept up to date by who reads it: the seconds of sound that came so far."""

    def __init__(self, patience_s: float, first_s: float = 0.0) -> None:
        self.sounded_s = 0.0
        self._patience_s = patience_s
        self._first_s = first_s if first_s > patience_s else None
        self._waited_s = 0.0
        """For the service alone, since the last time there was enough."""
        self._chunks = 0
        """Since then."""
        self._enough_s = patience_s * LEAST_SHARE
        """Of sound, at which the waiting begins anew."""

    @property
    def used_up(self) -> bool:
        return self._waited_s >= self._patience_s

    async def keep(self, chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """The chunks, as long as they bring enough sound. Raises TooSlow, and TimeoutError when none comes at all."""
        clock = asyncio.get_running_loop().time
        async with aclosing(chunks):
            while True:
                begun = clock()
                try:
                    async with asyncio.timeout(self._first_s or max(self._patience_s - self._waited_s, 0.0)):
                        chunk = await anext(chunks)
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    if not self._chunks:
                        raise
                    raise TooSlow from None
                self.count(0.0 if self._first_s else clock() - begun)
                self._first_s = None
                yield chunk

    def count(self, waited_s: float) -> None:
        """So long was waited for a chunk, before which `sounded_s` had come."""
        if self.sounded_s >= self._enough_s:
            self._waited_s, self._chunks = 0.0, 0
            self._enough_s = self.sounded_s + self._patience_s * LEAST_SHARE
        self._waited_s += waited_s
        self._chunks += 1
