"""What is written of a conversation, read back by search and from the tables themselves."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import (
    Event,
    Interrupted,
    StartedAfresh,
    Timings,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.records import Archive
from voicegui.core.tools import ToolCall
from voicegui.storage.conversations import StoredArchive
from voicegui.storage.database import Database
from voicegui.storage.recorder import MOST_WAITING, Recorder


class Clock:
    now = 100.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "voicegui.db")
    yield opened
    await opened.aclose()


@pytest.fixture
def trouble() -> list[VoiceError]:
    return []


@pytest.fixture
def recorder(database: Database, trouble: list[VoiceError]) -> Recorder:
    return Recorder(database, trouble.append, clock=Clock())


def done(turn: int, user: str, assistant: str) -> TurnDone:
    return TurnDone(turn, user, assistant, Timings())


def turn(number: int, user: str, assistant: str) -> list[Event]:
    return [UserSaid(number, user), done(number, user, assistant)]


async def told(recorder: Recorder, *events: Event) -> None:
    for event in events:
        recorder.receive(event)
    await recorder.aclose()


async def rows(database: Database, columns: str) -> list[tuple[Any, ...]]:
    query = f"SELECT {columns} FROM messages ORDER BY id"
    return await database.read(lambda connection: connection.execute(query).fetchall())


async def conversations(database: Database) -> list[tuple[Any, ...]]:
    query = "SELECT started, ended, title FROM conversations ORDER BY id"
    return await database.read(lambda connection: connection.execute(query).fetchall())


async def test_a_conversation_is_written_down(database: Database, recorder: Recorder) -> None:
    opening = done(1, "", "Hello.")
    await told(recorder, opening, *turn(2, "What is a fjord?", "A drowned valley."), *turn(3, "Thanks.", ""))
    assert await rows(database, "turn, at, role, text, unheard, ending") == [
        (1, 101, "assistant", "Hello.", "", "whole"),
        (2, 102, "user", "What is a fjord?", "", "whole"),
        (2, 103, "assistant", "A drowned valley.", "", "whole"),
        (3, 104, "user", "Thanks.", "", "whole"),
    ]
    assert await conversations(database) == [(101, 105, "What is a fjord?")]


async def test_what_was_not_heard_is_not_kept(database: Database, recorder: Recorder) -> None:
    await told(
        recorder,
        UserSaid(1, "Tell me a story."),
        Interrupted(1, "Once upon ", "a time."),
        done(1, "Tell me a story.", "Once upon"),
        UserSaid(2, "Stop."),
        Interrupted(2, "", "As you wish."),
        done(2, "Stop.", ""),
    )
    assert await rows(database, "role, text, unheard, ending") == [
        ("user", "Tell me a story.", "", "whole"),
        ("assistant", "Once upon", "", "interrupted"),
        ("user", "Stop.", "", "whole"),
    ]
    archive: Archive = StoredArchive(database)
    assert await archive.search("time") == []
    assert [found.text for found in await archive.search("once")] == ["Once upon"]


async def test_words_that_go_on_and_words_that_are_tried_again_are_one_message(
    database: Database, recorder: Recorder
) -> None:
    await told(
        recorder,
        UserSaid(1, "Is it"),
        done(1, "Is it", ""),
        UserSaid(2, "Is it raining?"),
        done(2, "Is it raining?", ""),
        TurnFailed(2, ErrorCode.OFFLINE, "No network.", True),
        *turn(4, "Is it raining?", "Yes."),
        *turn(5, "Is it raining?", "Still."),
    )
    assert await rows(database, "turn, role, text, ending") == [
        (4, "user", "Is it raining?", "whole"),
        (4, "assistant", "Yes.", "whole"),
        (5, "user", "Is it raining?", "whole"),
        (5, "assistant", "Still.", "whole"),
    ]


async def test_an_answer_that_breaks_off_is_marked(database: Database, recorder: Recorder) -> None:
    await told(
        recorder,
        UserSaid(1, "Why?"),
        Interrupted(1, "Because ", "it"),
        done(1, "Why?", "Because"),
        TurnFailed(1, ErrorCode.OFFLINE, "No network.", True),
        done(2, "Why?", "it is so."),
    )
    assert await rows(database, "turn, role, text, unheard, ending") == [
        (1, "user", "Why?", "", "failed"),
        (1, "assistant", "Because", "", "failed"),
        (2, "assistant", "it is so.", "", "whole"),
    ]


async def test_calls_of_tools_are_part_of_it_and_may_end_late(database: Database, recorder: Recorder) -> None:
    first, second = ToolCall("a", "get_weather", '{"place": "Faro"}'), ToolCall("b", "sleep", "\ud800")
    await told(
        recorder,
        UserSaid(1, "Weather?"),
        ToolCalled(1, first, "Weather"),
        ToolCalled(1, second, "Sleep"),
        ToolFinished(1, "a", True, "Sun in Faro", 0.25),
        done(1, "Weather?", "It is sunny."),
        StartedAfresh(1),
        *turn(2, "Hello.", "Hi."),
        ToolFinished(1, "b", False, "It took too long.", 20.0),
        ToolFinished(1, "unknown", True, "nothing", 0.0),
    )
    columns = "conversation, turn, call_id, name, arguments, text, ok, seconds"
    assert [row for row in await rows(database, columns) if row[2]] == [
        (1, 1, "a", "get_weather", None, "", 1, 0.25),
        (1, 1, "b", "sleep", None, "", 0, 20.0),
    ]
    assert [title for _, _, title in await conversations(database)] == ["Weather?", "Hello."]
    assert await StoredArchive(database).search("Faro") == []  # what a tool brought was not said


async def test_a_crash_loses_at_most_what_is_going_on(tmp_path: Path, database: Database, recorder: Recorder) -> None:
    for event in turn(1, "Remember the milk.", "I will."):
        recorder.receive(event)
    await recorder.written()
    other = Database(tmp_path / "voicegui.db")
    assert [found.text for found in await StoredArchive(other).search("will")] == ["I will."]
    await other.aclose()
    await recorder.aclose()


async def test_the_newest_is_found_first_and_the_question_itself_is_not(database: Database, recorder: Recorder) -> None:
    await told(
        recorder,
        *turn(1, "Invoices are due in May.", "Noted."),
        StartedAfresh(1),
        *turn(2, "An invoice came today.", "From whom?"),
        UserSaid(3, "What did I say about invoices?"),
    )
    archive = StoredArchive(database)
    assert [(found.role, found.text) for found in await archive.search("invoice")] == [
        ("user", "An invoice came today."),
        ("user", "Invoices are due in May."),
    ]
    assert [found.text for found in await archive.search("invoice may")] == ["Invoices are due in May."]
    assert len(await archive.search("invoice", 1)) == 1
    assert await archive.search(" ?! ") == []


async def test_long_first_words_make_a_short_title(database: Database, recorder: Recorder) -> None:
    await told(recorder, *turn(1, "word " * 40, "Yes."), *turn(2, "x" * 100, "No."))
    [(_, _, title)] = await conversations(database)
    assert title == "word " * 10 + "word…"


async def test_when_it_is_switched_off_nothing_is_written(
    tmp_path: Path, database: Database, recorder: Recorder
) -> None:
    recorder.keep(False)
    await told(recorder, *turn(1, "Private.", "Yes."))
    assert not list(tmp_path.iterdir())


async def test_switching_it_off_and_on_makes_two_conversations(database: Database, recorder: Recorder) -> None:
    events = [*turn(1, "One.", "1"), *turn(2, "Private.", "2"), *turn(3, "Three.", "3")]
    for number, event in enumerate(events):
        recorder.keep(number not in (2, 3))
        recorder.receive(event)
    await recorder.aclose()
    assert [text for (text,) in await rows(database, "text")] == ["One.", "1", "Three.", "3"]
    assert [title for _, _, title in await conversations(database)] == ["One.", "Three."]


async def test_a_failing_disk_is_told_once_and_what_waited_is_written_when_it_works_again(
    tmp_path: Path, trouble: list[VoiceError]
) -> None:
    folder = tmp_path / "away"
    database = Database(folder / "voicegui.db")
    recorder = Recorder(database, trouble.append)
    for number in range(5):
        for event in turn(number, f"Question {number}.", f"Answer {number}."):
            recorder.receive(event)
        await recorder.written()
    assert [error.code for error in trouble] == [ErrorCode.STORAGE_FAILED]
    folder.mkdir()
    await told(recorder, *turn(5, "Question 5.", "Answer 5."))
    assert [text for (text,) in await rows(database, "text")] == [
        text for number in range(6) for text in (f"Question {number}.", f"Answer {number}.")
    ]
    assert len(trouble) == 1
    await database.aclose()


async def test_a_disk_that_stays_broken_keeps_only_so_much_waiting(tmp_path: Path, trouble: list[VoiceError]) -> None:
    folder = tmp_path / "away"
    database = Database(folder / "voicegui.db")
    recorder = Recorder(database, trouble.append)
    for number in range(MOST_WAITING):
        for event in turn(number, f"Question {number}.", f"Answer {number}."):
            recorder.receive(event)
    await recorder.written()
    folder.mkdir()
    await recorder.aclose()
    texts = [text for (text,) in await rows(database, "text")]
    assert len(texts) == MOST_WAITING - 1 and texts[-1] == f"Answer {MOST_WAITING - 1}."  # one is its end
    await database.aclose()
