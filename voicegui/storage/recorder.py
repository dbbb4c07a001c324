"""Writes a conversation down as it happens."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from voicegui.core.errors import VoiceError
from voicegui.core.events import (
    Event,
    Interrupted,
    StartedAfresh,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)

from .database import Database
from .history import Answered, Called, Ended, Entry, Failed, Place, Returned, Said, write
from .rows import storable

log = logging.getLogger(__name__)

MOST_WAITING = 1000
"""Entries that wait for a disk that fails; the oldest give way."""


class Recorder:
    """Subscribe `receive` to a conversation. Lives on the event loop's thread and never blocks it.

    A disk that fails does not disturb the conversation: `trouble` gets the error once, what was not written waits and
    is written when it works again.
    """

    def __init__(
        self,
        database: Database,
        trouble: Callable[[VoiceError], None],
        *,
        keep: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database, self._trouble, self._clock = database, trouble, clock
        self._keep = keep
        self._place = Place()
        self._waiting: list[Entry] = []
        self._cut: Interrupted | None = None
        self._failing = False
        self._writing: asyncio.Task[None] | None = None

    def keep(self, on: bool) -> None:
        """The setting `keep_history`. Off: nothing more is written, what is kept stays."""
        if self._keep and not on:
            self._end()
        self._keep = on

    def receive(self, event: Event) -> None:
        if not self._keep:
            return
        entry = self._entry(event)
        if entry is not None:
            self._add(entry)

    async def aclose(self) -> None:
        """Writes what waits, and that the conversation has ended."""
        self.keep(False)
        await self.written()

    async def written(self) -> None:
        """Until all that was told so far is written, or the disk has failed."""
        while self._writing is not None:
            await asyncio.shield(self._writing)

    # ------------------------------------------------------------ helpers

    def _entry(self, event: Event) -> Entry | None:
        match event:
            case UserSaid(turn, text):
                return Said(turn, self._clock(), storable(text))
            case Interrupted():
                self._cut = event  # the end of its turn follows at once
            case TurnDone(turn):
                cut, self._cut = self._cut, None
                return self._answered(event, cut if cut and cut.turn == turn else None)
            case TurnFailed(turn):
                return Failed(turn)
            case ToolCalled(turn, call):
                return Called(turn, self._clock(), storable(call.id), storable(call.name), storable(call.arguments))
            case ToolFinished(_, call_id, ok, text, seconds):
                return Returned(storable(call_id), ok, storable(text), seconds)
            case StartedAfresh():
                self._end()
        return None

    def _answered(self, done: TurnDone, cut: Interrupted | None) -> Entry | None:
        unheard = cut.unheard if cut else ""
        if not done.assistant and not unheard:
            return None
        answered = Answered(done.turn, self._clock(), storable(done.assistant))
        return replace(answered, unheard=storable(unheard), interrupted=cut is not None)

    def _end(self) -> None:
        if self._waiting or self._place.now is not None:  # else there was nothing worth a file
            self._add(Ended(self._clock()))

    def _add(self, entry: Entry) -> None:
        self._waiting.append(entry)
        del self._waiting[:-MOST_WAITING]
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write_all())

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                entries = tuple(self._waiting)
                self._place = await self._database.change(_writing(self._place, entries))
                self._failing = False
                written = set(map(id, entries))  # the oldest may have given way meanwhile
                self._waiting = [entry for entry in self._waiting if id(entry) not in written]
        except VoiceError as error:
            if not self._failing:
                self._trouble(error)
            self._failing = True
        finally:
            self._writing = None


def _writing(place: Place, entries: Sequence[Entry]) -> Callable[[sqlite3.Connection], Place]:
    def work(connection: sqlite3.Connection) -> Place:
        at = place
        for entry in entries:
            at = write(connection, at, entry)
        return at

    return work
