"""The one SQLite file of a profile: opened, brought to the present and used on one thread of its own."""

import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from voicegui.core.wording import Sentence, sentence

from .erasing import owe, pay
from .profile import write_atomically
from .rescue import rescue
from .schema import STEPS
from .serial_thread import SerialThread
from .sqlite_errors import database_damaged, database_error, hangs, is_damaged, too_new
from .sqlite_pages import Remains, is_log_damaged

log = logging.getLogger(__name__)

T = TypeVar("T")
DatabaseWork = Callable[[sqlite3.Connection], T]

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
    `kept` False: nothing can be written where the file would be; what is known is known until the program ends.
    """

    def __init__(
        self,
        path: Path,
        notice: Callable[[str], None] = _log_it,
        *,
        kept: bool = True,
        steps: Sequence[Sequence[str]] = STEPS,
        thread: SerialThread | None = None,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.path = path
        self.kept = kept
        self._notice, self._steps, self._now = notice, steps, now
        self._thread = thread or SerialThread("database", ANSWER_S)
        self._connection: sqlite3.Connection | None = None  # only on the thread
        self._sentences: list[Sentence] = []
        self._remains: list[Remains] = []
        """Of a file that was found damaged, before anything was done to it."""

    async def change(self, work: DatabaseWork[T]) -> T:
        """What `work` returns, once all that it wrote is kept: in one transaction, or not at all.

        Cancelling leaves a change that has begun to go on. Raises VoiceError(STORAGE_FAILED | DISK_FULL).
        """
        return await self._run(lambda: self._attempt(work, "BEGIN IMMEDIATE"))

    async def erase(self, work: DatabaseWork[bool]) -> bool:
        """As `change`, for what deletes: if `work` says that it has, nothing of it stays readable in any file."""

        def owing(connection: sqlite3.Connection) -> bool:
            if deleted := work(connection):
                owe(connection)
            return deleted

        return await self._run(lambda: self._erased(self._attempt(owing, "BEGIN IMMEDIATE")))

    async def read(self, work: DatabaseWork[T]) -> T:
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
                self._notice(self._sentences.pop(0).shown())

    # ------------------------------------------------------------ on its own thread

    def _attempt(self, work: DatabaseWork[T], begin: str) -> T:
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
            raise database_damaged(self.path) if is_damaged(error) else database_error(error, self.path) from None

    def _erased(self, deleted: bool) -> bool:
        if deleted and self._connection is not None:
            pay(self._connection, self.path)
        return deleted

    def _transaction(self, work: DatabaseWork[T], begin: str) -> T:
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
        self._remember_remains()  # closing carries the log over into the file, whatever is in it
        self._close()
        connection = self._connection = self._open()
        for [index] in connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%USING fts5(%'").fetchall():
            connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")

    def _open(self) -> sqlite3.Connection:
        if not self.kept:
            return self._prepared(_in_memory(self.path))
        try:
            connection = self._opened()
        except sqlite3.DatabaseError as error:
            if not is_damaged(error):
                raise
            found = self.path.stat().st_ino
            with FileLock(f"{self.path}.lock", timeout=BUSY_S):
                if self.path.stat().st_ino == found:  # else another program has just begun a new one
                    self._begin_anew()
                connection = self._opened()
        self._remains.clear()
        pay(connection, self.path)
        return connection

    def _opened(self) -> sqlite3.Connection:
        _keep_private(self.path)
        connection = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)
        try:
            _check(connection, self.path)
            return self._prepared(connection)
        except BaseException as error:
            if isinstance(error, sqlite3.DatabaseError) and is_damaged(error):
                self._remember_remains()
            connection.close()
            raise

    def _prepared(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        version = _version(connection)
        if len(self._steps) < version <= len(self._steps) + _VERSIONS_TO_COME:
            raise too_new(self.path)
        if not 0 <= version <= len(self._steps) or (version == 0 and not _is_empty(connection)):
            raise _damage()
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        for step in range(version, len(self._steps)):
            _migrate(connection, step, self._steps[step])
        return connection

    def _remember_remains(self) -> None:
        with suppress(OSError):
            wal = Path(f"{self.path}-wal")
            self._remains.append(Remains(self.path.read_bytes(), wal.read_bytes() if wal.is_file() else b""))
            del self._remains[2:]  # in use, and when it was opened

    def _begin_anew(self) -> None:
        """The damaged file is put aside; a new one with all that can be read takes its place at once."""
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.unlink(missing_ok=True)
        _keep_private(fresh)
        connection = sqlite3.connect(fresh, isolation_level=None)
        try:
            self._prepared(connection)
            connection.execute("BEGIN IMMEDIATE")
            saved = rescue(self._remains, connection)
            connection.execute("COMMIT")
        finally:
            connection.close()
        aside = self.path.with_name(f"{self.path.stem}-damaged-{self._now():%Y-%m-%d-%H%M%S}{self.path.suffix}")
        for ending, content in (("", self._remains[0].file), ("-wal", self._remains[0].wal)):
            if content or not ending:
                write_atomically(Path(f"{aside}{ending}"), content)
        for ending in ("-wal", "-shm"):  # they would be taken for those of the new file
            Path(f"{self.path}{ending}").unlink(missing_ok=True)
        os.replace(fresh, self.path)
        self._sentences.append(
            sentence(
                "The file with your conversations, reminders and facts was damaged. {saved} The damaged file is kept "
                "as {file}, until something is forgotten or deleted.",
                saved=saved,
                file=aside.name,
            )
        )

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # of a file that is damaged or gone
                connection.close()


_PRAGMAS = ("journal_mode = WAL", "foreign_keys = ON", "secure_delete = ON", "temp_store = MEMORY")
_VERSIONS_TO_COME = 1000
"""A version beyond that was not written by a newer program but by damage."""


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Raises sqlite3.DatabaseError, also for a log that SQLite would leave out without a word."""
    [found] = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise _damage()
    wal = Path(f"{path}-wal")
    if wal.is_file() and wal.stat().st_size:
        connection.execute("BEGIN IMMEDIATE")  # nobody writes meanwhile
        try:
            if is_log_damaged(wal.read_bytes()):
                raise _damage()
        finally:
            connection.execute("ROLLBACK")


def _in_memory(path: Path) -> sqlite3.Connection:
    """What can be read of a file that cannot be written, on its own."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    with suppress(sqlite3.Error, OSError):
        if path.is_file():
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as file:
                file.backup(connection)
    return connection


def _is_empty(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


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
