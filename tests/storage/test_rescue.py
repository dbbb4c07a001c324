"""What can be read of a damaged file is still there, wherever the damage is."""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from voicegui.core.events import Timings, TurnDone, UserSaid
from voicegui.storage.database import Database
from voicegui.storage.facts import StoredFacts
from voicegui.storage.recorder import Recorder
from voicegui.storage.reminders import StoredReminders
from voicegui.storage.schema import STEPS
from voicegui.storage.sqlite_pages import PAGE_BYTES, Remains, is_log_damaged

FACTS, REMINDERS, TURNS = 300, 40, 60
LONG = "A fact that is longer than a page: " + "and longer " * 900 + "still."


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "voicegui.db"

    async def make() -> None:
        database = Database(path)
        await fill(database)
        await database.aclose()

    asyncio.run(make())
    return path.read_bytes()


async def fill(database: Database) -> None:
    facts, reminders, recorder = (
        StoredFacts(database),
        StoredReminders(database),
        Recorder(database, lambda error: None),
    )
    for number in range(FACTS):
        await facts.remember(f"Fact {number}: {'ünïcode ' * (number % 30)}")
    await facts.remember(LONG)
    for number in range(REMINDERS):
        await reminders.add(f"do number {number}", 1e9 + number, timer=number % 3 == 0)
    for number in range(TURNS):
        recorder.receive(UserSaid(number, f"Question {number}?"))
        recorder.receive(TurnDone(number, f"Question {number}?", f"Answer {number}. {'So ' * 60}", Timings()))
    await recorder.written()


def pages_of(path: Path, table: str) -> list[int]:
    """Numbers of the leaves of a table or an index, from the file itself."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'", (table,)).fetchall()
    return [number for [number] in rows]


def root_of(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        [number] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return int(number)


def overwrite(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def noise(length: int) -> bytes:
    return random.Random(7).randbytes(length)


def on_page(path: Path, number: int, data: bytes) -> None:
    overwrite(path, (number - 1) * PAGE_BYTES, data)


Damage = Callable[[Path], object]
DAMAGES: dict[str, tuple[Damage, int]] = {
    "header of the file": (lambda path: overwrite(path, 0, noise(100)), 0),
    "magic of the file": (lambda path: overwrite(path, 0, b"\0" * 16), 0),
    "version of the file": (lambda path: overwrite(path, 60, noise(4)), 0),
    "version zeroed": (lambda path: overwrite(path, 60, b"\0" * 4), 0),
    "whole first page": (lambda path: overwrite(path, 0, noise(PAGE_BYTES)), 0),
    "first page zeroed": (lambda path: overwrite(path, 0, bytes(PAGE_BYTES)), 0),
    "page of facts": (lambda path: on_page(path, pages_of(path, "facts")[3], noise(PAGE_BYTES)), 60),
    "page of facts zeroed": (lambda path: on_page(path, pages_of(path, "facts")[3], bytes(PAGE_BYTES)), 60),
    "sector of a page of facts": (lambda path: on_page(path, pages_of(path, "facts")[3], noise(512)), 60),
    "end of a page of facts": (
        lambda path: overwrite(path, pages_of(path, "facts")[3] * PAGE_BYTES - 512, noise(512)), 60),
    "root of facts": (lambda path: on_page(path, root_of(path, "facts"), noise(PAGE_BYTES)), 0),
    "root of messages zeroed": (lambda path: on_page(path, root_of(path, "messages"), bytes(PAGE_BYTES)), 0),
    "page of an index": (
        lambda path: on_page(path, pages_of(path, "sqlite_autoindex_facts_1")[2], noise(PAGE_BYTES)), 0),
    "root of an index": (lambda path: on_page(path, root_of(path, "messages_of"), noise(PAGE_BYTES)), 0),
    "truncated in the middle of a page": (
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size - 3 * PAGE_BYTES - 1000]), 200),
    "something before it": (lambda path: path.write_bytes(bytes(PAGE_BYTES) + path.read_bytes()), 60),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
async def test_what_can_be_read_is_still_there(tmp_path: Path, filled: bytes, name: str) -> None:
    path = tmp_path / "voicegui.db"
    path.write_bytes(filled)
    damage, lost = DAMAGES[name]
    damage(path)
    damaged = path.read_bytes()
    notices: list[str] = []
    database = Database(path, notices.append)
    facts, reminders = StoredFacts(database), StoredReminders(database)
    texts = {fact.text for fact in await facts.recall()}
    pending = await reminders.pending()
    [messages] = await database.read(lambda c: c.execute("SELECT count(*) FROM messages").fetchone())
    there = len(texts) + len(pending) + messages
    assert there >= FACTS + 1 + REMINDERS + 2 * TURNS - lost
    assert texts <= {LONG, *(f"Fact {number}: {'ünïcode ' * (number % 30)}".strip() for number in range(FACTS))}
    assert len(await facts.recall("fact")) == len(texts), "the words are found"
    newest = max(reminder.id for reminder in pending)
    assert (await reminders.add("another", 5.0)).id > newest
    [notice] = notices
    assert "was damaged" in notice and f"{len(pending)} reminders" in notice and "others may be lost" in notice
    [aside] = path.parent.glob("*-damaged-*")
    assert aside.read_bytes() == damaged and aside.stat().st_mode & 0o077 == 0
    check = await database.read(lambda c: c.execute("PRAGMA integrity_check").fetchall())
    assert check == [("ok",)]
    await database.aclose()


async def snapshot(tmp_path: Path) -> tuple[Path, int]:
    """A profile as a killed program leaves it: what is newest is in the log beside the file."""
    live = tmp_path / "live.db"
    database = Database(live)
    await StoredFacts(database).remember("The first fact.")
    await database.read(lambda c: None)
    with closing(sqlite3.connect(live)) as other:
        other.execute("PRAGMA wal_checkpoint (TRUNCATE)")
    for number in range(20):
        await StoredReminders(database).add(f"do number {number}", 1e9 + number)
    folder = tmp_path / "profile"
    folder.mkdir()
    path = folder / "voicegui.db"
    path.write_bytes(live.read_bytes())
    wal = Path(f"{live}-wal").read_bytes()
    Path(f"{path}-wal").write_bytes(wal)
    await database.aclose()
    return path, (len(wal) - 32) // (PAGE_BYTES + 24)


LOGS: dict[str, Callable[[bytes], bytes]] = {
    "header": lambda wal: noise(32) + wal[32:],
    "header zeroed": lambda wal: bytes(32) + wal[32:],
    "frame in the middle": lambda wal: wal[: len(wal) // 2] + noise(600) + wal[len(wal) // 2 + 600 :],
    "first frame": lambda wal: wal[:40] + noise(100) + wal[140:],
    "frame zeroed": lambda wal: wal[: 32 + 4120 * 3] + bytes(4120) + wal[32 + 4120 * 4 :],
}


@pytest.mark.parametrize("name", LOGS)
async def test_a_damaged_log_is_not_passed_over_in_silence(tmp_path: Path, name: str) -> None:
    path, _ = await snapshot(tmp_path)
    wal = Path(f"{path}-wal")
    wal.write_bytes(LOGS[name](wal.read_bytes()))
    notices: list[str] = []
    database = Database(path, notices.append)
    assert [fact.text for fact in await StoredFacts(database).recall()] == ["The first fact."]
    assert len(await StoredReminders(database).pending()) == 20
    assert len(notices) == 1
    await database.aclose()


@pytest.mark.parametrize("cut", [0, 1, 20, 23, 1000, PAGE_BYTES + 24, PAGE_BYTES + 30])
async def test_a_log_whose_end_was_never_written_is_none(tmp_path: Path, cut: int) -> None:
    path, _ = await snapshot(tmp_path)
    wal = Path(f"{path}-wal")
    whole = wal.read_bytes()
    wal.write_bytes(whole[: len(whole) - cut])
    assert not is_log_damaged(wal.read_bytes())
    notices: list[str] = []
    database = Database(path, notices.append)
    assert len(await StoredReminders(database).pending()) >= 19
    assert not notices
    await database.aclose()


async def test_a_file_of_an_older_version_gives_only_what_is_kept_today(tmp_path: Path) -> None:
    path = tmp_path / "voicegui.db"
    old = Database(path, steps=STEPS[:1])

    def older(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO conversations (started) VALUES (1)")
        insert = "INSERT INTO messages (conversation, turn, at, role, text, unheard) VALUES (1, 1, 1, ?, ?, ?)"
        connection.execute(insert, ("user", "What is on my clipboard?", ""))
        connection.execute(insert, ("tool", "a password", ""))
        connection.execute(insert, ("assistant", "A password", "which is Bento7"))
        connection.execute("INSERT INTO reminders (text, due, made, cancelled) VALUES ('cancelled', 1, 1, 1)")
        connection.execute("INSERT INTO reminders (text, due, made) VALUES ('pending', 1, 1)")

    await old.change(older)
    await old.aclose()
    overwrite(path, 0, noise(100))
    database = Database(path)
    assert [each.text for each in await StoredReminders(database).pending()] == ["pending"]
    rows = await database.read(lambda c: c.execute("SELECT text, unheard FROM messages").fetchall())
    assert rows == [("What is on my clipboard?", ""), ("A password", "")]
    await database.aclose()


def test_noise_holds_no_rows_and_never_fails() -> None:
    source = random.Random(11)
    for length in (0, 1, 511, 4096, 40_960):
        for _ in range(20):
            file, wal = source.randbytes(length), source.randbytes(length // 2)
            assert len(list(Remains(file, wal).rows())) < 3
    page = bytes([0x0D, 0, 0, 0xFF, 0xFF]) + source.randbytes(4091)
    assert len(list(Remains(bytes(4096) + page * 50).rows())) < 3
