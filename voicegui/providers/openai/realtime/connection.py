"""One Realtime connection kept open: opened when it is first needed, opened again when it is lost, replaced unnoticed
before the server ends it."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from voicegui.core.errors import TRY_AGAIN, ErrorCode, VoiceError
from voicegui.core.wording import sentence

from ..service import StageTarget
from .events import Fault, Refused, ServerEvent
from .socket import RealtimeAddress, Socket, closed, fault_error

if TYPE_CHECKING:
    from openai.types.realtime.realtime_client_event_param import RealtimeClientEventParam
    from openai.types.realtime.session_update_event_param import SessionUpdateEventParam

log = logging.getLogger(__name__)

ROLL_OVER_S = 55 * 60.0
"""A server ends its sessions after 60 minutes. From this age on the next one is opened beside it."""

GREETING = "greeting"
"""`event_id` of the message that configures a session: without it the session is of no use."""


class SessionWork(Protocol):
    """What is under way on one session."""

    @property
    def busy(self) -> bool: ...

    def receive(self, event: ServerEvent) -> None: ...

    def lose(self, error: VoiceError) -> None:
        """The session is over. Called once; nothing is received any more."""


class RealtimeSession:
    """One connection and its two tasks. What is sent goes out in order, at once; sending to a lost one does nothing."""

    def __init__(self, socket: Socket, opened_at: float) -> None:
        self.asked = socket.asked
        self.opened_at = opened_at
        self.alive = True
        self._socket = socket
        self._outgoing: asyncio.Queue[str] = asyncio.Queue()
        self._work: SessionWork | None = None
        self._running: asyncio.Task[None] | None = None

    def run(self, work: SessionWork) -> None:
        self._work = work
        self._running = asyncio.create_task(self._run(work), name="realtime session")

    def send(self, message: "RealtimeClientEventParam") -> None:
        if self.alive:
            self._outgoing.put_nowait(json.dumps(message))

    @property
    def busy(self) -> bool:
        return self.alive and self._work is not None and self._work.busy

    async def aclose(self) -> None:
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        self._over(closed(self.asked))
        await self._socket.aclose()

    async def _run(self, work: SessionWork) -> None:
        writing = asyncio.create_task(self._write(), name="realtime session: write")
        try:
            await self._read(work)
        except VoiceError as error:
            log.info("a session is over: %s", error.code)
            self._over(error)
        except Exception as error:
            log.error("a session broke", exc_info=error)
            what = sentence("The connection broke.")
            self._over(VoiceError(ErrorCode.ENGINE_FAILED, what, advice=TRY_AGAIN, retryable=True))
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        await self._socket.aclose()

    async def _read(self, work: SessionWork) -> None:
        """Until it is lost. What a server complains of just before it hangs up is the reason."""
        complaint: Fault | None = None
        try:
            async with aclosing(self._socket.events()) as events:
                async for event in events:
                    complaint = event.fault if isinstance(event, Refused) and not event.answers else None
                    if isinstance(event, Refused) and event.answers == GREETING:
                        raise fault_error(event.fault, self.asked)
                    if event is not None:
                        work.receive(event)
        except VoiceError as error:
            raise fault_error(complaint, self.asked) if complaint else error from None

    async def _write(self) -> None:
        while True:
            message = await self._outgoing.get()
            try:
                await self._socket.send(message)
            except VoiceError:
                return  # whoever reads meets it too

    def _over(self, error: VoiceError) -> None:
        if self.alive:
            self.alive = False
            if self._work:
                self._work.lose(error)


W = TypeVar("W", bound=SessionWork)


class RealtimeConnection(Generic[W]):
    """Owner of the sessions: one in use, now and then an old one that still finishes what it began."""

    def __init__(
        self,
        address: RealtimeAddress,
        greeting: "SessionUpdateEventParam",
        begin: Callable[[RealtimeSession], W],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address
        self._greeting = greeting
        self._begin = begin
        self._clock = clock
        self._current: tuple[RealtimeSession, W] | None = None
        self._old: list[RealtimeSession] = []
        self._opening: asyncio.Task[W] | None = None
        self._closed = False

    @property
    def asked(self) -> StageTarget:
        return self._address.asked

    @property
    def ready(self) -> W | None:
        """The work of the open session, None while there is none."""
        return self._current[1] if self._current and self._current[0].alive else None

    async def work(self) -> W:
        """The same, opened if need be. Raises VoiceError; cancelling it is safe."""
        await self._sweep()
        ready = self.ready
        if ready is None:
            return await asyncio.shield(self._open_soon())
        if self._current and self._clock() - self._current[0].opened_at >= ROLL_OVER_S:
            self._open_soon()
        return ready

    def configure(self, greeting: "SessionUpdateEventParam") -> None:
        """What begins from now on begins on a session with this configuration."""
        self._greeting = greeting
        self.retire()

    async def aclose(self) -> None:
        self._closed = True
        if self._opening:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        self.retire()
        old, self._old = self._old, []
        await asyncio.gather(*(session.aclose() for session in old))

    def _open_soon(self) -> "asyncio.Task[W]":
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._open(), name="realtime: open")
            self._opening.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._opening

    async def _open(self) -> W:
        if self._closed:
            raise closed(self.asked)
        session = RealtimeSession(await self._address.dial(), self._clock())
        work = self._begin(session)
        session.run(work)
        session.send(self._greeting)
        self.retire()
        self._current = session, work
        return work

    def retire(self) -> None:
        """What is under way may end where it is; what begins from now on gets a new session."""
        if self._current:
            self._old.append(self._current[0])
            self._current = None

    async def _sweep(self) -> None:
        """Closes the old ones that have nothing left to do."""
        done = [session for session in self._old if not session.busy]
        self._old = [session for session in self._old if session.busy]
        await asyncio.gather(*(session.aclose() for session in done))
