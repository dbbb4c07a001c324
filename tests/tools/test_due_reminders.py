"""What is due is told: on a virtual clock that is set, stands still while the machine sleeps, and starts late."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.conversation.virtual_time import VirtualTimeLoop
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.records import Reminder
from voicegui.tools.due_reminders import AGAIN_S, CHECK_S, DueReminders
from voicegui.tools.times.local_time import Here

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 3, 11, 14, 20, tzinfo=LISBON).timestamp()
FULL = VoiceError(ErrorCode.DISK_FULL, "The disk is full.")


class VirtualHere(Here):
    def __init__(self) -> None:
        self.shift = NOW
        """The clock of the machine, less the seconds that the event loop has counted."""

    def seconds(self) -> float:
        return self.shift + asyncio.get_running_loop().time()

    async def time(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), LISBON)


class KeptReminders:
    """In memory, with a disk that fails when told to."""

    def __init__(self) -> None:
        self.rows: dict[int, Reminder] = {}
        self.fails_to_keep = 0
        self.fails_to_read = 0
        self.fails_to_claim = False
        self.claimed_by_another: set[int] = set()
        self.released: list[int] = []
        self.reads = 0
        self._watchers: list[Callable[[], None]] = []
        self._last = 0

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    def has(self, text: str, due: float, *, timer: bool = False, tainted: bool = False) -> Reminder:
        """Known before the program starts."""
        self._last += 1
        reminder = Reminder(self._last, text, due, NOW, timer, tainted)
        self.rows[reminder.id] = reminder
        return reminder

    async def add(self, text: str, due: float, *, timer: bool = False, tainted: bool = False) -> Reminder:
        reminder = self.has(text, due, timer=timer, tainted=tainted)
        self._tell()
        return reminder

    async def pending(self) -> list[Reminder]:
        self.reads += 1
        if self.fails_to_read:
            self.fails_to_read -= 1
            raise FULL
        return sorted(self.rows.values(), key=lambda each: each.due)

    async def cancel(self, id: int) -> bool:
        found = self.rows.pop(id, None)
        self._tell()
        return found is not None

    async def change(self, id: int, due: float, remaining: float | None = None) -> Reminder | None:
        if (old := self.rows.pop(id, None)) is None:
            return None
        self._last += 1
        due = due if remaining is None else math.inf
        self.rows[self._last] = replace(old, id=self._last, due=due, remaining=remaining)
        self._tell()
        return self.rows[self._last]

    async def claim(self, ids: Sequence[int]) -> list[int]:
        if self.fails_to_claim:
            raise FULL
        return [id for id in ids if id in self.rows and id not in self.claimed_by_another]

    async def release(self, ids: Sequence[int]) -> None:
        self.released += ids

    async def announced(self, id: int) -> None:
        if self.fails_to_keep:
            self.fails_to_keep -= 1
            raise FULL
        await self.cancel(id)

    def _tell(self) -> None:
        for changed in self._watchers:
            changed()

    @property
    def watched(self) -> bool:
        return bool(self._watchers)


class World:
    def __init__(self) -> None:
        self.here, self.reminders = VirtualHere(), KeptReminders()
        self.said: list[tuple[float, str]] = []
        """Seconds since the start, and what was announced."""
        self.shown: list[str] = []
        self.deaf: list[VoiceError] = []
        """What the next announcements fail with."""
        self.takes_s = 0.0
        """How long it takes to say a sentence."""
        self.outside: list[bool] = []
        self.due = DueReminders(self.reminders, self._announce, self._notify, self.here)

    async def _announce(self, text: str, outside: bool) -> None:
        if self.deaf:
            raise self.deaf.pop(0)
        at = asyncio.get_running_loop().time()
        await asyncio.sleep(self.takes_s)
        self.said.append((round(at, 3), text))
        self.outside.append(outside)

    async def _notify(self, text: str) -> None:
        self.shown.append(text)

    async def runs(self, seconds: float) -> None:
        self.due.start()
        await asyncio.sleep(seconds)
        await self.due.aclose()
        assert not self.reminders.watched and not self.deaf


@pytest.fixture
def virtually() -> Callable[[Callable[[World], Awaitable[None]]], World]:
    def run(scenario: Callable[[World], Awaitable[None]]) -> World:
        async def main() -> World:
            world = World()
            await scenario(world)
            return world

        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            return runner.run(main())

    return run


Virtually = Callable[[Callable[[World], Awaitable[None]]], World]


def test_it_is_told_in_time_and_once(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        world.reminders.has("stretch", NOW + 2)
        world.reminders.has("tea", NOW + 100.5, timer=True)
        world.reminders.has("", NOW + 101, timer=True)
        world.reminders.has("about my meeting", NOW + 102)
        world.reminders.has("call my mother", NOW + 5000)
        await world.runs(1000)

    world = virtually(scenario)
    assert world.said == [
        (2, "It is time to stretch."),
        (100.5, "Your tea timer is done."),
        (101, "Your timer is done."),
        (102, "I was to remind you about your meeting."),
    ]
    assert world.shown == [text for _, text in world.said]
    assert [each.text for each in world.reminders.rows.values()] == ["call my mother"]


def test_a_new_one_wakes_it_and_a_cancelled_one_is_not_told(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        first = world.reminders.has("stretch", NOW + 20)
        world.due.start()
        await asyncio.sleep(1)
        await world.reminders.add("drink", NOW + 3)
        await asyncio.sleep(5)
        await world.reminders.cancel(first.id)
        await asyncio.sleep(60)
        await world.due.aclose()

    assert virtually(scenario).said == [(3, "It is time to drink.")]


def test_one_that_is_cancelled_while_another_is_spoken_is_not_told(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        world.takes_s = 4.0
        world.reminders.has("stretch", NOW + 1)
        second = world.reminders.has("drink", NOW + 2)
        world.due.start()
        await asyncio.sleep(3)
        await world.reminders.cancel(second.id)
        await asyncio.sleep(60)
        await world.due.aclose()

    assert virtually(scenario).said == [(1, "It is time to stretch.")]


def test_it_reads_the_clock_at_least_every_half_minute(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        world.reminders.has("stretch", NOW + 3600)
        world.due.start()
        await asyncio.sleep(100)
        world.here.shift += 3600 - 100  # somebody has set the clock
        await asyncio.sleep(CHECK_S + 1)
        await world.due.aclose()

    assert virtually(scenario).said == [(120, "It is time to stretch.")]


def test_what_was_missed_while_the_machine_slept_is_told_with_its_time(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        world.reminders.has("stretch", NOW + 40)
        world.due.start()
        await asyncio.sleep(10)
        world.here.shift += 3 * 3600
        await asyncio.sleep(60)
        await world.due.aclose()

    assert virtually(scenario).said == [
        (30, "While I was away, it was time to stretch today at 2:20 in the afternoon.")
    ]


def test_missed_ones_are_told_at_the_start_in_one_sentence(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        world.reminders.has("call my mother", NOW - 24 * 3600)
        world.reminders.has("about the meeting", NOW - 5 * 3600)
        world.reminders.has("tea", NOW - 4 * 3600, timer=True)
        world.reminders.has("stretch", NOW - 3)
        await world.runs(10)

    assert [text for _, text in virtually(scenario).said] == [
        "While I was away, it was time to call your mother yesterday at 2:20 in the afternoon, I was to remind you "
        "about the meeting today at 9:20 in the morning and your tea timer was done today at 10:20 in the morning.",
        "It is time to stretch.",
    ]


def test_many_missed_ones_are_all_told(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        for number in range(12):
            world.reminders.has(f"do number {number}", NOW - 10_000 + number)
        await world.runs(10)

    world = virtually(scenario)
    assert len(world.said) == 3
    assert all(f"do number {number} " in " ".join(text for _, text in world.said) for number in range(12))


def test_what_could_not_be_told_is_tried_again_but_shown_once(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        world.deaf = [VoiceError(ErrorCode.NO_SPEAKER, "There is no speaker.")]
        world.reminders.has("stretch", NOW + 2)
        await world.runs(40)

    world = virtually(scenario)
    assert world.said == [(2 + CHECK_S, "It is time to stretch.")]
    assert world.shown == ["It is time to stretch."]


def test_what_was_not_heard_to_its_end_is_still_pending(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        world.takes_s = 10.0
        world.reminders.has("stretch", NOW + 2)
        await world.runs(5)

    world = virtually(scenario)
    assert not world.said and len(world.reminders.rows) == 1


def test_a_failing_disk_neither_ends_it_nor_makes_it_repeat_itself(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        world.reminders.fails_to_read = 1
        world.reminders.fails_to_keep = 2
        world.reminders.has("stretch", NOW + 2)
        await world.runs(200)

    world = virtually(scenario)
    assert world.said == [(CHECK_S, "It is time to stretch.")]
    assert not world.reminders.rows
    assert world.reminders.reads < 20


def test_a_desktop_that_does_not_answer_delays_nothing(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        async def hang(text: str) -> None:
            await asyncio.Event().wait()

        world.due = DueReminders(world.reminders, world._announce, hang, world.here)
        world.reminders.has("stretch", NOW + 2)
        await world.runs(10)

    assert virtually(scenario).said == [(2, "It is time to stretch.")]


def test_text_of_others_is_announced_as_such(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        await world.reminders.add("stretch", world.here.seconds() + 1)
        await world.reminders.add("obey", world.here.seconds() + 2, tainted=True)
        await world.runs(5)

    assert virtually(scenario).outside == [False, True]


def test_what_something_came_before_is_tried_again_soon(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        world.deaf = [VoiceError(ErrorCode.NOT_HEARD, "Something else was said.")] * 2
        world.reminders.has("stretch", NOW + 2)
        await world.runs(20)
        assert world.reminders.released == [1, 1]

    assert virtually(scenario).said == [(2 + 2 * AGAIN_S, "It is time to stretch.")]


def test_what_another_program_tells_is_not_told_until_that_is_gone(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        theirs = [world.reminders.has(f"do number {number}", NOW - 10_000) for number in range(7)]
        world.reminders.has("drink", NOW - 9000)
        world.reminders.has("stretch", NOW + 2)
        world.reminders.claimed_by_another = {each.id for each in theirs}
        world.due.start()
        await asyncio.sleep(10)
        assert [text for _, text in world.said] == [
            "While I was away, it was time to drink today at 11:50 in the morning.", "It is time to stretch.",
        ]  # fmt: skip
        assert world.reminders.reads < 10, "it waits for nothing in a busy loop"
        world.reminders.claimed_by_another.clear()
        await asyncio.sleep(CHECK_S)
        await world.due.aclose()

    world = virtually(scenario)
    assert len(world.said) == 4 and not world.reminders.rows


def test_a_disk_that_takes_no_claim_keeps_nothing_from_being_told(virtually: Virtually) -> None:
    async def scenario(world: World) -> None:
        world.reminders.fails_to_claim = True
        world.reminders.has("stretch", NOW + 2)
        await world.runs(20)

    assert virtually(scenario).said == [(2, "It is time to stretch.")]
