"""The tools for reminders and timers."""

from datetime import datetime
from typing import Annotated

from voicegui.core.records import Reminders
from voicegui.core.tools import TAINTED, Permission, ToolOutcome
from voicegui.core.wording import listed, marked, sentence

from .execution import in_thread
from .function_tools import failed_with, succeeded_with, tool
from .reminder_wording import ALL, about, are_tainted, as_thing, matching_reminders, of_timer, reminder_text, with_time
from .timers import timed, which_of
from .times.durations import LONGEST
from .times.local_time import Here, said_length
from .times.moments import Moment, moment, time_at_an_end, without
from .times.phrases import BadTime

_LONGEST = 500
_WILL_REMIND = sentence("I will remind you {when}.")
_WILL_REMIND_ABOUT = sentence("I will remind you {about} {when}.")
_WILL_REMIND_TO = sentence("I will remind you to {what} {when}.")


class ReminderTools:
    def __init__(self, reminders: Reminders, here: Here) -> None:
        self._reminders, self._here = reminders, here

    @tool(
        label=marked("Set a reminder"),
        permission=Permission.ALWAYS,
        changes=True,
        finishes=True,
        question=marked("I would remind you of {what}, {when}."),
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
            return failed_with(sentence("That is too long for a reminder."))
        try:
            text, meant = await _understood(what, when, await self._here.time())
        except BadTime as problem:
            return failed_with(problem.why)
        reminder = await self._reminders.add(text, meant.at, tainted=TAINTED.get())
        answer = about(reminder.text, nothing=_WILL_REMIND, thing=_WILL_REMIND_ABOUT, doing=_WILL_REMIND_TO)
        answer = answer.filled(when=meant.said)
        if meant.note:
            answer = sentence("{answer} {note}", answer=answer, note=meant.note)
        return succeeded_with(answer, f"Reminder {reminder.id} is set. {answer.written()}")

    @tool(
        label=marked("Set a timer"),
        permission=Permission.ALWAYS,
        changes=True,
        finishes=True,
        question=marked("I would set a timer of {duration}."),
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
            return failed_with(sentence("That name is too long for a timer."))
        try:
            length = timed(duration)
        except BadTime as problem:
            return failed_with(problem.why)
        due = self._here.seconds() + length
        timer = await self._reminders.add(" ".join(name.split()), due, timer=True, tainted=TAINTED.get())
        plain, named = sentence("The timer runs for {length}."), sentence("The {name} timer runs for {length}.")
        answer = of_timer(timer, plain, named).filled(length=said_length(length))
        return succeeded_with(answer, f"Timer {timer.id} is set. {answer.written()}")

    @tool(
        label=marked("Reminders"),
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
            return succeeded_with(sentence("You have no reminders."), "There are no reminders and no timers.")
        there = await self._here.time()
        texts = [with_time(each, there) for each in pending]
        lines = [f"{each.id}: {text.written()}" for each, text in zip(pending, texts, strict=True)]
        answer = sentence("Still to come: {reminders}.", reminders=listed(texts, 5))
        return succeeded_with(answer, "\n".join(lines), outside=are_tainted(pending))

    @tool(
        label=marked("Cancel a reminder"),
        permission=Permission.ALWAYS,
        changes=True,
        finishes=True,
        question=marked("I would cancel the reminder {which}."),
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
            return failed_with(sentence("There are no reminders to cancel."))
        those = matching_reminders(which, pending, there)
        if not those:
            others = listed([as_thing(each, there) for each in pending], 5)
            why = sentence("There is no such reminder. What there is: {reminders}.", reminders=others)
            return failed_with(why, outside=are_tainted(pending))
        if len(those) > 1 and not ALL.match(which):
            texts = listed([with_time(each, there) for each in those], 5)
            return failed_with(which_of(texts), outside=are_tainted(those))
        gone = [as_thing(each, there) for each in those if await self._reminders.cancel(each.id)]
        if not gone:
            return failed_with(sentence("It is not pending any more."))
        answer = sentence("I cancelled {reminders}.", reminders=listed(gone, len(gone)))
        return succeeded_with(answer, outside=are_tainted(those))


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
