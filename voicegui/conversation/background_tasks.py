"""Tasks of a conversation beside its inbox. Whatever a part throws becomes the turn's failure."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.wording import sentence

log = logging.getLogger(__name__)


def as_voice_error(error: Exception) -> VoiceError:
    """Itself, or for a defect of a part a sentence; the log gets where it happened, without words that were said."""
    if isinstance(error, VoiceError):
        return error
    log.error("a part failed", exc_info=error)
    what = sentence(
        "Something went wrong inside ({error}). Try again; the log in the profile tells more.",
        error=type(error).__name__,
    )
    return VoiceError(ErrorCode.ENGINE_FAILED, what, retryable=True)


Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]
"""`BackgroundTasks.spawn`."""


class BackgroundTasks:
    """Owner of a conversation's tasks. The failure of one is that of the turn in which it began."""

    def __init__(self, turn: Callable[[], int], failed: Callable[[int, VoiceError], None]) -> None:
        self._turn = turn
        self._failed = failed
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        turn = self._turn()

        async def guarded() -> None:
            try:
                await work
            except Exception as error:
                self._failed(turn, as_voice_error(error))

        task = asyncio.create_task(guarded())
        task.add_done_callback(lambda _: work.close())  # it may be cancelled before it has begun
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def finish(self) -> None:
        """Waits for all of it."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
