"""Which of the programs that use one database is still there.

A program that is killed releases its lock on a file, whatever killed it; ids of processes tell nothing about programs
in other containers. So an owner is the name of a locked file.
"""

import logging
import re
import secrets
from pathlib import Path

from filelock import FileLock, Timeout

log = logging.getLogger(__name__)

_TOKEN_BYTES = 8
_NAME = re.compile(r"[0-9a-f]{16}")


class Owners:
    """Used on one thread. `own` makes this program an owner until `close`."""

    def __init__(self, database: Path, *, shared: bool = True) -> None:
        self._database, self._shared = database, shared
        self._name = ""
        self._lock: FileLock | None = None

    def own(self) -> str:
        """The name of this program among the owners. Raises OSError."""
        if not self._name:
            self._name = secrets.token_hex(_TOKEN_BYTES)
        if self._shared and self._lock is None:
            lock = FileLock(self._file(self._name))
            lock.acquire(timeout=0)
            self._lock = lock
        return self._name

    def is_alive(self, owner: str) -> bool:
        """Another program is this owner. Not so of one that was killed, nor of this program itself. Raises OSError."""
        if owner == self._name or not _NAME.fullmatch(owner) or not (file := self._file(owner)).exists():
            return False
        lock = FileLock(file)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        file.unlink(missing_ok=True)
        return False

    def close(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
            self._file(self._name).unlink(missing_ok=True)

    def _file(self, owner: str) -> Path:
        return self._database.with_name(f"{self._database.name}.owner-{owner}.lock")
