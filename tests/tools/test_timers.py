"""A running timer is changed: there is still one, also after a restart, and what is said of it is true."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tools.conftest import called
from tests.tools.test_builtin_kept import NOW, World
from tests.tools.test_due_reminders import KeptReminders, Virtually, virtually  # noqa: F401
from tests.tools.test_due_reminders import World as DueWorld
from voicegui.core.tools import TAINTED, ToolOutcome
from voicegui.tools.timers import TimerTools


class Timers(World):
    async def change(self, change: str, duration: str = "", which: str = "") -> ToolOutcome:
        tools = TimerTools(self.reminders, self.here)
        return await called(tools.change_timer, change=change, duration=duration, which=which)

    async def listed(self) -> str:
        return (await called(self.of_reminders.list_reminders)).say


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Timers]:
    made = Timers(tmp_path)
    yield made
    await made.database.aclose()


@pytest.mark.parametrize(
    ("change", "duration", "which", "said"),
    [
        ("more", "five minutes", "pasta timer", "The pasta timer has 14 minutes left."),
        ("more", "five minutes", "pasta", "The pasta timer has 14 minutes left."),
        ("more", "another five minutes", "", "The pasta timer has 14 minutes left."),
        ("more", "5", "the timer", "The pasta timer has 14 minutes left."),
        ("more", "half an hour", "my pasta timer", "The pasta timer has 39 minutes left."),
        ("more", "a minute thirty", "ten minute timer", "The pasta timer has 10 minutes and 30 seconds left."),
        ("less", "two minutes", "it", "The pasta timer has 7 minutes left."),
        ("less", "about two minutes", "it", "The pasta timer has 7 minutes left."),
        ("set", "ten", "", "The pasta timer has 10 minutes left."),
        ("set", "to twenty minutes", "pasta", "The pasta timer has 20 minutes left."),
        ("set", "2:30", "first", "The pasta timer has 2 minutes and 30 seconds left."),
        ("pause", "", "", "The pasta timer is paused with 9 minutes left."),
        ("resume", "", "", "The pasta timer runs again, with 9 minutes left."),
    ],
)
async def test_one_timer_is_changed(world: Timers, change: str, duration: str, which: str, said: str) -> None:
    await world.timer("ten minutes", name="pasta")
    await world.remind("stretch", "in a minute")
    world.now += 60
    outcome = await world.change(change, duration, which)
    assert (outcome.ok, outcome.say) == (True, said)
    assert sorted(await world.pending()) == ["pasta", "stretch"]


async def test_paused_it_keeps_what_is_left_over_a_restart(world: Timers, tmp_path: Path) -> None:
    await world.timer("ten minutes", name="pasta")
    world.now += 180
    assert (await world.change("pause", which="pasta")).say == "The pasta timer is paused with 7 minutes left."
    await world.database.aclose()
    later = Timers(tmp_path)
    later.now = NOW + 5 * 3600
    assert await later.listed() == "Still to come: the pasta timer, paused with 7 minutes left."
    assert (await later.change("more", "a minute")).say == "The pasta timer is paused with 8 minutes left."
    assert (await later.change("pause")).say == "The pasta timer is paused with 8 minutes left."
    assert (await later.change("resume")).say == "The pasta timer runs again, with 8 minutes left."
    assert (await later.change("resume")).ok
    assert await later.listed() == "Still to come: the pasta timer in 8 minutes."
    [timer] = await later.reminders.pending()
    assert timer.due == later.now + 480
    await later.database.aclose()


@pytest.mark.parametrize(
    ("change", "duration", "which", "said"),
    [
        ("more", "five minutes", "soup", "There is no such timer. What there is: the tea timer in 3 minutes and the "),
        ("more", "five minutes", "", "Which one do you mean: the tea timer in 3 minutes and the pasta timer in 10 "),
        ("more", "", "tea", "By how much time? Say it like “five minutes”."),
        ("more", "a few minutes", "tea", "Say how many minutes: a few can be three or ten."),
        ("more", "pasta", "tea", "I do not understand how long that is."),
        ("less", "three minutes", "tea", "The tea timer has only 3 minutes left."),
        ("set", "a month", "tea", "A timer runs for days at most."),
        ("pause", "", "third", "There is no such timer."),
    ],
)
async def test_what_is_not_clear_changes_nothing(
    world: Timers, change: str, duration: str, which: str, said: str
) -> None:
    assert (await world.change(change, duration, which)).say == "There is no timer."
    await world.timer("three minutes", name="tea")
    await world.timer("ten minutes", name="pasta")
    before = await world.reminders.pending()
    outcome = await world.change(change, duration, which)
    assert not outcome.ok and outcome.say.startswith(said)
    assert await world.reminders.pending() == before


async def test_without_its_name_it_is_the_one_that_can_be(world: Timers) -> None:
    await world.timer("three minutes", name="tea")
    await world.timer("ten minutes", name="pasta")
    await world.change("pause", which="the second one")
    assert (await world.change("pause")).say == "The tea timer is paused with 3 minutes left."
    assert (await world.change("resume")).say.startswith("Which one do you mean")
    assert (await world.change("resume", which="pasta")).say == "The pasta timer runs again, with 10 minutes left."
    assert (await world.change("resume")).say == "The tea timer runs again, with 3 minutes left."


@pytest.mark.parametrize(
    ("which", "gone"),
    [
        ("the second one", ["pasta"]),
        ("second", ["pasta"]),
        ("the first", ["tea"]),
        ("the last one", ["stretch"]),
        ("the second timer", ["pasta"]),
        ("the first reminder", ["stretch"]),
        ("the last timer", ["pasta"]),
        ("number 2", ["pasta"]),
        ("the three minute timer", ["tea"]),
        ("the fourth one", []),
        ("both timers", ["tea", "pasta"]),
        ("the reminder at 5", ["stretch"]),
    ],
)
async def test_one_of_several_is_cancelled_by_its_place(world: Timers, which: str, gone: list[str]) -> None:
    world.now += 0.5
    await world.remind("stretch", "at 5")
    for _ in range(5):  # ids are no places
        await world.cancel(str((await world.reminders.add("x", world.now)).id))
    await world.timer("three minutes", name="tea")
    await world.timer("ten minutes", name="pasta")
    await world.cancel(which)
    assert sorted(await world.pending()) == sorted({"tea", "pasta", "stretch"} - set(gone))


async def test_a_timer_with_text_of_others_taints_where_it_is_told(world: Timers) -> None:
    token = TAINTED.set(True)
    await world.timer("three minutes", name="obey")
    TAINTED.reset(token)
    assert (await world.change("pause")).outside
    assert (await world.reminders.pending())[0].tainted


def test_a_paused_one_is_not_told_and_one_that_goes_on_is(virtually: Virtually) -> None:  # noqa: F811
    async def scenario(world: DueWorld) -> None:
        tea = await world.reminders.add("tea", world.here.seconds() + 100, timer=True)
        world.due.start()
        await asyncio.sleep(50)
        paused = await world.reminders.change(tea.id, 0.0, 50.0)
        await asyncio.sleep(500)
        assert paused and not world.said
        await world.reminders.change(paused.id, world.here.seconds() + 50)
        await asyncio.sleep(100)
        await world.due.aclose()

    assert virtually(scenario).said == [(600, "Your tea timer is done.")]


def test_one_that_gets_more_time_while_it_is_told_is_told_again(virtually: Virtually) -> None:  # noqa: F811
    async def scenario(world: DueWorld) -> None:
        world.takes_s = 4.0
        tea = await world.reminders.add("tea", world.here.seconds() + 10, timer=True)
        world.due.start()
        await asyncio.sleep(12)
        await world.reminders.change(tea.id, world.here.seconds() + 60)
        await asyncio.sleep(100)
        await world.due.aclose()
        assert not world.reminders.rows

    assert virtually(scenario).said == [(10, "Your tea timer is done."), (72, "Your tea timer is done.")]
