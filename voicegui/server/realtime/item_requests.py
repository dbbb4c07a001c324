"""What a client asks of the items of a Realtime conversation: to add, to see, to forget and to cut them."""

from typing import TYPE_CHECKING

from voicegui.core.audio import PLAYBACK_RATE_HZ, ms_to_samples

from .events import Json, RefusedEvent, object_field, optional_text, text_field, whole_field
from .items import Item, read_item

if TYPE_CHECKING:
    from .session import RealtimeServerSession


class ItemRequests:
    """All raise RefusedEvent."""

    def __init__(self, session: "RealtimeServerSession") -> None:
        self._session = session

    def create(self, event: Json) -> None:
        given = read_item(object_field(event, "item"))
        after = optional_text(event, "previous_item_id", "", 512)
        if self._session.items.has(given.body["id"]):
            raise RefusedEvent("item_exists", "There is an item with that id.", "item.id")
        if given.body["type"] == "function_call_output" and not self._session.items.has_call(given.call_id):
            raise RefusedEvent("invalid_tool_call_id", "There is no call of that id.", "item.call_id")
        sound = self._session.samples(given.sound) if given.sound else None
        if sound is not None:
            self._session.aside.check()
        before_name = after
        if after is not None:
            before_name = "" if after == "root" else self._session.items.get(after, "previous_item_id").name
        item = Item(given.body, given.call_id or given.body["id"])
        before = self._session.items.add(item, after)
        edits = self._session.conversation.edits
        if given.body["type"] == "function_call_output":
            edits.resolve(given.call_id, given.outcome)
        for message in given.messages:
            edits.add(message, before_name)
            before_name = None if before_name is None else message.name or message.call_id
        self._session.follower.said_since |= given.body.get("role") == "user"
        follows = {} if before is None else {"previous_item_id": before}
        self._session.tell("conversation.item.added", item=dict(item.body), **follows)
        self._session.tell("conversation.item.done", item=dict(item.body), **follows)
        if sound is not None:
            self._session.aside.hear(item, self._session.at_listening_rate(sound.tobytes()), given.messages[0].text)

    def retrieve(self, event: Json) -> None:
        item = self._session.items.get(text_field(event, "item_id", "", 512))
        self._session.tell("conversation.item.retrieved", item=dict(item.body))

    def delete(self, event: Json) -> None:
        item = self._session.items.remove(text_field(event, "item_id", "", 512))
        self._session.conversation.edits.remove(item.name)
        self._session.tell("conversation.item.deleted", item_id=item.id)

    def truncate(self, event: Json) -> None:
        item = self._session.items.get(text_field(event, "item_id", "", 512))
        if whole_field(event, "content_index", 1000) != 0:
            raise RefusedEvent("invalid_value", "There is only the content 0.", "content_index")
        heard_ms = whole_field(event, "audio_end_ms", 1 << 40)
        if not (item.turn and item.sent_ms):
            raise RefusedEvent("invalid_value", "Only answers that were spoken can be truncated.", "item_id")
        if heard_ms > item.sent_ms + 1:
            raise RefusedEvent(
                "invalid_value", f"Its sound is {round(item.sent_ms)} ms long, which is less.", "audio_end_ms"
            )
        if item.turn == self._session.conversation.state.turn:  # whoever truncates it does not play it any more
            self._session.interrupt()
        words = self._session.conversation.edits.heard(item.turn, ms_to_samples(heard_ms, PLAYBACK_RATE_HZ))
        if words is None:
            raise RefusedEvent("invalid_value", "It is too long ago to know which words sounded when.", "item_id")
        item.body |= {"content": [{"type": "output_audio", "transcript": words}]}
        self._session.tell("conversation.item.truncated", item_id=item.id, content_index=0, audio_end_ms=heard_ms)
