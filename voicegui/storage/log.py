"""The log file: what happened and when, never what was said."""

import copy
import logging
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from voicegui.core.redaction import redacted

_BYTES = 1_000_000
_OLD_FILES = 3

_log = logging.getLogger("voicegui")


def start_log(path: Path, level: int = logging.INFO) -> logging.Handler:
    """Logs this program's messages, and warnings of libraries, to a rotating file of at most 4 MB. Raises OSError.

    Unhandled exceptions of any thread are logged too: type, place and stack, without the message and without local
    variables, which may hold what was said. What looks like a key is taken out of every line, as the last net, also on
    its way to the terminal.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_OLD_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(_WithoutMessages("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    _log.setLevel(level)
    logging.captureWarnings(True)
    sys.excepthook = _log_exception
    threading.excepthook = _log_thread_exception
    return handler


class _WithoutMessages(logging.Formatter):
    """Exceptions as type and stack only: a message may quote what was said or typed. No keys."""

    def format(self, record: logging.LogRecord) -> str:
        own = copy.copy(record)
        own.exc_text = None  # another handler may have left its rendering, with the message
        return redacted(super().format(own))

    def formatException(self, ei: object) -> str:
        kind, _, trace = ei if isinstance(ei, tuple) else (None, None, None)
        return "".join([*traceback.format_tb(trace), kind.__name__ if kind else "unknown"]).rstrip()


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


def _print_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """As Python does, less the keys."""
    if sys.stderr is not None:  # a windowed program may have none
        sys.stderr.write(redacted("".join(traceback.format_exception(kind, error, trace))))
