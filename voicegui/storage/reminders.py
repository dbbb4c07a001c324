"""Reminders in the database."""

import math
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from voicegui.core.records import Reminder

from .conversations import storable
from .database import Database
from .profile import Owners

_INSERT = "INSERT INTO reminders (text, due, made, timer, tainted) VALUES (?, ?, ?, ?, ?) RETURNING id"

_CHANGED = """INSERT INTO reminders (text, due, made, timer, tainted, remaining)
    SELECT text, ?, made, timer, tainted, ? FROM reminders WHERE id = ? RETURNING id"""
_PENDING = """SELECT id, text, due, made, timer, tainted, remaining FROM reminders
    ORDER BY remaining IS NOT NULL, due, id"""


class StoredReminders:
    """Fills `core.records.Reminders`."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        self._owners = Owners(database.path, shared=database.kept)
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
        rows = await self._database.read(lambda connection: connection.execute(_PENDING).fetchall())
        return [_reminder(*row) for row in rows]

    async def change(self, id: int, due: float, remaining: float | None = None) -> Reminder | None:
        def replace(connection: sqlite3.Connection) -> int | None:
            new = connection.execute(_CHANGED, (due, remaining, id)).fetchone()
            connection.execute("DELETE FROM reminders WHERE id = ?", (id,))
            return int(new[0]) if new else None

        new = await self._database.change(replace)
        self._tell()
        return next((each for each in await self.pending() if each.id == new), None)

    async def cancel(self, id: int) -> bool:
        return await self._delete(id)

    async def announced(self, id: int) -> None:
        await self._delete(id)

    async def claim(self, ids: Sequence[int]) -> Sequence[int]:
        def take(connection: sqlite3.Connection) -> list[int]:
            owners = connection.execute(f"SELECT id, owner FROM reminders WHERE id IN ({_marks(ids)})", tuple(ids))
            free = [id for id, owner in owners.fetchall() if owner is None or not self._owners.is_alive(owner)]
            if free:
                values = (self._owners.own(), *free)
                connection.execute(f"UPDATE reminders SET owner = ? WHERE id IN ({_marks(free)})", values)
            return free

        return await self._database.change(take)

    async def release(self, ids: Sequence[int]) -> None:
        statement = f"UPDATE reminders SET owner = NULL WHERE id IN ({_marks(ids)})"
        await self._database.change(lambda connection: connection.execute(statement, tuple(ids)))

    def close(self) -> None:
        """What this program has claimed may be claimed by others."""
        self._owners.close()

    async def _delete(self, id: int) -> bool:
        statement = "DELETE FROM reminders WHERE id = ?"
        known = await self._database.erase(lambda connection: connection.execute(statement, (id,)).rowcount > 0)
        if known:
            self._tell()
        return known

    def _tell(self) -> None:
        for changed in tuple(self._watchers):
            changed()


def _reminder(
    id: int, text: str, due: float, made: float, timer: int, tainted: int, remaining: float | None
) -> Reminder:
    return Reminder(id, text, due if remaining is None else math.inf, made, bool(timer), bool(tainted), remaining)


def _marks(ids: Sequence[int]) -> str:
    return ", ".join("?" * len(ids))
