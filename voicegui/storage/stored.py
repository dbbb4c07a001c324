"""Settings on their way to the file of a profile."""

import asyncio
import logging
from collections.abc import Callable

from voicegui.core.events import Event, Noticed
from voicegui.core.settings import Settings

from .paths import Profile
from .settings import Store

log = logging.getLogger(__name__)


class StoredSettings:
    """Writes them in a thread, one after the other. That they cannot be written is told once, and again only after it
    went well. `used` and `kept`: see `Store`."""

    def __init__(self, profile: Profile, used: Settings, kept: Settings, tell: Callable[[Event], None]) -> None:
        self._profile, self._tell = profile, tell
        self._file = Store(profile.settings_file, used, kept)
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
