"""The profile: its folders, and files that are either the old or the new one, never half of it."""

import asyncio
import logging
import os
import re
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from voicegui.core.errors import ErrorCode, VoiceError, is_disk_full
from voicegui.core.wording import Sentence, sentence


def write_atomically(path: Path, content: bytes) -> None:
    """For this user only. A link stays one: what it points to is replaced.

    Raises OSError; the old file is then intact.
    """
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


# ---------------------------------------------------------------- folders


@dataclass(frozen=True, slots=True)
class Profile:
    """What one person keeps: settings, history and logs in one folder. Models are elsewhere: profiles share them."""

    folder: Path
    problem: Sentence = Sentence("")
    """A sentence if nothing can be kept there."""

    @property
    def settings_file(self) -> Path:
        return self.folder / "settings.toml"

    @property
    def database(self) -> Path:
        return self.folder / "voicegui.db"

    @property
    def tools_folder(self) -> Path:
        """The user's own tool files."""
        return self.folder / "tools"

    @property
    def allowed_tools_file(self) -> Path:
        """Which content of them may run."""
        return self.folder / "allowed_tools.json"

    @property
    def verified_models(self) -> Path:
        """Which models were found whole."""
        return self.folder / "verified"

    @property
    def window_file(self) -> Path:
        """Size and place of the window."""
        return self.folder / "window.ini"

    @property
    def log_file(self) -> Path:
        return self.folder / "logs" / "voicegui.log"


def open_profile(folder: Path | None = None) -> Profile:
    """The profile in `folder`, or the platform's own; creates the folder. Raises nothing: where nothing can be written,
    nothing is kept."""
    folder = folder or platformdirs.user_data_path("voicegui", appauthor=False, roaming=True)
    if folder.parts[:1] == ("~",):
        return Profile(folder, _HOMELESS)
    try:
        # what was said is kept here: for nobody else on this machine
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
    except OSError as error:
        problem = _FULL if is_disk_full(error) else _NOT_WRITABLE
        return Profile(folder, problem.filled(folder=folder))
    return Profile(folder)


_HOMELESS = sentence(
    "You have no home folder, so settings, conversations, reminders and facts are forgotten when voicegui ends."
)
_FULL = sentence(
    "Nothing can be kept in {folder}: the disk is full. So settings, conversations, reminders and facts are forgotten "
    "when voicegui ends."
)
_NOT_WRITABLE = sentence(
    "Nothing can be kept in {folder}: it cannot be written. So settings, conversations, reminders and facts are "
    "forgotten when voicegui ends."
)


# ---------------------------------------------------------------- who uses a profile
# Which program talks with a profile, and which of those that use one database is still there.

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
                sentence(
                    "voicegui is already running with this profile, and only one can listen. Use that one, or close it "
                    "and try again here."
                ),
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
