"""What others get to know of a server: how it is, which tools it listed, and what it wrote to its error output.

Apart from `server_problems`, because importing that loads the `mcp` package.
"""

import threading
from dataclasses import dataclass

from voicegui.core.keys import redacted
from voicegui.core.text.sanitiser import HiddenAs, harmless
from voicegui.core.toolbox import ServerState
from voicegui.core.wording import Sentence

from .server_tools import OfferedTool


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
        return redacted(harmless(kept.decode("utf-8", "replace"), HiddenAs.SPACE))


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What others get to know of a server."""

    name: str
    state: ServerState
    problem: Sentence = Sentence("")
    offers: tuple[OfferedTool, ...] = ()
    """Those it listed last, also while it does not run: calling one starts it."""
