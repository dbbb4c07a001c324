"""What happens in a conversation, told to a client of `/v1/realtime` in the words of that protocol."""

from collections.abc import Callable

from voicegui.conversation.conversation import Conversation
from voicegui.core.events import (
    Event,
    Interrupted,
    NothingHeard,
    PartialHeard,
    Phase,
    ReplyGrew,
    ReplyShortened,
    SpeechEnded,
    ToolCalled,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.history import estimated_tokens, user_name

from .configuration import RealtimeOptions
from .events import Json
from .items import Item, Items, new_id, user_sound
from .reply import RealtimeReply, Tell

ONSET_MS = 96
"""So long somebody has talked when it is noticed."""


class SpokenItem:
    """What the user said in one turn, on its way to a transcript."""

    def __init__(self, item: Item, began_ms: int) -> None:
        self.item, self.began_ms, self.seconds = item, began_ms, 0.0
        self.committed = self.transcribed = False
        self.told = self.newest = ""


class ConversationFollower:
    """A `SoundPeer`, and a subscriber of the conversation's events.

    `received_ms`: sound that came from the client so far. `make_reply` tells that a response begins.
    """

    def __init__(
        self,
        tell: Tell,
        items: Items,
        options: Callable[[], RealtimeOptions],
        received_ms: Callable[[], int],
        make_reply: Callable[[], RealtimeReply],
    ) -> None:
        self.conversation: Conversation | None = None
        self.reply: RealtimeReply | None = None
        """That is being made, or was made last."""
        self.cancelled = False
        """The client ends the reply, not the user's voice."""
        self.said_since = False
        """The user has said something since the last reply began."""
        self._tell, self._items, self._options = tell, items, options
        self._received_ms, self._make_reply = received_ms, make_reply
        self._speech: SpokenItem | None = None
        self._speech_turn = 0
        self._before = ""
        """Words of earlier turns that stand before those of this one, because nobody answered them."""

    @property
    def makes_reply(self) -> bool:
        return self.reply is not None and not self.reply.ended

    # ------------------------------------------------------------ SoundPeer

    def play(self, samples: bytes, at: int | None) -> None:
        if self.reply is not None:
            self.reply.play(samples)

    def drop(self) -> None:
        """A client of this protocol drops it by itself, when it is told that somebody speaks."""

    def end(self) -> None:
        if self.reply is not None and self.reply.turn:
            self.reply.end("completed")

    # ------------------------------------------------------------ events

    def follow(self, event: Event) -> None:
        assert self.conversation is not None
        self._notice_speech()
        reply, turn = self.reply, getattr(event, "turn", 0)
        mine = reply is not None and reply.turn == turn and turn > 0
        match event:
            case SpeechEnded():
                self._notice_end(turn)
            case PartialHeard(text=text):
                self._grow(text)
            case UserSaid(text=text):
                self._understood(turn, text)
            case NothingHeard():
                self._transcribed("")
            case ReplyGrew(text=text) if mine and reply is not None:
                reply.say(text)
            case ReplyShortened(text=text) if mine and reply is not None:
                reply.shorten(text)
            case ToolCalled(call=call) if mine and reply is not None:
                reply.call(call)
            case Interrupted() if mine and reply is not None:
                self._cut(reply)
            case TurnDone() if mine and reply is not None:
                self._finish(reply)
            case TurnFailed(code=code, message=message):
                self._fail(str(code), message, reply if mine else None)

    def _notice_speech(self) -> None:
        """Over a reply it is told only when it is meant to interrupt: until then the conversation stays in its turn."""
        assert self.conversation is not None
        state = self.conversation.state
        if not state.answering:
            self._before = state.unanswered
        heard = state.phase is Phase.LISTENING and state.user_speaking
        heard_over = state.phase is Phase.PROCESSING and not state.answering
        if state.turn != self._speech_turn and (heard or heard_over):
            self._speech_turn = state.turn
            item = Item(user_sound(new_id("item")), user_name(state.turn))
            self._speech = SpokenItem(item, max(0, self._received_ms() - ONSET_MS))
            self._tell("input_audio_buffer.speech_started", item_id=item.id, audio_start_ms=self._speech.began_ms)

    def _notice_end(self, turn: int) -> None:
        speech = self._speech
        if speech is None or turn != self._speech_turn or speech.committed:
            return
        until = max(speech.began_ms, self._received_ms())
        speech.committed, speech.seconds = True, (until - speech.began_ms) / 1000
        self._tell("input_audio_buffer.speech_stopped", item_id=speech.item.id, audio_end_ms=until)
        self.commit(speech.item)

    def commit(self, item: Item, after: str | None = None) -> None:
        """The user's sound becomes an item."""
        before = self._items.add(item, after)
        follows = {} if before is None else {"previous_item_id": before}
        self.said_since = True
        self._tell("input_audio_buffer.committed", item_id=item.id, **follows)
        self._tell("conversation.item.added", item=dict(item.body), **follows)
        self._tell("conversation.item.done", item=dict(item.body), **follows)

    def _grow(self, text: str) -> None:
        """Words that two partial transcriptions agree on are told early: they can hardly be taken back."""
        speech = self._speech
        if speech is None or not self._options().shows_transcripts:
            return
        words = self._new_words(text)
        agreed = agreed_words(speech.newest, words)
        speech.newest = words
        if len(agreed) > len(speech.told) and agreed.startswith(speech.told):
            self._delta(speech.item.id, agreed[len(speech.told) :])
            speech.told = agreed

    def _new_words(self, text: str) -> str:
        """Without those of an earlier turn that was not answered before the user went on."""
        return text.removeprefix(self._before).strip()

    def _understood(self, turn: int, text: str) -> None:
        self._transcribed(self._new_words(text))
        answers = self.conversation is not None and self.conversation.state.answers
        if answers:
            if not self.makes_reply:
                self.reply = self._make_reply()
            assert self.reply is not None
            self.reply.turn, self.reply.asked_tokens = turn, estimated_tokens(text)
            self.cancelled = self.said_since = False

    def _transcribed(self, words: str) -> None:
        speech = self._speech
        if speech is not None and not speech.transcribed and speech.committed:
            speech.transcribed = True
            self.transcribed(speech.item, words, speech.seconds, speech.told)

    def transcribed(self, item: Item, words: str, seconds: float, told: str = "") -> None:
        item.body["content"][0]["transcript"] = words
        if not self._options().shows_transcripts:
            return
        if len(words) > len(told) and words.startswith(told):
            self._delta(item.id, words[len(told) :])
        usage = {"type": "duration", "seconds": round(seconds, 3)}
        kind = "conversation.item.input_audio_transcription.completed"
        self._tell(kind, item_id=item.id, content_index=0, transcript=words, usage=usage)

    def not_transcribed(self, item: Item, code: str, message: str) -> None:
        if self._options().shows_transcripts:
            error = {"type": "server_error", "code": code, "message": message}
            kind = "conversation.item.input_audio_transcription.failed"
            self._tell(kind, item_id=item.id, content_index=0, error=error)
        else:  # nobody would know why there is no answer
            self._tell("error", error=api_error(code, message))

    def _delta(self, item_id: str, words: str) -> None:
        kind = "conversation.item.input_audio_transcription.delta"
        self._tell(kind, item_id=item_id, content_index=0, delta=words)

    # ------------------------------------------------------------ the end of a reply

    def _cut(self, reply: RealtimeReply) -> None:
        assert self.conversation is not None
        for call in () if reply.ended else reply.calls:  # nobody was told of it
            self.conversation.edits.remove(call.id)
        reply.end("cancelled", "client_cancelled" if self.cancelled else "turn_detected")

    def _finish(self, reply: RealtimeReply) -> None:
        assert self.conversation is not None
        if self.conversation.state.turn != reply.turn:  # another turn has taken its place
            self._cut(reply)
        elif reply.is_empty:
            reply.end("failed", error=api_error("no_answer", "The language model gave no answer."))
        reply.end("completed")

    def _fail(self, code: str, message: str, reply: RealtimeReply | None) -> None:
        speech = self._speech
        if reply is not None:
            reply.end("failed", error=api_error(code, message))
        elif speech is not None and speech.committed and not speech.transcribed:
            speech.transcribed = True
            self.not_transcribed(speech.item, code, message)
            if self.makes_reply and self.reply is not None:  # it was to answer just that
                self.reply.end("failed", error=api_error(code, message))


def agreed_words(before: str, now: str) -> str:
    """The words that both begin with."""
    count = 0
    for one, other in zip(before.split(" "), now.split(" "), strict=False):
        if one != other:
            break
        count += 1
    return " ".join(now.split(" ")[:count])


def api_error(code: str, message: str) -> Json:
    return {"type": "server_error", "code": code, "message": message}
