"""The items of a Realtime conversation as the client knows them, and what they are in the history."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from voicegui.core.ports import Message
from voicegui.core.tools import HANDED_OVER, ToolCall

from .events import Json, RefusedEvent, optional_text, sound_field, text_field

ROLES = ("user", "system", "assistant")


def new_id(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(12)}"


@dataclass(slots=True)
class Item:
    body: Json
    """As it is told to the client: without a key that has no value, but for the `transcript` of sound."""
    name: str
    """In the history."""
    turn: int = 0
    """Of an answer."""
    sent_ms: float = 0.0
    """Sound of an answer."""

    @property
    def id(self) -> str:
        return str(self.body["id"])


class Items:
    """In the order of the conversation. The oldest are forgotten when there are too many."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._sizes: dict[str, int] = {}
        self._items: list[Item] = []
        self._by_id: dict[str, Item] = {}

    def add(self, item: Item, after: str | None = None) -> str | None:
        """`after`: the item before it, "root" for the first place, None for the last. Returns the id of the item
        before it."""
        place = len(self._items)
        if after is not None:
            place = 0 if after == "root" else self._items.index(self.get(after, "previous_item_id")) + 1
        self._items.insert(place, item)
        self._by_id[item.id] = item
        self._sizes[item.id] = len(str(item.body))
        while len(self._items) > 1 and (len(self._items) > self._most or sum(self._sizes.values()) > self._most_bytes):
            oldest = self._items.pop(0)
            del self._by_id[oldest.id], self._sizes[oldest.id]
            place -= 1
        return self._items[place - 1].id if place > 0 else None

    def get(self, item_id: str, param: str = "item_id") -> Item:
        """Raises RefusedEvent."""
        if item_id not in self._by_id:
            raise RefusedEvent("item_not_found", f"There is no item {item_id[:80]!r}.", param)
        return self._by_id[item_id]

    def has(self, item_id: str) -> bool:
        return item_id in self._by_id

    def remove(self, item_id: str) -> Item:
        item = self.get(item_id)
        self._items.remove(item)
        del self._by_id[item_id], self._sizes[item_id]
        return item

    def has_call(self, call_id: str) -> bool:
        return any(
            each.body["type"] == "function_call" and each.body["call_id"] == call_id for each in reversed(self._items)
        )


def user_sound(item_id: str, transcript: str | None = None) -> Json:
    """A client may fail without the `transcript`."""
    content: Json = {"type": "input_audio", "transcript": transcript}
    return message_body(item_id, "user", [content])


def message_body(item_id: str, role: str, content: Sequence[Json], status: str = "completed") -> Json:
    return {
        "id": item_id,
        "object": "realtime.item",
        "type": "message",
        "status": status,
        "role": role,
        "content": list(content),
    }


def call_body(item_id: str, call: ToolCall, status: str = "completed") -> Json:
    return {
        "id": item_id,
        "object": "realtime.item",
        "type": "function_call",
        "status": status,
        "call_id": call.id,
        "name": call.name,
        "arguments": call.arguments,
    }


@dataclass(frozen=True, slots=True)
class GivenItem:
    """Read from what a client sent."""

    body: Json
    messages: Sequence[Message]
    """For the history. Those that hold sound have no words yet."""
    sound: bytes = b""
    """As it came; b"" if there is none."""
    outcome: str = ""
    """Of the call `call_id`."""
    call_id: str = ""


def read_item(given: Json, where: str = "item") -> GivenItem:
    """Raises RefusedEvent."""
    item_id = optional_text(given, "id", where, 64) or new_id("item")
    match given.get("type", "message"):
        case "message":
            return _read_message(given, item_id, where)
        case "function_call":
            call_id = optional_text(given, "call_id", where, 64) or new_id("call")
            call = ToolCall(call_id, text_field(given, "name", where, 64), text_field(given, "arguments", where))
            told = (Message("assistant", "", (call,)), Message("tool", HANDED_OVER.text, call_id=call_id))
            return GivenItem(call_body(item_id, call), told, call_id=call_id)
        case "function_call_output":
            call_id, outcome = text_field(given, "call_id", where, 512), text_field(given, "output", where)
            body = {
                "id": item_id,
                "object": "realtime.item",
                "type": "function_call_output",
                "status": "completed",
                "call_id": call_id,
                "output": outcome,
            }
            return GivenItem(body, (), outcome=outcome, call_id=call_id)
    raise RefusedEvent("invalid_value", "Items of that type are not known here.", f"{where}.type")


def _read_message(given: Json, item_id: str, where: str) -> GivenItem:
    role = given.get("role")
    if role not in ROLES:
        raise RefusedEvent("invalid_value", "role is user, assistant or system.", f"{where}.role")
    content = given.get("content")
    if not isinstance(content, list) or not 1 <= len(content) <= 64:
        raise RefusedEvent("invalid_value", "content has to be a list of parts.", f"{where}.content")
    parts, words, sound = list[Json](), list[str](), b""
    for number, part in enumerate(content):
        at = f"{where}.content[{number}]"
        made, said, heard = _read_part(part, str(role), at)
        parts.append(made)
        words.append(said)
        sound += heard
    message = Message(role, "\n".join(each for each in words if each), name=item_id)
    return GivenItem(message_body(item_id, role, parts), (message,), sound)


def _read_part(part: Any, role: str, at: str) -> tuple[Json, str, bytes]:
    if not isinstance(part, dict):
        raise RefusedEvent("invalid_value", "A part of a content is an object.", at)
    match role, part.get("type"):
        case (("user" | "system"), ("input_text" | "text")):
            words = text_field(part, "text", at)
            return {"type": "input_text", "text": words}, words, b""
        case "user", "input_audio":
            said = optional_text(part, "transcript", at)
            sound = b"" if said is not None else sound_field(part, "audio", at)
            return {"type": "input_audio", "transcript": said}, said or "", sound
        case "assistant", ("output_text" | "text"):
            words = text_field(part, "text", at)
            return {"type": "output_text", "text": words}, words, b""
        case "assistant", ("output_audio" | "audio"):
            words = text_field(part, "transcript", at)
            return {"type": "output_audio", "transcript": words}, words, b""
    raise RefusedEvent("invalid_value", f"Such a part is not known here in a message of the role {role}.", f"{at}.type")
