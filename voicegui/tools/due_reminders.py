"""Tells what is due, in time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.records import Reminder, Reminders
from voicegui.core.wording import Sentence, listed, sentence

from .reminder_wording import announced, missed
from .times.local_time import Here, said

log = logging.getLogger(__name__)

CHECK_S = 30.0
"""So often the clock is read: it may have been set, and a machine that slept counts no seconds."""
MISSED_S = 60.0
"""What is later than that was missed: it is told with the time at which it was due."""

AGAIN_S = 5.0
"""What was said in between has that long before it is tried again."""

_MOST_AT_ONCE = 5
"""Missed ones in one sentence."""

AnnounceReminder = Callable[[str, bool], Awaitable[None]]
"""Gets a sentence, and whether it may come from outside. Returns once it was heard to its end, or shown; raises
VoiceError, or is cancelled, if it was not."""
Notify = Callable[[str], Coroutine[Any, Any, None]]
"""Shows the sentence on the desktop, if it can. Raises nothing."""


class DueReminders:
    """Runs from `start` to `aclose`. Lives on the event loop's thread.

    What was announced is not pending any more; what could not be is tried again, the desktop's notification apart. Of
    several programs with the same reminders one tells each.
    """

    def __init__(
        self,
        reminders: Reminders,
        announce: AnnounceReminder,
        notify: Notify,
        here: Here | None = None,
    ) -> None:
        self._reminders, self._announce, self._notify = reminders, announce, notify
        self._here = here or Here()
        self._changed = asyncio.Event()
        self._notified: set[int] = set()
        self._told: set[int] = set()
        """Announced, whether that could be kept or not."""
        self._showing: set[asyncio.Task[None]] = set()
        self._keeping: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._end_watch: Callable[[], None] = lambda: None

    def start(self) -> None:
        self._end_watch = self._reminders.watch(self._changed.set)
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def aclose(self) -> None:
        self._end_watch()
        for task in (*([self._task] if self._task else []), *self._showing):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await asyncio.gather(*self._keeping, return_exceptions=True)  # what was heard is not told again

    def has_told(self, id: int) -> bool:
        """It was heard, whether that is kept by now or not."""
        return id in self._told

    # ------------------------------------------------------------ helpers

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            try:
                wait = await self._tell_due()
            except VoiceError as error:
                wait = AGAIN_S if error.code is ErrorCode.NOT_HEARD else CHECK_S
                log.warning("reminders could not be told: %s", error.code)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()

    async def _tell_due(self) -> float:
        """Returns the seconds until it has to look again."""
        pending = [each for each in await self._pending() if each.id not in self._told]
        now = self._here.seconds()
        ours = await self._ours([each for each in pending if each.due <= now])
        late = [each for each in ours if each.due < now - MISSED_S]
        if late:
            await self._tell(late, await self._missed(late))
        elif ours:
            await self._tell(ours[:1], announced(ours[0]))
        else:
            return min([CHECK_S, *(each.due - now for each in pending if each.due > now)])
        return 0.0  # telling took a while: others may have been cancelled meanwhile

    async def _ours(self, due: Sequence[Reminder]) -> Sequence[Reminder]:
        """Those to be told next, in one sentence, that no other program is telling."""
        missed_before = self._here.seconds() - MISSED_S
        late = [each for each in due if each.due < missed_before]
        groups = [late[at : at + _MOST_AT_ONCE] for at in range(0, len(late), _MOST_AT_ONCE)]
        for group in (*groups, *([each] for each in due if each not in late)):
            claimed = await self._claimed([each.id for each in group])
            if ours := [each for each in group if each.id in claimed]:
                return ours
        return ()

    async def _claimed(self, ids: Sequence[int]) -> Sequence[int]:
        try:
            return await self._reminders.claim(ids)
        except VoiceError as error:  # told twice is better than not at all
            log.warning("reminders could not be claimed: %s", error.code)
            return ids

    async def _pending(self) -> Sequence[Reminder]:
        pending = await self._reminders.pending()
        for each in pending:
            if each.id in self._told:  # keeping that had failed
                await self._reminders.announced(each.id)
        return pending

    async def _tell(self, several: Sequence[Reminder], what: Sentence) -> None:
        fresh = {each.id for each in several} - self._notified
        self._notified |= fresh
        if fresh:
            showing = asyncio.get_running_loop().create_task(self._notify(what.shown()))
            self._showing.add(showing)
            showing.add_done_callback(self._showing.discard)
        try:
            await self._announce(what.spoken(), any(each.tainted for each in several))
        except VoiceError:
            with suppress(VoiceError):  # what happened first is what counts
                await self._reminders.release([each.id for each in several])
            raise
        self._told |= {each.id for each in several}
        keeping = [asyncio.get_running_loop().create_task(self._reminders.announced(each.id)) for each in several]
        self._keeping |= set(keeping)
        for task in keeping:
            task.add_done_callback(self._keeping.discard)
        await asyncio.shield(asyncio.gather(*keeping))

    async def _missed(self, late: Sequence[Reminder]) -> Sentence:
        here = await self._here.time()
        parts = [missed(each, said(datetime.fromtimestamp(each.due, here.tzinfo), here)) for each in late]
        return sentence("While I was away, {reminders}.", reminders=listed(parts, 5))
