"""What SQLite says on a full disk is told as a full disk, and nothing else is."""

import errno
import sqlite3
from collections import namedtuple
from pathlib import Path

import pytest

from voicegui.core.errors import ErrorCode, with_hint
from voicegui.storage.sqlite_errors import database_error

Usage = namedtuple("Usage", "total used free")


def failed(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "free", "code"),
    [
        (failed(sqlite3.SQLITE_FULL), 10**9, ErrorCode.DISK_FULL),
        (failed(sqlite3.SQLITE_IOERR_WRITE), 0, ErrorCode.DISK_FULL),
        (failed(sqlite3.SQLITE_IOERR_SHMSIZE), 4096, ErrorCode.DISK_FULL),
        (failed(sqlite3.SQLITE_IOERR_SHMMAP), 0, ErrorCode.DISK_FULL),
        (failed(sqlite3.SQLITE_IOERR_TRUNCATE), 0, ErrorCode.DISK_FULL),
        (failed(sqlite3.SQLITE_IOERR_FSYNC), 0, ErrorCode.DISK_FULL),
        (failed(sqlite3.SQLITE_CANTOPEN), 0, ErrorCode.DISK_FULL),
        (OSError(errno.ENOSPC, "No space left on device"), 10**9, ErrorCode.DISK_FULL),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), 10**9, ErrorCode.DISK_FULL),
        (failed(sqlite3.SQLITE_IOERR_WRITE), 10**9, ErrorCode.STORAGE_FAILED),
        (failed(sqlite3.SQLITE_CANTOPEN), 10**9, ErrorCode.STORAGE_FAILED),
        (failed(sqlite3.SQLITE_BUSY), 0, ErrorCode.STORAGE_FAILED),
        (failed(sqlite3.SQLITE_READONLY), 0, ErrorCode.STORAGE_FAILED),
        (OSError(errno.EACCES, "Permission denied"), 0, ErrorCode.STORAGE_FAILED),
    ],
)
def test_full_is_told_as_full(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: sqlite3.Error | OSError, free: int, code: ErrorCode
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage(10**12, 10**12 - free, free))
    told = database_error(error, tmp_path / "v.db")
    assert told.code is code and told.retryable
    whole = with_hint(told.message, told.hint, told.hint_kind)
    assert ("Free some space" in told.message) == (code is ErrorCode.DISK_FULL) == ("disk is full" in whole)
    assert whole.count(told.hint) == 1
