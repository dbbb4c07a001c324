"""Reminders, facts and what was said, through the Protocols of `core.records`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from voicegui.core.records import Fact, Facts, Reminder, Reminders
from voicegui.storage.database import Database
from voicegui.storage.facts import StoredFacts
from voicegui.storage.reminders import StoredReminders


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "voicegui.db")
    yield opened
    await opened.aclose()


# ---------------------------------------------------------------- reminders


async def test_reminders_are_pending_until_they_are_announced_or_cancelled(database: Database, clock: Clock) -> None:
    reminders: Reminders = StoredReminders(database, clock)
    late = await reminders.add("tea", 300.0, timer=True)
    assert late == Reminder(late.id, "tea", 300.0, 100.0, timer=True)
    soon = await reminders.add("stretch", 200.5)
    assert soon == Reminder(soon.id, "stretch", 200.5, 100.0)
    clock.now = 250.0
    assert await reminders.pending() == [soon, late]
    await reminders.announced(soon.id)
    assert await reminders.pending() == [late]
    assert not await reminders.cancel(soon.id)
    assert await reminders.cancel(late.id)
    assert not await reminders.cancel(late.id)
    await reminders.announced(late.id)
    assert await reminders.pending() == []
    assert (await reminders.add("again", 1.0)).id not in (soon.id, late.id)


async def test_changes_are_told(database: Database) -> None:
    reminders = StoredReminders(database)
    told: list[str] = []
    end = reminders.watch(lambda: told.append("changed"))
    first = await reminders.add("stretch", 1.0)
    assert told == ["changed"]
    await reminders.cancel(first.id)
    await reminders.cancel(first.id)
    assert told == ["changed"] * 2
    end()
    end()
    await reminders.add("stretch", 1.0)
    assert told == ["changed"] * 2


async def test_half_a_character_does_not_break_what_is_kept(database: Database) -> None:
    reminders, facts = StoredReminders(database), StoredFacts(database)
    assert (await reminders.add("buy \ud800 milk\0", 1.0)).text == "buy ? milk\0"
    assert (await facts.remember("likes \udfff tea")).text == "likes ? tea"
    assert [fact.text for fact in await facts.recall("\udfff tea")] == ["likes ? tea"]


# ---------------------------------------------------------------- facts


async def test_the_same_is_remembered_once(database: Database, clock: Clock) -> None:
    facts: Facts = StoredFacts(database, clock)
    first = await facts.remember(" The dog is\ncalled Bento. ")
    assert first == Fact(first.id, "The dog is called Bento.", 100.0)
    clock.now = 200.0
    assert await facts.remember("the dog is called Bento.") == first
    second = await facts.remember("Allergic to nuts.")
    assert await facts.recall() == [second, first]
    assert await facts.forget(first.id)
    assert not await facts.forget(first.id)
    assert await facts.recall() == [second]
    assert await facts.recall("dog") == []


@pytest.mark.parametrize(
    ("about", "found"),
    [
        ("dog", ["The dogs of Ana are called Bento and Açaí."]),
        ("what do you know about me", ["I hate meetings before nine.", "My doctor is called Lima."]),
        ("what is my doctor called", ["My doctor is called Lima."]),
        ("dogs called", ["The dogs of Ana are called Bento and Açaí.", "My doctor is called Lima."]),
        ("acai", ["The dogs of Ana are called Bento and Açaí."]),
        ("meeting", ["I hate meetings before nine."]),
        ("bicycle", []),
        ("\"'*() OR NEAR(", []),
        ("doc", ["My doctor is called Lima."]),
    ],
)
async def test_facts_are_found_by_their_words(database: Database, about: str, found: list[str]) -> None:
    facts = StoredFacts(database)
    for text in (
        "The dogs of Ana are called Bento and Açaí.",
        "My doctor is called Lima.",
        "I hate meetings before nine.",
    ):
        await facts.remember(text)
    assert [fact.text for fact in await facts.recall(about)][: len(found)] == found
    assert found or not await facts.recall(about)
