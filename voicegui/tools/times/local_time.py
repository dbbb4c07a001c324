"""The user's own clock: the time zone of this machine, and what time it is there.

Apart from the rest, which is pure: this is the only place where the tools look at the clock of the machine.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from ..execution import in_thread
from .phrases import MONTHS, WEEKDAYS

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


# ---------------------------------------------------------------- times as they are said
# Times as they are said aloud. A pure rule, and the opposite of the rest of this package, which reads them.

_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_MIDNIGHT = "at midnight"


def said(moment: datetime, now: datetime) -> str:
    """ "tomorrow at 8 in the morning"; both in the same time zone."""
    clock = said_clock(moment)
    if clock == _MIDNIGHT:  # of the evening before it, as people count
        moment -= timedelta(minutes=1)
    days = (moment.date() - now.date()).days
    if days == 0:
        return clock if moment >= now else f"today {clock}"
    if days == 1:
        return f"tomorrow {clock}"
    if days == -1:
        return f"yesterday {clock}"
    name = f"on {WEEKDAYS[moment.weekday()].title()}"
    if 1 < days < 7:
        return f"{name} {clock}"
    year = f" {moment.year}" if moment.year != now.year else ""
    return f"{name}, {moment.day} {MONTHS[moment.month - 1].title()}{year}, {clock}"


def said_clock(moment: datetime) -> str:
    hour, minute = moment.hour, moment.minute
    if minute == 0 and hour in (0, 12):
        return _MIDNIGHT if hour == 0 else "at noon"
    if hour >= 22:
        part = "at night"
    else:
        part = "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"
    return f"at {(hour - 1) % 12 + 1}{f':{minute:02}' if minute else ''} {part}"


def said_length(seconds: float) -> str:
    """ "1 hour and 20 minutes": the two largest units."""
    rest, parts = max(1, round(seconds)), []
    for size, name in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return " and ".join(parts[:2])
