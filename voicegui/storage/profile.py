"""The profile: its folders, and files that are either the old or the new one, never half of it."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from voicegui.core.errors import is_disk_full


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
    problem: str = ""
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
        return Profile(folder, f"You have no home folder, so {_NOT_KEPT}")
    try:
        # what was said is kept here: for nobody else on this machine
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
    except OSError as error:
        why = "the disk is full" if is_disk_full(error) else "it cannot be written"
        return Profile(folder, f"Nothing can be kept in {folder}: {why}. So {_NOT_KEPT}")
    return Profile(folder)


_NOT_KEPT = "settings, conversations, reminders and facts are forgotten when voicegui ends."
