"""One conversation over `/voice`: what the client sends becomes commands and sound, what happens is told to it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import numpy as np

from voicegui.core.audio import PLAYBACK_RATE_HZ, ms_to_samples
from voicegui.core.commands import PressTalk, ReleaseTalk, SetHandsFree, Summarize
from voicegui.core.errors import VoiceError
from voicegui.core.events import (
    ConversationOver,
    Event,
    PlaybackStarted,
    SpeechStarted,
    StateChanged,
    Summarized,
    TurnDone,
    UserSaid,
)
from voicegui.core.wording import sentence

from .client_queue import SLOW, ClientLost, ClientQueue
from .limits import ServerLimits
from .message_rate import MessageRate
from .parts import ConversationRequest, OpenedConversation, ServerParts
from .voice_messages import (
    BadMessage,
    CommitTalk,
    Configure,
    End,
    Mode,
    PlayedUntil,
    SoundFormat,
    StartTalk,
    VoiceMessage,
    VoiceOptions,
    read_message,
    read_options,
    told,
)
from .voice_sound import VoiceSpeaker, heard_pieces

log = logging.getLogger(__name__)

PROTOCOL = 1
"""Raised when something that was there changes its meaning. New messages and fields do not raise it."""

NORMAL, GOING_AWAY, POLICY, TOO_BIG, RESTART = 1000, 1001, 1008, 1009, 1012
"""Codes with which a WebSocket is closed (RFC 6455, 7.4, and the registry of IANA)."""

TAIL_S = 0.5
"""Of silence after the last sound of a push-to-talk turn, for clients that send no more."""

_ALL_PLAYED = 1 << 50
_TOO_LATE = sentence("The conversation has begun: it cannot be set up otherwise any more.")

Receive = Callable[[], Awaitable[str | bytes | None]]
"""The client's next message; None when there will be none."""


class VoiceSession:
    """Run by one task, once."""

    def __init__(
        self,
        parts: ServerParts,
        limits: ServerLimits,
        receive: Receive,
        send: Callable[[str | bytes], Awaitable[None]],
    ) -> None:
        self.state = "connecting"
        """For whoever lists the sessions."""
        self._parts, self._limits, self._receive = parts, limits, receive
        self._queue = ClientQueue(send, limits)
        self._rate = MessageRate(limits)
        self._options = VoiceOptions()
        self._opened: OpenedConversation | None = None
        self._talking = self._finishing = False
        self._active_at = 0.0
        self._leave: asyncio.Future[ClientLost] = asyncio.get_running_loop().create_future()

    async def run(self, query: Mapping[str, str]) -> ClientLost:
        """Returns with which code and reason the connection is to be closed."""
        loop = asyncio.get_running_loop()
        self._active_at = loop.time()
        parts = (self._closed_from_outside(), self._queue.run(), self._listen(query), self._watch())
        work = [loop.create_task(each) for each in parts]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            return await self._why(work)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            if self._opened is not None:
                await self._opened.conversation.aclose()

    def close(self, code: int, reason: str) -> None:
        """From outside: the server drains, or somebody ends the session."""
        if not self._leave.done():
            self._leave.set_result(ClientLost(code, reason))

    async def _closed_from_outside(self) -> None:
        raise await self._leave

    async def _why(self, work: list["asyncio.Task[None]"]) -> ClientLost:
        lost: ClientLost | None = None
        for task in work:
            if lost is None and task.done():
                error = task.exception()
                lost = error if isinstance(error, ClientLost) else None
                if error is not None and lost is None:
                    log.error("a session failed", exc_info=error)
                    lost = ClientLost(1011, "the server failed")
        lost = lost or ClientLost(NORMAL, "")
        if (lost.code, lost.reason) != SLOW:
            await self._say_the_rest()
        return lost

    async def _say_the_rest(self) -> None:
        """What was told before the end still reaches a client that takes it."""
        try:
            await self._queue.finish()
        except (ClientLost, OSError, RuntimeError):
            log.debug("the client was gone before the last word")

    # ------------------------------------------------------------ from the client

    async def _listen(self, query: Mapping[str, str]) -> None:
        first: str | bytes | None = None
        if query:
            self._configure(query)
        else:
            first = await self._first_message()
            if first is None:
                return
        await self._open()
        if first is not None:
            await self._take(first)
        while (message := await self._receive()) is not None:
            await self._take(message)

    def _configure(self, given: Mapping[str, object]) -> None:
        try:
            self._options = read_options(given, self._parts.personas, self._parts.languages)
        except BadMessage as error:
            self._complain(error)
            raise ClientLost(POLICY, "an option cannot be used") from None

    async def _first_message(self) -> str | bytes | None:
        """None if it was `configure`, which is dealt with, or if there is none."""
        try:
            async with asyncio.timeout(self._limits.first_message_s):
                message = await self._receive()
        except TimeoutError:
            raise ClientLost(POLICY, "nothing was sent") from None
        if message is None:
            raise ClientLost(NORMAL, "")
        if isinstance(message, str):
            try:
                first = read_message(message)
            except BadMessage:
                return message
            if isinstance(first, Configure):
                self._configure(first.options)
                return ""
        return message

    async def _open(self) -> None:
        options = self._options
        request = ConversationRequest(
            options.input_hz,
            options.output_hz,
            3600.0 if options.output is SoundFormat.WAV else options.ahead_ms / 1000,
            options.echo_cancellation,
            options.persona,
            options.max_turns,
            options.language,
        )
        speaker = VoiceSpeaker(options, self._parts, self._queue, self._all_sent)
        try:
            self._opened = opened = await self._parts.open_conversation(request, speaker)
        except VoiceError as error:
            self._queue.tell("error", {"code": str(error.code), "message": error.message})
            raise ClientLost(1011, "the conversation could not begin") from None
        opened.conversation.subscribe(self._tell)
        self._queue.tell(
            "session",
            {
                "protocol": PROTOCOL,
                "mode": options.mode,
                "input": {"format": options.format, "rate": options.input_hz},
                "output": {"format": options.output, "rate": options.output_hz},
                "persona": options.persona,
                "language": options.language,
                "max_message_bytes": self._limits.message_bytes,
            },
        )
        if options.mode is Mode.HANDS_FREE:
            opened.conversation.send(SetHandsFree(True))

    async def _take(self, message: str | bytes) -> None:
        if not self._rate.allows(message, self._options.input_hz):
            raise ClientLost(POLICY, "too much was sent in too short a time")
        try:
            if isinstance(message, bytes):
                await self._hear(message)
            elif len(message) > self._limits.text_bytes:
                raise ClientLost(TOO_BIG, "a message of JSON was too long")
            elif message:
                self._do(read_message(message))
        except BadMessage as error:
            self._complain(error)
        except VoiceError as error:
            self._queue.tell("error", {"code": str(error.code), "message": error.message})

    def _do(self, message: VoiceMessage) -> None:
        assert self._opened is not None
        match message:
            case Configure():
                raise BadMessage("too_late", _TOO_LATE)
            case StartTalk():
                self._press()
            case CommitTalk():
                self._release()
            case PlayedUntil(played_ms):
                self._opened.sound.played_until(ms_to_samples(played_ms, PLAYBACK_RATE_HZ))
            case End():
                self._finish()
            case _:
                self._active()
                self._opened.conversation.send(message)

    async def _hear(self, data: bytes) -> None:
        assert self._opened is not None
        if self._options.mode is not Mode.HANDS_FREE:
            self._press()
        async for piece in heard_pieces(data, self._options, self._parts):
            self._opened.sound.hear(piece)
            await asyncio.sleep(0)
        if self._options.mode is Mode.UTTERANCE:
            self._release()

    def _press(self) -> None:
        if not self._talking and self._opened is not None:
            self._talking = True
            self._opened.conversation.send(PressTalk())

    def _release(self) -> None:
        if self._talking and self._opened is not None:
            self._talking = False
            self._opened.conversation.send(ReleaseTalk())
            self._opened.sound.hear(np.zeros(int(TAIL_S * self._options.input_hz), np.int16))

    # ------------------------------------------------------------ to the client

    def _tell(self, event: Event) -> None:
        kind, fields = told(event)
        if isinstance(event, StateChanged):
            self.state = str(event.phase)
        if isinstance(event, SpeechStarted | UserSaid | PlaybackStarted | TurnDone):
            self._active()
        if kind:
            self._queue.tell(kind, fields)
        if isinstance(event, ConversationOver):
            self._finish()
        elif isinstance(event, Summarized) and self._finishing:
            self.close(NORMAL, "")

    def _finish(self) -> None:
        """The last that a client gets is a summary."""
        self._finishing = True
        if self._opened is not None:
            self._opened.conversation.send(Summarize())

    def _complain(self, error: BadMessage) -> None:
        self._queue.tell("error", {"code": error.code, "message": error.what.shown()})

    def _all_sent(self) -> None:
        """A client that gets the answer as one file has all of it."""
        if self._options.output is SoundFormat.WAV and self._opened is not None:
            asyncio.get_running_loop().call_soon(self._opened.sound.played_until, _ALL_PLAYED)

    # ------------------------------------------------------------ time

    def _active(self) -> None:
        self._active_at = asyncio.get_running_loop().time()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._limits.session_s
        while True:
            idle_at = self._active_at + self._limits.idle_s
            if loop.time() >= min(ends, idle_at):
                break
            await asyncio.sleep(min(ends, idle_at) - loop.time())
        raise ClientLost(NORMAL, "the session was too long" if loop.time() >= ends else "nobody has talked for long")
