"""The user's own clock: the time zone of this machine, and what time it is there.

Apart from the rest, which is pure: this is the only place where the tools look at the clock of the machine.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from voicegui.core.wording import Sentence, sentence, sentence_plural

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


# ---------------------------------------------------------------- times as they are said
# Times as they are said aloud. A pure rule, and the opposite of the rest of this package, which reads them.

WEEKDAY_NAMES = (
    sentence("Monday"), sentence("Tuesday"), sentence("Wednesday"), sentence("Thursday"), sentence("Friday"),
    sentence("Saturday"), sentence("Sunday"),
)  # fmt: skip
MONTH_NAMES = (
    sentence("January"), sentence("February"), sentence("March"), sentence("April"), sentence("May"), sentence("June"),
    sentence("July"), sentence("August"), sentence("September"), sentence("October"), sentence("November"),
    sentence("December"),
)  # fmt: skip
"""In dates, behind or before the day."""


@dataclass(frozen=True, slots=True)
class _Forms:
    """Of a moment, with its {clock}."""

    today: Sentence
    tomorrow: Sentence
    yesterday: Sentence
    weekdays: tuple[Sentence, ...]
    date: Sentence
    date_of_a_year: Sentence


_WITHIN = _Forms(
    sentence("today {clock}"),
    sentence("tomorrow {clock}"),
    sentence("yesterday {clock}"),
    (
        sentence("on Monday {clock}"), sentence("on Tuesday {clock}"), sentence("on Wednesday {clock}"),
        sentence("on Thursday {clock}"), sentence("on Friday {clock}"), sentence("on Saturday {clock}"),
        sentence("on Sunday {clock}"),
    ),
    sentence("on {weekday}, {day} {month}, {clock}"),
    sentence("on {weekday}, {day} {month} {year}, {clock}"),
)  # fmt: skip
_FIRST = _Forms(
    sentence("Today {clock}"),
    sentence("Tomorrow {clock}"),
    sentence("Yesterday {clock}"),
    (
        sentence("On Monday {clock}"), sentence("On Tuesday {clock}"), sentence("On Wednesday {clock}"),
        sentence("On Thursday {clock}"), sentence("On Friday {clock}"), sentence("On Saturday {clock}"),
        sentence("On Sunday {clock}"),
    ),
    sentence("On {weekday}, {day} {month}, {clock}"),
    sentence("On {weekday}, {day} {month} {year}, {clock}"),
)  # fmt: skip


def said(moment: datetime, now: datetime) -> Sentence:
    """ "tomorrow at 8 in the morning"; both in the same time zone."""
    return _on_its_day(moment, now, _WITHIN) or said_clock(moment)


def said_first(moment: datetime, now: datetime) -> Sentence:
    """The same where a sentence begins with it: "Yesterday at 8 in the morning"."""
    return _on_its_day(moment, now, _FIRST) or _clock_first(moment)


def _on_its_day(moment: datetime, now: datetime, forms: _Forms) -> Sentence | None:
    """None if the time of day tells it all."""
    clock = said_clock(moment)
    if (moment.hour, moment.minute) == (0, 0):  # of the evening before it, as people count
        moment -= timedelta(minutes=1)
    days = (moment.date() - now.date()).days
    if days == 0:
        return None if moment >= now else forms.today.filled(clock=clock)
    if days in (1, -1):
        return (forms.tomorrow if days == 1 else forms.yesterday).filled(clock=clock)
    if 1 < days < 7:
        return forms.weekdays[moment.weekday()].filled(clock=clock)
    weekday, month = WEEKDAY_NAMES[moment.weekday()], MONTH_NAMES[moment.month - 1]
    date = forms.date if moment.year == now.year else forms.date_of_a_year.filled(year=moment.year)
    return date.filled(weekday=weekday, day=moment.day, month=month, clock=clock)


def said_clock(moment: datetime) -> Sentence:
    hour, minute, number = moment.hour, moment.minute, _of_twelve(moment)
    if minute == 0 and hour in (0, 12):
        return sentence("at midnight") if hour == 0 else sentence("at noon")
    if hour >= 22:
        return sentence("at {time} at night", time=number)
    if hour >= 18:
        return sentence("at {time} in the evening", time=number)
    if hour >= 12:
        return sentence("at {time} in the afternoon", time=number)
    return sentence("at {time} in the morning", time=number)


def _clock_first(moment: datetime) -> Sentence:
    hour, minute, number = moment.hour, moment.minute, _of_twelve(moment)
    if minute == 0 and hour in (0, 12):
        return sentence("At midnight") if hour == 0 else sentence("At noon")
    if hour >= 22:
        return sentence("At {time} at night", time=number)
    if hour >= 18:
        return sentence("At {time} in the evening", time=number)
    if hour >= 12:
        return sentence("At {time} in the afternoon", time=number)
    return sentence("At {time} in the morning", time=number)


def _of_twelve(moment: datetime) -> str:
    return f"{(moment.hour - 1) % 12 + 1}{f':{moment.minute:02}' if moment.minute else ''}"


def said_length(seconds: float) -> Sentence:
    """ "1 hour and 20 minutes": the two largest units."""
    rest = max(1, round(seconds))
    days, rest = divmod(rest, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = (
        sentence_plural("{count} day", "{count} days", days),
        sentence_plural("{count} hour", "{count} hours", hours),
        sentence_plural("{count} minute", "{count} minutes", minutes),
        sentence_plural("{count} second", "{count} seconds", rest),
    )
    larger, *smaller = (part for part in parts if part.count)
    return sentence("{larger} and {smaller}", larger=larger, smaller=smaller[0]) if smaller else larger
