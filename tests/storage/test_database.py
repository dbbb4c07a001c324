"""The database on real files and real disks: damaged, full, read-only, too new, and used by two programs."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.storage.database import Database
from voicegui.storage.facts import StoredFacts
from voicegui.storage.reminders import StoredReminders
from voicegui.storage.schema import STEPS

ROOT = Path(__file__).parent.parent.parent
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="mounts and users of Linux")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "voicegui.db"


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
async def database(path: Path, notices: list[str]) -> AsyncIterator[Database]:
    opened = Database(path, notices.append, now=lambda: datetime(2026, 3, 11, 14, 20, 5))
    yield opened
    await opened.aclose()


async def texts(database: Database) -> list[str]:
    return [fact.text for fact in await StoredFacts(database).recall()]


# ---------------------------------------------------------------- a disk that works


async def test_what_was_changed_is_there_the_next_time_and_for_nobody_else(path: Path, database: Database) -> None:
    await StoredFacts(database).remember("The dog is called Bento.")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.glob("voicegui.db*")} == {0o600}
    await database.aclose()
    assert [each.name for each in path.parent.iterdir()] == ["voicegui.db"]
    again = Database(path)
    assert await texts(again) == ["The dog is called Bento."]
    await again.aclose()


async def test_a_file_that_others_may_read_is_closed_to_them(path: Path, database: Database) -> None:
    path.touch(0o644)
    await StoredFacts(database).remember("A secret.")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_it_is_used_on_one_thread_that_is_not_the_loop_s(database: Database) -> None:
    names = {await database.read(lambda _: threading.current_thread().name) for _ in range(3)}
    names.add(await database.change(lambda _: threading.current_thread().name))
    assert names == {"database"}


async def test_a_change_that_breaks_off_changes_nothing(database: Database) -> None:
    class Broken(Exception):
        pass

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO facts (text, since) VALUES ('half', 1)")
        raise Broken

    with pytest.raises(Broken):
        await database.change(half)
    assert await texts(database) == []


async def test_what_is_forgotten_is_gone_from_the_file_as_well(path: Path, database: Database) -> None:
    facts = StoredFacts(database)
    fact = await facts.remember("The safe is behind Vermeer's picture.")
    assert await facts.forget(fact.id)
    await database.aclose()
    assert b"behind Vermeer" not in path.read_bytes()


# ---------------------------------------------------------------- versions


FIRST = ("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)")


async def all_of(database: Database, query: str) -> list[tuple[object, ...]]:
    return await database.read(lambda connection: connection.execute(query).fetchall())


async def test_each_version_is_brought_to_the_present(path: Path) -> None:
    old = Database(path, steps=[FIRST])
    assert await all_of(old, "SELECT * FROM a") == [(1,)]
    await old.aclose()
    new = Database(path, steps=[FIRST, ["ALTER TABLE a ADD y DEFAULT 2"], ["INSERT INTO a VALUES (3, 4)"]])
    assert await all_of(new, "SELECT * FROM a") == [(1, 2), (3, 4)]
    assert await all_of(new, "PRAGMA user_version") == [(3,)]
    await new.aclose()


async def test_a_step_that_fails_leaves_the_version_before(path: Path) -> None:
    broken = Database(path, steps=[FIRST, ["INSERT INTO a VALUES (2)", "INSERT INTO nowhere VALUES (1)"]])
    with pytest.raises(VoiceError) as failed:
        await broken.read(lambda _: None)
    assert failed.value.code is ErrorCode.STORAGE_FAILED
    await broken.aclose()
    old = Database(path, steps=[FIRST])
    assert await all_of(old, "SELECT * FROM a") == [(1,)]
    await old.aclose()


async def test_a_file_of_a_newer_version_is_not_touched(path: Path, database: Database, notices: list[str]) -> None:
    newer = Database(path, steps=[*STEPS, ["CREATE TABLE of_tomorrow (x)"]])
    await StoredFacts(newer).remember("Kept by tomorrow's version.")
    await newer.aclose()
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(VoiceError) as refused:
            await StoredFacts(database).remember("Anything.")
        assert refused.value.code is ErrorCode.STORAGE_FAILED and not refused.value.retryable
        assert "written by a newer voicegui" in refused.value.message and refused.value.hint == "Update voicegui."
    assert path.read_bytes() == before and not notices


# ---------------------------------------------------------------- damage


async def test_a_foreign_file_is_kept_aside_and_told(path: Path, database: Database, notices: list[str]) -> None:
    content = b"no database, but long enough to be one" * 200
    path.write_bytes(content)
    await StoredFacts(database).remember("The first of the new file.")
    assert await texts(database) == ["The first of the new file."]
    aside = path.with_name("voicegui-damaged-2026-03-11-142005.db")
    assert aside.read_bytes() == content
    assert notices == [
        "The file with your conversations, reminders and facts was damaged. Nothing in it could be read. The damaged "
        "file is kept as voicegui-damaged-2026-03-11-142005.db, until something is forgotten or deleted."
    ]


async def filled(path: Path) -> None:
    database = Database(path)
    facts = StoredFacts(database)
    for number in range(200):
        await facts.remember(f"Fact {number}: {'long ' * 50}")
    await database.aclose()


async def test_damage_while_it_is_open_costs_no_change(path: Path, database: Database, notices: list[str]) -> None:
    await filled(path)
    assert len(await texts(database)) == 200
    size = path.stat().st_size
    await database.read(lambda connection: connection.execute("PRAGMA shrink_memory"))  # else it has all of it at hand
    with path.open("r+b") as file:  # another program's mistake, under our feet
        file.write(os.urandom(size))
    reminder = await StoredReminders(database).add("stretch", 5.0)
    assert await StoredReminders(database).pending() == [reminder]
    assert len(notices) == 1


async def test_a_damaged_index_of_words_is_made_anew(path: Path, database: Database, notices: list[str]) -> None:
    await filled(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE facts_words_data SET block = x'00ff00ff00ff' WHERE id > 10")
        other.commit()
    assert len(await StoredFacts(database).recall("long")) == 200
    assert not notices


# ---------------------------------------------------------------- disks that refuse


async def test_a_full_file_system_is_told_and_used_again_when_there_is_room(database: Database) -> None:
    facts = StoredFacts(database)
    await facts.remember("Before.")
    pages = await database.read(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    await database.read(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    with pytest.raises(VoiceError) as full:
        await facts.remember("x" * 100_000)
    assert full.value.code is ErrorCode.DISK_FULL and full.value.retryable
    assert full.value.message.startswith("The disk is full.")
    await database.read(lambda connection: connection.execute("PRAGMA max_page_count = 100000").fetchone())
    await facts.remember("After.")
    assert await texts(database) == ["After.", "Before."]


FILL_A_DISK = """
import asyncio, sys
from pathlib import Path
from voicegui.core.errors import VoiceError
from voicegui.storage.database import Database
from voicegui.storage.facts import StoredFacts

async def main():
    folder = Path(sys.argv[1])
    database = Database(folder / "voicegui.db")
    facts, kept = StoredFacts(database), 0
    while kept < 10_000:
        try:
            await facts.remember(f"{kept} " + "x" * 4000)
        except VoiceError as error:
            print(error.code)
            break
        kept += 1
    (folder / "ballast").unlink()
    await facts.remember("There is room again.")
    assert len(await facts.recall()) == kept + 1
    await database.aclose()
    print("kept")

asyncio.run(main())
"""


@LINUX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    mount = f"mount -t tmpfs -o size=1m none {tmp_path} && head -c 500000 /dev/zero > {tmp_path}/ballast"
    script = f'{mount} && exec "$@"'
    command = ["unshare", "-m", "sh", "-c", script, "_", sys.executable, "-c", FILL_A_DISK, str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    if "permission denied" in done.stderr.lower() or "not permitted" in done.stderr.lower():
        pytest.skip("mounting is not allowed here")
    assert done.stdout.split() == ["disk_full", "kept"], done.stderr


@pytest.fixture
def nobody() -> Iterator[None]:
    """For the file system we are somebody without special rights."""
    if not hasattr(os, "geteuid"):
        pytest.skip("no users")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@LINUX
async def test_a_folder_that_cannot_be_written(path: Path, database: Database, nobody: None) -> None:
    for reminders in (StoredReminders(database), StoredReminders(database)):
        with pytest.raises(VoiceError) as refused:
            await reminders.add("stretch", 5.0)
        assert refused.value.code is ErrorCode.STORAGE_FAILED
        assert refused.value.message.startswith(f"{path} cannot be written.")


@LINUX
async def test_a_file_that_cannot_be_written(path: Path, request: pytest.FixtureRequest) -> None:
    await filled(path)
    path.chmod(0o444)
    for folder in (path.parent, *path.parent.parents):
        if folder != folder.parent and os.geteuid() == 0:
            mode = folder.stat().st_mode
            request.addfinalizer(partial(folder.chmod, mode))
            folder.chmod(stat.S_IMODE(mode) | 0o055)
    request.getfixturevalue("nobody")
    database = Database(path)
    with pytest.raises(VoiceError) as refused:
        await StoredReminders(database).add("stretch", 5.0)
    await database.aclose()
    assert refused.value.code is ErrorCode.STORAGE_FAILED
    assert refused.value.message.startswith(f"{path} cannot be written.")


# ---------------------------------------------------------------- two programs

ADD_MANY = """
import asyncio, sys
from pathlib import Path
from voicegui.storage.database import Database
from voicegui.storage.reminders import StoredReminders

async def main():
    database = Database(Path(sys.argv[1]))
    reminders = StoredReminders(database)
    for number in range(50):
        await reminders.add(f"{sys.argv[2]} {number}", float(number))
    await database.aclose()

asyncio.run(main())
"""


async def test_two_programs_at_once_lose_nothing(path: Path, database: Database) -> None:
    """They begin with no file at all: both make it."""
    names = ["one", "two", "three"]
    programs = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", ADD_MANY, str(path), name, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        for name in names
    ]
    assert [await program.wait() for program in programs] == [0, 0, 0]
    kept = {reminder.text for reminder in await StoredReminders(database).pending()}
    assert kept == {f"{name} {number}" for name in names for number in range(50)}


async def test_a_program_that_keeps_the_file_is_told(
    path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicegui.storage.database.BUSY_S", 0.01)
    await texts(database)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(VoiceError) as busy:
            await StoredReminders(database).add("stretch", 5.0)
        assert busy.value.code is ErrorCode.STORAGE_FAILED and busy.value.retryable
        assert "busy" in busy.value.message
        other.execute("ROLLBACK")
    await StoredReminders(database).add("stretch", 5.0)
