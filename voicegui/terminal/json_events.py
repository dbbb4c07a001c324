"""Events as JSON lines: one object a line, each with `type` and `t_ms` (monotonic, from process start).

What stands in them: `core/event_json.py`.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from voicegui.core.errors import VoiceError
from voicegui.core.event_json import described
from voicegui.core.events import Event


class Journal:
    """Writes what happens to a stream, flushed line by line. `started`: monotonic seconds of the process's start."""

    def __init__(self, stream: TextIO, started: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._started, self._clock = stream, started, clock
        self._last_error: tuple[object, object] | None = None
        """Code and message, until something is answered."""

    def write(self, kind: str, **fields: Any) -> None:
        if kind == "error":
            self._last_error = fields.get("code"), fields.get("message")
        elif kind == "turn":
            self._last_error = None
        line = {"type": kind, "t_ms": round((self._clock() - self._started) * 1000, 1), **fields}
        written = json.dumps(line).replace("\x7f", "\\u007f")  # in ASCII: nothing in it means anything to a terminal
        print(written, file=self._stream, flush=True)

    def receive(self, event: Event) -> None:
        """Subscribe this to a conversation. `TurnDone` becomes the line `turn`."""
        kind, fields = described(event)
        if kind:
            self.write(kind, **fields)

    def error(self, error: VoiceError) -> None:
        """Why the program ends."""
        self.write("error", code=str(error.code), message=error.message)

    def told(self, error: VoiceError) -> bool:
        """Whether it is the last error that was written, and nothing was answered since."""
        return self._last_error == (str(error.code), error.message)


@contextmanager
def events_file(subscribe: Callable[[Callable[[Event], None]], Callable[[], None]], started: float) -> Iterator[None]:
    """VOICEGUI_EVENTS names a file that gets a window's events as `voicegui ask --json` prints them."""
    name = os.environ.get("VOICEGUI_EVENTS")
    if not name:
        yield
        return
    with Path(name).open("a", encoding="utf-8") as stream:
        unsubscribe = subscribe(Journal(stream, started).receive)
        try:
            yield
        finally:
            unsubscribe()
