"""Each word of ours about reminders, timers and what is remembered goes through the catalogue."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.tools.hidden_language import HIDDEN, in_hidden, left
from tests.tools.test_builtin_kept import NOW, World
from voicegui.core.events import Timings, TurnDone, UserSaid
from voicegui.core.records import Reminder
from voicegui.core.wording import use_translations
from voicegui.storage.conversations import StoredArchive
from voicegui.storage.recorder import Recorder
from voicegui.tools.due_reminders import DueReminders
from voicegui.tools.memory import EarlierTools
from voicegui.tools.reminder_wording import announced, missed, reminder_name
from voicegui.tools.timers import TimerTools
from voicegui.tools.times.local_time import said, said_first

LISBON = ZoneInfo("Europe/Lisbon")


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    use_translations()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.database.aclose()


# ---------------------------------------------------------------- reminders and timers


@pytest.mark.parametrize(
    ("what", "when", "values"),
    [
        ("stretch", "in 2 seconds", ["stretch"]), ("the meeting", "tomorrow at 8", ["about the meeting"]),
        ("", "in a minute", []), ("sleep", "on March 29 at 1:30 am", ["sleep"]),
        ("sleep", "on October 25 at 1:30 am", ["sleep"]), ("eat", "at noon", ["eat"]), ("eat", "at midnight", ["eat"]),
        ("eat", "in 3 days", ["eat"]), ("eat", "next Monday at 9:30 pm", ["eat"]), ("eat", "in 3 years", ["eat"]),
        ("eat", "tonight at 11", ["eat"]), ("eat", "on May 3 at 3 pm", ["eat"]),
        ("stretch", "yesterday at 5", []), ("stretch", "today at 10 am", []), ("stretch", "every day at 8", []),
        ("stretch", "when the cows come home", []), ("stretch", "", []), ("stretch", "in 5", []),
        ("stretch", "in 1:30", []), ("stretch", "5", []), ("stretch", "today", []), ("stretch", "in 0 minutes", []),
        ("stretch", "2026-13-40", []), ("stretch", "in 30 years", []), ("stretch", "late tomorrow", []),
        ("stretch", "late on Friday at 3", []), ("stretch", "tomorrow morning at 12", []),
        ("stretch", "this evening at 12 pm", []), ("stretch", "on 3/4/2026", []), ("stretch", "on the 32nd", []),
        ("stretch", "the 5th day of April is fine", []), ("stretch", "on Monday, March 12", []),
        ("stretch", "in a few minutes", ["minutes"]), ("stretch", "in 3 or 4 minutes", []),
        ("stretch", "in 2.30 hours", []), ("stretch", "in 2.30 minutes", []), ("stretch", "in half a month", []),
        ("a" * 600, "in a minute", []), ("stretch", "6th friday of may", []),
    ],
)  # fmt: skip
async def test_setting_reminders(world: World, what: str, when: str, values: Sequence[str]) -> None:
    english = (await world.remind(what, when)).text
    outcome = await in_hidden(world.of_reminders.set_reminder, *values, what=what, when=when)
    assert re.sub(r"\d+", "", outcome.text) == re.sub(r"\d+", "", english)


@pytest.mark.parametrize(
    ("duration", "name", "values"),
    [
        ("3 minutes", "tea", ["tea"]), ("an hour and 20 minutes", "", []), ("a day", "Tea timer", ["Tea"]),
        ("", "", []),
        ("5", "", []), ("2 months", "", []), ("0 seconds", "", []), ("1 minute", "a" * 600, []), ("x" * 300, "", []),
        ("2 or 3 minutes", "", []), ("2.30 minutes", "", []), ("90 years", "", []), ("several hours", "", ["hours"]),
    ],
)  # fmt: skip
async def test_setting_timers(world: World, duration: str, name: str, values: Sequence[str]) -> None:
    await in_hidden(world.of_reminders.set_timer, *values, duration=duration, name=name)


async def test_what_is_to_come(world: World) -> None:
    of_reminders, change = world.of_reminders, TimerTools(world.reminders, world.here).change_timer
    await in_hidden(of_reminders.list_reminders)
    await in_hidden(of_reminders.cancel_reminder, which="it")
    await in_hidden(change, change="pause")
    await world.remind("", "in an hour")
    await world.remind("my meeting", "tomorrow at noon")
    await in_hidden(of_reminders.list_reminders, "about your meeting")
    await in_hidden(of_reminders.cancel_reminder, "about your meeting", which="zebra")
    await world.timer("3 minutes", name="tea")
    for duration in ("10 minutes", "2 hours", "3 hours", "4 hours", "5 days"):
        await world.timer(duration)
    await in_hidden(of_reminders.list_reminders, "tea", "about your meeting")
    await in_hidden(of_reminders.cancel_reminder, "tea", which="timer")
    await in_hidden(change, "tea", change="pause")
    await in_hidden(change, "tea", change="pause", which="zebra timer")
    await in_hidden(change, "tea", change="less", duration="9 minutes", which="tea")
    await in_hidden(change, "tea", change="more", duration="", which="tea")
    for arguments in ({"change": "more", "duration": "5"}, {"change": "pause"}, {"change": "resume"}):
        await in_hidden(change, "tea", which="tea", **arguments)
        await in_hidden(change, "tea", which="ten minute timer", **arguments)
    await in_hidden(change, "tea", change="less", duration="3 hours", which="ten minute timer")
    await in_hidden(change, "tea", change="pause", which="two hour timer")
    await in_hidden(of_reminders.list_reminders, "tea", "about your meeting")
    await in_hidden(of_reminders.cancel_reminder, "tea", "about your meeting", which="all")


async def test_what_went_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.timer("3 minutes", name="tea")

    async def gone(*_: object) -> None:
        return None

    monkeypatch.setattr(world.reminders, "cancel", gone)
    monkeypatch.setattr(world.reminders, "change", gone)
    await in_hidden(world.of_reminders.cancel_reminder, which="tea")
    await in_hidden(TimerTools(world.reminders, world.here).change_timer, change="pause")


REMINDERS = [
    (Reminder(1, "", NOW, NOW), ""), (Reminder(1, "stretch", NOW, NOW), "stretch"),
    (Reminder(1, "about my cat", NOW, NOW), "about your cat"), (Reminder(1, "", NOW, NOW, True), ""),
    (Reminder(1, "tea", NOW, NOW, True), "tea"),
]  # fmt: skip


@pytest.mark.parametrize(("reminder", "value"), REMINDERS)
def test_what_is_due(reminder: Reminder, value: str) -> None:
    when = said(datetime.fromtimestamp(NOW - 90_000, LISBON), datetime.fromtimestamp(NOW, LISBON))
    for told in (announced(reminder), missed(reminder, when), reminder_name(reminder)):
        use_translations(spoken=HIDDEN)
        assert left(told.spoken(), [value]) == []
        assert left(told.written()) and "·" not in told.written()


async def test_what_was_missed_is_spoken_in_one_language_and_shown_in_another(world: World) -> None:
    spoken, notified = list[str](), list[str]()
    both = asyncio.Event()

    async def announce(text: str, tainted: bool) -> None:
        spoken.append(text)
        await both.wait()

    async def notify(text: str) -> None:
        notified.append(text)
        both.set()

    for name in ("a", "b", "c"):
        await world.timer("1 minute", name=name)
    world.now += 3600
    use_translations(spoken=HIDDEN)
    due = DueReminders(world.reminders, announce, notify, world.here)
    due.start()
    await both.wait()
    await due.aclose()
    assert left(spoken[0], ["a", "b", "c"]) == []
    assert notified[0].startswith("While I was away, your a timer was done today at ")


@pytest.mark.parametrize("days", [-400, *range(-330, -1, 30), -1, 0, 1, 2, 3, 4, 5, 6, 40, 400])
@pytest.mark.parametrize("hour", [0, 9, 12, 15, 20, 23])
def test_times(days: int, hour: int) -> None:
    now = datetime(2026, 3, 11, 14, 20, tzinfo=LISBON)
    moment = (now + timedelta(days)).replace(hour=hour, minute=0)
    use_translations(spoken=HIDDEN)
    for at in (moment, moment + timedelta(minutes=5)):
        within, first = said(at, now), said_first(at, now)
        assert left(within.spoken()) == left(first.spoken()) == []
        text = within.written()
        assert first.written() == text[:1].upper() + text[1:]


# ---------------------------------------------------------------- memory


async def test_memory(world: World) -> None:
    of_memory = world.of_memory
    await in_hidden(of_memory.recall)
    await in_hidden(of_memory.forget, which="cat")
    await in_hidden(of_memory.remember, fact="")
    await in_hidden(of_memory.remember, fact="a" * 2000)
    facts = ["your cat is old", "your cat is fat", "your cat is red", "your cat is new"]
    for fact in facts:
        await in_hidden(of_memory.remember, fact, fact=fact.replace("your", "my"))
    await in_hidden(of_memory.recall, *facts)
    await in_hidden(of_memory.forget, *facts, which="cat")
    await in_hidden(of_memory.forget, *facts, which="red")


async def test_what_was_said_before(world: World) -> None:
    archive = StoredArchive(world.database)
    recorder = Recorder(world.database, lambda error: None, clock=lambda: world.now)
    recorder.receive(UserSaid(1, "the invoice"))
    recorder.receive(TurnDone(1, "the invoice", "the receipt", Timings()))
    recorder.receive(UserSaid(2, "what was that"))
    await recorder.aclose()
    world.now += 86_400
    tools = EarlierTools(archive, world.here)
    await in_hidden(tools.search_conversations, words="zebra")
    assert "the invoice" in (await in_hidden(tools.search_conversations, "the invoice", words="invoice")).say
    assert "the receipt" in (await in_hidden(tools.search_conversations, "the receipt", words="receipt")).say
