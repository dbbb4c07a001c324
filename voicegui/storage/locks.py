"""Which program talks with a profile, and which of those that use one database is still there."""

import asyncio
import logging
import re
import secrets
from pathlib import Path

from filelock import FileLock, Timeout

from voicegui.core.errors import ErrorCode, VoiceError

from .profile import Profile

log = logging.getLogger(__name__)

_WAIT_S = 1.0
"""A program that only looks keeps the lock for a moment."""


class ProfileInUse:
    """A lock on a file of the profile; it ends with the process, however that ends. Used on the event loop's thread."""

    def __init__(self, profile: Profile) -> None:
        self._kept = not profile.problem  # else there is nothing to share
        self._lock = FileLock(profile.folder / "talking.lock", thread_local=False)

    async def take(self) -> None:
        """Once is enough. Raises VoiceError(ALREADY_RUNNING) if another program has it."""
        if self._kept and not self._lock.is_locked and not await asyncio.to_thread(self._acquire, _WAIT_S):
            raise VoiceError(
                ErrorCode.ALREADY_RUNNING,
                "voicegui is already running with this profile, and only one can listen. Use that one, or close it and "
                "try again here.",
                retryable=True,
            )

    async def by_another(self) -> bool:
        """Another program has it now."""
        if not self._kept or self._lock.is_locked:
            return False
        if not await asyncio.to_thread(self._acquire, 0.0):
            return True
        self._lock.release()
        return False

    def release(self) -> None:
        self._lock.release()

    def _acquire(self, timeout_s: float) -> bool:
        try:
            self._lock.acquire(timeout=timeout_s)
        except Timeout:
            return False
        except (OSError, NotImplementedError) as error:  # a disk without locks: two programs are better than none
            log.warning("the profile could not be locked: %s", type(error).__name__)
            self._kept = False
        return True


# ---------------------------------------------------------------- owners of a database
# A program that is killed releases its lock on a file, whatever killed it; ids of processes tell nothing about programs
# in other containers. So an owner is the name of a locked file.

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
