"""Settings on their way to the file of a profile."""

import asyncio
import logging
from collections.abc import Callable

from voicegui.core.events import Event, Noticed
from voicegui.core.settings import Settings

from . import settings as settings_file
from .paths import Profile

log = logging.getLogger(__name__)


class StoredSettings:
    """Writes them in a thread. That they cannot be written is told once, and again only after it went well."""

    def __init__(self, profile: Profile, tell: Callable[[Event], None]) -> None:
        self._profile, self._tell = profile, tell
        self._unstored = False

    async def write(self, settings: Settings) -> None:
        """Raises nothing."""
        try:
            await asyncio.to_thread(settings_file.save, self._profile.settings_file, settings)
        except OSError as error:
            log.warning("settings were not stored: %s", type(error).__name__)
            if not self._profile.problem and not self._unstored:
                self._unstored = True
                self._tell(Noticed("The settings could not be stored: they hold until voicegui ends."))
            return
        self._unstored = False
