"""The settings file: TOML for people, written atomically, salvaged where it is partly wrong."""

import logging
from pathlib import Path

from voicegui.core.settings import Settings

from .files import write_atomically

log = logging.getLogger(__name__)

# what reads and writes a file is imported when there is one: the first start has none


def load(path: Path) -> tuple[Settings, list[str]]:
    """Settings and sentences about what could not be used; defaults take the place of that. Never raises."""
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Settings(), []
    except OSError as error:
        return Settings(), [f"The settings in {path} cannot be read, the defaults are used: {error}."]
    from .settings_reader import read

    found = read(raw, path)
    for name in found.unknown_names():
        log.warning("Unknown setting in %s: %s", path.name, name)
    return Settings(**found.values), [*found.problems, *found.remarks]


def save(path: Path, settings: Settings) -> None:
    """Writes all settings at once; what this version does not know (of a newer one) stays.

    A file that is partly wrong is first kept beside it as `settings.toml.unreadable`: what a person wrote by hand and
    mistyped is not lost. Raises OSError; the old file is then intact.
    """
    from .migrations import VERSION
    from .settings_reader import Read, aside, read
    from .settings_text import rendered

    try:
        raw = path.read_bytes()
        found = read(raw, path)
    except FileNotFoundError:
        raw, found = b"", Read(VERSION)
    if found.problems:
        write_atomically(aside(path), raw)
    write_atomically(path, rendered(settings, max(VERSION, found.version), found.unknown).encode())
