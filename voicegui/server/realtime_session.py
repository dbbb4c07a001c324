"""One session over `/v1/realtime`, in the form of OpenAI's API that is generally available since 2025."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voicegui.conversation.conversation import Conversation
from voicegui.core.audio import LISTENING_RATE_HZ, PLAYBACK_RATE_HZ, Audio, ms_to_samples, samples_to_ms
from voicegui.core.commands import Answer, EndTurn, Interrupt, SetHandsFree, TakeTurns
from voicegui.core.errors import VoiceError
from voicegui.core.events import Event, Phase, StateChanged
from voicegui.core.ports import Message
from voicegui.core.settings import Settings

from .client_queue import ClientLost
from .client_session import FAILED, POLICY, ClientSession
from .client_tools import ClientTools
from .g711 import decode_g711
from .parts import ConversationRequest, OpenedConversation, ServerParts
from .realtime_aside import RealtimeAside
from .realtime_config import (
    PCM_HZ,
    RealtimeOptions,
    default_session,
    merged_session,
    read_answering,
    read_session,
    settings_for,
)
from .realtime_events import (
    Json,
    RefusedEvent,
    event_id_of,
    object_field,
    optional_text,
    read_event,
    sound_field,
    text_field,
    whole_field,
)
from .realtime_follower import ConversationFollower, api_error
from .realtime_items import Item, Items, new_id, read_item, user_sound
from .realtime_reply import RealtimeReply, ReplyPlan

AHEAD_S = 24 * 3600.0
"""Sound is sent as it is made: clients of this protocol keep what they have not played yet."""

PIECE_S = 0.1
"""More sound at once is heard in pieces of this length, so that other clients are heard between them."""

LEAST_COMMIT_MS = 100


class RealtimeSession(ClientSession):
    """`query`: of the address. `session`: what the key that was shown brings of a configuration."""

    def __init__(
        self, number: int, parts: ServerParts, *connection: Any, query: Mapping[str, str], session: Json | None = None
    ) -> None:
        super().__init__(number, *connection)
        self._parts, self._query, self._first = parts, query, session or {}
        self._id, self._conversation_id = new_id("sess"), new_id("conv")
        self.items = Items(self.limits.items)
        self._tools = ClientTools()
        self.options = RealtimeOptions()
        self._session: Json = {}
        self.usual = Settings()
        self._received = 0.0
        """Milliseconds of sound."""
        self._buffer = bytearray()
        """What is not committed yet, where the client commits: int16 at the rate of the input."""
        self._awaited: Json | None = None
        """What `response.create` asked for, as long as it waits for the user's words."""
        self._opened: OpenedConversation | None = None
        self._follower = ConversationFollower(
            self.tell, self.items, lambda: self.options, lambda: round(self._received), self._make_reply
        )
        self._aside = RealtimeAside(self)

    # ------------------------------------------------------------ life

    async def listen(self) -> None:
        await self._open()
        while (message := await self.receive()) is not None:
            event_id = ""
            try:
                if isinstance(message, bytes):
                    raise RefusedEvent("invalid_event", "Events are messages of text.")
                event = read_event(message)
                event_id = event_id_of(event)
                await self._take(event, message)
            except RefusedEvent as error:
                self.complain(error, event_id)

    async def aclose(self) -> None:
        await self._aside.aclose()
        if self._opened is not None:
            await self._opened.conversation.aclose()

    async def _open(self) -> None:
        request = ConversationRequest(PCM_HZ, PCM_HZ, AHEAD_S, cancels_echo=True, pauses=False, tools=self._tools)
        try:
            opened = await self._parts.open_conversation(request, self._follower)
        except VoiceError as error:
            self.tell("error", error=api_error(str(error.code), error.message))
            raise ClientLost(FAILED, "the conversation could not begin") from None
        self._opened, self.usual = opened, replace(opened.settings, opening_line="", max_turns=0)
        self._follower.conversation = opened.conversation
        opened.conversation.subscribe(self._follow)
        model = self._query.get("model", "")[:200]
        kind = "transcription" if self._query.get("intent") == "transcription" else "realtime"
        kind = self._first.get("type", kind)
        self._session = default_session(kind, model, self.usual)
        try:
            self._change(merged_session(self._session, self._first, self._session))
        except RefusedEvent as error:
            self.complain(error, "")
            self._change(self._session)
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
        return {"id": self._id, "object": "realtime.session", **self._session}

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
            "conversation.item.create": self._create_item,
            "conversation.item.retrieve": self._retrieve,
            "conversation.item.delete": self._delete,
            "conversation.item.truncate": self._truncate,
            "response.create": self._create_response,
            "response.cancel": self._cancel,
        }
        if kind not in takers:
            raise RefusedEvent("unknown_event", f"Events of the type {kind[:80]!r} are not known here.", "type")
        self.active()
        takers[kind](event)

    def _update(self, event: Json) -> None:
        given = object_field(event, "session")
        model = str(self._session.get("model", ""))
        kind = given.get("type", self._session["type"])
        defaults = default_session("transcription" if kind == "transcription" else "realtime", model, self.usual)
        self._change(merged_session(self._session, given, defaults))
        self.tell("session.updated", session=self._described())

    def _change(self, session: Json) -> None:
        """Nothing is changed if something of it cannot be done."""
        options = read_session(session, self.usual)
        if options.input_hz != self.options.input_hz:
            self._buffer.clear()
        self._session, before, self.options = session, self.options, options
        self.opened.sound.change_rates(options.input_hz, options.output_hz)
        self._apply()
        if options.detects_turns != before.detects_turns or self.conversation.state.turn == 0:
            self.conversation.send(SetHandsFree(options.detects_turns))

    def _apply(self, options: RealtimeOptions | None = None) -> None:
        """`options`: of one reply, until it has ended."""
        now = options or self.options
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
        self._aside.hear(item, self.at_listening_rate(bytes(self._buffer)))
        self._buffer.clear()
        self.conversation.edits.add(Message("user", "", name=item.name))
        self._follower.commit(item)

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

    # ------------------------------------------------------------ items

    def _create_item(self, event: Json) -> None:
        given = read_item(object_field(event, "item"))
        after = optional_text(event, "previous_item_id", "", 512)
        if self.items.has(given.body["id"]):
            raise RefusedEvent("item_exists", "There is an item with that id.", "item.id")
        if given.body["type"] == "function_call_output" and not self.items.has_call(given.call_id):
            raise RefusedEvent("invalid_tool_call_id", "There is no call of that id.", "item.call_id")
        sound = self.samples(given.sound) if given.sound else None
        if sound is not None:
            self._aside.check()
        before_name = (
            None if after is None else "" if after == "root" else self.items.get(after, "previous_item_id").name
        )
        item = Item(given.body, given.call_id or given.body["id"])
        before = self.items.add(item, after)
        edits = self.conversation.edits
        if given.body["type"] == "function_call_output":
            edits.resolve(given.call_id, given.outcome)
        for message in given.messages:
            edits.add(message, before_name)
            before_name = None if before_name is None else message.name or message.call_id
        self._follower.said_since |= given.body.get("role") == "user"
        follows = {} if before is None else {"previous_item_id": before}
        self.tell("conversation.item.added", item=dict(item.body), **follows)
        self.tell("conversation.item.done", item=dict(item.body), **follows)
        if sound is not None:
            self._aside.hear(item, self.at_listening_rate(sound.tobytes()), given.messages[0].text)

    def _retrieve(self, event: Json) -> None:
        item = self.items.get(text_field(event, "item_id", "", 512))
        self.tell("conversation.item.retrieved", item=dict(item.body))

    def _delete(self, event: Json) -> None:
        item = self.items.remove(text_field(event, "item_id", "", 512))
        self.conversation.edits.remove(item.name)
        self.tell("conversation.item.deleted", item_id=item.id)

    def _truncate(self, event: Json) -> None:
        item = self.items.get(text_field(event, "item_id", "", 512))
        if whole_field(event, "content_index", 1000) != 0:
            raise RefusedEvent("invalid_value", "There is only the content 0.", "content_index")
        heard_ms = whole_field(event, "audio_end_ms", 1 << 40)
        if not (item.turn and item.sent_ms):
            raise RefusedEvent("invalid_value", "Only answers that were spoken can be truncated.", "item_id")
        if heard_ms > item.sent_ms + 1:
            raise RefusedEvent(
                "invalid_value", f"Its sound is {round(item.sent_ms)} ms long, which is less.", "audio_end_ms"
            )
        if item.turn == self.conversation.state.turn:  # whoever truncates it does not play it any more
            self._interrupt()
        words = self.conversation.edits.heard(item.turn, ms_to_samples(heard_ms, PLAYBACK_RATE_HZ))
        if words is None:
            raise RefusedEvent("invalid_value", "It is too long ago to know which words sounded when.", "item_id")
        item.body |= {"content": [{"type": "output_audio", "transcript": words}]}
        self.tell("conversation.item.truncated", item_id=item.id, content_index=0, audio_end_ms=heard_ms)

    # ------------------------------------------------------------ responses

    def _create_response(self, event: Json) -> None:
        given = {} if event.get("response") is None else object_field(event, "response")
        if self.options.transcribes_only:
            raise RefusedEvent("invalid_event", "A session that only transcribes answers nothing.", "type")
        asked = read_answering(given, "response")
        where = given.get("conversation")
        if where not in (None, "auto", "none"):
            raise RefusedEvent("invalid_value", "conversation is auto or none.", "response.conversation")
        metadata = given.get("metadata")
        if metadata is not None and (not isinstance(metadata, dict) or len(json.dumps(metadata)) > 16_000):
            raise RefusedEvent("invalid_value", "metadata has to be a small object.", "response.metadata")
        if where == "none":
            self._aside.answer(given.get("input"), self._plan(asked, metadata, conversation_id=""), asked)
            return
        if given.get("input") is not None:
            raise RefusedEvent("invalid_value", "input needs conversation: none.", "response.input")
        state = self.conversation.state
        comes = state.phase is Phase.PROCESSING and not state.answering and state.answers
        if self._follower.makes_reply or comes:
            raise RefusedEvent("conversation_already_has_active_response", "A response is being made already.")
        self._awaited = asked
        self._follower.reply = RealtimeReply(self.tell, self.items, self._plan(asked, metadata))
        self._answer_if_ready()

    def _plan(self, asked: Json, metadata: Json | None = None, conversation_id: str | None = None) -> ReplyPlan:
        now = replace(self.options, **asked)
        said = self._session.get("audio", {}).get("output") or {}
        return ReplyPlan(
            now.aloud,
            now.output_law,
            now.output_hz,
            said.get("format") or {"type": "audio/pcm", "rate": PCM_HZ},
            said.get("voice", "local"),
            metadata,
            self._conversation_id if conversation_id is None else conversation_id,
            now.max_tokens or "inf",
            asked,
        )

    def _make_reply(self) -> RealtimeReply:
        return RealtimeReply(self.tell, self.items, self._plan({}))

    def _answer_if_ready(self) -> None:
        """Not before the user's words are known; not into what is still being heard, unless the user said something."""
        reply, state = self._follower.reply, self.conversation.state
        if self._awaited is None or reply is None or self._aside.hears:
            return
        if reply.ended or reply.turn:  # cancelled, failed, or taken by a turn that the user has just ended
            self._awaited = None
            return
        busy = state.phase is Phase.LISTENING and state.user_speaking
        unknown = state.phase is Phase.PROCESSING and not state.answering
        plays = state.phase in (Phase.PROCESSING, Phase.SPEAKING) and not self._follower.said_since
        if busy or unknown or plays:
            return
        asked, self._awaited = self._awaited, None
        options = replace(self.options, **asked)
        self._apply(options)
        reply.turn = state.turn + 1
        self._follower.cancelled = self._follower.said_since = False
        self.conversation.send(Answer(options.aloud))

    def _cancel(self, event: Json) -> None:
        wanted = optional_text(event, "response_id", "", 512)
        if wanted is not None and self._aside.cancel(wanted):
            return
        reply = self._follower.reply
        if reply is not None and not reply.ended and wanted in (None, reply.id):
            if reply.turn:
                self._interrupt()
            reply.end("cancelled", "client_cancelled")
            return
        state = self.conversation.state
        if state.phase is Phase.SPEAKING and reply is not None and wanted in (None, reply.id):
            self._interrupt()  # all of it was sent, and it is still being heard
            return
        raise RefusedEvent("response_cancel_not_active", "No response is being made.")

    def _interrupt(self) -> None:
        self._follower.cancelled = True
        state = self.conversation.state
        if state.phase in (Phase.PROCESSING, Phase.SPEAKING) and state.answering:
            self.conversation.send(Interrupt())

    # ------------------------------------------------------------ what happens

    def _follow(self, event: Event) -> None:
        self._follower.follow(event)
        if isinstance(event, StateChanged):
            self.state = str(event.phase)
            self.active()
        asyncio.get_running_loop().call_soon(self.settle)

    def settle(self) -> None:
        """After something has happened: a response that waited may begin, and what was asked for one ends with it."""
        reply = self._follower.reply
        if reply is not None and reply.ended and reply.plan.asked and self._tools.tools != self.options.tools:
            self._apply()
        self._answer_if_ready()

    @property
    def follower(self) -> ConversationFollower:
        return self._follower

    @property
    def opened(self) -> OpenedConversation:
        assert self._opened is not None
        return self._opened

    @property
    def conversation(self) -> Conversation:
        return self.opened.conversation
