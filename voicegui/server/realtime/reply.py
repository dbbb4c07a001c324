"""One response of a Realtime session, told to the client piece by piece."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from voicegui.core.audio import samples_to_ms
from voicegui.core.history import answer_name, estimated_tokens
from voicegui.core.tools import ToolCall

from ..g711 import Law, encode_g711
from .events import Json
from .items import Item, Items, call_body, message_body, new_id

Tell = Callable[..., None]
"""Gets the type of an event and its fields."""

PIECE_BYTES = 24_000
"""Of sound in one event."""


@dataclass(frozen=True, slots=True)
class ReplyPlan:
    """What stays the same while it is made."""

    aloud: bool
    law: Law | None
    output_hz: int
    format: Json
    voice: Any = "local"
    metadata: Mapping[str, Any] | None = None
    conversation_id: str = ""
    """"" for one that belongs to no conversation."""
    max_tokens: int | str = "inf"
    asked: Mapping[str, Any] = field(default_factory=dict)
    """What `response.create` changed for it (`realtime_config.read_answering`)."""


class RealtimeReply:
    """`items` gets what is made of it, unless it belongs to no conversation."""

    def __init__(self, tell: Tell, items: Items, plan: ReplyPlan) -> None:
        self.id = new_id("resp")
        self.turn = 0
        """Of the conversation; 0 until it has begun."""
        self.ended = False
        self.plan = plan
        self.text = ""
        self.asked_tokens = 0
        self._tell, self._items = tell, items
        self._output: list[Json] = []
        self._message: Item | None = None
        self._samples = 0
        self._too_long = False
        self.calls: list[ToolCall] = []
        tell("response.created", response=self._body("in_progress"))

    @property
    def is_empty(self) -> bool:
        return not (self._output or self.calls)

    # ------------------------------------------------------------ pieces

    def say(self, text: str) -> None:
        if self.ended or not text:
            return
        where = self._in_message()
        self.text += text
        kind = "response.output_audio_transcript.delta" if self.plan.aloud else "response.output_text.delta"
        self._tell(kind, **where, delta=text)

    def shorten(self, text: str) -> None:
        """All that it says is `text`. What was told already cannot be taken back; the end tells it."""
        self.text = text
        self._too_long = True

    def play(self, samples: bytes) -> None:
        if self.ended or not samples:
            return
        where = self._in_message()
        self._samples += len(samples) // 2
        if self._message is not None:
            self._message.sent_ms = samples_to_ms(self._samples, self.plan.output_hz)
        sound = samples if self.plan.law is None else encode_g711(np.frombuffer(samples, np.int16), self.plan.law)
        for start in range(0, len(sound), PIECE_BYTES):
            delta = base64.b64encode(sound[start : start + PIECE_BYTES]).decode()
            self._tell("response.output_audio.delta", **where, delta=delta)

    def call(self, call: ToolCall) -> None:
        """Told when all words were: whoever runs it asks for the next response as soon as it knows of it."""
        if not self.ended:
            self.calls.append(call)

    def _tell_call(self, call: ToolCall) -> None:
        item = Item(call_body(new_id("item"), call, "in_progress") | {"arguments": ""}, call.id)
        index = self._begin_item(item)
        where = {"response_id": self.id, "item_id": item.id, "output_index": index, "call_id": call.id}
        self._tell("response.function_call_arguments.delta", **where, delta=call.arguments)
        self._tell("response.function_call_arguments.done", **where, name=call.name, arguments=call.arguments)
        item.body |= {"arguments": call.arguments, "status": "completed"}
        self._end_item(item, index)

    def end(self, status: str, reason: str = "", error: Json | None = None) -> None:
        """`status`: completed, cancelled, failed or incomplete."""
        if self.ended:
            return
        whole = status == "completed" and not self._too_long
        self._finish_message("completed" if whole else "incomplete")
        if status == "completed":
            for call in self.calls:
                self._tell_call(call)
            if not whole:
                status, reason = "incomplete", "max_output_tokens"
        self.ended = True
        details: Json = {"type": status}
        if reason:
            details["reason"] = reason
        if error is not None:
            details["error"] = error
        self._tell("response.done", response=self._body(status, details))

    # ------------------------------------------------------------ items

    def _in_message(self) -> Json:
        if self._message is None:
            self._message = Item(message_body(new_id("item"), "assistant", [], "in_progress"), answer_name(self.turn))
            self._message.turn = self.turn
            index = self._begin_item(self._message)
            part = {"type": "audio", "transcript": ""} if self.plan.aloud else {"type": "text", "text": ""}
            self._tell("response.content_part.added", **self._place(self._message, index), content_index=0, part=part)
        place = self._place(self._message, self._output.index(self._message.body))
        return {**place, "content_index": 0}

    def _finish_message(self, status: str) -> None:
        item, self._message = self._message, None
        if item is None:
            return
        index = self._output.index(item.body)
        where = {**self._place(item, index), "content_index": 0}
        if self.plan.aloud:
            self._tell("response.output_audio.done", **where)
            self._tell("response.output_audio_transcript.done", **where, transcript=self.text)
            part: Json = {"type": "audio", "transcript": self.text}
            content: Json = {"type": "output_audio", "transcript": self.text}
        else:
            self._tell("response.output_text.done", **where, text=self.text)
            part, content = {"type": "text", "text": self.text}, {"type": "output_text", "text": self.text}
        self._tell("response.content_part.done", **where, part=part)
        item.body |= {"content": [content], "status": status}
        self._end_item(item, index)

    def _begin_item(self, item: Item) -> int:
        self._output.append(item.body)
        index = len(self._output) - 1
        self._tell("response.output_item.added", response_id=self.id, output_index=index, item=dict(item.body))
        if self.plan.conversation_id:
            before = self._items.add(item)
            self._tell("conversation.item.added", **_after(before), item=dict(item.body))
        return index

    def _end_item(self, item: Item, index: int) -> None:
        self._tell("response.output_item.done", response_id=self.id, output_index=index, item=dict(item.body))
        if self.plan.conversation_id:
            self._tell("conversation.item.done", item=dict(item.body))

    def _place(self, item: Item, index: int) -> Json:
        return {"response_id": self.id, "item_id": item.id, "output_index": index}

    def _body(self, status: str, details: Json | None = None) -> Json:
        plan = self.plan
        body: Json = {
            "id": self.id,
            "object": "realtime.response",
            "status": status,
            "output": [dict(each) for each in self._output],
            "output_modalities": ["audio"] if plan.aloud else ["text"],
            "max_output_tokens": plan.max_tokens,
            "audio": {"output": {"format": plan.format, "voice": plan.voice}},
        }
        if plan.conversation_id:
            body["conversation_id"] = plan.conversation_id
        if plan.metadata is not None:
            body["metadata"] = dict(plan.metadata)
        if details is not None:
            body |= {"status_details": details, "usage": self._usage()}
        return body

    def _usage(self) -> Json:
        """Estimated: no two models count alike, and some tell nothing."""
        calls = "".join(each["name"] + each["arguments"] for each in self._output if each["type"] == "function_call")
        asked, answered = self.asked_tokens, estimated_tokens(self.text + calls)
        return {
            "total_tokens": asked + answered,
            "input_tokens": asked,
            "output_tokens": answered,
            "input_token_details": {"text_tokens": asked, "audio_tokens": 0, "cached_tokens": 0},
            "output_token_details": {"text_tokens": answered, "audio_tokens": 0},
        }


def _after(before: str | None) -> Json:
    return {"previous_item_id": before} if before is not None else {}
