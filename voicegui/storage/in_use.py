"""Which program talks with a profile: of several that would listen one does."""

import asyncio
import logging

from filelock import FileLock, Timeout

from voicegui.core.errors import ErrorCode, VoiceError

from .paths import Profile

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
