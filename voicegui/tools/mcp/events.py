"""Server-sent events: the data of each, however its bytes were cut. Pure."""

from collections.abc import Iterator

from .lines import Lines, Overlong


class Events:
    """Of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html) whose events are messages. Holds at
    most twice `longest` bytes. Names, ids and pauses before reconnecting are of no use here and left out."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._lines = Lines(longest)
        self._data = bytearray()
        self._is_message = True

    def feed(self, chunk: bytes) -> Iterator[bytes | None]:
        """The data of the events that end in it, on one line each; None for one that is too long, after which nothing
        more is to be fed."""
        for line in self._lines.feed(chunk):
            if isinstance(line, Overlong):
                yield None
                return
            name, _, value = line.rstrip(b"\r").partition(b":")
            if not line.rstrip(b"\r"):
                if self._is_message and (data := bytes(self._data).replace(b"\r", b" ").strip()):
                    yield data
                self._data.clear()
                self._is_message = True
            elif name == b"data":
                self._data += value.removeprefix(b" ") + b" "  # a break means nothing between parts of JSON
                if len(self._data) > self._longest:
                    yield None
                    return
            elif name == b"event":
                self._is_message = value.strip() in (b"", b"message")
