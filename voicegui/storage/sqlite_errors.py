"""What SQLite and the file system say about the database, for a person. Texts of SQLite are not repeated."""

import shutil
import sqlite3
from pathlib import Path

from voicegui.core.errors import ErrorCode, HintKind, VoiceError, is_disk_full

_WHAT = "Conversations, reminders and what you asked to remember"


def is_damaged(error: Exception) -> bool:
    return _primary(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def database_error(error: sqlite3.Error | OSError, path: Path) -> VoiceError:
    """VoiceError(STORAGE_FAILED | DISK_FULL)."""
    if _primary(error) == sqlite3.SQLITE_FULL or is_disk_full(error) or (_may_be_full(error) and _no_space(path)):
        sentence = f"The disk is full. {_WHAT} cannot be kept. {_TODO}"
        return VoiceError(ErrorCode.DISK_FULL, sentence, retryable=True, hint=_TODO, hint_kind=HintKind.NAMED)
    match _primary(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            why, hint = f"Another program keeps {path} busy.", "Close other windows of voicegui and try again."
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            why, hint = _not_writable(path)
        case sqlite3.SQLITE_IOERR:
            why, hint = f"The disk failed while {path} was used.", "Try again; if it stays so, check the disk."
        case None:  # an OSError
            why, hint = _not_writable(path)
        case _:
            why, hint = f"{path} cannot be used ({type(error).__name__}).", "Try again."
    return storage_failed(why, hint)


_TODO = "Free some space and try again."

_LEAST_BYTES = 128 << 10
"""SQLite adds to its files in steps of up to 32 KB, in two of them at once."""


def _may_be_full(error: Exception) -> bool:
    """Files beside the database that cannot grow on a full disk are told as what they are not."""
    return _primary(error) in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)


def _no_space(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_BYTES
    except OSError:
        return False


def hangs(path: Path) -> VoiceError:
    return storage_failed(f"The disk with {path} does not answer.", "Try again.")


def too_new(path: Path) -> VoiceError:
    return storage_failed(
        f"{path} was written by a newer voicegui, so this one does not touch it. {_WHAT} are not kept.",
        "Update voicegui.",
        retryable=False,
    )


def database_damaged(path: Path) -> VoiceError:
    """A new file was damaged at once, too."""
    return storage_failed(f"{path} is damaged again and again.", "Check the disk.")


def storage_failed(message: str, hint: str, *, retryable: bool = True) -> VoiceError:
    return VoiceError(ErrorCode.STORAGE_FAILED, message, retryable=retryable, hint=hint)


def _not_writable(path: Path) -> tuple[str, str]:
    return f"{path} cannot be written. {_WHAT} are not kept.", "Allow yourself to write to its folder."


def _primary(error: Exception) -> int | None:
    """Without the details that extended codes have above their lowest byte; None of an error without a code."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF
