"""When PortAudio's list of devices is read again: rarely, but soon after something has changed."""

from collections.abc import Sequence

import pytest

from voicegui.audio import portaudio
from voicegui.audio.portaudio import DeviceList
from voicegui.audio.pulseaudio import ServerView
from voicegui.audio.stream_keeper import StreamKeeper, Surroundings, nothing_there
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import DeviceInfo, SoundMended, SoundTrouble

MICROPHONE, SPEAKER = DeviceInfo("microphone", "Microphone", True), DeviceInfo("speaker", "Speaker", True)
SERVER = ServerView([MICROPHONE], [SPEAKER])


class Stream:
    called_at = began_at = 0.0
    died = sleeps = False

    def close(self) -> None:
        pass


class World:
    """Hardware, PortAudio's snapshot of it, and two keepers that are looked after four times a second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.refreshed, self.rests = 100.0, 0, True
        self.hardware: set[str] = set()
        self.snapshot: set[str] = set()
        self.view: ServerView | None = None
        self.told: list[SoundTrouble | SoundMended] = []
        monkeypatch.setattr(portaudio, "refresh", self.refresh)
        monkeypatch.setattr(portaudio, "has_bridge", lambda direction: "bridge" in self.snapshot)
        self.microphone = StreamKeeper[Stream](
            "microphone", self.open, lambda name: False, self.told.append, self.clock
        )
        self.speaker = StreamKeeper[Stream]("speaker", self.open, lambda name: False, self.told.append, self.clock)
        self.microphone.on = self.speaker.on = True
        self.listing = DeviceList(
            self.microphone, self.speaker, lambda: self.rests, self.clock, lambda: sorted(self.hardware)
        )

    def clock(self) -> float:
        return self.now

    def refresh(self) -> None:
        assert self.microphone.stream is None and self.speaker.stream is None, "PortAudio would close it"
        self.refreshed += 1
        self.snapshot = {*self.hardware, *(["bridge"] if self.view else [])}

    def open(self, name: str, server: bool) -> Stream:
        if (name or "nothing") not in self.snapshot and not (server and "bridge" in self.snapshot):
            raise nothing_there("microphone")
        return Stream()

    def devices(self, one: DeviceInfo) -> Sequence[DeviceInfo]:
        return [one] if one.name in self.snapshot else []

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.25)):
            self.listing.renew(self.view)
            server = self.listing.server_seen
            for keeper, one in ((self.microphone, MICROPHONE), (self.speaker, SPEAKER)):
                devices = [one] if server and self.view else self.devices(one)
                keeper.tick(Surroundings(devices, server, self.view is not None))
                if keeper.stream:
                    keeper.stream.called_at = self.now
            self.now += 0.25

    @property
    def running(self) -> tuple[bool, bool]:
        return self.microphone.stream is not None, self.speaker.stream is not None


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_a_server_that_starts_later_is_used_within_two_seconds(world: World) -> None:
    world.run(20)
    assert world.running == (False, False)
    world.view = SERVER
    world.run(0.5)
    assert world.running == (True, True)


def test_while_all_is_there_nobody_looks(world: World) -> None:
    world.hardware = world.snapshot = {"microphone", "speaker"}
    world.run(5)
    before = world.refreshed
    world.run(60)
    assert (world.running, world.refreshed) == ((True, True), before)


def test_while_something_is_missing_it_is_looked_for_rarely(world: World) -> None:
    world.run(30)
    assert 15 <= world.refreshed <= 20


@pytest.mark.parametrize("plugged", [{"microphone"}, {"speaker"}, {"microphone", "speaker"}])
def test_a_first_device_is_found(world: World, plugged: set[str]) -> None:
    world.run(10)
    world.hardware = plugged
    world.run(0.5)
    assert world.running == ("microphone" in plugged, "speaker" in plugged)


def test_a_first_microphone_is_found_although_the_speaker_runs(world: World) -> None:
    world.hardware = {"speaker"}
    world.run(10)
    before = world.refreshed
    world.hardware = {"speaker", "microphone"}
    world.run(1)
    assert (world.running, world.refreshed) == ((True, True), before + 1)


def test_nothing_that_is_played_is_cut_for_it(world: World) -> None:
    world.hardware = {"speaker"}
    world.run(10)
    world.rests, world.hardware = False, {"speaker", "microphone"}
    world.run(10)
    assert world.running == (False, True)
    world.rests = True
    world.run(1)
    assert world.running == (True, True)


def test_a_running_speaker_is_not_stopped_to_look_for_what_is_not_there(world: World) -> None:
    world.hardware = {"speaker"}
    world.run(10)
    before = world.refreshed
    world.run(60)
    assert (world.running, world.refreshed) == ((False, True), before)


def test_what_ran_without_the_server_goes_through_it_without_a_word(world: World) -> None:
    world.hardware = world.snapshot = {"microphone", "speaker"}
    world.run(5)
    world.view = SERVER
    world.run(2)
    assert (world.running, world.told) == ((True, True), [])


def test_a_server_that_restarts_is_no_reason_to_look(world: World) -> None:
    world.view = SERVER
    world.run(5)
    before = world.refreshed
    world.view = None
    world.run(10)
    world.view = SERVER
    world.run(5)
    assert world.refreshed == before


def test_without_the_library_nothing_breaks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise VoiceError(ErrorCode.NO_SOUND_LIBRARY, "missing")

    monkeypatch.setattr(portaudio, "refresh", missing)
    monkeypatch.setattr(portaudio, "has_bridge", missing)
    world.run(5)
    world.view = SERVER
    world.run(5)
    assert world.running == (False, False)
