"""Reads the conversation that was kept last, as far as it is shown and told again."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from voicegui.core.records import PastConversation, PastMessage

from .database import Database

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
