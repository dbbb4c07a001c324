"""Server-sent events (WHATWG HTML, 9.2), of which only the data is wanted, and text cut anywhere. Pure."""

from voicegui.core.wording import sentence

from .errors import BadAnswer

_FIRST_HALVES = range(0xD800, 0xDC00)


class Characters:
    """Joins the halves of a character that was cut in two.

    Some servers escape an emoji as two JSON surrogates and send them apart. A half without its other half becomes
    U+FFFD, since it cannot be written anywhere.
    """

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        """What is whole so far."""
        text, self._half = self._half + text, ""
        if text and ord(text[-1]) in _FIRST_HALVES:
            text, self._half = text[:-1], text[-1]
        return _joined(text)

    def finish(self) -> str:
        half, self._half = self._half, ""
        return _joined(half)


def _joined(text: str) -> str:
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


# ---------------------------------------------------------------- server-sent events

_PIECE = 16
"""What a piece costs besides its bytes: an event of a million empty lines is long, too."""


class EventDecoder:
    """Bytes in, the data of whole events out, however they were cut. Raises BadAnswer for one that is too long."""

    def __init__(self) -> None:
        self._line: list[bytes] = []
        """The beginning of a line whose end is still to come."""
        self._after_return = False
        """The last line ended with a carriage return: a line feed right after it belongs to that."""
        self._data: list[bytes] = []
        self._line_size = self._data_size = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        if self._after_return and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_return = False
        if not chunk:
            return []
        self._after_return = chunk.endswith(b"\r")
        self._line.append(chunk)
        self._line_size += len(chunk) + _PIECE
        self._check()
        if b"\n" not in chunk and b"\r" not in chunk:
            return []
        lines = b"".join(self._line).splitlines(keepends=True)
        whole = lines[-1].endswith((b"\n", b"\r"))
        self._line = [] if whole else [lines.pop()]
        self._line_size = sum(map(len, self._line))
        return [event for line in lines if (event := self._take(line.rstrip(b"\r\n"))) is not None]

    def finish(self) -> bytes:
        """What stands at the end without the empty line that ends an event, "" if nothing does."""
        self._take(b"".join(self._line))
        rest = b"\n".join(self._data)
        self._line, self._data = [], []
        return rest

    def _take(self, line: bytes) -> bytes | None:
        if not line:
            event = b"\n".join(self._data) if self._data else None
            self._data, self._data_size = [], 0
            return event
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
            self._data_size += len(value) + _PIECE
            self._check()
        return None

    def _check(self) -> None:
        if self._line_size + self._data_size > LONGEST_ANSWER:
            raise BadAnswer(TOO_LONG)


# ---------------------------------------------------------------- limits
# How much of a service is read, whatever it sends: an answer costs no more than its use. A table and nothing else, so
# that all bounds can be read in one place.

LONGEST_ANSWER = 2 << 20
"""Bytes of an answer that comes whole, and of one event of a stream. JSON of 2 MiB is read in some 20 ms, during which
no other thread runs."""

LONGEST_MESSAGE = 1 << 20
"""Bytes of one message of a WebSocket: 15 seconds of sound in base64."""

LONGEST_STREAM = 32 << 20
"""Bytes of all events of an answer together: 100,000 tokens, thoughts included."""

LONGEST_ERROR = 64 << 10
"""Bytes of an error that are looked into."""

LONGEST_SPEECH = 32 << 20
"""Bytes of the sound of one sentence: eleven minutes of PCM at 24 kHz."""

MOST_EVENTS = 200_000
"""Of one answer: each costs time, however short it is."""

MOST_CHUNKS = 200_000
"""Of one answer: what comes byte by byte costs a thousand times as much to read."""

MOST_PIECES = 20_000
"""Of the words of one answer, each at least a token: more than an hour of speech."""

LONGEST_WORDS = 200_000
"""Characters of one answer, or of a transcript."""

LONGEST_TAKE = 50_000
"""Characters of what is heard at once while somebody talks: an hour of speech."""

MOST_MODELS = 5_000

HEAD_S = 5.0
"""Beyond the time limit of the stage: a head of an answer may come in pieces, but not for ever."""

TOO_LONG = sentence("{service} sent more than can be read.")
"""For `BadAnswer`."""
