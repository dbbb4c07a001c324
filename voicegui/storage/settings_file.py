"""The settings file: TOML for people, written atomically, salvaged where it is partly wrong."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

from filelock import FileLock

from voicegui.core.events import Event, Noticed
from voicegui.core.settings import Settings

from .profile import Profile, write_atomically

log = logging.getLogger(__name__)

# what reads and writes a file is imported when there is one: the first start has none


def load_settings(path: Path) -> tuple[Settings, list[str]]:
    """Settings and sentences about what could not be used; defaults take the place of that. Never raises."""
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Settings(), []
    except OSError as error:
        return Settings(), [f"The settings in {path} cannot be read, the defaults are used: {error}."]
    from .settings_reading import read_settings

    found = read_settings(raw, path)
    for name in found.unknown_names():
        log.warning("Unknown setting in %s: %s", path.name, name)
    return Settings(**found.values), [*found.problems, *found.remarks]


class SettingsStore:
    """The file while a program runs, which may be edited by hand or by another program meanwhile: only what was changed
    in this one is written over what the file says then.

    `used`: what the program began with; `kept`: what of it was in the file. They differ in what holds for one run only.
    Blocks; for one thread at a time.
    """

    def __init__(self, path: Path, used: Settings, kept: Settings) -> None:
        self._path = path
        self._used = used
        self._kept = kept

    def write(self, used: Settings) -> Sequence[str]:
        """Returns sentences about what in the file could not be used and was put aside. Raises OSError."""
        changed = {each.name for each in fields(used) if getattr(used, each.name) != getattr(self._used, each.name)}
        if not changed:
            return ()
        kept = replace(self._kept, **{name: getattr(used, name) for name in changed})
        problems = save_settings(self._path, kept, changed, self._used)
        self._used, self._kept = used, kept
        return problems


def save_settings(
    path: Path, settings: Settings, changed: Collection[str] | None = None, before: Settings | None = None
) -> Sequence[str]:
    """Writes all settings at once, or those that were `changed`: the others stay as the file has them now. So does what
    this version does not know (of a newer one). `before`: what they were before they were changed; of a list only those
    entries are written that differ from it.

    A file that is partly wrong is first kept beside it as `settings.toml.unreadable`: what a person wrote by hand and
    mistyped is not lost; `settings` stand for what cannot be read, and for a file that is gone. Returns sentences about
    it. Raises OSError; the old file is then intact.
    """
    with _alone(path):
        return _save(path, settings, changed, before)


_WAIT_S = 2.0
"""Another program writes the file for a moment."""


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """No other program writes the file between reading and writing it; without locks the last one wins."""
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        lock.acquire(timeout=_WAIT_S)
    except (OSError, NotImplementedError) as error:  # a folder that cannot be written, a disk without locks
        log.warning("the settings file could not be locked: %s", type(error).__name__)
    try:
        yield
    finally:
        lock.release()


def _save(path: Path, settings: Settings, changed: Collection[str] | None, before: Settings | None) -> Sequence[str]:
    from .migrations import VERSION
    from .settings_reading import SettingsRead, aside, merged, read_settings
    from .settings_text import rendered

    try:
        raw = path.read_bytes()
        found = read_settings(raw, path)
    except FileNotFoundError:
        raw, found = b"", SettingsRead(VERSION)
    if found.problems:
        write_atomically(aside(path), raw)
    if changed is not None and raw:
        others = {name: value for name, value in found.values.items() if name not in changed}
        ours = {name: getattr(settings, name) for name in changed}
        if before is not None and not found.problems:
            there = {name: found.values.get(name, getattr(Settings(), name)) for name in ours}
            ours = {name: merged(name, getattr(before, name), value, there[name]) for name, value in ours.items()}
        settings = replace(settings if found.problems else Settings(), **others, **ours)
    write_atomically(path, rendered(settings, max(VERSION, found.version), found.unknown).encode())
    return found.problems


# ---------------------------------------------------------------- writing as they change


class StoredSettings:
    """Writes them in a thread, one after the other. That they cannot be written is told once, and again only after it
    went well. `used` and `kept`: see `SettingsStore`."""

    def __init__(self, profile: Profile, used: Settings, kept: Settings, tell: Callable[[Event], None]) -> None:
        self._profile, self._tell = profile, tell
        self._file = SettingsStore(profile.settings_file, used, kept)
        self._one_at_a_time = asyncio.Lock()
        self._unstored = False

    async def write(self, wanted: Callable[[], Settings]) -> None:
        """What is `wanted` by the time of writing. Raises nothing."""
        try:
            async with self._one_at_a_time:
                for problem in await asyncio.to_thread(self._file.write, wanted()):
                    self._tell(Noticed(problem))
        except OSError as error:
            log.warning("settings were not stored: %s", type(error).__name__)
            if not self._profile.problem and not self._unstored:
                self._unstored = True
                self._tell(Noticed("The settings could not be stored: they hold until voicegui ends."))
            return
        self._unstored = False
