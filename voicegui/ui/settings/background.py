"""What the sheet waits for: keyring, services, sound. Slots only start it here."""

import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.wording import sentence

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger(__name__)
T = TypeVar("T")

_DEFECT = VoiceError(
    ErrorCode.ENGINE_FAILED,
    sentence("Something went wrong inside voicegui."),
    hint=sentence("The log says where. Please report it."),
)


class Background:
    """Owner of the tasks of one sheet. A running event loop is needed; results arrive on its thread."""

    def __init__(self) -> None:
        self._running: dict[asyncio.Task[Any], bool] = {}
        self._watched: set[asyncio.Task[Any]] = set()

    def run(
        self,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], None],
        failed: Callable[[VoiceError], None],
        *,
        must_finish: bool = False,
    ) -> Callable[[], None]:
        """Exactly one of `done` and `failed` is called, unless `drop` or the returned function ends it before.

        `must_finish`: half of it is worse than all of it, as with storing a key; `drop` lets it go on untold.
        """
        import asyncio  # takes longer to import than the window to paint

        task = asyncio.get_running_loop().create_task(work, name="settings")
        self._running[task] = must_finish
        self._watched.add(task)
        task.add_done_callback(lambda _: self._finish(task, done, failed))
        return lambda: self._end(task)

    def running(self) -> "Sequence[asyncio.Task[Any]]":
        """Those that have not ended, or have ended and are not told yet."""
        return tuple(self._running)

    def drop(self) -> None:
        """Nobody is told any more. The event loop awaits what is cancelled here when it closes."""
        for task, must_finish in list(self._running.items()):
            self._watched.discard(task)
            if not must_finish:
                task.cancel()

    def _end(self, task: "asyncio.Task[Any]") -> None:
        self._watched.discard(task)
        task.cancel()

    def _finish(self, task: "asyncio.Task[T]", done: Callable[[T], None], failed: Callable[[VoiceError], None]) -> None:
        watched = task in self._watched
        self._running.pop(task)
        self._watched.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not isinstance(error, VoiceError):
            log.error("a task of the settings failed", exc_info=error)
            error = _DEFECT
        if watched and error is not None:
            failed(error)
        elif watched:
            done(task.result())
