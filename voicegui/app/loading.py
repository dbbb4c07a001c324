"""Loading what the settings ask for, again whenever they ask for something else, and what the window is told of it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Event, LoadingProgressed, ProblemSolved, problem_of
from voicegui.core.ports import LoadingProgress
from voicegui.core.wording import sentence

log = logging.getLogger(__name__)

_CANCELLED = VoiceError(
    ErrorCode.MODEL_MISSING, sentence("The download was stopped. What has arrived is kept."), retryable=True
)

_DOWNLOADED = (ErrorCode.MODEL_MISSING, ErrorCode.MODEL_DAMAGED, ErrorCode.DOWNLOAD_FAILED, ErrorCode.DISK_FULL)
"""What a download mends, or was about."""


class Loading:
    """Runs `load` once for each `want`, one at a time. Its failure is a problem of the engine."""

    def __init__(self, load: Callable[[], Coroutine[None, None, None]], tell: Callable[[Event], None]) -> None:
        self._load, self._tell = load, tell
        self._running: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._to_download = 0
        """Bytes that were missing when the last progress was told."""
        self.troubled = False
        """A problem was told and is not solved."""
        self.not_loaded = False
        """What the settings ask for could not be loaded."""

    async def run(self) -> None:
        """Until cancelled."""
        self.want()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            self.not_loaded = False
            self._to_download = 0
            self._running = asyncio.create_task(self._load(), name="load")
            try:
                await self._running
            except VoiceError as error:
                log.warning("loading failed: %s", error.code)
                self.not_loaded = True
                self.failed(error)
            except asyncio.CancelledError:
                if not self._running.cancelled() or _stopping():
                    raise
                if not self._wanted.is_set():  # not for something else
                    self.not_loaded = True
                    self.failed(_CANCELLED)
            finally:
                self._running.cancel()
                await asyncio.gather(self._running, return_exceptions=True)

    def want(self) -> None:
        """Loads once more, after what is being loaded."""
        self._wanted.set()

    def cancel(self) -> None:
        """Gives up what is being loaded."""
        if self._running is not None:
            self._running.cancel()

    def progressed(self, loading: LoadingProgress) -> None:
        self._to_download = loading.total - loading.done
        self._tell(LoadingProgressed(loading))

    def failed(self, error: VoiceError) -> None:
        self.troubled = True
        missing = self._to_download if error.code in _DOWNLOADED else 0
        self._tell(problem_of("engine", error, to_download=missing))

    def solved(self) -> None:
        if self.troubled:
            self.troubled = False
            self._tell(ProblemSolved("engine"))


def _stopping() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
