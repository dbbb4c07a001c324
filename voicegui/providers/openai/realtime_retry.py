"""When something is tried once more on a Realtime session."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from voicegui.core.errors import ErrorCode, VoiceError

TRIES = 3
"""In all."""

_PAUSE_S = 0.5
_BUSY = (ErrorCode.RATE_LIMITED, ErrorCode.SERVER_FAILED)


@dataclass(frozen=True, slots=True)
class Tries:
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    """0..1."""

    async def again(self, tried: int, error: VoiceError) -> bool:
        """False if another try is of no use.

        A lost connection is replaced at once, a busy server gets time: 0.5 s, then 1.5 s, each ± 25 % by chance, so
        that not everybody comes back at the same moment.
        """
        if not error.retryable or error.code is ErrorCode.TIMED_OUT or tried >= TRIES:
            return False
        if error.code in _BUSY or tried > 1:
            await self.sleep(_PAUSE_S * 3 ** (tried - 1) * (0.75 + self.chance() / 2))
        return True
