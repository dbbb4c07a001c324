"""The tools for reminders and timers."""

from datetime import datetime
from typing import Annotated

from voicegui.core.records import Reminders
from voicegui.core.tools import TAINTED, Permission, ToolOutcome

from .execution import in_thread
from .function_tools import tool
from .reminder_wording import (
    ALL,
    are_tainted,
    as_thing,
    enumerated,
    failed_with,
    matching_reminders,
    reminded,
    reminder_text,
    timer_name,
    with_time,
)
from .timers import timed
from .times.durations import LONGEST
from .times.local_time import Here, said_length
from .times.moments import Moment, moment, time_at_an_end, without
from .times.phrases import BadTime

_LONGEST = 500


class ReminderTools:
    def __init__(self, reminders: Reminders, here: Here) -> None:
        self._reminders, self._here = reminders, here

    @tool(
        label="Set a reminder",
        permission=Permission.ALWAYS,
        changes=True,
        finishes=True,
        question="I would remind you of {what}, {when}.",
        cues=("remind", "reminder", "don't let me forget", "do not let me forget", "don't forget to", "i don't forget",
              "wake me", "alert me", "alarm"),
        examples=(
            ("Remind me to stretch in 2 seconds.", {"what": "stretch", "when": "in 2 seconds"}),
            ("Don't let me forget to call Ana tomorrow at five.", {"what": "call Ana", "when": "tomorrow at five"}),
            ("At 8, remind me about the meeting.", {"what": "about the meeting", "when": "at 8"}),
            ("Wake me at 7 in the morning.", {"what": "Wake me", "when": "at 7 in the morning"}),
        ),
    )  # fmt: skip
    async def set_reminder(
        self,
        what: Annotated[str, "What to do, such as stretch, call Ana, or: about the meeting"],
        when: Annotated[str, "As the person said it, such as in ten minutes, tomorrow at five pm, next Monday at 9:30"],
    ) -> ToolOutcome:
        """Reminds the person once, aloud, at a time or after a while. Pass the time in the person's own words."""
        if len(what) > _LONGEST:
            return failed_with("That is too long for a reminder.")
        try:
            text, meant = await _understood(what, when, await self._here.time())
        except BadTime as problem:
            return failed_with(str(problem))
        reminder = await self._reminders.add(text, meant.at, tainted=TAINTED.get())
        sentence = " ".join(f"I will remind you {reminded(reminder.text)} {meant.said}.".split())
        sentence = f"{sentence} {meant.note}".strip()
        return ToolOutcome(f"Reminder {reminder.id} is set. {sentence}", say=sentence)

    @tool(
        label="Set a timer",
        permission=Permission.ALWAYS,
        changes=True,
        finishes=True,
        question="I would set a timer of {duration}.",
        cues=("timer", "countdown", "count down", "stopwatch"),
        examples=(
            ("Start a tea timer of 3 minutes.", {"duration": "3 minutes", "name": "tea"}),
            ("Could you set a timer for ten minutes", {"duration": "ten minutes"}),
        ),
    )
    async def set_timer(
        self,
        duration: Annotated[str, "How long, such as ten minutes, an hour and a half, 90 seconds"],
        name: Annotated[str, "What it is for, such as tea"] = "",
    ) -> ToolOutcome:
        """Starts a timer: it says aloud when the time is over."""
        if len(name) > _LONGEST:
            return failed_with("That name is too long for a timer.")
        try:
            length = timed(duration)
        except BadTime as problem:
            return failed_with(str(problem))
        due = self._here.seconds() + length
        timer = await self._reminders.add(" ".join(name.split()), due, timer=True, tainted=TAINTED.get())
        sentence = f"The {timer_name(timer)} runs for {said_length(length)}."
        return ToolOutcome(f"Timer {timer.id} is set. {sentence}", say=sentence)

    @tool(
        label="Reminders",
        permission=Permission.ALWAYS,
        cues=("reminders", "timers", "timer left", "how long is left", "left on the", "how much time",
              "how much is left", "how long do i have", "how much longer", "time is left", "time left", "timer still"),
        examples=(("What reminders do I have?", {}), ("How much time is left on the timer?", {}),
                  ("How much is left?", {})),
    )  # fmt: skip
    async def list_reminders(self) -> ToolOutcome:
        """Lists the reminders and timers that are still to come."""
        pending = await self._reminders.pending()
        if not pending:
            return ToolOutcome("There are no reminders and no timers.", say="You have no reminders.")
        there = await self._here.time()
        texts = [with_time(each, there) for each in pending]
        lines = [f"{each.id}: {text}" for each, text in zip(pending, texts, strict=True)]
        return ToolOutcome("\n".join(lines), say=f"Still to come: {enumerated(texts)}.", outside=are_tainted(pending))

    @tool(
        label="Cancel a reminder",
        permission=Permission.ALWAYS,
        changes=True,
        finishes=True,
        question="I would cancel the reminder {which}.",
        cues=("cancel", "delete the", "delete my", "get rid of", "remove the", "stop the", "stop my", "turn off the",
              "timer off", "don't remind", "forget the reminder"),
        examples=(
            ("Cancel the reminder to call Ana.", {"which": "call Ana"}),
            ("Stop the tea timer.", {"which": "tea timer"}),
            ("Cancel all my reminders.", {"which": "all"}),
        ),
    )  # fmt: skip
    async def cancel_reminder(
        self, which: Annotated[str, "Words of it, its time or its number, such as call Ana, at 8, tea timer; or: all"]
    ) -> ToolOutcome:
        """Cancels a reminder or a timer that is still to come."""
        pending, there = await self._reminders.pending(), await self._here.time()
        if not pending:
            return failed_with("There are no reminders to cancel.")
        those = matching_reminders(which, pending, there)
        texts = [with_time(each, there) for each in those]
        if not those:
            others = enumerated([as_thing(with_time(each, there)) for each in pending])
            return failed_with(f"There is no such reminder. What there is: {others}.", outside=are_tainted(pending))
        if len(those) > 1 and not ALL.match(which):
            return failed_with(f"Which one do you mean: {enumerated(texts)}?", outside=are_tainted(those))
        gone = [text for each, text in zip(those, texts, strict=True) if await self._reminders.cancel(each.id)]
        if not gone:
            return failed_with("It is not pending any more.")
        sentence = f"I cancelled {enumerated([as_thing(text) for text in gone], len(gone))}."
        return ToolOutcome(sentence, say=sentence, outside=are_tainted(those))


async def _understood(what: str, when: str, there: datetime) -> tuple[str, Moment]:
    """In a thread: the first one loads a library. Raises BadTime."""

    def read() -> tuple[str, Moment] | BadTime:
        try:
            return read_reminder(what, when, there)
        except BadTime as problem:
            return problem

    result = await in_thread(read)
    if isinstance(result, BadTime):
        raise result
    return result


def read_reminder(what: str, when: str, there: datetime) -> tuple[str, Moment]:
    """What to remind of, without its time, and that time, whichever of the two a model has put it into. May take a
    second. Raises BadTime."""
    text = reminder_text(what)
    try:
        meant = moment(when, there)
    except BadTime:
        if elsewhere := _found_elsewhere(text, when, there):
            return elsewhere
        raise
    return reminder_text(without(text, when, meant, there)), meant


def _found_elsewhere(text: str, when: str, there: datetime) -> tuple[str, Moment] | None:
    """Of "drink in 6 seconds" and "", or of "drink" and "to drink in 6 seconds"."""
    if len(when) > LONGEST:
        return None
    said = set(when.lower().split())
    if (within := time_at_an_end(text, there)) and said <= set(text.lower().split()):
        return reminder_text(within[0]), within[1]
    if (within := time_at_an_end(reminder_text(when), there)) and reminder_text(within[0]).lower() in text.lower():
        return reminder_text(without(text, when, within[1], there)), within[1]
    return None
