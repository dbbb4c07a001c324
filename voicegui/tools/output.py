"""What a tool prints must not come between the lines that the program prints."""

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

_inside: ContextVar[bool] = ContextVar("inside a tool", default=False)


@contextmanager
def inside_tool() -> Iterator[None]:
    """Tasks and threads that are begun inside count as inside too."""
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


@contextmanager
def stdout_for_program() -> Iterator[None]:
    """While it lasts, standard output gets only what the program itself prints on its main thread.

    What tools print goes to standard error, from whatever thread. So does what reaches file descriptor 1 without
    Python: the output of child processes and of C libraries. `sys.stdout` is another object inside.
    """
    before = sys.stdout
    before.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    stream = open(os.dup(kept), "w", encoding=before.encoding, errors=before.errors)  # noqa: SIM115
    sys.stdout = _ProgramOnly(stream)
    try:
        yield
    finally:
        sys.stdout = before
        stream.close()
        os.dup2(kept, 1)
        os.close(kept)


class _ProgramOnly(io.TextIOBase):
    def __init__(self, program: TextIO) -> None:
        self._program = program

    def write(self, text: str, /) -> int:
        return self._stream().write(text)

    def flush(self) -> None:
        self._stream().flush()

    def fileno(self) -> int:
        return self._program.fileno()

    def isatty(self) -> bool:
        return self._program.isatty()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._program.encoding

    def _stream(self) -> TextIO:
        is_main = threading.current_thread() is threading.main_thread()
        return self._program if is_main and not _inside.get() else sys.stderr
