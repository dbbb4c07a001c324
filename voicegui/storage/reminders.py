"""Reminders in the database."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from voicegui.core.records import Reminder

from .database import Database
from .rows import storable

_PENDING = "announced IS NULL AND cancelled IS NULL"
_INSERT = "INSERT INTO reminders (text, due, made, timer, tainted) VALUES (?, ?, ?, ?, ?) RETURNING id"


class StoredReminders:
    """Fills `core.records.Reminders`."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        self._watchers: list[Callable[[], None]] = []

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._watchers.append(changed)

        def end() -> None:
            with suppress(ValueError):
                self._watchers.remove(changed)

        return end

    async def add(self, text: str, due: float, *, timer: bool = False, tainted: bool = False) -> Reminder:
        text, made = storable(text), self._clock()

        def insert(connection: sqlite3.Connection) -> int:
            [id] = connection.execute(_INSERT, (text, due, made, timer, tainted)).fetchone()
            return int(id)

        reminder = Reminder(await self._database.change(insert), text, due, made, timer, tainted)
        self._tell()
        return reminder

    async def pending(self) -> Sequence[Reminder]:
        query = f"SELECT id, text, due, made, timer, tainted FROM reminders WHERE {_PENDING} ORDER BY due, id"
        rows = await self._database.read(lambda connection: connection.execute(query).fetchall())
        return [
            Reminder(id, text, due, made, bool(timer), bool(tainted)) for id, text, due, made, timer, tainted in rows
        ]

    async def cancel(self, id: int) -> bool:
        return await self._settle("cancelled", id)

    async def announced(self, id: int) -> None:
        await self._settle("announced", id)

    async def _settle(self, column: str, id: int) -> bool:
        statement, values = f"UPDATE reminders SET {column} = ? WHERE id = ? AND {_PENDING}", (self._clock(), id)
        settled = await self._database.change(lambda connection: connection.execute(statement, values).rowcount > 0)
        if settled:
            self._tell()
        return settled

    def _tell(self) -> None:
        for changed in tuple(self._watchers):
            changed()
