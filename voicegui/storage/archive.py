"""Looks for words in all that was said."""

from collections.abc import Sequence

from voicegui.core.records import Found

from .database import Database
from .rows import all_of

# The newest words of the person are those being answered: who asks for something does not look for the asking.
_MATCHING = """
    SELECT messages.at, messages.role, messages.text
    FROM messages_words JOIN messages ON messages.id = messages_words.rowid
    WHERE messages_words MATCH ? AND messages.role <> 'tool'
        AND messages.id IS NOT (SELECT max(id) FROM messages WHERE role = 'user')
    ORDER BY messages.at DESC, messages.id DESC LIMIT ?
"""


class StoredArchive:
    """Fills `core.records.Archive`: earlier conversations and this one, without the words just said."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def search(self, words: str, limit: int = 5) -> Sequence[Found]:
        """Of answers only what was heard is looked through. Endings and accents do not matter."""
        wanted = all_of(words)
        if not wanted:
            return []
        rows = await self._database.read(lambda connection: connection.execute(_MATCHING, (wanted, limit)).fetchall())
        return [Found(*row) for row in rows]
