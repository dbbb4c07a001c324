"""What it was asked to remember, in the database."""

import sqlite3
import time
from collections.abc import Callable, Sequence

from voicegui.core.records import Fact

from .conversations import any_of, storable
from .database import Database
from .erasing import rebuild_index

_ALL = "SELECT id, text, since, tainted FROM facts ORDER BY since DESC, id DESC"
_MATCHING = """
    SELECT facts.id, facts.text, facts.since, facts.tainted FROM facts_words JOIN facts ON facts.id = facts_words.rowid
    WHERE facts_words MATCH ? ORDER BY bm25(facts_words), facts.id DESC
"""
_INSERT = """
    INSERT INTO facts (text, since, tainted) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET tainted = min(tainted, excluded.tainted)
"""
_SAME = "SELECT id, text, since, tainted FROM facts WHERE text = ?"


class StoredFacts:
    """Fills `core.records.Facts`."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock

    async def remember(self, text: str, *, tainted: bool = False) -> Fact:
        text, now = " ".join(storable(text).split()), self._clock()

        def insert(connection: sqlite3.Connection) -> Fact:
            connection.execute(_INSERT, (text, now, tainted))
            return _fact(connection.execute(_SAME, (text,)).fetchone())

        return await self._database.change(insert)

    async def recall(self, about: str = "") -> Sequence[Fact]:
        """Endings do not matter ("meetings" finds "meeting"), nor do accents."""
        words = any_of(about)
        query, values = (_MATCHING, (words,)) if words else (_ALL, ())
        rows = await self._database.read(lambda connection: connection.execute(query, values).fetchall())
        return [_fact(row) for row in rows]

    async def forget(self, id: int) -> bool:
        """Nothing of it stays readable in the file, either."""

        def delete(connection: sqlite3.Connection) -> bool:
            known = connection.execute("DELETE FROM facts WHERE id = ?", (id,)).rowcount > 0
            if known:
                rebuild_index(connection, "facts")
            return known

        return await self._database.erase(delete)


def _fact(row: tuple[int, str, float, int]) -> Fact:
    id, text, since, tainted = row
    return Fact(id, text, since, bool(tainted))
