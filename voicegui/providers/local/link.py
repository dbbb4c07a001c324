"""Requests to the child, whichever run of it: starts it, starts it again when it dies, pairs answers with requests."""

import asyncio
import itertools
import logging
from collections.abc import AsyncGenerator, Callable

from voicegui.core.errors import ErrorCode, VoiceError

from .process import Child
from .protocol import (
    Answer,
    Cancel,
    Chunk,
    Done,
    LoadingStep,
    LocalModels,
    Report,
    Request,
    Started,
    StartFailed,
    Value,
)

logger = logging.getLogger(__name__)

RESTARTS = 3
"""In a row, without once getting ready; after that only a new request tries again."""


class Link:
    """Lives on the event loop's thread."""

    def __init__(self, models: LocalModels, changed: Callable[[VoiceError | None], None]) -> None:
        self._models = models
        self._changed = changed
        self._ids = itertools.count(1)
        self._pending: dict[int, asyncio.Queue[Answer | VoiceError]] = {}
        self._child: Child | None = None
        self._ready: asyncio.Future[tuple[str, ...]] | None = None
        self._ended: asyncio.Event = asyncio.Event()
        self._progress: Callable[[str], None] = lambda what: None
        self._was_ready = False
        self._failed_starts = 0
        self._closing = False

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    async def start(self, progress: Callable[[str], None]) -> tuple[str, ...]:
        """Returns the voices there are. Raises VoiceError; may be called again after that."""
        self._progress, self._closing, self._failed_starts = progress, False, RESTARTS
        try:
            return await asyncio.shield(self._spawn())
        except BaseException:
            await self.aclose()
            raise
        finally:
            self._progress = lambda what: None

    async def aclose(self) -> None:
        self._closing = True
        if self._child:
            self._child.kill()
            await self._ended.wait()

    def restart(self) -> None:
        if self._child:
            self._child.kill()

    async def request(self, make: Callable[[int], Request]) -> AsyncGenerator[Value, None]:
        """The values that answer a request, which gets its id from here. Closing it cancels the request."""
        await self._until_ready()
        id = next(self._ids)
        answers = self._pending[id] = asyncio.Queue()
        self._send(make(id))
        try:
            while True:
                answer = await answers.get()
                if isinstance(answer, Chunk):
                    yield answer.value
                elif isinstance(answer, Done):
                    return
                else:
                    raise answer if isinstance(answer, VoiceError) else answer.error
        finally:
            if self._pending.pop(id, None):
                self._send(Cancel(id))

    def _send(self, message: Request | Cancel) -> None:
        if self._child:
            self._child.send(message)

    async def _until_ready(self) -> None:
        if self._ready is None:
            raise RuntimeError("the engine was not started")
        if self._closing:
            raise VoiceError(ErrorCode.ENGINE_FAILED, "The speech engine is closed.")
        if self._child is None:  # it gave up; this is the retry
            self._failed_starts = RESTARTS
            self._spawn()
        await asyncio.shield(self._ready)

    def _spawn(self) -> "asyncio.Future[tuple[str, ...]]":
        loop = asyncio.get_running_loop()
        if self._ready is None or self._ready.done():
            self._ready = loop.create_future()
            self._ready.add_done_callback(lambda future: future.cancelled() or future.exception())
        self._ended.clear()
        self._child = Child(self._models, self._on_report, loop)
        return self._ready

    def _on_report(self, report: Report | None) -> None:
        match report:
            case None:
                self._on_end()
            case LoadingStep(what):
                self._progress(what)
            case Started(voices):
                self._on_started(tuple(voices))
            case StartFailed(error):
                self._fail_start(error)
                self.restart()
            case Chunk(id) | Done(id):
                self._answer(id, report)
            case _:
                self._answer(report.id, report)

    def _answer(self, id: int, answer: Answer) -> None:
        queue = self._pending.get(id) if isinstance(answer, Chunk) else self._pending.pop(id, None)
        if queue:
            queue.put_nowait(answer)

    def _on_started(self, voices: tuple[str, ...]) -> None:
        if self._was_ready:
            self._changed(None)
        self._was_ready, self._failed_starts = True, 0
        if self._ready and not self._ready.done():
            self._ready.set_result(voices)

    def _on_end(self) -> None:
        self._child = None
        self._ended.set()
        error = _died()
        waiting, self._pending = self._pending, {}
        for queue in waiting.values():
            queue.put_nowait(error)
        if self._closing:
            self._fail_start(VoiceError(ErrorCode.ENGINE_FAILED, "The speech engine is closed."))
        elif self._ready and self._ready.done() and not self._ready.exception():
            logger.warning("the child with the models died and is started again")
            self._changed(error)
            self._spawn()
        elif self._failed_starts < RESTARTS:
            self._failed_starts += 1
            self._spawn()
        else:
            self._fail_start(error)

    def _fail_start(self, error: VoiceError) -> None:
        if self._ready and not self._ready.done():
            self._ready.set_exception(error)


def _died() -> VoiceError:
    return VoiceError(
        ErrorCode.ENGINE_FAILED,
        "The speech engine stopped unexpectedly and is being started again. Try again.",
        retryable=True,
    )
