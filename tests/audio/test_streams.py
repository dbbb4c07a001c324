"""How much a speaker's device holds ahead, on machines that call back in time and on those that do not."""

import threading

from voicegui.audio.live_sound import LiveSound
from voicegui.audio.playback import Playback
from voicegui.audio.streams import LATE_S, LONG_S, SHORT_S, Headroom, SpeakerStream
from voicegui.core.audio import Audio
from voicegui.core.ports import PlaybackDone


class Machine:
    """Its headroom, asked four times a second."""

    def __init__(self) -> None:
        self.now = 100.0
        self.headroom = Headroom(lambda: self.now)

    def passes(self, seconds: float, *, late_every_s: float = 0.0) -> float:
        since = 0.0
        for _ in range(round(4 * seconds)):
            self.now += 0.25
            since += 0.25
            late = bool(late_every_s) and since >= late_every_s
            self.headroom.follow(int(late))
            since = 0.0 if late else since
        return self.headroom.seconds


def test_a_machine_that_calls_back_in_time_holds_little():
    assert Machine().passes(600) == SHORT_S


def test_one_late_call_now_and_then_is_no_busy_machine():
    assert Machine().passes(600, late_every_s=30) == SHORT_S


def test_a_busy_machine_holds_more_until_it_has_been_quiet_for_a_while():
    machine = Machine()
    assert machine.passes(4, late_every_s=1) == LONG_S
    assert machine.passes(55) == LONG_S
    assert machine.passes(10) == SHORT_S


def test_several_late_calls_at_once_are_enough():
    machine = Machine()
    machine.headroom.follow(3)
    assert machine.headroom.seconds == LONG_S


def test_a_call_that_is_held_up_counts_as_late(sound_server) -> None:
    """The callback waits, as it does for its turn on a busy machine."""

    class Held(Playback):
        calls = 0
        done = threading.Event()

        def render(self, at: float) -> bytes:
            self.calls += 1
            if self.calls == 30:
                threading.Event().wait(3 * LATE_S)
            if self.calls == 60:
                self.done.set()
            return super().render(at)

    held = Held()
    stream = SpeakerStream("vspk", held, server=True)
    assert held.done.wait(30)
    assert stream.take_late_calls() >= 1
    stream.close()


async def test_the_speaker_is_opened_anew_between_replies_and_not_within_one(sound_server, ears) -> None:
    sound = LiveSound()
    await sound.open(ears)
    try:
        before = sound._speaker.stream
        assert before is not None and before.ahead_s == SHORT_S
        sound.play(Audio(b"\x00\x10" * 24_000, 24_000))
        before.late_calls = 5
        sound._tend()
        assert sound._speaker.stream is before, "a reply would break off"
        sound.finish()
        await ears.until(PlaybackDone)
        before.late_calls = 5
        sound._tend()
        after = sound._speaker.stream
        assert after is not before and after is not None and after.ahead_s == LONG_S
        sound.play(Audio(b"\x00\x10" * 12_000, 24_000))
        sound.finish()
        await ears.until(PlaybackDone)
    finally:
        await sound.aclose()
