"""The conversation that was kept last, as it is read again, and what is added when it goes on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    Event,
    Interrupted,
    NotAnswered,
    StartedAfresh,
    Timings,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.records import PastConversation
from voicegui.core.tools import ToolCall
from voicegui.storage.conversations import last_conversation
from voicegui.storage.database import Database
from voicegui.storage.recorder import Recorder
from voicegui.storage.schema import STEPS


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "voicegui.db")
    yield opened
    await opened.aclose()


def done(turn: int, user: str, assistant: str) -> TurnDone:
    return TurnDone(turn, user, assistant, Timings())


def answered(turn: int, user: str, assistant: str) -> list[Event]:
    return [UserSaid(turn, user), done(turn, user, assistant)]


def failed(turn: int) -> TurnFailed:
    return TurnFailed(turn, ErrorCode.OFFLINE, "Nobody answers.", True)


def interrupted(turn: int, user: str, heard: str) -> list[Event]:
    return [UserSaid(turn, user), Interrupted(turn, heard, " and"), done(turn, user, heard)]


async def told(
    database: Database, *events: Event, tainted: bool = False, after: PastConversation | None = None
) -> None:
    """A program that was started, in which this happened, and that has ended."""
    recorder = Recorder(database, lambda error: None)
    recorder.tainted = lambda: tainted
    if after is not None:
        recorder.resume(after)
    for event in events:
        recorder.receive(event)
    await recorder.aclose()


async def read(database: Database) -> PastConversation:
    found = await last_conversation(database)
    assert found is not None
    return found


def said(past: PastConversation) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in past.messages]


def unanswered(past: PastConversation) -> list[str]:
    return [message.text for message in past.messages if message.role == "user" and not message.answered]


async def test_where_nothing_was_kept_there_is_none(database: Database) -> None:
    assert await last_conversation(database) is None


async def test_the_last_one_is_read_with_what_was_heard(database: Database) -> None:
    await told(database, *answered(1, "Old?", "Yes."))
    await told(database, *answered(1, "New?", "Yes, new."), *interrupted(2, "And?", "One two"))
    past = await read(database)
    assert said(past) == [("user", "New?"), ("assistant", "Yes, new."), ("user", "And?"), ("assistant", "One two")]
    assert [message.ending for message in past.messages] == ["whole", "whole", "whole", "interrupted"]
    assert not past.tainted


async def test_reminders_alone_are_no_conversation(database: Database) -> None:
    await told(database, *answered(1, "New?", "Yes, new."))
    await told(database, done(1, "", "It is time to drink."))
    assert said(await read(database))[0] == ("user", "New?")


async def test_only_the_newest_messages_are_read(database: Database) -> None:
    await told(database, *(event for turn in range(1, 301) for event in answered(turn, f"Q{turn}?", f"A{turn}.")))
    past = await last_conversation(database, 10)
    assert past is not None and said(past)[0] == ("user", "Q296?") and len(past.messages) == 10


async def test_calls_stand_before_the_answer_of_their_turn_without_what_they_brought(database: Database) -> None:
    call = ToolCall("call-1", "read_file", '{"path": "/secret"}')
    await told(
        database, UserSaid(1, "Read it."), ToolCalled(1, call, "Read"),
        ToolFinished(1, "call-1", True, "secret text", 0.1), done(1, "Read it.", "It says hello."),
    )  # fmt: skip
    past = await read(database)
    assert said(past) == [("user", "Read it."), ("tool", "read_file"), ("assistant", "It says hello.")]
    assert past.messages[1].ok is True and "secret" not in str(past)


KINDS: dict[str, tuple[list[Event], list[str]]] = {
    "answered": (answered(1, "A?", "Yes."), []),
    "failed": ([UserSaid(1, "A?"), done(1, "A?", ""), failed(1)], ["A?"]),
    "broke off": ([*interrupted(1, "A?", "One"), failed(1)], ["A?"]),
    "typed, broke off": ([UserSaid(1, "A?"), failed(1), done(1, "A?", "One")], ["A?"]),
    "broke off, told first": (
        [UserSaid(1, "A?"), failed(1), Interrupted(1, "One", " and"), done(1, "A?", "One")], ["A?"],
    ),
    "broke off and went on, told first": (
        [UserSaid(1, "A?"), failed(1), done(1, "A?", "One"), done(3, "A?", "two three.")], [],
    ),
    "broke off twice, told first": (
        [UserSaid(1, "A?"), failed(1), done(1, "A?", "One"), failed(3), done(3, "A?", "two")], ["A?"],
    ),
    "broke off, and others after it": (
        [UserSaid(1, "A?"), failed(1), done(1, "A?", "One"), *answered(3, "B?", "Yes.")], ["A?"],
    ),
    "broke off and went on": ([*interrupted(1, "A?", "One"), failed(1), done(3, "A?", "two three.")], []),
    "broke off twice": ([*interrupted(1, "A?", "One"), failed(1), done(3, "A?", "two"), failed(3)], ["A?"]),
    "failed and tried again": ([UserSaid(1, "A?"), failed(1), *answered(3, "A?", "Yes.")], []),
    "failed, and others after it": (
        [UserSaid(1, "A?"), failed(1), *answered(3, "B?", "Yes."), *answered(4, "C?", "No.")], ["A?"],
    ),
    "failed, and asked again later": (
        [UserSaid(1, "A?"), failed(1), *answered(3, "B?", "Yes."), *answered(4, "A?", "No.")], [],
    ),
    "asked again later in vain": (
        [UserSaid(1, "A?"), failed(1), *answered(3, "B?", "Yes."), UserSaid(4, "A?"), failed(4)], ["A?"],
    ),
    "stopped": ([UserSaid(1, "A?"), NotAnswered(1), done(1, "A?", "")], ["A?"]),
    "killed while it thought": ([*answered(1, "A?", "Yes."), UserSaid(2, "B?")], ["B?"]),
    "two failed": ([UserSaid(1, "A?"), failed(1), UserSaid(3, "B?"), failed(3)], ["A?", "B?"]),
    "interrupted is answered": (interrupted(1, "A?", "One"), []),
    "went on before the answer": ([UserSaid(1, "A"), *answered(2, "A and B?", "Yes.")], []),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
async def test_questions_know_whether_they_were_answered(database: Database, kind: str) -> None:
    events, expected = KINDS[kind]
    await told(database, *events)
    assert unanswered(await read(database)) == expected


async def test_what_goes_on_is_one_conversation_and_its_turns_are_told_apart(database: Database) -> None:
    await told(database, *answered(1, "A?", "One."), UserSaid(2, "B?"), failed(2))
    await told(database, *answered(1, "Other?", "No."))
    first = await read(database)
    await told(database, UserSaid(1, "C?"), done(1, "C?", ""), failed(1), *answered(2, "D?", "Four."), after=first)
    again = await read(database)
    assert again.id == first.id
    assert said(again) == [
        ("user", "Other?"), ("assistant", "No."), ("user", "C?"), ("user", "D?"), ("assistant", "Four."),
    ]  # fmt: skip
    assert unanswered(again) == ["C?"], "a turn of before was taken for one of now"


async def test_a_reminder_before_it_goes_on_is_no_part_of_it(database: Database) -> None:
    await told(database, *answered(1, "A?", "One."))
    past = await read(database)
    recorder = Recorder(database, lambda error: None)
    recorder.receive(done(1, "", "While I was away, you wanted to be reminded."))
    recorder.resume(past)
    for event in answered(2, "B?", "Two."):
        recorder.receive(event)
    await recorder.aclose()
    assert (await read(database)).id == past.id
    assert said(await read(database)) == [("user", "A?"), ("assistant", "One."), ("user", "B?"), ("assistant", "Two.")]


async def test_a_new_conversation_is_one_of_its_own_and_the_old_one_stays(database: Database) -> None:
    await told(database, *answered(1, "A?", "One."), StartedAfresh(1, asked=True), *answered(2, "B?", "Two."))
    assert said(await read(database)) == [("user", "B?"), ("assistant", "Two.")]
    texts = await database.read(lambda db: db.execute("SELECT text FROM messages ORDER BY id").fetchall())
    assert [text for [text] in texts] == ["A?", "One.", "B?", "Two."]


async def test_text_from_outside_marks_the_conversation_also_when_it_goes_on(database: Database) -> None:
    await told(database, *answered(1, "A?", "One."))
    clean = await read(database)
    await told(database, *answered(1, "B?", "Two."), tainted=True, after=clean)
    marked = await read(database)
    assert marked.tainted and not clean.tainted
    await told(database, *answered(1, "C?", "Three."), after=marked)
    assert (await read(database)).tainted, "a mark is never taken away"


async def test_the_mark_is_there_before_the_answer_has_ended(database: Database) -> None:
    """Should the program be killed now."""
    from voicegui.storage.conversations import AgentWords, HistoryPlace, UserWords, write_entry

    def spoken(connection):
        place = write_entry(connection, HistoryPlace(), UserWords(1, 1.0, "Read it."))
        write_entry(connection, place, AgentWords(1, 2.0, "It says", interrupted=True, over=False, tainted=True))

    await database.change(spoken)
    assert (await read(database)).tainted


async def test_of_conversations_of_earlier_versions_nothing_is_known(tmp_path: Path) -> None:
    path = tmp_path / "voicegui.db"
    old = Database(path, steps=STEPS[:3])

    def fill(connection):
        connection.execute("INSERT INTO conversations (started) VALUES (1)")
        connection.execute("INSERT INTO messages (conversation, turn, at, role, text) VALUES (1, 1, 1, 'user', 'A?')")

    await old.change(fill)
    await old.aclose()
    new = Database(path)
    assert (await read(new)).tainted
    await new.aclose()


async def test_what_is_not_kept_does_not_go_on(database: Database) -> None:
    await told(database, *answered(1, "A?", "One."))
    past = await read(database)
    recorder = Recorder(database, lambda error: None, keep=False)
    recorder.resume(past)
    for event in answered(1, "Secret?", "Secret."):
        recorder.receive(event)
    await recorder.aclose()
    assert await read(database) == past


async def test_a_conversation_that_was_deleted_meanwhile_is_begun_anew(database: Database) -> None:
    await told(database, *answered(1, "A?", "One."))
    past = await read(database)
    await database.erase(lambda db: db.execute("DELETE FROM conversations").rowcount > 0)
    await told(database, *answered(1, "B?", "Two."), after=past)
    assert said(await read(database)) == [("user", "B?"), ("assistant", "Two.")]
