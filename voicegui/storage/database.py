"""The one SQLite file of a profile: opened, brought to the present and used on one thread of its own."""

import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from .schema import STEPS
from .serial_thread import SerialThread
from .sqlite_errors import damaged, hangs, is_damaged, too_new, translated

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

BUSY_S = 5.0
"""Another program may keep the file that long: one write takes milliseconds."""
ANSWER_S = 30.0
"""A disk has that long to answer, everything that waits before the call included."""


def _log_it(sentence: str) -> None:
    log.warning("%s", sentence)


class Database:
    """Opened with the first call; a call that fails leaves it as it was, and the next one tries again.

    Several programs may use the same file at once: each change waits for the other's. Methods are called on the event
    loop's thread, which they never block. `notice` gets a sentence, there too, when a damaged file was put aside.
    """

    def __init__(
        self,
        path: Path,
        notice: Callable[[str], None] = _log_it,
        *,
        steps: Sequence[Sequence[str]] = STEPS,
        thread: SerialThread | None = None,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.path = path
        self._notice, self._steps, self._now = notice, steps, now
        self._thread = thread or SerialThread("database", ANSWER_S)
        self._connection: sqlite3.Connection | None = None  # only on the thread
        self._sentences: list[str] = []

    async def change(self, work: Work[T]) -> T:
        """What `work` returns, once all that it wrote is kept: in one transaction, or not at all.

        Cancelling leaves a change that has begun to go on. Raises VoiceError(STORAGE_FAILED | DISK_FULL).
        """
        return await self._run(lambda: self._attempt(work, "BEGIN IMMEDIATE"))

    async def read(self, work: Work[T]) -> T:
        """What `work` returns; it sees one state of the file. Raises as `change`."""
        return await self._run(lambda: self._attempt(work, "BEGIN"))

    async def aclose(self) -> None:
        """What was changed is kept in any case; this only tidies up. May be called twice. Raises nothing."""
        with suppress(TimeoutError):
            await self._thread.run(self._close)

    # ------------------------------------------------------------ on the event loop's thread

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await self._thread.run(work)
        except TimeoutError:
            raise hangs(self.path) from None
        finally:
            while self._sentences:
                self._notice(self._sentences.pop(0))

    # ------------------------------------------------------------ on its own thread

    def _attempt(self, work: Work[T], begin: str) -> T:
        try:
            try:
                return self._transaction(work, begin)
            except sqlite3.DatabaseError as error:
                if not is_damaged(error):
                    raise
            self._mend()
            return self._transaction(work, begin)
        except (sqlite3.Error, OSError) as error:
            log.warning("the database failed: %s", getattr(error, "sqlite_errorname", type(error).__name__))
            raise damaged(self.path) if is_damaged(error) else translated(error, self.path) from None

    def _transaction(self, work: Work[T], begin: str) -> T:
        connection = self._connection = self._connection or self._open()
        connection.execute(begin)
        try:
            result = work(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite itself ends it after some errors
                connection.execute("ROLLBACK")
            raise
        return result

    def _mend(self) -> None:
        """Damage that was noticed in use: either in the indexes of words, or opening finds it and begins a new file."""
        self._close()
        connection = self._connection = self._open()
        for [index] in connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%USING fts5(%'").fetchall():
            connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")

    def _open(self) -> sqlite3.Connection:
        try:
            return self._opened()
        except sqlite3.DatabaseError as error:
            if not is_damaged(error):
                raise
        with FileLock(f"{self.path}.lock", timeout=BUSY_S):  # two programs would put aside each other's new file
            try:
                return self._opened()
            except sqlite3.DatabaseError as error:
                if not is_damaged(error):
                    raise
            self._put_aside()
            return self._opened()

    def _opened(self) -> sqlite3.Connection:
        _keep_private(self.path)
        connection = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)
        try:
            if (version := _version(connection)) > len(self._steps):
                raise too_new(self.path)
            [found] = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise _damage()
            for pragma in ("journal_mode = WAL", "foreign_keys = ON", "secure_delete = ON"):
                connection.execute(f"PRAGMA {pragma}")
            for step in range(version, len(self._steps)):
                _migrate(connection, step, self._steps[step])
        except BaseException:
            connection.close()
            raise
        return connection

    def _put_aside(self) -> None:
        aside = self.path.with_name(f"{self.path.stem}-damaged-{self._now():%Y-%m-%d-%H%M%S}{self.path.suffix}")
        for ending in ("-wal", "-shm", ""):  # the file last: were it gone, nobody would look for the others
            with suppress(FileNotFoundError):
                os.replace(f"{self.path}{ending}", f"{aside}{ending}")
        self._sentences.append(
            f"The file with your conversations, reminders and facts was damaged. It is kept as {aside.name} beside the "
            "new one that begins now."
        )

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # of a file that is damaged or gone
                connection.close()


def _keep_private(path: Path) -> None:
    """For this user only; SQLite makes the files beside it alike."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)


def _version(connection: sqlite3.Connection) -> int:
    [version] = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _migrate(connection: sqlite3.Connection, step: int, statements: Sequence[str]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection) == step:  # else another program has just done it
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {step + 1}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _damage() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("quick_check")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error
