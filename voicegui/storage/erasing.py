"""Makes what was deleted unreadable in the bytes of the file, too.

SQLite overwrites the cells that it frees (`secure_delete`), but not the copies that stay where pages were rearranged,
what an index of words remembers of deleted texts, or what waits in the write-ahead log. So the indexes are built anew
with the deletion, and afterwards the file is written anew and the log cut to nothing. That this is still to be done is
kept in the file itself: a program that was killed in between, or that another one kept waiting, does it the next time.
"""

import logging
import sqlite3
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)


def rebuild_index(connection: sqlite3.Connection, table: str) -> None:
    """The words of deleted rows leave the full-text index of `table`."""
    connection.execute(f"INSERT INTO {table}_words ({table}_words) VALUES ('rebuild')")


def owe(connection: sqlite3.Connection) -> None:
    """Within the transaction that deletes."""
    connection.execute("INSERT OR IGNORE INTO debts (what) VALUES ('file'), ('damaged files')")


def pay(connection: sqlite3.Connection, path: Path) -> None:
    """Outside of a transaction. What a busy, full or damaged disk prevents stays owed. Raises nothing."""
    try:
        owed = _owed(connection)
        if "damaged files" in owed:
            forget_damaged(path)
        if owed and _written_anew(connection):
            connection.execute("DELETE FROM debts")
        elif owed:
            log.warning("deleted content is still to be erased: another program reads it")
    except (sqlite3.Error, OSError) as error:
        log.warning("deleted content is still to be erased: %s", type(error).__name__)


def _owed(connection: sqlite3.Connection) -> set[str]:
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'debts'").fetchone() is None:
        return set()
    return {what for [what] in connection.execute("SELECT what FROM debts")}


def _written_anew(connection: sqlite3.Connection) -> bool:
    connection.execute("VACUUM")
    [busy, _, _] = connection.execute("PRAGMA wal_checkpoint (TRUNCATE)").fetchone()
    return not busy


def damaged_files(path: Path) -> list[Path]:
    """Files that were put aside beside this database: nothing single can be deleted in them. Raises OSError."""
    return sorted(path.parent.glob(f"{path.stem}-damaged-????-??-??-??????{path.suffix}*"))


def forget_damaged(path: Path) -> None:
    """They may hold what was deleted. Raises OSError."""
    for file in damaged_files(path):
        _overwrite(file)
        with suppress(FileNotFoundError):
            file.unlink()


def _overwrite(file: Path) -> None:
    """Else the bytes would stay on the disk until something else is written there."""
    with suppress(FileNotFoundError), file.open("r+b") as opened:
        left = opened.seek(0, 2)
        opened.seek(0)
        while left > 0:
            left -= opened.write(bytes(min(left, 1 << 20)))
