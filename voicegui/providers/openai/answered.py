"""One answer of a language model, as far as it has come."""

from collections.abc import Collection, Sequence

from voicegui.core.ports import LimitReached, ReplyPiece
from voicegui.core.unspoken import Unspoken

from .answers import peek
from .asked import Asked
from .calls import Calls
from .characters import Characters
from .errors import BadAnswer
from .refusals import content_refused


class Answered:
    """What came so far, and how it ended. `taken`: ids of earlier calls; `offered`: the tools that there were to call,
    by name."""

    def __init__(self, asked: Asked, taken: set[str], *, offered: Collection[str], thinks_ahead: bool) -> None:
        self.finish = ""
        self.said = False
        """There were words for people."""
        self.last_words = ""
        """The end of what was said."""
        self._asked = asked
        self._offered = offered
        self._characters = Characters()
        self._unspoken = Unspoken(thinks_ahead=thinks_ahead, offered=offered)
        self._calls = Calls(taken)

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

    def add(self, choice: object) -> str:
        """`choice`: the first choice of a chunk or of a whole answer, None in chunks that only count tokens. Returns
        its words.

        Raises BadAnswer and VoiceError(CONTENT_REFUSED).
        """
        delta = peek(choice, "delta")
        said = peek(choice, "message") if delta is None else delta
        if peek(said, "refusal"):
            raise content_refused(self._asked)
        finish = peek(choice, "finish_reason")
        self.finish = finish if isinstance(finish, str) else ""
        self._calls.add(said, whole=delta is None)
        return self._heard(self._unspoken.feed(self._characters.feed(_text(peek(said, "content")))))

    def rest(self) -> str:
        """No more will be added: the words that were held back."""
        text = self._unspoken.feed(self._characters.finish())
        return self._heard(text + self._unspoken.finish(cut=self._cut))

    def end(self) -> Sequence[ReplyPiece]:
        """What follows the words. Raises VoiceError(CONTENT_REFUSED) and BadAnswer."""
        if self.finish == "content_filter":
            raise content_refused(self._asked)
        calls = self._calls.finish(cut=self._cut) if self._offered else ()
        if not self.said and not calls:
            raise BadAnswer(self._nothing())
        return calls or ((LimitReached(),) if self._cut else ())

    @property
    def _cut(self) -> bool:
        return self.finish == "length"

    def _heard(self, text: str) -> str:
        self.said = self.said or bool(text.strip())
        self.last_words = (self.last_words + text)[-16:]
        return text

    def _nothing(self) -> str:
        if self._cut and self._calls:
            return "asked for a tool and was cut by the longest answer, which the settings limit"
        if self._cut:
            return "thought until the longest answer was reached and said nothing"
        if self._calls:
            return "asked for a tool that nobody offered"
        return "answered with nothing"


def _text(content: object) -> str:
    """Some servers send parts, of which thoughts are others."""
    if isinstance(content, list):
        return "".join(_text(peek(part, "text")) for part in content if peek(part, "type") == "text")
    return content if isinstance(content, str) else ""
