"""What the terminal gets. A terminal obeys what is written to it, and much of it was written by somebody else: models,
tools, servers, devices, files. So everything goes through here."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

from voicegui.core.text.sanitiser import harmless
from voicegui.core.wording import shown


class Screen(io.TextIOBase):
    """A stream on which control characters and what cannot be seen stand as their numbers; what the terminal has no
    letters for, as escapes. Line breaks and tabs stay."""

    def __init__(self, stream: TextIO) -> None:
        self.beneath = stream

    def write(self, text: str, /) -> int:
        encoding = self.beneath.encoding or "utf-8"
        shown = harmless(text).encode(encoding, "backslashreplace").decode(encoding)
        self.beneath.write(shown)
        return len(text)

    def flush(self) -> None:
        self.beneath.flush()

    def isatty(self) -> bool:
        return self.beneath.isatty()

    def fileno(self) -> int:
        return self.beneath.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.beneath.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self.beneath.errors


@contextmanager
def safe_output() -> Iterator[None]:
    """While it lasts, standard output and standard error are `Screen`s; those that are already stay as they are."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (_safe(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _safe(stream: TextIO) -> TextIO:
    # a windowed program may have none
    return stream if stream is None or isinstance(stream, Screen) else cast(TextIO, Screen(stream))


def write_over(stream: TextIO, text: str) -> None:
    """In place of the line that the cursor is on."""
    raw = stream.beneath if isinstance(stream, Screen) else stream
    raw.write("\r")
    stream.write(harmless(text))
    stream.flush()


def typed_yes(answer: str) -> bool:
    """Also in the language of the terminal. Nothing typed is no."""
    return bool(answer.strip()) and answer.strip().lower() in ("y", "yes", shown("y").lower(), shown("yes").lower())


def labelled(who: str, text: str) -> str:
    """What somebody said, the texts of several below each other."""
    return f"{who:<6} {text}"


def indented(text: str) -> str:
    """Its further lines cannot be taken for lines of the program."""
    return text.replace("\r\n", "\n").replace("\n", "\n       ")
