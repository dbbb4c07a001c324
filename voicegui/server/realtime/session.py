"""One session over `/v1/realtime`, in the form of OpenAI's API that is generally available since 2025."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voicegui.conversation.conversation import Conversation
from voicegui.core.audio import LISTENING_RATE_HZ, Audio, samples_to_ms
from voicegui.core.commands import EndTurn, Interrupt, SetHandsFree, TakeTurns
from voicegui.core.errors import VoiceError
from voicegui.core.events import Event, Phase, StateChanged, ToolCalled
from voicegui.core.ports import Message
from voicegui.core.settings import Settings

from ..client_queue import ClientLost
from ..client_session import FAILED, POLICY, ClientSession
from ..g711 import decode_g711
from ..parts import ConversationRequest, OpenedConversation, ServerParts
from .aside import RealtimeAside
from .client_tools import ClientTools
from .configuration import PCM_HZ, RealtimeOptions, default_session, merged_session, read_session, settings_for
from .events import Json, RefusedEvent, event_id_of, object_field, read_client_event, sound_field
from .follower import ConversationFollower, api_error
from .item_requests import ItemRequests
from .items import Item, Items, new_id, user_sound
from .response_requests import ResponseRequests

AHEAD_S = 24 * 3600.0
"""Sound is sent as it is made: clients of this protocol keep what they have not played yet."""

PIECE_S = 0.1
"""More sound at once is heard in pieces of this length, so that other clients are heard between them."""

LEAST_COMMIT_MS = 100


class RealtimeServerSession(ClientSession):
    """`query`: of the address. `session`: what the key that was shown brings of a configuration."""

    def __init__(
        self, parts: ServerParts, *connection: Any, query: Mapping[str, str], session: Json | None = None
    ) -> None:
        super().__init__(*connection)
        self._parts, self._query, self._first = parts, query, session or {}
        self._id, self.conversation_id = new_id("sess"), new_id("conv")
        self.items = Items(self.limits.items, self.limits.items_bytes)
        self._tools = ClientTools()
        self.options = RealtimeOptions()
        self.session: Json = {}
        self.usual = Settings()
        self._closed = self._overridden = False
        self._received = 0.0
        """Milliseconds of sound."""
        self._buffer = bytearray()
        """What is not committed yet, where the client commits: int16 at the rate of the input."""
        self._opened: OpenedConversation | None = None
        self._item_requests, self._response_requests = ItemRequests(self), ResponseRequests(self)
        self.follower = ConversationFollower(
            self.tell,
            self.items,
            lambda: self.options,
            lambda: round(self._received),
            self._response_requests.make_reply,
        )
        self.aside = RealtimeAside(self)

    # ------------------------------------------------------------ life

    async def listen(self) -> None:
        await self._open()
        while (message := await self.receive()) is not None:
            event_id = ""
            try:
                if isinstance(message, bytes):
                    raise RefusedEvent("invalid_event", "Events are messages of text.")
                event = read_client_event(message)
                event_id = event_id_of(event)
                await self._take(event, message)
            except RefusedEvent as error:
                self.complain(error, event_id)

    async def aclose(self) -> None:
        self._closed = True
        await self.aside.aclose()
        if self._opened is not None:
            await self._opened.conversation.aclose()

    async def _open(self) -> None:
        request = ConversationRequest(PCM_HZ, PCM_HZ, AHEAD_S, cancels_echo=True, pauses=False, tools=self._tools)
        try:
            opened = await self._parts.open_conversation(request, self.follower)
        except VoiceError as error:
            self.tell("error", error=api_error(str(error.code), error.message))
            raise ClientLost(FAILED, "the conversation could not begin") from None
        self._opened, self.usual = opened, replace(opened.settings, opening_line="", max_turns=0)
        self.follower.conversation = opened.conversation
        opened.conversation.subscribe(self._follow)
        model = self._query.get("model", "")[:200]
        kind = "transcription" if self._query.get("intent") == "transcription" else "realtime"
        kind = self._first.get("type", kind)
        self.session = default_session(kind, model, self.usual)
        try:
            self._change(merged_session(self.session, self._first, self.session))
        except RefusedEvent as error:
            self.complain(error, "")
            self._change(self.session)
        self.tell("session.created", session=self._described())

    def complain(self, error: RefusedEvent, event_id: str) -> None:
        told: Json = {"type": "invalid_request_error", "code": error.code, "message": error.message}
        if error.param:
            told["param"] = error.param
        if event_id:
            told["event_id"] = event_id
        self.tell("error", error=told)

    def tell(self, kind: str, **fields: Any) -> None:
        self.queue.put(json.dumps({"type": kind, "event_id": new_id("event"), **fields}, separators=(",", ":")))

    def _described(self) -> Json:
        return {"id": self._id, "object": "realtime.session", **self.session}

    # ------------------------------------------------------------ from the client

    async def _take(self, event: Json, message: str) -> None:
        kind = event["type"]
        if kind == "input_audio_buffer.append":
            await self._append(event)
            return
        if not self.rate.allows(message, PCM_HZ):
            raise ClientLost(POLICY, "too much was sent in too short a time")
        takers: Mapping[str, Callable[[Json], None]] = {
            "session.update": self._update,
            "input_audio_buffer.commit": self._commit,
            "input_audio_buffer.clear": self._clear,
            "conversation.item.create": self._item_requests.create,
            "conversation.item.retrieve": self._item_requests.retrieve,
            "conversation.item.delete": self._item_requests.delete,
            "conversation.item.truncate": self._item_requests.truncate,
            "response.create": self._response_requests.create,
            "response.cancel": self._response_requests.cancel,
        }
        if kind not in takers:
            raise RefusedEvent("unknown_event", f"Events of the type {kind[:80]!r} are not known here.", "type")
        self.active()
        takers[kind](event)

    def _update(self, event: Json) -> None:
        given = object_field(event, "session")
        model = str(self.session.get("model", ""))
        kind = given.get("type", self.session["type"])
        defaults = default_session("transcription" if kind == "transcription" else "realtime", model, self.usual)
        self._change(merged_session(self.session, given, defaults))
        self.tell("session.updated", session=self._described())

    def _change(self, session: Json) -> None:
        """Nothing is changed if something of it cannot be done."""
        options = read_session(session, self.usual)
        if options.output_law != self.options.output_law and self.follower.makes_reply:
            where = "session.audio.output.format"
            raise RefusedEvent("invalid_value", "The format stays as it is while a response is being made.", where)
        if options.input_hz != self.options.input_hz:
            self._buffer.clear()
        self.session, before, self.options = session, self.options, options
        self.opened.sound.change_rates(options.input_hz, options.output_hz)
        self.apply()
        if options.detects_turns != before.detects_turns or self.conversation.state.turn == 0:
            self.conversation.send(SetHandsFree(options.detects_turns))

    def apply(self, options: RealtimeOptions | None = None) -> None:
        """`options`: of one reply, until it has ended."""
        now, self._overridden = options or self.options, options is not None
        answers = self.options.creates_responses and not self.options.transcribes_only
        self._tools.tools = now.tools
        self.conversation.change(settings_for(now, self.usual))
        self.conversation.send(TakeTurns(answers, self.options.interrupts_responses, self.options.aloud))

    # ------------------------------------------------------------ sound

    async def _append(self, event: Json) -> None:
        data = sound_field(event, "audio")
        samples = self.samples(data)
        if not self.rate.allows(samples.tobytes(), self.options.input_hz):
            raise ClientLost(POLICY, "too much was sent in too short a time")
        if self.options.detects_turns:
            size = int(self.options.input_hz * PIECE_S)
            for start in range(0, len(samples), size):
                piece = samples[start : start + size]
                self._received += samples_to_ms(len(piece), self.options.input_hz)
                self.opened.sound.hear(piece)
                await asyncio.sleep(0)
            return
        if len(self._buffer) / 2 / self.options.input_hz > self.limits.buffered_s:
            raise RefusedEvent("input_audio_buffer_full", "So much sound cannot wait to be committed.", "audio")
        self._received += samples_to_ms(len(samples), self.options.input_hz)
        self._buffer += samples.tobytes()

    def samples(self, data: bytes) -> NDArray[np.int16]:
        if self.options.input_law is not None:
            return decode_g711(data, self.options.input_law)
        if len(data) % 2:
            raise RefusedEvent("invalid_value", "Samples of 16 bits have two bytes each: one byte is missing.", "audio")
        return np.frombuffer(data, "<i2")

    def _commit(self, event: Json) -> None:
        self.active()
        state = self.conversation.state
        if self.options.detects_turns:
            if not (state.phase is Phase.LISTENING and state.user_speaking):
                raise RefusedEvent("input_audio_buffer_commit_empty", "Nobody is speaking.")
            self.conversation.send(EndTurn())
            return
        if samples_to_ms(len(self._buffer) // 2, self.options.input_hz) < LEAST_COMMIT_MS:
            raise RefusedEvent("input_audio_buffer_commit_empty", f"There are less than {LEAST_COMMIT_MS} ms of sound.")
        item = Item(user_sound(new_id("item")), "")
        item.name = item.id
        self.aside.hear(item, self.at_listening_rate(bytes(self._buffer)))
        self._buffer.clear()
        self.conversation.edits.add(Message("user", "", name=item.name))
        self.follower.commit(item)

    def at_listening_rate(self, samples: bytes) -> Audio:
        return self._parts.convert_rate(Audio(samples, self.options.input_hz), LISTENING_RATE_HZ)

    def at_output_rate(self, audio: Audio) -> bytes:
        return self._parts.convert_rate(audio, self.options.output_hz).samples

    def _clear(self, event: Json) -> None:
        self._buffer.clear()
        state = self.conversation.state
        if state.phase is Phase.LISTENING and state.user_speaking:
            self.conversation.send(Interrupt())
        self.tell("input_audio_buffer.cleared")

    # ------------------------------------------------------------ what happens

    def interrupt(self) -> None:
        self.follower.cancelled = True
        state = self.conversation.state
        if state.phase in (Phase.PROCESSING, Phase.SPEAKING) and state.answering:
            self.conversation.send(Interrupt())

    def _follow(self, event: Event) -> None:
        if not isinstance(event, ToolCalled) or self._tools.has(event.call.name):
            self.follower.follow(event)
        if isinstance(event, StateChanged):
            self.state = str(event.phase)
            self.active()
        asyncio.get_running_loop().call_soon(self.settle)

    def settle(self) -> None:
        """After something has happened: a response that waited may begin, and what was asked for one ends with it."""
        if self._closed:
            return
        if self.options.transcribes_only:  # no language model is ever told of it
            self.conversation.edits.clear()
        if self._overridden and not self.follower.makes_reply:
            self.apply()
        self._response_requests.begin_if_ready()

    @property
    def opened(self) -> OpenedConversation:
        assert self._opened is not None
        return self._opened

    @property
    def conversation(self) -> Conversation:
        return self.opened.conversation
