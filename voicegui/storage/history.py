"""What is written of a conversation, and how."""

import sqlite3
from dataclasses import dataclass, replace

_TITLE = 60


@dataclass(frozen=True, slots=True)
class Said:
    """By the person. What continues or repeats the words that nobody answered takes their place."""

    turn: int
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
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
class Failed:
    """Nothing answers this turn, or what did broke off."""

    turn: int


@dataclass(frozen=True, slots=True)
class Called:
    """That a tool was used. What it was given and what it brought may be anything: files, the clipboard, web pages."""

    turn: int
    at: float
    call_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Returned:
    """Of a call of this conversation or of the one before."""

    call_id: str
    ok: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Ended:
    """What comes next belongs to a new conversation."""

    at: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """What comes next belongs to this earlier conversation."""

    conversation: int


Entry = Resumed | Said | Answered | Failed | Called | Returned | Ended


@dataclass(frozen=True, slots=True)
class Place:
    """Where entries go: ids of conversations, None until there is something to write."""

    now: int | None = None
    before: int | None = None
    answer: int | None = None
    """The message of the answer that is being spoken."""


def write(connection: sqlite3.Connection, place: Place, entry: Entry) -> Place:
    """Returns the place of the next one."""
    match entry:
        case Ended(at):
            if place.now is None:
                return place
            connection.execute("UPDATE conversations SET ended = ? WHERE id = ?", (at, place.now))
            return Place(None, place.now)  # an answer that is still being spoken does not go on there
        case Resumed(conversation):
            connection.execute("UPDATE conversations SET ended = NULL WHERE id = ?", (conversation,))
            known = connection.execute("SELECT 1 FROM conversations WHERE id = ?", (conversation,)).fetchone()
            return Place(conversation, place.now or place.before) if known else place
        case Failed(turn):
            statement = "UPDATE messages SET ending = 'failed' WHERE conversation = ? AND turn = ? AND role <> 'tool'"
            connection.execute(statement, (place.now, turn))
            return place
        case Returned(call_id, ok, seconds):
            connection.execute(_RETURNED, (ok, seconds, call_id, place.now, place.before))
            return place
    place = place if place.now is not None else _begun(connection, place, entry.at)
    match entry:
        case Said():
            _write_said(connection, place, entry)
        case Answered():
            if entry.tainted:
                connection.execute("UPDATE conversations SET tainted = 1 WHERE id = ?", (place.now,))
            return replace(place, answer=_write_answer(connection, place, entry))
        case Called(turn, at, call_id, name):
            connection.execute(_CALLED, (place.now, turn, at, call_id, name))
    return place


def _begun(connection: sqlite3.Connection, place: Place, at: float) -> Place:
    [id] = connection.execute(_BEGUN, (at,)).fetchone()
    return Place(id, place.before)


def _write_answer(connection: sqlite3.Connection, place: Place, answer: Answered) -> int | None:
    """Returns the id of its message while it goes on."""
    ending = "failed" if answer.failed else "interrupted" if answer.interrupted else "whole"
    id = place.answer
    if id is None:
        values = (place.now, answer.turn, answer.at, answer.heard, ending)
        [id] = connection.execute(_ANSWERED, values).fetchone()
    else:
        connection.execute(_GREW, (answer.heard, ending, id))
    return None if answer.over else id


def _write_said(connection: sqlite3.Connection, place: Place, said: Said) -> None:
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
