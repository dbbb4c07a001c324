"""One conversation over `/voice`: what the client sends becomes commands and sound, what happens is told to it."""

import asyncio
from collections.abc import Mapping
from typing import Any

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

from ..client_queue import ClientLost
from ..client_session import FAILED, NORMAL, POLICY, TOO_BIG, ClientSession
from ..parts import ConversationRequest, OpenedConversation, ServerParts
from .messages import (
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
from .sound import VoiceSpeaker, heard_pieces

PROTOCOL = 1
"""Raised when something that was there changes its meaning. New messages and fields do not raise it."""

TAIL_S = 0.5
"""Of silence after the last sound of a push-to-talk turn, for clients that send no more."""

_ALL_PLAYED = 1 << 50
_TOO_LATE = sentence("The conversation has begun: it cannot be set up otherwise any more.")


class VoiceSession(ClientSession):
    """`query`: of the address; empty if the first message may say how the conversation goes."""

    def __init__(self, parts: ServerParts, *connection: Any, query: Mapping[str, str]) -> None:
        super().__init__(*connection)
        self._parts, self._query = parts, query
        self._options = VoiceOptions()
        self._opened: OpenedConversation | None = None
        self._talking = self._finishing = False

    async def aclose(self) -> None:
        if self._opened is not None:
            await self._opened.conversation.aclose()

    # ------------------------------------------------------------ from the client

    async def listen(self) -> None:
        first: str | bytes | None = None
        if self._query:
            self._configure(self._query)
        else:
            first = await self._first_message()
            if first is None:
                return
        await self._open()
        if first is not None:
            await self._take(first)
        while (message := await self.receive()) is not None:
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
            async with asyncio.timeout(self.limits.first_message_s):
                message = await self.receive()
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
        speaker = VoiceSpeaker(options, self._parts, self.queue, self._all_sent)
        try:
            self._opened = opened = await self._parts.open_conversation(request, speaker)
        except VoiceError as error:
            self.queue.tell("error", {"code": str(error.code), "message": error.message})
            raise ClientLost(FAILED, "the conversation could not begin") from None
        opened.conversation.subscribe(self._tell)
        self.queue.tell(
            "session",
            {
                "protocol": PROTOCOL,
                "mode": options.mode,
                "input": {"format": options.format, "rate": options.input_hz},
                "output": {"format": options.output, "rate": options.output_hz},
                "persona": options.persona,
                "language": options.language,
                "max_message_bytes": self.limits.message_bytes,
            },
        )
        if options.mode is Mode.HANDS_FREE:
            opened.conversation.send(SetHandsFree(True))

    async def _take(self, message: str | bytes) -> None:
        if not self.rate.allows(message, self._options.input_hz):
            raise ClientLost(POLICY, "too much was sent in too short a time")
        try:
            if isinstance(message, bytes):
                await self._hear(message)
            elif len(message) > self.limits.text_bytes:
                raise ClientLost(TOO_BIG, "a message of JSON was too long")
            elif message:
                self._do(read_message(message))
        except BadMessage as error:
            self._complain(error)
        except VoiceError as error:
            self.queue.tell("error", {"code": str(error.code), "message": error.message})

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
                self.active()
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
            self.active()
        if kind:
            self.queue.tell(kind, fields)
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
        self.queue.tell("error", {"code": error.code, "message": error.what.shown()})

    def _all_sent(self) -> None:
        """A client that gets the answer as one file has all of it."""
        if self._options.output is SoundFormat.WAV and self._opened is not None:
            asyncio.get_running_loop().call_soon(self._opened.sound.played_until, _ALL_PLAYED)
