"""Takes over into a new database what can be read of a damaged one."""

import math
import sqlite3
from collections.abc import Iterable, Sequence

from voicegui.core.wording import Sentence, listed, marked, sentence, sentence_plural

from .sqlite_pages import Remains, StoredRow, StoredValue

_Columns = tuple[StoredValue, ...]


def rescue(remains: Sequence[Remains], connection: sqlite3.Connection) -> Sentence:
    """A sentence about what is there now. Within a transaction; whichever version the damaged file had."""
    before = {table: _count(connection, table) for table in _NOUNS}
    for each in remains:
        _insert(connection, each.rows())
    saved = {table: _count(connection, table) - before[table] for table in _NOUNS}
    told = [sentence_plural(*forms, count) for table, forms in _NOUNS.items() if (count := saved[table])]
    if not told:
        return sentence("Nothing in it could be read.")
    return sentence_plural(
        "{rows} could be read and is still there; others may be lost.",
        "{rows} could be read and are still there; others may be lost.",
        sum(saved.values()),
        rows=listed(told),
    )


_NOUNS = {
    "facts": (marked("{count} fact"), marked("{count} facts")),
    "reminders": (marked("{count} reminder"), marked("{count} reminders")),
    "messages": (marked("{count} message"), marked("{count} messages")),
}


def _insert(connection: sqlite3.Connection, rows: Iterable[StoredRow]) -> None:
    names = {table: _names(connection, table) for table in (*_NOUNS, "conversations")}
    for id, values in rows:
        table = _table(values)
        if table == "sqlite_sequence":
            _keep_ids(connection, values)
        elif table and (kept := _kept(table, values)):
            given = names[table][1 : len(kept)]
            if table == "messages":  # its conversation may be lost, or come later
                connection.execute(_CONVERSATION, (kept[1], kept[3]))
            update = _CONFLICT if table == "conversations" else ""
            statement = f"INSERT OR IGNORE INTO {table} ({', '.join(('id', *given))}) VALUES ({_marks(given)}) {update}"
            connection.execute(statement, (id, *kept[1 : len(given) + 1]))


_CONVERSATION = "INSERT OR IGNORE INTO conversations (id, started) VALUES (?, ?)"
_CONFLICT = "ON CONFLICT (id) DO UPDATE SET started = excluded.started, ended = excluded.ended, title = excluded.title"


def _marks(given: Sequence[str]) -> str:
    return ", ".join("?" * (len(given) + 1))


def _table(values: _Columns) -> str:
    """Rows do not say where they belong; columns are only ever added at the end."""
    match values:
        case (None, int(), int(), at, "user" | "assistant" | "tool", str(), str(), str(), *_) if _is_number(at):
            return "messages" if len(values) >= 13 else ""
        case (None, str(), due, made, 0 | 1, *rest) if len(rest) >= 2 and _is_number(due) and _is_number(made):
            return "reminders"
        case (None, started, ended, str(), *_) if _is_number(started) and (ended is None or _is_number(ended)):
            return "conversations"
        case (None, str(), since, *_) if _is_number(since):
            return "facts"
        case ("facts" | "reminders", int()):
            return "sqlite_sequence"
    return ""


def _kept(table: str, values: _Columns) -> _Columns:
    """What versions of today keep of it; nothing of what they would not keep."""
    match table:
        case "messages" if values[4] == "tool" or not values[5]:
            return ()
        case "messages":
            return (*values[:6], "", *values[7:10], None, *values[11:])
        case "reminders" if values[5] is not None or values[6] is not None:
            return ()
        case "reminders" if len(values) > 9 and not (values[9] is None or _is_number(values[9])):
            return values[:9]
    return values


def _keep_ids(connection: sqlite3.Connection, values: _Columns) -> None:
    """An id that somebody was told never means another one later."""
    name, last = values
    connection.execute("INSERT INTO sqlite_sequence SELECT ?, 0 WHERE ? NOT IN (SELECT name FROM sqlite_sequence)",
                       (name, name))  # fmt: skip
    connection.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (last, name))


def _names(connection: sqlite3.Connection, table: str) -> list[str]:
    return [name for _, name, *_ in connection.execute(f"PRAGMA table_info ({table})")]


def _count(connection: sqlite3.Connection, table: str) -> int:
    [count] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(count)


def _is_number(value: StoredValue) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
