"""Requests to the child, whichever run of it: starts it, starts it again when it dies or hangs, pairs answers with
requests."""

import asyncio
import itertools
import logging
from collections.abc import AsyncGenerator, Callable

from voicegui.core.errors import TRY_AGAIN, ErrorCode, VoiceError
from voicegui.core.wording import Sentence, sentence, sentence_plural

from .child_process import Child, ChildEnded, until_hang
from .rpc_messages import (
    Cancel,
    Chunk,
    ChunkValue,
    Done,
    LoadingStep,
    LocalModels,
    Report,
    Request,
    Response,
    Started,
    StartFailed,
)

logger = logging.getLogger(__name__)

RESTARTS = 3
"""In a row, without one answer in between; after that only a new request or `revive` tries again."""

_KILLED = -9
"""Exit code of a process that was killed: on Linux by whom memory is short for, unless we did it."""


class RpcClient:
    """Lives on the event loop's thread."""

    def __init__(self, models: LocalModels, changed: Callable[[VoiceError | None], None]) -> None:
        self._models = models
        self._changed = changed
        self._ids = itertools.count(1)
        self._pending: dict[int, asyncio.Queue[Response | VoiceError]] = {}
        self._child: Child | None = None
        self._ready: asyncio.Future[tuple[str, ...]] | None = None
        self._ended: asyncio.Event = asyncio.Event()
        self._progress: Callable[[Sentence], None] = lambda what: None
        self._refusal: VoiceError | None = None
        """Why the child that is about to end could not load."""
        self._was_ready = False
        self._restarts = 0
        """In a row, without an answer."""
        self._closing = False
        self._owed: set[int] = set()
        """Requests that the child has not closed yet, also those that nobody waits for any more."""
        self._owes, self._loading = asyncio.Event(), asyncio.Event()
        self._reports = 0
        self._vigil: asyncio.Task[None] | None = None
        self._hung = False

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    async def start(self, progress: Callable[[Sentence], None]) -> tuple[str, ...]:
        """Returns the voices there are. Raises VoiceError; may be called again after that."""
        self._progress, self._closing, self._restarts = progress, False, 0
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

    def revive(self) -> None:
        """Tries once more with a child that was given up; nothing else."""
        if self._child is None and self._ready is not None and not self._closing:
            self._restarts = 0
            self._spawn()

    async def request(self, make: Callable[[int], Request]) -> AsyncGenerator[ChunkValue, None]:
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
            if not isinstance(message, Cancel):
                self._owed.add(message.id)
                self._owes.set()
            self._child.send(message)

    async def _until_ready(self) -> None:
        if self._ready is None:
            raise RuntimeError("the engine was not started")
        if self._closing:
            raise _closed()
        self.revive()
        await asyncio.shield(self._ready)

    # ------------------------------------------------------------ the child's life

    def _spawn(self) -> "asyncio.Future[tuple[str, ...]]":
        loop = asyncio.get_running_loop()
        if self._ready is None or self._ready.done():
            self._ready = loop.create_future()
            self._ready.add_done_callback(lambda future: future.cancelled() or future.exception())
        self._ended.clear()
        self._loading.set()
        self._owes.set()
        self._child = Child(self._models, self._on_report, loop)
        self._vigil = loop.create_task(self._watch(self._child), name="watch the models")
        return self._ready

    async def _watch(self, child: Child) -> None:
        """Ends a child that hangs; `ChildEnded` follows."""
        await until_hang(lambda: child.pid, self._owes, self._loading, lambda: self._reports)
        logger.warning("the child with the models shows no sign of life and is ended")
        self._hung = True
        child.kill()

    def _on_report(self, report: Report | ChildEnded) -> None:
        self._reports += 1
        match report:
            case ChildEnded(exit_code):
                self._on_end(exit_code)
            case LoadingStep(what):
                self._progress(what)
            case Started(voices):
                self._on_started(tuple(voices))
            case StartFailed(error):
                self._refusal = error
                if self._child:
                    self._child.kill()
            case Chunk(id) | Done(id):
                self._answer(id, report)
            case _:
                self._answer(report.id, report)

    def _answer(self, id: int, answer: Response) -> None:
        queue = self._pending.get(id) if isinstance(answer, Chunk) else self._pending.pop(id, None)
        if queue:
            queue.put_nowait(answer)
        if not isinstance(answer, Chunk):
            self._restarts = 0
            self._owed.discard(id)
            self._look_whether_it_owes()

    def _look_whether_it_owes(self) -> None:
        if not self._owed and not self._loading.is_set():
            self._owes.clear()

    def _on_started(self, voices: tuple[str, ...]) -> None:
        self._loading.clear()
        self._look_whether_it_owes()
        if self._was_ready:
            self._changed(None)
        self._was_ready = True
        if self._ready and not self._ready.done():
            self._ready.set_result(voices)

    def _on_end(self, exit_code: int | None) -> None:
        self._child = None
        if self._vigil:
            self._vigil.cancel()
        self._owed.clear()
        self._owes.clear()
        self._loading.clear()
        hung, self._hung = self._hung, False
        refusal, self._refusal = self._refusal, None
        again = refusal is None and not self._closing and self._restarts < RESTARTS
        error = _closed() if self._closing else refusal or _ended(exit_code, hung=hung, again=again)
        waiting, self._pending = self._pending, {}
        for queue in waiting.values():
            queue.put_nowait(error)
        was_loading = self._ready is not None and not self._ready.done()
        if not again and self._ready and not self._ready.done():
            self._ready.set_exception(error)
        if not self._closing:
            logger.warning("the child with the models ended (%s)%s", exit_code, ", is started again" if again else "")
            if self._was_ready and not (was_loading and again):  # that it is being started again was told
                self._changed(error)
        if again:
            self._restarts += 1
            self._progress(sentence("Starting the speech engine again"))
            self._spawn()
        self._ended.set()


def _closed() -> VoiceError:
    return VoiceError(ErrorCode.ENGINE_FAILED, sentence("The speech engine is closed."))


def _ended(exit_code: int | None, *, hung: bool, again: bool) -> VoiceError:
    if exit_code == _KILLED and not hung:
        todo = sentence("close other programs, then try again.")
        return VoiceError(ErrorCode.ENGINE_FAILED, todo, heading=_was_killed(again=again), retryable=True)
    what = _has_hung(again=again) if hung else _has_stopped(again=again)
    return VoiceError(ErrorCode.ENGINE_FAILED, what, advice=TRY_AGAIN, retryable=True)


def _has_hung(*, again: bool) -> Sentence:
    if again:
        return sentence("The speech engine stopped responding and is being started again.")
    return sentence_plural(
        "The speech engine stopped responding {count} time in a row.",
        "The speech engine stopped responding {count} times in a row.",
        RESTARTS + 1,
    )


def _has_stopped(*, again: bool) -> Sentence:
    if again:
        return sentence("The speech engine stopped unexpectedly and is being started again.")
    return sentence_plural(
        "The speech engine stopped unexpectedly {count} time in a row.",
        "The speech engine stopped unexpectedly {count} times in a row.",
        RESTARTS + 1,
    )


def _was_killed(*, again: bool) -> Sentence:
    if again:
        return sentence("The speech engine was ended by the system and is being started again. Perhaps memory is short")
    return sentence_plural(
        "The speech engine was ended by the system {count} time in a row. Perhaps memory is short",
        "The speech engine was ended by the system {count} times in a row. Perhaps memory is short",
        RESTARTS + 1,
    )
