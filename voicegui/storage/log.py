"""The log file: what happened and when, never what was said."""

import copy
import logging
import sys
import threading
import traceback
import warnings
from logging.handlers import RotatingFileHandler
from pathlib import Path, PurePath
from traceback import walk_tb
from types import TracebackType
from typing import TextIO

from voicegui.core.keys import redacted

_BYTES = 1_000_000
_OLD_FILES = 3

_log = logging.getLogger("voicegui")


def start_log(path: Path, level: int = logging.INFO) -> logging.Handler:
    """Logs this program's messages, and that libraries had something to say, to a rotating file of at most 4 MB.

    Texts that others wrote do not enter it, whichever way they come: of their messages, warnings and exceptions only
    kind and place are logged, of those that nobody handled, too. What looks like a key is taken out of every line, as
    the last net, also on its way to the terminal. Raises OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.open("ab").close()  # whether it can be written is to be known now
    handler = _LogFile(path, maxBytes=_BYTES, backupCount=_OLD_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(_WithoutTexts("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
    _listen(handler, level)
    return handler


def start_without_log() -> logging.Handler:
    """Where no file can be written: nothing of what would be logged is printed instead."""
    handler = logging.NullHandler()
    _listen(handler, logging.CRITICAL)
    return handler


def _listen(handler: logging.Handler, level: int) -> None:
    logging.getLogger().addHandler(handler)
    _log.setLevel(level)
    warnings.showwarning = _log_warning
    sys.excepthook = _log_exception
    sys.unraisablehook = _log_unraisable
    threading.excepthook = _log_thread_exception


class _LogFile(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A full disk costs the line: printing it would show what it holds."""


class _WithoutTexts(logging.Formatter):
    """Of what others wrote, kind and place: their texts may quote what was said or typed. No keys."""

    def format(self, record: logging.LogRecord) -> str:
        own = copy.copy(record)
        own.exc_text = own.stack_info = None  # another handler may have left its rendering, with the message
        if own.name.partition(".")[0] != _log.name:
            own.msg, own.args = f"a message at {Path(own.pathname).name}:{own.lineno}", ()
        elif isinstance(own.args, tuple):
            own.args = tuple(_shown(argument) for argument in own.args)
        elif own.args:
            own.args = {name: _shown(argument) for name, argument in own.args.items()}
        if isinstance(own.msg, BaseException):
            own.msg = _shown(own.msg)
        return redacted(super().format(own))

    def formatException(self, ei: object) -> str:  # noqa: N802
        kind, error, trace = ei if isinstance(ei, tuple) else (None, None, None)
        lines = [_of_others(kind, trace)]
        seen = {id(error)}
        while (error := _cause(error)) is not None and id(error) not in seen:
            seen.add(id(error))
            lines.append(f"after {_of_others(type(error), error.__traceback__)}")
        return "\n".join(lines)


def _shown(argument: object) -> object:
    """Texts and numbers that this program chose; of anything else its kind."""
    if isinstance(argument, str | int | float | PurePath | None):
        return argument
    return _name(type(argument))


def _of_others(kind: type[BaseException] | None, trace: TracebackType | None) -> str:
    places = [f"  {frame.f_code.co_filename}:{line} in {frame.f_code.co_name}" for frame, line in walk_tb(trace)]
    return "\n".join([_name(kind) if kind else "unknown", *places])


def _name(kind: type) -> str:
    """Names of classes are identifiers, but can be made of anything."""
    return kind.__name__ if kind.__name__.isidentifier() else "unknown"


def _cause(error: BaseException | None) -> BaseException | None:
    return error and (error.__cause__ or error.__context__)


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    _log.warning("%s at %s:%s", _name(category), Path(filename).name, lineno)


def _log_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _log.critical("Unhandled exception", exc_info=(kind, error, trace))
    _print_exception(kind, error, trace)


def _log_thread_exception(unhandled: threading.ExceptHookArgs) -> None:
    if unhandled.exc_value is not None and unhandled.exc_type is not SystemExit:
        _log.critical(
            "Unhandled exception in a thread",
            exc_info=(unhandled.exc_type, unhandled.exc_value, unhandled.exc_traceback),
        )
        _print_exception(unhandled.exc_type, unhandled.exc_value, unhandled.exc_traceback)


def _log_unraisable(unhandled: "sys.UnraisableHookArgs") -> None:
    """Of a destructor or a callback: there is nobody whom it could be raised to."""
    if unhandled.exc_value is not None:
        _log.error(
            "Exception that nobody could handle",
            exc_info=(unhandled.exc_type, unhandled.exc_value, unhandled.exc_traceback),
        )


def _print_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """As Python does, less the keys."""
    if sys.stderr is not None:  # a windowed program may have none
        sys.stderr.write(redacted("".join(traceback.format_exception(kind, error, trace))))
