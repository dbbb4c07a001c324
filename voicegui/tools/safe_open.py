"""Opens files and folders that were checked, and nothing that somebody put in their place meanwhile.

A path that was checked may lead elsewhere a moment later: a folder of it was swapped for a link. Where the system can
open by descriptor, each part is opened inside the one before it and none may be a link. Elsewhere what was opened is
compared with where its path leads then. All of this blocks: call it in a thread.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BY_DESCRIPTOR = os.open in os.supports_dir_fd and os.scandir in os.supports_fd

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
"""Neither a pipe that blocks nor a link."""
_THROUGH = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
"""O_PATH: folders on the way need not be readable."""


@dataclass(frozen=True, slots=True)
class FolderEntry:
    name: str
    is_folder: bool


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A descriptor of the file at `path`, which has been resolved: absolute, without links and dots. Raises OSError,
    also where a link is by now."""
    handle = _by_parts(path, _READ) if BY_DESCRIPTOR else _compared(path)
    try:
        yield handle
    finally:
        os.close(handle)


def entries(folder: Path) -> list[FolderEntry]:
    """Of a folder whose path has been resolved, without links. Raises OSError."""
    if not BY_DESCRIPTOR:
        found = _told(folder)
        if not _leads_there(folder):
            raise _other(folder)
        return found
    handle = _by_parts(folder, _READ | os.O_DIRECTORY)
    try:
        return _told(handle)
    finally:
        os.close(handle)


def is_regular(handle: int) -> bool:
    return stat.S_ISREG(os.fstat(handle).st_mode)


def _told(folder: Path | int) -> list[FolderEntry]:
    with os.scandir(folder) as found:
        return [FolderEntry(each.name, each.is_dir(follow_symlinks=False)) for each in found if not each.is_symlink()]


def _by_parts(path: Path, flags: int) -> int:
    handle = os.open(path.anchor, _THROUGH)
    parts = path.relative_to(path.anchor).parts
    for at, part in enumerate(parts, 1):
        try:
            inner = os.open(part, flags if at == len(parts) else _THROUGH, dir_fd=handle)
        finally:
            os.close(handle)
        handle = inner
    return handle


def _compared(path: Path) -> int:
    handle = os.open(path, _READ)
    try:
        if _leads_there(path) and os.path.samestat(os.fstat(handle), os.stat(path, follow_symlinks=False)):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    raise _other(path)


def _other(path: Path) -> OSError:
    return PermissionError(f"{path.name} is not what was checked")


def _leads_there(path: Path) -> bool:
    return path.resolve() == path
