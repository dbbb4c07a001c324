"""Whole conversations, told by the engine itself, as they are read back."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.conversation.conftest import Talk
from tests.conversation.virtual_time import VirtualTimeLoop
from voicegui.core.commands import Interrupt, Retry, SendText
from voicegui.core.events import Event, PlaybackStarted, TurnDone
from voicegui.storage.database import Database
from voicegui.storage.recorder import Recorder

Scenario = Callable[[Talk], Awaitable[None]]


def told(answers: list[tuple[str, str]], scenario: Scenario, **delays: float) -> list[Event]:
    """What a conversation with scripted parts tells, on the virtual clock."""

    async def main() -> list[Event]:
        async with Talk(answers, None, **delays) as talk:
            await scenario(talk)
        return talk.events

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main())


def recorded(folder: Path, events: list[Event]) -> list[tuple[Any, ...]]:
    async def main() -> list[tuple[Any, ...]]:
        database = Database(folder / "voicegui.db")
        troubles: list[Exception] = []
        recorder = Recorder(database, troubles.append)
        for event in events:
            recorder.receive(event)
        await recorder.aclose()
        query = "SELECT role, text, unheard, ending FROM messages ORDER BY id"
        rows = await database.read(lambda connection: connection.execute(query).fetchall())
        await database.aclose()
        assert not troubles
        return rows

    return asyncio.run(main())


def test_an_answer_that_was_cut_and_the_next_one(tmp_path: Path) -> None:
    async def scenario(talk: Talk) -> None:
        talk.conversation.send(SendText("hello there", aloud=True))
        await talk.until(PlaybackStarted)
        await asyncio.sleep(0.7)
        talk.conversation.send(Interrupt())
        talk.conversation.send(SendText("go on"))
        await talk.until(TurnDone, user="go on")

    events = told([("hello there", "one two three four five six."), ("go on", "Seven.")], scenario)
    assert recorded(tmp_path, events) == [
        ("user", "hello there", "", "whole"),
        ("assistant", "one two three", "", "interrupted"),
        ("user", "go on", "", "whole"),
        ("assistant", "Seven.", "", "whole"),
    ]


def test_a_question_that_is_tried_again_stands_there_once(tmp_path: Path) -> None:
    async def scenario(talk: Talk) -> None:
        talk.conversation.send(SendText("hello there"))
        await asyncio.sleep(1)
        talk.conversation.send(Interrupt())
        talk.llm.first_token_s = 0
        talk.conversation.send(Retry())
        await talk.until(TurnDone)

    events = told([("hello there", "Hi.")], scenario, first_token=5.0)
    assert recorded(tmp_path, events) == [("user", "hello there", "", "whole"), ("assistant", "Hi.", "", "whole")]
