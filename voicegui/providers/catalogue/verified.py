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


def is_verified(path: Path, weights: Weights, *, anew: bool = False) -> bool:
    """Whether the file has exactly these bytes. Hashes only if it changed since it was last verified, or if `anew`."""
    status = path.stat()
    if status.st_size != weights.size:
        return False
    stamp = _stamp(path)
    expected = _describe(status, weights)
    if not anew and stamp.is_file() and stamp.read_text("ascii", "replace") == expected:
        return True
    if sha256(path) != weights.sha256:
        with contextlib.suppress(OSError):
            stamp.unlink(missing_ok=True)
        return False
    _remember(stamp, expected)
    return True


def accept(arrived: Path, final: Path, weights: Weights) -> bool:
    """Moves a file to its place if it has the right bytes, else deletes it."""
    if arrived.stat().st_size != weights.size or sha256(arrived) != weights.sha256:
        arrived.unlink()
        return False
    with arrived.open("rb+") as file:
        os.fsync(file.fileno())  # the stamp must not outlive the bytes it vouches for
    os.replace(arrived, final)
    _remember(_stamp(final), _describe(final.stat(), weights))
    return True


def _stamp(path: Path) -> Path:
    return path.with_name(path.name + ".verified")


def _describe(status: os.stat_result, weights: Weights) -> str:
    return f"{weights.sha256} {status.st_size} {status.st_mtime_ns}\n"


def _remember(stamp: Path, text: str) -> None:
    # A folder that cannot be written (models shared by several people) only means hashing again next time
    with contextlib.suppress(OSError):
        stamp.write_text(text, "ascii")
