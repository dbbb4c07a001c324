"""Folders of a profile."""

from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Profile:
    """What one person keeps: settings, history and logs in one folder. Models are elsewhere: profiles share them."""

    folder: Path

    @property
    def settings_file(self) -> Path:
        return self.folder / "settings.toml"

    @property
    def database(self) -> Path:
        return self.folder / "voicegui.db"

    @property
    def tools_folder(self) -> Path:
        """The person's own tool files."""
        return self.folder / "tools"

    @property
    def allowed_tools_file(self) -> Path:
        """Which content of them may run."""
        return self.folder / "allowed_tools.json"

    @property
    def log_file(self) -> Path:
        return self.folder / "logs" / "voicegui.log"


def open_profile(folder: Path | None = None) -> Profile:
    """The profile in `folder`, or the platform's own; creates the folder. Raises OSError."""
    profile = Profile(folder or platformdirs.user_data_path("voicegui", appauthor=False, roaming=True))
    # what was said is kept here: for nobody else on this machine
    profile.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return profile
