"""What a server wrote to its error output: kept for a person who looks for why it does not work."""

import threading

from voicegui.core.redaction import redacted

from .outside import several_lines


class ServerLog:
    """The newest bytes. Written on one thread, read on another."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._kept = bytearray()
        self._lock = threading.Lock()

    def write(self, piece: bytes) -> None:
        with self._lock:
            self._kept += piece[-self._longest :]
            del self._kept[: -self._longest]

    def note(self, line: str) -> None:
        """A line of our own among its."""
        self.write(f"[{line}]\n".encode("utf-8", "replace"))

    def text(self) -> str:
        """Without control characters and without what looks like a key."""
        with self._lock:
            kept = bytes(self._kept)
        return redacted(several_lines(kept.decode("utf-8", "replace"), self._longest))
