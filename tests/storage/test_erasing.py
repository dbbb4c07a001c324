"""What was forgotten, cancelled or deleted is in no byte of any file of the profile."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from voicegui.core.events import Timings, ToolCalled, ToolFinished, TurnDone, UserSaid
from voicegui.core.tools import ToolCall
from voicegui.storage.database import Database
from voicegui.storage.erasing import rebuild_index
from voicegui.storage.facts import StoredFacts
from voicegui.storage.recorder import Recorder
from voicegui.storage.reminders import StoredReminders
from voicegui.storage.schema import STEPS

ROOT = Path(__file__).parent.parent.parent
SECRET = "Zwetschgenknödel hidden behind Vermeerbild"
TRACES = [b"Zwetschgenkn", b"zwetschgenkn", b"Vermeerbild", b"vermeerbild", b"ermeerbil"]


def traces(folder: Path) -> list[str]:
    """In which files something of the secret can be read."""
    return [each.name for each in folder.iterdir() if any(trace in each.read_bytes() for trace in TRACES)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "voicegui.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    opened = Database(path)
    yield opened
    await opened.aclose()


@pytest.mark.parametrize("others", [0, 1, 30, 400])
@pytest.mark.parametrize("closed_between", [False, True])
async def test_a_forgotten_fact(path: Path, database: Database, others: int, closed_between: bool) -> None:
    facts = StoredFacts(database)
    for number in range(others):
        await facts.remember(f"Fact {number} of {others}: {'long ' * (number % 40)}")
    fact = await facts.remember(SECRET)
    for number in range(others // 2):
        await facts.remember(f"Later fact {number}: {'words ' * (number % 60)}")
    assert traces(path.parent)
    if closed_between:
        await database.aclose()
    assert await facts.forget(fact.id)
    assert traces(path.parent) == []
    await database.aclose()
    assert traces(path.parent) == []


@pytest.mark.parametrize(
    "text", [SECRET * 200, "x " * 5000 + SECRET, SECRET.encode("utf-8").decode()], ids=["long", "end", "short"]
)
@pytest.mark.parametrize("what", ["cancelled", "announced"])
async def test_a_reminder(path: Path, database: Database, text: str, what: str) -> None:
    reminders = StoredReminders(database)
    await reminders.add("stretch", 5.0)
    reminder = await reminders.add(text, 10.0)
    assert traces(path.parent)
    await (reminders.cancel(reminder.id) if what == "cancelled" else reminders.announced(reminder.id))
    assert traces(path.parent) == []


async def test_conversations_and_their_index(path: Path, database: Database) -> None:
    recorder = Recorder(database, lambda error: None)
    for number in range(60):
        said = SECRET if number % 7 == 0 else f"Something else, {number}."
        recorder.receive(UserSaid(number, said))
        recorder.receive(TurnDone(number, said, f"You said: {said}", Timings()))
        await recorder.written()
    await recorder.aclose()

    def delete(connection: sqlite3.Connection) -> bool:
        deleted = connection.execute("DELETE FROM conversations").rowcount > 0
        rebuild_index(connection, "messages")
        return deleted

    assert await database.erase(delete)
    assert traces(path.parent) == []


async def test_a_file_that_was_put_aside_goes_with_what_is_forgotten(path: Path) -> None:
    old = Database(path)
    await StoredFacts(old).remember(SECRET)
    await old.aclose()
    path.write_bytes(path.read_bytes()[:100] + os.urandom(60) + path.read_bytes()[160:])
    notices: list[str] = []
    database = Database(path, notices.append)
    facts = StoredFacts(database)
    [fact] = await facts.recall()
    assert fact.text == SECRET and "until something is forgotten" in notices[0]
    notes = path.with_name("voicegui-damaged-notes.txt")
    notes.write_text("the person's own")
    assert any("damaged-2" in name for name in traces(path.parent))
    await facts.forget(fact.id)
    await database.aclose()
    assert traces(path.parent) == [] and notes.exists()


async def test_what_another_program_delays_is_erased_with_the_next_start(path: Path, database: Database) -> None:
    facts = StoredFacts(database)
    fact = await facts.remember(SECRET)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM facts").fetchall()
        await database.read(lambda connection: connection.execute("PRAGMA busy_timeout = 10").fetchone())
        assert await facts.forget(fact.id)
        assert traces(path.parent), "the other one still reads what was there when it began"
    await database.aclose()
    again = Database(path)
    assert await StoredFacts(again).recall() == []
    assert traces(path.parent) == []
    await again.aclose()


DELETE_AND_DIE = """
import asyncio, os, signal, sys
from pathlib import Path
import voicegui.storage.database as module
from voicegui.storage.facts import StoredFacts

async def main():
    facts = StoredFacts(module.Database(Path(sys.argv[1])))
    [fact] = await facts.recall()
    module.pay = lambda connection, path: os.kill(os.getpid(), signal.SIGKILL)
    await facts.forget(fact.id)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
async def test_a_program_that_is_killed_in_between_leaves_it_to_the_next(path: Path, database: Database) -> None:
    await StoredFacts(database).remember(SECRET)
    await database.aclose()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", DELETE_AND_DIE, str(path), env=environment)
    assert await process.wait() == -9 and traces(path.parent)
    again = Database(path)
    assert await StoredFacts(again).recall() == []
    assert traces(path.parent) == []
    await again.aclose()


OUTSIDE = ["clipboard", "file", "web page", "MCP"]


@pytest.mark.parametrize("source", OUTSIDE)
async def test_what_tools_are_given_and_bring_is_not_kept(path: Path, database: Database, source: str) -> None:
    recorder = Recorder(database, lambda error: None)
    call = ToolCall("1", "read", f'{{"text": "{SECRET}"}}')
    for event in (
        UserSaid(1, f"What is in my {source}?"),
        ToolCalled(1, call, "Read"),
        ToolFinished(1, "1", True, f"{source}: {SECRET}", 0.1),
        TurnDone(1, f"What is in my {source}?", "A recipe.", Timings()),
    ):
        recorder.receive(event)
    await recorder.aclose()
    assert traces(path.parent) == []
    rows = await database.read(lambda c: c.execute("SELECT name, ok FROM messages WHERE role = 'tool'").fetchall())
    assert rows == [("read", 1)]


async def test_a_file_of_before_is_cleaned(path: Path) -> None:
    old = Database(path, steps=STEPS[:1])

    def fill(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO conversations (started, title) VALUES (1, 'What is on my clipboard?')")
        insert = """INSERT INTO messages (conversation, turn, at, role, text, unheard, call_id, name, arguments)
                    VALUES (1, ?, 1, ?, ?, ?, ?, ?, ?)"""
        for turn in range(50):
            connection.execute(insert, (turn, "user", "What is on my clipboard?", "", None, None, None))
            connection.execute(insert, (turn, "tool", SECRET, "", str(turn), "read", SECRET))
            connection.execute(insert, (turn, "assistant", "A recipe.", SECRET, None, None, None))
        for column in ("announced", "cancelled"):
            connection.execute(f"INSERT INTO reminders (text, due, made, {column}) VALUES (?, 1, 1, 1)", (SECRET,))
        connection.execute("INSERT INTO reminders (text, due, made) VALUES ('stretch', 1, 1)")

        connection.execute("INSERT INTO facts (text, since) VALUES ('The dog is called Bento.', 1)")

    await old.change(fill)
    await old.aclose()
    assert traces(path.parent)
    new = Database(path)
    assert [each.text for each in await StoredFacts(new).recall("dog")] == ["The dog is called Bento."]
    assert [each.text for each in await StoredReminders(new).pending()] == ["stretch"]
    assert traces(path.parent) == []
    rows = await new.read(lambda c: c.execute("SELECT role, text FROM messages WHERE turn = 7 ORDER BY id").fetchall())
    assert rows == [("user", "What is on my clipboard?"), ("tool", ""), ("assistant", "A recipe.")]
    await new.aclose()
