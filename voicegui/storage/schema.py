"""What the database holds, as the steps that lead there: one pure list, of which only the end ever grows."""

from collections.abc import Sequence

_FIRST = (
    """CREATE TABLE conversations (
        id INTEGER PRIMARY KEY,
        started REAL NOT NULL,
        ended REAL,
        title TEXT NOT NULL DEFAULT ''
    )""",
    # `text` is what was said, heard or brought by a tool; what of an answer was not heard is kept apart from it.
    """CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
        turn INTEGER NOT NULL,
        at REAL NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'tool')),
        text TEXT NOT NULL DEFAULT '',
        unheard TEXT NOT NULL DEFAULT '',
        ending TEXT NOT NULL DEFAULT 'whole' CHECK (ending IN ('whole', 'interrupted', 'failed')),
        call_id TEXT,
        name TEXT,
        arguments TEXT,
        ok INTEGER,
        seconds REAL
    )""",
    "CREATE INDEX messages_of ON messages (conversation, turn)",
    # AUTOINCREMENT: an id that a person or a model was told never means another one later
    """CREATE TABLE reminders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        text TEXT NOT NULL,
        due REAL NOT NULL,
        made REAL NOT NULL,
        timer INTEGER NOT NULL DEFAULT 0,
        announced REAL,
        cancelled REAL
    )""",
    "CREATE INDEX reminders_pending ON reminders (due) WHERE announced IS NULL AND cancelled IS NULL",
    """CREATE TABLE facts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        text TEXT NOT NULL UNIQUE COLLATE NOCASE,
        since REAL NOT NULL
    )""",
)


def _indexed(table: str) -> Sequence[str]:
    """A full-text index that keeps no copy of the text, and what keeps it true."""
    add = f"INSERT INTO {table}_words (rowid, text) VALUES (new.id, new.text);"
    drop = f"INSERT INTO {table}_words ({table}_words, rowid, text) VALUES ('delete', old.id, old.text);"
    return (
        f"""CREATE VIRTUAL TABLE {table}_words USING fts5(
            text, content = '{table}', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
        )""",
        f"CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER {table}_dropped AFTER DELETE ON {table} BEGIN {drop} END",
        f"CREATE TRIGGER {table}_changed AFTER UPDATE OF text ON {table} BEGIN {drop} {add} END",
    )


_TAINTED = tuple(
    # kept in a conversation that held text from outside: it may be that text
    f"ALTER TABLE {table} ADD COLUMN tainted INTEGER NOT NULL DEFAULT 0"
    for table in ("facts", "reminders")
)

_ONLY_WHAT_WAS_SAID_AND_HEARD = (
    # What is still to be done to the file, outside of a transaction (`erasing`).
    "CREATE TABLE debts (what TEXT PRIMARY KEY)",
    # The columns stay, empty: rows have the same form in all versions, which saves what can be read of a damaged file.
    "UPDATE messages SET text = '', arguments = NULL WHERE role = 'tool'",
    "UPDATE messages SET unheard = '' WHERE unheard <> ''",
    "DELETE FROM messages WHERE role = 'assistant' AND text = ''",
    "DELETE FROM reminders WHERE announced IS NOT NULL OR cancelled IS NOT NULL",
    # The program that is telling it (`telling`), so that no other one tells it, too.
    "ALTER TABLE reminders ADD COLUMN owner TEXT",
    "INSERT INTO messages_words (messages_words) VALUES ('rebuild')",
    "INSERT INTO facts_words (facts_words) VALUES ('rebuild')",
    """INSERT INTO debts (what)
        SELECT 'file' WHERE EXISTS (SELECT 1 FROM messages) OR EXISTS (SELECT 1 FROM sqlite_sequence)""",
)

_PAUSED = (
    # Seconds that are left of a paused timer; NULL while it runs.
    "ALTER TABLE reminders ADD COLUMN remaining REAL",
)

_TAINTED_CONVERSATIONS = (
    # It held text from outside, as far as is known: of those before nothing is.
    "ALTER TABLE conversations ADD COLUMN tainted INTEGER NOT NULL DEFAULT 1",
)

STEPS: Sequence[Sequence[str]] = (
    (*_FIRST, *_indexed("messages"), *_indexed("facts")),
    _TAINTED,
    _ONLY_WHAT_WAS_SAID_AND_HEARD,
    _PAUSED,
    _TAINTED_CONVERSATIONS,
)
"""Statements that make version 1, 2 … out of the one before; each step is carried out as a whole or not at all."""
