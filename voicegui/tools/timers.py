"""The tool that changes a running timer."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from voicegui.core.records import Reminder, Reminders
from voicegui.core.tools import Permission, ToolOutcome
from voicegui.core.wording import Sentence, listed, marked, sentence

from .function_tools import failed_with, succeeded_with, tool
from .reminder_wording import are_tainted, matching_reminders, of_timer, with_time
from .times.durations import LONGEST, duration
from .times.local_time import Here, said_length
from .times.phrases import BadTime, normalized, unhedged

TimerChange = Literal["more", "less", "set", "pause", "resume"]
_COUNTS = (
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty ninety "
    "1 2 3 4 5 6 7 8 9 10 11 12 15 20 25 30 40 45 50 60 90 an half"
)


class TimerTools:
    def __init__(self, reminders: Reminders, here: Here) -> None:
        self._reminders, self._here = reminders, here

    @tool(
        label=marked("Change a timer"),
        permission=Permission.ALWAYS,
        changes=True,
        finishes=True,
        question=marked("I would change a timer: {change}."),
        cues=(  # none with a single unit: a text that is made of words of cues is taken to say nothing
            "add", "pause the", "pause my", "unpause", "resume", "continue the", "restart the", "timer again",
            "to the timer", "off the timer", "from the timer", "minutes to", "seconds to", "minutes off",
            "more minutes", "more time", "extend the", "lengthen", "shorten the", "timer by",
            *(f"make it {count}" for count in _COUNTS.split()),
        ),
        examples=(
            ("Add five minutes to the pasta timer.",
             {"change": "more", "duration": "five minutes", "which": "pasta timer"}),
            ("Pause the tea timer.", {"change": "pause", "which": "tea timer"}),
            ("Extend the timer by an hour.", {"change": "more", "duration": "an hour"}),
            ("Take two minutes off the timer.", {"change": "less", "duration": "two minutes"}),
            ("Make it ten.", {"change": "set", "duration": "ten"}),
        ),
    )  # fmt: skip
    async def change_timer(
        self,
        change: Annotated[TimerChange, "set: to a new length"],
        duration: Annotated[str, "For more, less and set, such as five minutes"] = "",
        which: Annotated[str, "Its name, if there are several, such as pasta"] = "",
    ) -> ToolOutcome:
        """Gives a running timer more or less time or another length, pauses or resumes it."""
        timers = [each for each in await self._reminders.pending() if each.timer]
        there = await self._here.time()
        if not timers:
            return failed_with(sentence("There is no timer."))
        several = _meant(which, change, timers, there)
        if len(several) != 1:
            names = listed([with_time(each, there) for each in several or timers], 5)
            none = sentence("There is no such timer. What there is: {timers}.", timers=names)
            return failed_with(which_of(names) if several else none, outside=are_tainted(several or timers))
        [timer] = several
        try:
            changed = _changed(timer, change, duration, self._here.seconds())
        except BadTime as problem:
            return failed_with(problem.why, outside=timer.tainted)
        due, remaining = changed
        kept = await self._reminders.change(timer.id, due, remaining)
        if kept is None:
            return failed_with(sentence("That timer is not running any more."), outside=timer.tainted)
        answer = _as_it_is(kept, change, self._here.seconds())
        return succeeded_with(answer, f"Timer {kept.id} is changed. {answer.written()}", outside=timer.tainted)


def which_of(several: Sentence) -> Sentence:
    return sentence("Which one do you mean: {several}?", several=several)


def _meant(which: str, change: TimerChange, timers: Sequence[Reminder], there: datetime) -> Sequence[Reminder]:
    """Without words for it, what can be paused or resumed."""
    those = matching_reminders(which, timers, there)
    if len(those) > 1 and change in ("pause", "resume"):
        fitting = [each for each in those if (each.remaining is None) == (change == "pause")]
        return fitting or those
    return those


def _changed(timer: Reminder, change: TimerChange, said: str, now: float) -> tuple[float, float | None]:
    """When it is due, and what is left of it while it is paused. Raises BadTime."""
    left = max(0.0, timer.due - now) if timer.remaining is None else timer.remaining
    paused = timer.remaining is not None
    match change:
        case "pause":
            paused = True
        case "resume":
            paused = False
        case "set":
            left = _length(said)
        case "more":
            left += _length(said)
        case "less":
            less = _length(said)
            if less >= left:
                only = of_timer(timer, _HAS_ONLY, _NAMED_HAS_ONLY)
                raise BadTime(only.filled(length=said_length(left)))
            left -= less
    return now + left, left if paused else None


def _length(said: str) -> float:
    """Seconds. A number alone are minutes: the answer says so. Raises BadTime."""
    if not said.strip() or len(said) > LONGEST:
        raise BadTime(sentence("By how much time? Say it like “five minutes”."))
    text = re.sub(r"^(?:by|to|at) ", "", unhedged(normalized(said)))
    return timed(f"{text} minutes" if re.fullmatch(r"\d+(?:\.\d+)?", text) else text)


def timed(text: str) -> float:
    """Seconds of a timer. Raises BadTime."""
    length = duration(text)
    if length.months:
        raise BadTime(sentence("A timer runs for days at most. Set a reminder instead."))
    return length.seconds + length.days * 86_400


_HAS_ONLY = sentence("The timer has only {length} left.")
_NAMED_HAS_ONLY = sentence("The {name} timer has only {length} left.")
_PAUSED = sentence("The timer is paused with {length} left.")
_NAMED_PAUSED = sentence("The {name} timer is paused with {length} left.")
_RUNS_AGAIN = sentence("The timer runs again, with {length} left.")
_NAMED_RUNS_AGAIN = sentence("The {name} timer runs again, with {length} left.")
_HAS = sentence("The timer has {length} left.")
_NAMED_HAS = sentence("The {name} timer has {length} left.")


def _as_it_is(timer: Reminder, change: TimerChange, now: float) -> Sentence:
    if timer.remaining is not None:
        return of_timer(timer, _PAUSED, _NAMED_PAUSED).filled(length=said_length(timer.remaining))
    told = of_timer(timer, _RUNS_AGAIN, _NAMED_RUNS_AGAIN) if change == "resume" else of_timer(timer, _HAS, _NAMED_HAS)
    return told.filled(length=said_length(timer.due - now))
