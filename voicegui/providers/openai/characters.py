"""Text that arrives in pieces, cut anywhere."""

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
