"""The user's own clock: the time zone of this machine, and what time it is there.

Apart from the rest, which is pure: this is the only place where the tools look at the clock of the machine.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, tzinfo

from ..execution import in_thread

log = logging.getLogger(__name__)


def local_zone() -> tzinfo:
    """With its rules for summer time, asked of the system each time; else only what its clock is ahead of UTC now."""
    from tzlocal import reload_localzone

    try:
        return reload_localzone()
    except (LookupError, OSError, ValueError) as error:
        log.warning("the time zone is not known: %s", type(error).__name__)
        zone = datetime.now().astimezone().tzinfo
        assert zone is not None
        return zone


class Here:
    """What time it is where the user is. `now`: seconds since 1970; `zone`: the user's, asked in a thread each time:
    laptops travel."""

    def __init__(self, now: Callable[[], float] = time.time, zone: Callable[[], tzinfo] = local_zone) -> None:
        self._now, self._zone = now, zone

    def seconds(self) -> float:
        return self._now()

    def at_once(self) -> datetime:
        """Blocks while the zone is asked for."""
        return datetime.fromtimestamp(self._now(), self._zone())

    async def time(self) -> datetime:
        return await in_thread(self.at_once)


def standing(moment: datetime) -> Here:
    """It is always then, in the time zone of `moment`."""
    zone = moment.tzinfo
    assert zone is not None
    return Here(moment.timestamp, lambda: zone)
