"""Files that are known to have the right bytes, without hashing hundreds of megabytes at every start."""

import contextlib
import hashlib
import os
from pathlib import Path

from .entries import Weights

_CHUNK = 1 << 20


def sha256(path: Path) -> str:
    """Reads all of it: about a second a gigabyte where the processor has SHA instructions, three where not."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Stamps:
    """What was verified, in a folder of one's own: who may write to a shared folder of models could vouch for anything.

    Without a folder it is known until the program ends. Raises nothing. May be used by several threads.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known: dict[Path, str] = {}

    def holds(self, path: Path, stamp: str) -> bool:
        if self._known.get(path) == stamp:
            return True
        if self._folder is None:
            return False
        try:
            return self._file(self._folder, path).read_text("utf-8", "replace") == stamp
        except OSError:
            return False

    def keep(self, path: Path, stamp: str) -> None:
        """`stamp` is empty: it is not verified any more."""
        self._known[path] = stamp
        if self._folder is None:
            return
        with contextlib.suppress(OSError):  # it only means hashing again next time
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file(self._folder, path).write_text(stamp, "utf-8")

    @staticmethod
    def _file(folder: Path, path: Path) -> Path:
        return folder / f"{hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]}.stamp"


def is_verified(path: Path, weights: Weights, stamps: Stamps, *, anew: bool = False) -> bool:
    """Whether the file has exactly these bytes. Hashes only if it changed since it was last verified, or if `anew`."""
    status = path.stat()
    if status.st_size != weights.size:
        return False
    expected = _describe(status, weights)
    if not anew and stamps.holds(path, expected):
        return True
    if sha256(path) != weights.sha256:
        stamps.keep(path, "")
        return False
    stamps.keep(path, expected)
    return True


def accept(arrived: Path, final: Path, weights: Weights, stamps: Stamps) -> bool:
    """Moves a file to its place if it has the right bytes, else deletes it."""
    if arrived.stat().st_size != weights.size or sha256(arrived) != weights.sha256:
        arrived.unlink()
        return False
    with arrived.open("rb+") as file:
        os.fsync(file.fileno())  # the stamp must not outlive the bytes it vouches for
    os.replace(arrived, final)
    stamps.keep(final, _describe(final.stat(), weights))
    return True


def _describe(status: os.stat_result, weights: Weights) -> str:
    """Of this very file: its times can be set to anything but for the last one, which the system keeps."""
    times = f"{status.st_mtime_ns} {status.st_ctime_ns}"
    return f"{weights.sha256} {status.st_size} {status.st_dev} {status.st_ino} {times}\n"
