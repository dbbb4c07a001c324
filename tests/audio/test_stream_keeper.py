from dataclasses import replace

import pytest

from voicegui.audio.pulseaudio import StreamRoute
from voicegui.audio.stream_keeper import StreamKeeper, Surroundings
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import DeviceInfo, SoundMended, SoundTrouble

DESK, HEADSET = DeviceInfo("desk", "Desk microphone", True), DeviceInfo("headset", "Headset", False)
BOTH = Surroundings([DESK, HEADSET], server=True)


class World:
    """A keeper whose streams, clock and server are in the test's hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.opened: list[str] = []
        self.moved: list[str] = []
        self.told: list[SoundTrouble | SoundMended] = []
        self.refusal: VoiceError | None = None
        self.keeper: StreamKeeper[World] = StreamKeeper(
            "microphone", self.open, self.move, self.told.append, lambda: self.now
        )
        self.keeper.on = True
        self.called_at, self.began_at, self.died, self.closed = 0.0, 0.0, False, 0
        self.sleeps = False
        self.around = BOTH

    def open(self, name: str, server: bool) -> "World":
        if self.refusal:
            raise self.refusal
        self.opened.append(name)
        self.called_at, self.died = 0.0, False
        self.around = replace(self.around, route=StreamRoute(len(self.opened), name, False))
        return self

    def move(self, name: str) -> bool:
        self.moved.append(name)
        self.around = replace(self.around, route=StreamRoute(len(self.opened), name, False))
        return True

    def close(self) -> None:
        self.closed += 1
        self.around = replace(self.around, route=None)

    def run(self, seconds: float = 0.5, *, flowing: bool = True) -> None:
        for _ in range(round(seconds / 0.25)):
            self.keeper.tick(replace(self.around, seen_at=self.now))
            self.now += 0.25
            if flowing and self.keeper.stream:
                self.called_at = self.now


@pytest.fixture
def world() -> World:
    return World()


def codes(world: World) -> list[ErrorCode | str]:
    return [each.error.code if isinstance(each, SoundTrouble) else each.name for each in world.told]


def test_a_working_device_is_not_worth_a_word(world: World) -> None:
    world.run(5)
    assert (world.opened, world.told) == (["desk"], [])
    world.keeper.on = False
    world.run()
    assert world.closed == 1


def test_another_device_is_used_by_moving_the_stream(world: World) -> None:
    world.run(1)
    world.keeper.wanted = "headset"
    world.run(1)
    assert (world.opened, world.moved, codes(world)) == (["desk"], ["headset"], ["headset"])


def test_unplugged_and_plugged_in_again(world: World) -> None:
    world.keeper.wanted = "headset"
    world.run(1)
    world.around = Surroundings([DESK], server=True)
    world.run(1)
    assert codes(world) == [ErrorCode.DEVICE_LOST, "desk"]
    assert world.told[0] == SoundTrouble(world.told[0].error, "microphone", "desk")  # type: ignore[union-attr]
    world.around = replace(BOTH, route=world.around.route)
    world.run(1)
    assert codes(world)[2:] == ["headset"]


def test_the_last_device_is_unplugged(world: World) -> None:
    world.run(1)
    world.around = Surroundings([], server=True)
    world.run(3)
    assert codes(world) == [ErrorCode.DEVICE_LOST]
    world.around = BOTH
    world.run(1)
    assert codes(world) == [ErrorCode.DEVICE_LOST, "desk"]


def test_no_device_from_the_start(world: World) -> None:
    world.around = Surroundings([], server=True)
    world.run(3)
    assert codes(world) == [ErrorCode.NO_MICROPHONE]


def test_a_monitor_is_never_listened_to(world: World) -> None:
    world.run(1)
    world.around = replace(world.around, route=StreamRoute(1, "speaker.monitor", True))
    world.run(1)
    assert world.opened == ["desk", "desk"]
    assert codes(world) == [ErrorCode.DEVICE_LOST, "desk"]


def test_a_stream_that_the_server_does_not_know_is_opened_again(world: World) -> None:
    world.run(1)
    world.around = replace(world.around, route=None)
    world.run(1)
    assert world.opened == ["desk", "desk"]
    assert codes(world) == [ErrorCode.DEVICE_LOST, "desk"]


def test_a_restarted_stream_is_not_missed_at_the_server(world: World) -> None:
    """With each restart the server gets another stream for it; a view of the moment between has none."""
    world.run(1)
    around = replace(world.around, route=None)
    world.began_at = world.now
    world.keeper.tick(replace(around, seen_at=world.now + 0.1))
    assert (world.opened, world.told) == (["desk"], [])
    world.keeper.tick(replace(around, seen_at=world.now + 0.5))
    assert codes(world) == [ErrorCode.DEVICE_LOST]


def test_an_old_view_says_nothing_about_a_new_stream(world: World) -> None:
    for _ in range(20):
        world.keeper.tick(replace(BOTH, seen_at=99.0))
        world.now += 0.25
        world.called_at = world.now
    assert (world.opened, world.told) == (["desk"], [])


def test_a_suspended_device_is_told_once_until_it_wakes(world: World) -> None:
    world.run(1)
    world.run(6, flowing=False)
    assert codes(world) == [ErrorCode.DEVICE_LOST]
    assert len(world.opened) > 1
    world.run(1)
    assert codes(world) == [ErrorCode.DEVICE_LOST, "desk"]


def test_the_server_stops_and_returns(world: World) -> None:
    world.run(1)
    world.died, world.around = True, Surroundings([], server=True, present=False)
    world.run(3)
    assert codes(world) == [ErrorCode.DEVICE_LOST]
    assert "sound server" in world.told[0].error.message  # type: ignore[union-attr]
    world.around = BOTH
    world.run(1)
    assert codes(world)[1:] == ["desk"]


def hear_zeros(world: World, seconds: float) -> None:
    for _ in range(round(seconds * 100)):
        world.keeper.hear_block(zeros=True)
    world.run(1)


def test_a_microphone_that_was_never_heard_is_suspicious_until_a_sound_comes(world: World) -> None:
    world.run(1)
    hear_zeros(world, 4)
    assert codes(world) == []
    hear_zeros(world, 2)
    assert codes(world) == [ErrorCode.MICROPHONE_SILENT]
    assert "Desk microphone" in world.told[0].error.message  # type: ignore[union-attr]
    assert world.told[0].alternative == "headset"  # type: ignore[union-attr]
    world.keeper.hear_block(zeros=False)
    world.run()
    assert codes(world) == [ErrorCode.MICROPHONE_SILENT, "desk"]


def test_a_microphone_that_was_heard_may_be_silent_between_sentences(world: World) -> None:
    world.run(1)
    world.keeper.hear_block(zeros=False)
    hear_zeros(world, 15)
    assert codes(world) == []
    hear_zeros(world, 6)
    assert codes(world) == [ErrorCode.MICROPHONE_SILENT]


def test_a_muted_microphone_is_named_soon(world: World) -> None:
    world.run(1)
    world.keeper.hear_block(zeros=False)
    world.around = replace(world.around, route=StreamRoute(1, "desk", False, is_muted=True))
    hear_zeros(world, 1)
    assert codes(world) == [ErrorCode.MICROPHONE_SILENT]
    assert "muted" in world.told[0].error.message  # type: ignore[union-attr]


def test_a_busy_device_is_tried_again(world: World) -> None:
    world.refusal = VoiceError(ErrorCode.DEVICE_BUSY, "Somebody else uses it.")
    world.run(3)
    assert codes(world) == [ErrorCode.DEVICE_BUSY]
    world.refusal = None
    world.run(1)
    assert codes(world) == [ErrorCode.DEVICE_BUSY, "desk"]


def test_a_stalled_stream_runs_again_with_its_first_callback_not_with_the_next_look(world: World) -> None:
    world.run(1)
    assert not world.keeper.stalled
    world.run(1, flowing=False)
    assert world.keeper.stalled
    world.called_at = world.now
    assert not world.keeper.stalled
