"""One answer of a language model, as far as it has come."""

from collections.abc import Collection, Sequence

from voicegui.core.history import estimated_tokens
from voicegui.core.ports import LimitReached, ReplyPiece
from voicegui.core.text.reply_filter import ReplyFilter
from voicegui.core.wording import sentence

from ..errors import BadAnswer
from ..refusals import content_refused
from ..service import StageTarget
from ..sse import Characters
from .received_fields import MESSAGE_FIELDS, Echo, ReceivedFields, is_thought
from .stream import peek
from .tool_calls import StreamedCalls

_OPENINGS = ("<think", "<thought", "<reasoning", "[think]", "<|channel|>analysis")
"""Of thoughts in the words of an answer."""

_MALFORMED = "malformed_function_call"
"""How Gemini says, in `finish_reason` or behind OpenRouter, that a call came out wrong."""


class CollectedAnswer:
    """What came so far, and how it ended. `taken`: ids of earlier calls; `offered`: the tools that there were to call,
    by name. `longest`: tokens of words for people, where the limit that was sent leaves room for thoughts; 0: none.
    `needing`: see `StreamedCalls`. `shows_code`: the person wants to see what a call looks like."""

    def __init__(
        self, asked: StageTarget, taken: set[str], *, offered: Collection[str], thinks_ahead: bool, longest: int = 0,
        needing: Collection[str] = (), shows_code: bool = False,
    ) -> None:  # fmt: skip
        self.finish = ""
        """The last reason that was given for its end."""
        self.goes_on_after_ends = False
        """More came after such a reason: it tells nothing about where the end is."""
        self.thought = False
        """The model was seen to think."""
        self.said = False
        """There were words for people."""
        self.last_words = ""
        """The end of what was said."""
        self._asked = asked
        self._offered = offered
        self._characters = Characters()
        self._unspoken = ReplyFilter(thinks_ahead=thinks_ahead, offered=() if shows_code else offered)
        self._calls = StreamedCalls(taken, needing)
        self._fields = ReceivedFields(MESSAGE_FIELDS)
        self._longest, self._tokens = longest, 0
        self._beginning = ""
        """Of all words, thoughts included."""
        self._malformed = False
        self._raw = ""
        """All words so far, as they came."""
        self._by_deltas = False
        """They came in pieces."""

    @property
    def thinks_ahead(self) -> bool:
        return self._unspoken.thinks_ahead

    @property
    def calls(self) -> bool:
        """Tools were asked for."""
        return bool(self._calls)

    @property
    def called_in_words(self) -> bool:
        """The model called a tool and the server did not notice."""
        return bool(self._offered) and self._unspoken.called and not self._calls

    @property
    def ended(self) -> bool:
        """It says itself how it ended."""
        return bool(self.finish) and not self.goes_on_after_ends

    @property
    def long_enough(self) -> bool:
        """No more words are wanted."""
        return 0 < self._longest <= self._tokens

    @property
    def crowded_out(self) -> bool:
        """Thoughts have taken all the room, or were all there was."""
        return not self.said and not self._calls and (self._cut or self.thought) and not self._unspoken.called

    @property
    def malformed(self) -> bool:
        """A call came out wrong and nothing else came."""
        return self._malformed and not self.said and not self._calls

    def add(self, choice: object) -> str:
        """`choice`: the first choice of a chunk or of a whole answer, None in chunks that only count tokens. Returns
        its words.

        Raises BadAnswer and VoiceError(CONTENT_REFUSED).
        """
        delta = peek(choice, "delta")
        said = peek(choice, "message") if delta is None else delta
        if peek(said, "refusal"):
            raise content_refused(self._asked)
        content = peek(said, "content")
        if delta is None and (self._raw or self._calls):
            said, content = None, self._new_in(content)
        self._by_deltas = self._by_deltas or delta is not None
        words, thinks = _text(content), _thinks(said, content)
        self._raw += words
        called = self._calls.add(said, whole=delta is None)
        self._fields.add(said)
        if (words or called or thinks) and self.finish:
            self.goes_on_after_ends = True
        self._see_end(choice)
        self._beginning = (self._beginning + words).lstrip()[:32] if len(self._beginning) < 32 else self._beginning
        self.thought = self.thought or thinks or self._beginning.lower().startswith(_OPENINGS)
        return self._heard(self._unspoken.feed(self._characters.feed(words)))

    def _new_in(self, content: object) -> str:
        """Of a whole message after other pieces: some servers send all of it once more at the end, or with every
        piece all so far."""
        text = _text(content)
        if text.startswith(self._raw):
            return text[len(self._raw) :]
        return "" if self._by_deltas or text in self._raw else text

    def _see_end(self, choice: object) -> None:
        finish = peek(choice, "finish_reason")
        if isinstance(finish, str) and finish:
            self.finish = finish
        reasons = (finish, peek(choice, "native_finish_reason"))
        self._malformed = self._malformed or any(
            isinstance(reason, str) and _MALFORMED in reason.lower() for reason in reasons
        )

    def rest(self) -> str:
        """No more will be added: the words that were held back."""
        text = self._unspoken.feed(self._characters.finish())
        return self._heard(text + self._unspoken.finish(cut=self._cut))

    def broken_off(self) -> str:
        """The end of its words, where it breaks off in the middle; nothing if none were said."""
        return self._heard(self._unspoken.broken_off()) if self.said else ""

    def end(self, echo: Echo) -> Sequence[ReplyPiece]:
        """What follows the words; `echo` keeps what the service wants back. Raises VoiceError(CONTENT_REFUSED) and
        BadAnswer."""
        if self.finish == "content_filter":
            raise content_refused(self._asked)
        calls = self._calls.finish(cut=self._cut) if self._offered else ()
        if not self.said and not calls:
            raise self._nothing()
        if calls:
            echo.keep("message", calls[0].id, self._fields.whole())
            for id, fields, function_fields in self._calls.extras:
                echo.keep("call", id, fields)
                echo.keep("function", id, function_fields)
        return calls or ((LimitReached(),) if self._cut else ())

    @property
    def _cut(self) -> bool:
        return self.finish == "length" or self.long_enough

    def _heard(self, text: str) -> str:
        self.said = self.said or bool(text.strip())
        self.last_words = (self.last_words + text)[-16:]
        self._tokens += estimated_tokens(text) if self._longest else 0
        return text

    def _nothing(self) -> BadAnswer:
        if self._cut and self._calls:
            todo = sentence("Raise “Longest answer” in the settings, or try again.")
            return BadAnswer(sentence("{service} asked for a tool and was cut by the longest answer."), todo)
        if self.crowded_out:
            what = sentence("{service} thought and said nothing.")
            if self._cut:
                what = sentence("{service} thought until the longest answer was reached and said nothing.")
            todo = sentence("Raise “Longest answer” in the settings, or choose a model that does not think.")
            return BadAnswer(what, todo)
        if self._calls:
            return BadAnswer(sentence("{service} asked for a tool that nobody offered."))
        return BadAnswer(sentence("{service} answered with nothing."))


def _text(content: object) -> str:
    """Some servers send parts, of which thoughts are others."""
    if isinstance(content, list):
        return "".join(_text(peek(part, "text")) for part in content if peek(part, "type") == "text")
    return content if isinstance(content, str) else ""


def _thinks(said: object, content: object) -> bool:
    """Whether a piece brings thoughts beside its words."""
    beside = said.items() if isinstance(said, dict) else ()
    parts = content if isinstance(content, list) else ()
    return any(value and is_thought(name) for name, value in beside) or any(
        is_thought(str(peek(part, "type"))) for part in parts
    )
