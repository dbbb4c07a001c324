"""What SQLite and the file system say about the database, for a person. Texts of SQLite are not repeated."""

import shutil
import sqlite3
from pathlib import Path

from voicegui.core.errors import TRY_AGAIN, ErrorCode, HintKind, VoiceError, is_disk_full
from voicegui.core.wording import Sentence, sentence


def is_damaged(error: Exception) -> bool:
    return _primary(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def database_error(error: sqlite3.Error | OSError, path: Path) -> VoiceError:
    """VoiceError(STORAGE_FAILED | DISK_FULL)."""
    if _primary(error) == sqlite3.SQLITE_FULL or is_disk_full(error) or (_may_be_full(error) and _no_space(path)):
        return VoiceError(
            ErrorCode.DISK_FULL, _FULL, advice=_TODO, retryable=True, hint=_TODO, hint_kind=HintKind.NAMED
        )
    match _primary(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            why = sentence("Another program keeps {path} busy.", path=path)
            hint = sentence("Close other windows of voicegui and try again.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            why, hint = _not_writable(path)
        case sqlite3.SQLITE_IOERR:
            why = sentence("The disk failed while {path} was used.", path=path)
            hint = sentence("Try again; if it stays so, check the disk.")
        case None:  # an OSError
            why, hint = _not_writable(path)
        case _:
            why = sentence("{path} cannot be used ({error}).", path=path, error=type(error).__name__)
            hint = TRY_AGAIN
    return storage_failed(why, hint)


_FULL = sentence("The disk is full. Conversations, reminders and what you asked to remember cannot be kept.")
_TODO = sentence("Free some space and try again.")

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
    return storage_failed(sentence("The disk with {path} does not answer.", path=path), TRY_AGAIN)


def too_new(path: Path) -> VoiceError:
    return storage_failed(
        sentence(
            "{path} was written by a newer voicegui, so this one does not touch it. Conversations, reminders and what "
            "you asked to remember are not kept.",
            path=path,
        ),
        sentence("Update voicegui."),
        retryable=False,
    )


def database_damaged(path: Path) -> VoiceError:
    """A new file was damaged at once, too."""
    return storage_failed(sentence("{path} is damaged again and again.", path=path), sentence("Check the disk."))


def storage_failed(what: Sentence, hint: Sentence, *, retryable: bool = True) -> VoiceError:
    return VoiceError(ErrorCode.STORAGE_FAILED, what, retryable=retryable, hint=hint)


def _not_writable(path: Path) -> tuple[Sentence, Sentence]:
    what = sentence(
        "{path} cannot be written. Conversations, reminders and what you asked to remember are not kept.", path=path
    )
    return what, sentence("Allow yourself to write to its folder.")


def _primary(error: Exception) -> int | None:
    """Without the details that extended codes have above their lowest byte; None of an error without a code."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF
