"""What a tool prints must not come between the lines that the program prints."""

import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
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
def stdout_for_program(lost: Callable[[OSError], object] = lambda error: None) -> Iterator[None]:
    """While it lasts, standard output gets only what the program itself prints on its main thread.

    What tools print goes to standard error, from whatever thread. So does what reaches file descriptor 1 without
    Python: the output of child processes and of C libraries. `sys.stdout` is another object inside.

    `lost` is told when nobody reads it any more, or it cannot be written; what is printed from then on goes nowhere.
    """
    before = sys.stdout
    before.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    stream = open(os.dup(kept), "w", encoding=before.encoding, errors=before.errors)  # noqa: SIM115
    sys.stdout = program = _ProgramOnly(stream, lost)
    try:
        yield
    finally:
        sys.stdout = before
        program.end()
        os.dup2(kept, 1)
        os.close(kept)


class _ProgramOnly(io.TextIOBase):
    def __init__(self, program: TextIO, lost: Callable[[OSError], object]) -> None:
        self._program, self._lost = program, lost

    def write(self, text: str, /) -> int:
        try:
            self._stream().write(text)
        except OSError as error:
            self._lose(error)
        return len(text)

    def flush(self) -> None:
        try:
            self._stream().flush()
        except OSError as error:
            self._lose(error)

    def end(self) -> None:
        """Flushes and closes it."""
        try:
            self._program.close()  # it is closed also when flushing fails
        except OSError as error:
            self._lost(error)

    def _lose(self, error: OSError) -> None:
        if self._stream() is self._program:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._program.fileno())
            os.close(nowhere)
            self._lost(error)

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
