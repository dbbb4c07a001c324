"""How a command ends: by itself, by a signal, or because nobody reads its output any more."""

import asyncio
import errno
import functools
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

from voicegui.core.errors import ErrorCode
from voicegui.core.text.sanitiser import one_line
from voicegui.core.wording import shown

USAGE, NO_SPEECH, ENGINE_FAILED, UNREAD = 2, 3, 4, 141
"""Exit codes. `UNREAD` is 128 and the number of SIGPIPE, as shells have it for a reader that has gone."""

_USAGE_ERRORS = (ErrorCode.BAD_AUDIO_FILE, ErrorCode.BAD_SETTINGS)
_UNWRITABLE = (errno.EPIPE, errno.ENOSPC, errno.EIO)


def exit_code(code: ErrorCode) -> int:
    return USAGE if code in _USAGE_ERRORS else ENGINE_FAILED


def complain(sentence: str) -> None:
    """On standard error; nothing happens where nobody reads it."""
    with suppress(OSError):
        print(one_line(sentence), file=sys.stderr, flush=True)


def ending_signals() -> Sequence[signal.Signals]:
    """SIGTERM, and SIGHUP (the terminal was closed, the session ends) unless it was ignored at the start, as `nohup`
    does."""
    hangup: signal.Signals | None = getattr(signal, "SIGHUP", None)
    if hangup is None or signal.getsignal(hangup) is signal.SIG_IGN:
        return (signal.SIGTERM,)
    return (signal.SIGTERM, hangup)


def on_signal(number: signal.Signals, call: Callable[[], object]) -> None:
    """Calls it on the running loop's thread."""
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(number, call)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(call))


class Shutdown:
    """Runs one command; `stop` cancels it, so that it closes what it opened and its conversation is kept as ended."""

    def __init__(self) -> None:
        self._code: int | None = None
        self._task: asyncio.Task[int] | None = None

    def run(self, work: Coroutine[Any, Any, int]) -> int:
        """Its exit code, or that of what ended it first. KeyboardInterrupt is raised after the closing, too."""
        return asyncio.run(self._run(work))

    async def _run(self, work: Coroutine[Any, Any, int]) -> int:
        self._task = asyncio.ensure_future(work)
        for number in ending_signals():
            on_signal(number, functools.partial(self.stop, 128 + number))
        try:
            code = await self._task
        except asyncio.CancelledError:
            if self._code is None:
                raise
            return self._code
        return self.code(code)

    def code(self, code: int) -> int:
        """`code`, or that of what ended it first."""
        return code if self._code is None else self._code

    def stop(self, code: int) -> None:
        """Only the first reason counts: a second signal must not disturb the closing."""
        if self._code is None:
            self._code = code
            if self._task is not None:
                self._task.cancel()

    def lost(self, error: OSError) -> None:
        """Standard output takes nothing any more."""
        if isinstance(error, BrokenPipeError):
            self.stop(UNREAD)
        elif self._code is None:
            complain(_not_written(error))
            self.stop(ENGINE_FAILED)


def unwritten(error: OSError) -> int:
    """Exit code when standard output could not be written; what is still kept for it goes nowhere.

    Raises `error` if it is about something else.
    """
    if error.filename is not None or error.errno not in _UNWRITABLE:
        raise error
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    if isinstance(error, BrokenPipeError):
        return UNREAD
    complain(_not_written(error))
    return ENGINE_FAILED


def _not_written(error: OSError) -> str:
    return shown("The output cannot be written ({reason}).", reason=error.strerror)


def have_standard_streams() -> None:
    """A stream that was closed at the start leads nowhere: else the next file that is opened got what is printed."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115
