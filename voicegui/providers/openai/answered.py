"""One answer of a language model, as far as it has come."""

from collections.abc import Sequence

from voicegui.core.ports import LimitReached, ReplyPiece
from voicegui.core.unspoken import Unspoken

from .answers import peek
from .asked import Asked
from .calls import Calls
from .characters import Characters
from .errors import BadAnswer
from .refusals import content_refused


class Answered:
    """What came so far, and how it ended. `taken`: ids of earlier calls; `offered`: there were tools to call."""

    def __init__(self, asked: Asked, taken: set[str], *, offered: bool, thinks_ahead: bool) -> None:
        self.finish = ""
        self.said = False
        """There were words for people."""
        self._asked = asked
        self._offered = offered
        self._characters = Characters()
        self._unspoken = Unspoken(thinks_ahead=thinks_ahead)
        self._calls = Calls(taken)

    @property
    def thinks_ahead(self) -> bool:
        return self._unspoken.thinks_ahead

    @property
    def called_in_words(self) -> bool:
        """The model called a tool and the server did not notice."""
        return self._offered and self._unspoken.called and not self._calls

    def add(self, choice: object) -> str:
        """`choice`: the first choice of a chunk or of a whole answer, None in chunks that only count tokens. Returns
        its words, the last ones too.

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

    def end(self) -> Sequence[ReplyPiece]:
        """What is left. Raises VoiceError(CONTENT_REFUSED) and BadAnswer."""
        if self.finish == "content_filter":
            raise content_refused(self._asked)
        cut = self.finish == "length"
        rest = self._heard(self._unspoken.feed(self._characters.finish()) + self._unspoken.finish(cut=cut))
        calls = self._calls.finish(cut=cut) if self._offered else ()
        if not self.said and not calls:
            raise BadAnswer(self._nothing(cut))
        limit = (LimitReached(),) if cut and not calls else ()
        return (*((rest,) if rest else ()), *limit, *calls)

    def _heard(self, text: str) -> str:
        self.said = self.said or bool(text.strip())
        return text

    def _nothing(self, cut: bool) -> str:
        if cut and self._calls:
            return "asked for a tool and was cut by the longest answer, which the settings limit"
        if cut:
            return "thought until the longest answer was reached and said nothing"
        if self._calls:
            return "asked for a tool that nobody offered"
        return "answered with nothing"


def _text(content: object) -> str:
    """Some servers send parts, of which thoughts are others."""
    if isinstance(content, list):
        return "".join(_text(peek(part, "text")) for part in content if peek(part, "type") == "text")
    return content if isinstance(content, str) else ""
