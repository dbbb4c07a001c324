"""What a client asks of the responses of a Realtime session: to make one, and to end it."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from voicegui.core.commands import Answer
from voicegui.core.events import Phase

from .configuration import PCM_HZ, read_answering
from .events import Json, RefusedEvent, object_field, optional_text
from .reply import RealtimeReply, ReplyPlan

if TYPE_CHECKING:
    from .session import RealtimeServerSession


class ResponseRequests:
    """`create` and `cancel` raise RefusedEvent."""

    def __init__(self, session: "RealtimeServerSession") -> None:
        self._session = session
        self._awaited: Json | None = None
        """What `response.create` asked for, as long as it waits for the user's words."""

    def create(self, event: Json) -> None:
        given = {} if event.get("response") is None else object_field(event, "response")
        if self._session.options.transcribes_only:
            raise RefusedEvent("invalid_event", "A session that only transcribes answers nothing.", "type")
        asked = read_answering(given, "response")
        where = given.get("conversation")
        if where not in (None, "auto", "none"):
            raise RefusedEvent("invalid_value", "conversation is auto or none.", "response.conversation")
        metadata = given.get("metadata")
        if metadata is not None and (not isinstance(metadata, dict) or len(json.dumps(metadata)) > 16_000):
            raise RefusedEvent("invalid_value", "metadata has to be a small object.", "response.metadata")
        if where == "none":
            self._session.aside.answer(given.get("input"), self.plan(asked, metadata, conversation_id=""), asked)
            return
        if given.get("input") is not None:
            raise RefusedEvent("invalid_value", "input needs conversation: none.", "response.input")
        state = self._session.conversation.state
        comes = state.phase is Phase.PROCESSING and not state.answering and state.answers
        if self._session.follower.makes_reply or comes:
            raise RefusedEvent("conversation_already_has_active_response", "A response is being made already.")
        self._awaited = asked
        plan = self.plan(asked, metadata)
        self._session.follower.reply = RealtimeReply(self._session.tell, self._session.items, plan)
        self.begin_if_ready()

    def plan(self, asked: Json, metadata: Json | None = None, conversation_id: str | None = None) -> ReplyPlan:
        now = replace(self._session.options, **asked)
        said = self._session.session.get("audio", {}).get("output") or {}
        return ReplyPlan(
            now.aloud,
            now.output_law,
            now.output_hz,
            said.get("format") or {"type": "audio/pcm", "rate": PCM_HZ},
            said.get("voice", "local"),
            metadata,
            self._session.conversation_id if conversation_id is None else conversation_id,
            now.max_tokens or "inf",
            asked,
        )

    def make_reply(self) -> RealtimeReply:
        return RealtimeReply(self._session.tell, self._session.items, self.plan({}))

    def begin_if_ready(self) -> None:
        """Not before the user's words are known; not into what is still being heard, unless the user said something."""
        reply, state = self._session.follower.reply, self._session.conversation.state
        if self._awaited is None or reply is None or self._session.aside.hears:
            return
        if reply.ended or reply.turn:  # cancelled, failed, or taken by a turn that the user has just ended
            self._awaited = None
            return
        if self._session.aside.failure is not None:  # an answer without those words would be a wrong one
            reply.end("failed", error=self._session.aside.failure)
            self._session.aside.failure = self._awaited = None
            return
        busy = state.phase is Phase.LISTENING and state.user_speaking
        unknown = state.phase is Phase.PROCESSING and not state.answering
        plays = state.phase in (Phase.PROCESSING, Phase.SPEAKING) and not self._session.follower.said_since
        if busy or unknown or plays:
            return
        asked, self._awaited = self._awaited, None
        options = replace(self._session.options, **asked)
        self._session.apply(options)
        reply.turn = state.turn + 1
        self._session.follower.cancelled = self._session.follower.said_since = False
        self._session.conversation.send(Answer(options.aloud))

    def cancel(self, event: Json) -> None:
        wanted = optional_text(event, "response_id", "", 512)
        if wanted is not None and self._session.aside.cancel(wanted):
            return
        reply = self._session.follower.reply
        if reply is not None and not reply.ended and wanted in (None, reply.id):
            if reply.turn:
                self._session.interrupt()
            reply.end("cancelled", "client_cancelled")
            return
        state = self._session.conversation.state
        if state.phase is Phase.SPEAKING and reply is not None and wanted in (None, reply.id):
            self._session.interrupt()  # all of it was sent, and it is still being heard
            return
        raise RefusedEvent("response_cancel_not_active", "No response is being made.")
