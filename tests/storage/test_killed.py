"""Programs that are killed: what was heard is there, and what one was telling the next one tells."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conversation.conftest import Talk
from voicegui.core.commands import SendText
from voicegui.core.events import TurnDone
from voicegui.storage.database import Database
from voicegui.storage.recorder import EVERY_S, Recorder
from voicegui.storage.reminders import StoredReminders

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")

SPEAK = """
import asyncio, sys
from pathlib import Path
from typing import Any
from tests.conversation.conftest import Talk
from voicegui.core.commands import SendText
from voicegui.storage.database import Database
from voicegui.storage.recorder import Recorder

async def main():
    database = Database(Path(sys.argv[1]))
    recorder = Recorder(database, lambda error: None)
    answer = " ".join(f"word{number}" for number in range(500)) + "."
    async with Talk([("hello there", answer)]) as talk:
        recorder.heard_so_far = talk.conversation.spoken_until
        talk.conversation.subscribe(recorder.receive)
        talk.conversation.send(SendText("hello there"))
        while True:
            await asyncio.sleep(0.05)
            await recorder.written()
            query = "SELECT count(*) FROM messages WHERE role = 'assistant'"
            [there] = await database.read(lambda c: c.execute(query).fetchone())
            if there:
                print("heard", flush=True)

asyncio.run(main())
"""

CLAIM = """
import asyncio, sys
from pathlib import Path
from typing import Any
from voicegui.storage.database import Database
from voicegui.storage.reminders import StoredReminders

async def main():
    reminders = StoredReminders(Database(Path(sys.argv[1])))
    print(await reminders.claim([each.id for each in await reminders.pending()]), flush=True)
    sys.stdin.readline()

asyncio.run(main())
"""


async def started(program: str, path: Path) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(path), env=environment, stdin=pipe, stdout=pipe
    )


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()


async def killed(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()


async def test_what_was_heard_of_an_answer_is_there_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "voicegui.db"
    process = await started(SPEAK, path)
    assert await line(process) == "heard"
    await killed(process)
    database = Database(path)
    query = "SELECT role, text, ending FROM messages ORDER BY id"
    user, answer = await database.read(lambda c: c.execute(query).fetchall())
    await database.aclose()
    assert user == ("user", "hello there", "whole")
    assert answer[0] == "assistant" and answer[2] == "interrupted"
    assert answer[1].startswith("word0 word1") and len(answer[1].split()) < 400


def test_it_is_written_every_second_and_ends_as_what_was_heard(
    tmp_path: Path, virtual: Callable[[Coroutine[Any, Any, None]], None]
) -> None:
    path = tmp_path / "voicegui.db"
    written: list[Any] = []

    class Watched(Recorder):
        def _add(self, entry: object) -> None:
            written.append(entry)

    async def scenario() -> None:
        answer = " ".join(f"word{number}" for number in range(50)) + "."
        async with Talk([("hello there", answer)]) as talk:
            recorder = Watched(Database(path), lambda error: None)
            recorder.heard_so_far = talk.conversation.spoken_until
            talk.conversation.subscribe(recorder.receive)
            talk.conversation.send(SendText("hello there"))
            await talk.until(TurnDone)
            parts = [each.heard for each in written if getattr(each, "over", True) is False]
            seconds = talk.loop.time()
            assert 3 <= len(parts) <= seconds / EVERY_S and parts == sorted(parts, key=len)
            assert all(answer.startswith(part) for part in parts)
            assert written[-1].heard == answer and written[-1].over and not written[-1].interrupted

    virtual(scenario())


@pytest.fixture
def virtual() -> Callable[[Coroutine[Any, Any, None]], None]:
    from tests.conversation.virtual_time import VirtualTimeLoop

    def run(scenario: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(scenario)

    return run


async def test_one_of_several_programs_tells_and_another_one_when_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "voicegui.db"
    database = Database(path)
    reminders = StoredReminders(database)
    ids = [(await reminders.add(f"do number {number}", 1.0)).id for number in range(3)]
    programs = [await started(CLAIM, path) for _ in range(4)]
    answers = [await line(process) for process in programs]
    assert sorted(answers) == ["[1, 2, 3]", "[]", "[]", "[]"]
    owner = programs[answers.index("[1, 2, 3]")]
    assert await reminders.claim(ids) == []
    await killed(owner)
    assert await reminders.claim(ids) == ids and await reminders.claim(ids) == ids, "what is ours stays ours"
    other = StoredReminders(Database(path))
    assert await other.claim(ids) == []
    await reminders.release(ids[:1])
    assert await other.claim(ids) == ids[:1]
    reminders.close()
    assert await other.claim(ids) == ids
    other.close()
    for process in programs:
        if process is not owner:
            await killed(process)
    assert list(tmp_path.glob("*owner*")) == []


async def test_an_owner_that_is_nobody_claims_nothing(tmp_path: Path) -> None:
    path = tmp_path / "voicegui.db"
    database = Database(path)
    reminders = StoredReminders(database)
    ids = [(await reminders.add(f"do number {number}", 1.0)).id for number in range(5)]
    owners = ["", "../../etc/passwd", "0" * 16, "\0" * 16, "x" * 10_000]
    await database.aclose()
    with closing(sqlite3.connect(path)) as other:
        other.executemany("UPDATE reminders SET owner = ? WHERE id = ?", list(zip(owners, ids, strict=True)))
        other.commit()
    assert await reminders.claim([*ids, 99]) == ids
    reminders.close()
    await database.aclose()
