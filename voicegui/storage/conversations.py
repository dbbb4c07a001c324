"""Conversations in the database: how they are written, searched, and read again after a restart."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from voicegui.core.records import FoundMessage, PastConversation, PastMessage

from .database import Database

_WORD = re.compile(r"\w+")
_EVERYWHERE = frozenset(
    {
        "a", "an", "and", "the", "of", "to", "in", "on", "at", "for", "with", "i", "me", "my", "mine", "you",
        "your", "we", "our", "us", "it", "its", "is", "are", "was", "were", "be", "am", "do", "does", "did",
        "have", "has", "had", "what", "who", "when", "where", "which", "that", "this", "about", "know", "tell",
        "say", "said", "remember", "user", "s", "m", "re", "ve", "ll",
    }
)  # fmt: skip


def storable(text: str) -> str:
    """Half a character, as broken JSON brings it, is no text for a file: it becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


# ---------------------------------------------------------------- writing

_TITLE = 60


@dataclass(frozen=True, slots=True)
class UserWords:
    """By the user. What continues or repeats the words that nobody answered takes their place."""

    turn: int
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class AgentWords:
    """What was heard so far, in place of what was before; only that is kept."""

    turn: int
    at: float
    heard: str
    interrupted: bool = False
    """Also while it is still being spoken: should the program be killed now, that is what has become of it."""
    failed: bool = False
    """It broke off because something went wrong."""
    over: bool = True
    tainted: bool = False
    """Text from outside is in the conversation: what is written from now on may be that text."""


@dataclass(frozen=True, slots=True)
class TurnBroken:
    """Nothing answers this turn, or what did broke off."""

    turn: int


@dataclass(frozen=True, slots=True)
class ToolWasCalled:
    """That a tool was used. What it was given and what it brought may be anything: files, the clipboard, web pages."""

    turn: int
    at: float
    call_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ToolReturned:
    """Of a call of this conversation or of the one before."""

    call_id: str
    ok: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class ConversationEnded:
    """What comes next belongs to a new conversation."""

    at: float


@dataclass(frozen=True, slots=True)
class ConversationResumed:
    """What comes next belongs to this earlier conversation."""

    conversation: int


HistoryEntry = (
    ConversationResumed | UserWords | AgentWords | TurnBroken | ToolWasCalled | ToolReturned | ConversationEnded
)


@dataclass(frozen=True, slots=True)
class HistoryPlace:
    """Where entries go: ids of conversations, None until there is something to write."""

    now: int | None = None
    before: int | None = None
    answer: int | None = None
    """The message of the answer that is being spoken."""


def write_entry(connection: sqlite3.Connection, place: HistoryPlace, entry: HistoryEntry) -> HistoryPlace:
    """Returns the place of the next one."""
    match entry:
        case ConversationEnded(at):
            if place.now is None:
                return place
            connection.execute("UPDATE conversations SET ended = ? WHERE id = ?", (at, place.now))
            return HistoryPlace(None, place.now)  # an answer that is still being spoken does not go on there
        case ConversationResumed(conversation):
            connection.execute("UPDATE conversations SET ended = NULL WHERE id = ?", (conversation,))
            known = connection.execute("SELECT 1 FROM conversations WHERE id = ?", (conversation,)).fetchone()
            return HistoryPlace(conversation, place.now or place.before) if known else place
        case TurnBroken(turn):
            statement = "UPDATE messages SET ending = 'failed' WHERE conversation = ? AND turn = ? AND role <> 'tool'"
            connection.execute(statement, (place.now, turn))
            return place
        case ToolReturned(call_id, ok, seconds):
            connection.execute(_RETURNED, (ok, seconds, call_id, place.now, place.before))
            return place
    place = place if place.now is not None else _begun(connection, place, entry.at)
    match entry:
        case UserWords():
            _write_said(connection, place, entry)
        case AgentWords():
            if entry.tainted:
                connection.execute("UPDATE conversations SET tainted = 1 WHERE id = ?", (place.now,))
            return replace(place, answer=_write_answer(connection, place, entry))
        case ToolWasCalled(turn, at, call_id, name):
            connection.execute(_CALLED, (place.now, turn, at, call_id, name))
    return place


def _begun(connection: sqlite3.Connection, place: HistoryPlace, at: float) -> HistoryPlace:
    [id] = connection.execute(_BEGUN, (at,)).fetchone()
    return HistoryPlace(id, place.before)


def _write_answer(connection: sqlite3.Connection, place: HistoryPlace, answer: AgentWords) -> int | None:
    """Returns the id of its message while it goes on."""
    ending = "failed" if answer.failed else "interrupted" if answer.interrupted else "whole"
    id = place.answer
    if id is None:
        values = (place.now, answer.turn, answer.at, answer.heard, ending)
        [id] = connection.execute(_ANSWERED, values).fetchone()
    else:
        connection.execute(_GREW, (answer.heard, ending, id))
    return None if answer.over else id


def _write_said(connection: sqlite3.Connection, place: HistoryPlace, said: UserWords) -> None:
    title = " ".join(said.text.split())
    title = title if len(title) <= _TITLE else title[: _TITLE - 1].rsplit(" ", 1)[0] + "…"
    connection.execute("UPDATE conversations SET title = ? WHERE id = ? AND title = ''", (title, place.now))
    newest = connection.execute(_NEWEST, (place.now,)).fetchone()
    if newest and newest[1] == "user" and said.text.startswith(newest[2]):
        statement = "UPDATE messages SET turn = ?, text = ?, ending = 'whole' WHERE id = ?"
        connection.execute(statement, (said.turn, said.text, newest[0]))
        return
    connection.execute(_SAID, (place.now, said.turn, said.at, said.text))


_BEGUN = "INSERT INTO conversations (started, tainted) VALUES (?, 0) RETURNING id"
_SAID = "INSERT INTO messages (conversation, turn, at, role, text) VALUES (?, ?, ?, 'user', ?)"
_ANSWERED = """
    INSERT INTO messages (conversation, turn, at, role, text, ending) VALUES (?, ?, ?, 'assistant', ?, ?) RETURNING id
"""
_GREW = "UPDATE messages SET text = ?, ending = ? WHERE id = ?"
_CALLED = "INSERT INTO messages (conversation, turn, at, role, call_id, name) VALUES (?, ?, ?, 'tool', ?, ?)"
_RETURNED = """
    UPDATE messages SET ok = ?, seconds = ? WHERE id = (
        SELECT max(id) FROM messages WHERE call_id = ? AND ok IS NULL AND conversation IN (?, ?)
    )
"""
_NEWEST = "SELECT id, role, text FROM messages WHERE conversation = ? AND role <> 'tool' ORDER BY id DESC LIMIT 1"


# ---------------------------------------------------------------- search


def all_of(words: str) -> str:
    """A full-text query for all the words or words that begin like them; "" if there are none."""
    return " ".join(f'"{word}"*' for word in _told(words))


def any_of(words: str) -> str:
    """The same for at least one of them."""
    return " OR ".join(f'"{word}"*' for word in _told(words))


def _told(words: str) -> list[str]:
    """Those that tell one text from another: everybody's facts are about "me"."""
    return [word for word in _WORD.findall(storable(words)) if word.lower() not in _EVERYWHERE]


# The newest words of the user are those being answered: who asks for something does not look for the asking.
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

    async def search(self, words: str, limit: int = 5) -> Sequence[FoundMessage]:
        """Of answers only what was heard is looked through. Endings and accents do not matter."""
        wanted = all_of(words)
        if not wanted:
            return []
        rows = await self._database.read(lambda connection: connection.execute(_MATCHING, (wanted, limit)).fetchall())
        return [FoundMessage(*row) for row in rows]


# ---------------------------------------------------------------- the last conversation
# As far as it is shown and told again.

MOST_MESSAGES = 400
"""The newest ones; more do not fit into what a model is told."""

# Where only reminders were told nobody talked: there is nothing to go on with.
_LAST = "SELECT conversation FROM messages WHERE role = 'user' ORDER BY id DESC LIMIT 1"
_CONVERSATION = "SELECT started, tainted FROM conversations WHERE id = ?"
_MESSAGES = """
    SELECT turn, role, text, ending, name, ok FROM messages WHERE conversation = ? ORDER BY id DESC LIMIT ?
"""


async def last_conversation(database: Database, most: int = MOST_MESSAGES) -> PastConversation | None:
    """None if nothing was kept. Raises VoiceError."""

    def read(connection: sqlite3.Connection) -> PastConversation | None:
        found = connection.execute(_LAST).fetchone()
        if found is None or (about := connection.execute(_CONVERSATION, found).fetchone()) is None:
            return None
        rows = connection.execute(_MESSAGES, (*found, most)).fetchall()
        messages = _judged([_message(*row) for row in reversed(rows)])
        return PastConversation(found[0], about[0], tuple(messages), about[1] != 0)

    return await database.read(read)


def _message(turn: int, role: Any, text: str, ending: Any, name: str | None, ok: int | None) -> PastMessage:
    if role == "tool":
        return PastMessage(turn, role, name or "", ok=None if ok is None else bool(ok))
    return PastMessage(turn, role, text, ending)


def _judged(messages: Sequence[PastMessage]) -> Sequence[PastMessage]:
    """Calls stand before the answer of their turn, and questions know whether they were answered.

    What followed a question up to the next one is its answer. It may be of a later turn, where one that broke off went
    on. The same question asked again later needs no other answer.
    """
    kept: list[PastMessage] = []
    later: set[str] = set()
    following: list[PastMessage] = []
    for message in reversed(messages):
        if message.role != "user":
            following.append(message)
            continue
        answers = [each for each in following if each.role == "assistant"]  # the newest first
        answered = bool(answers) and answers[0].ending != "failed"
        kept += [*_in_order(following), replace(message, answered=answered or message.text in later)]
        later.add(message.text)
        following = []
    return [*kept, *_in_order(following)][::-1]


def _in_order(newest_first: Sequence[PastMessage]) -> list[PastMessage]:
    """A call may have been written after the beginning of the answer that it belongs to."""
    made: list[PastMessage] = []
    for message in newest_first:
        same = [each for each in made if each.turn == message.turn and each.role == "tool"]
        if message.role == "assistant" and same:
            at = made.index(same[0])
            made.insert(at, message)
        else:
            made.append(message)
    return made
