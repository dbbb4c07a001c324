"""Reads no faster than a person could mean it: who sends more waits."""

import anyio


class Pace:
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
