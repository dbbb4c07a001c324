"""A peer's microphone and speaker, on a clock that jumps."""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from tests.conversation.virtual_time import VirtualTimeLoop
from voicegui.audio.echo_canceller import Played
from voicegui.audio.network_sound import NetworkSound
from voicegui.audio.peer_microphone import PeerFormat, load_microphone
from voicegui.audio.signals import Int16Samples
from voicegui.core.audio import FRAME_SAMPLES, PLAYBACK_RATE_HZ, Audio
from voicegui.core.ports import FirstSound, Frame, PlaybackDone, SoundEvent

MS = PLAYBACK_RATE_HZ // 1000


def loud(seconds: float, rate_hz: int = 24_000) -> Audio:
    return Audio((np.ones(round(seconds * rate_hz)) * 8000).astype("<i2").tobytes(), rate_hz)


class Peer:
    """Writes down what it gets: seconds of sound with their place, and what it is told."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self.told: list[object] = []
        self.got_s = 0.0

    def play(self, samples: bytes, at: int | None) -> None:
        if at is not None:
            self.told.append(("at", round(at / MS)))
        self.got_s += len(samples) / 2 / self._rate_hz

    def drop(self) -> None:
        self.told.append("drop")

    def end(self) -> None:
        self.told.append("end")


class NoMicrophone:
    muted = False

    def hears_at(self, rate_hz: int) -> None:
        pass

    def frames(self, samples: Int16Samples, until: float) -> list[Frame]:
        frame = Frame(samples[:FRAME_SAMPLES].tobytes(), 0.9, len(samples), until)
        return [frame]

    def plays(self, block: Played) -> None:
        pass

    def drops(self, at: float) -> None:
        pass


class Scene:
    def __init__(self, form: PeerFormat) -> None:
        self.loop = asyncio.get_running_loop()
        self.peer = Peer(form.output_hz)
        self.sound = NetworkSound(self.peer, form, NoMicrophone(), self.loop.time)
        self.events: list[tuple[float, SoundEvent]] = []

    async def open(self) -> "Scene":
        await self.sound.open(lambda event: self.events.append((round(self.loop.time(), 3), event)))
        return self

    def kinds(self) -> list[type[SoundEvent]]:
        return [type(event) for _, event in self.events]


def on_virtual_clock(scenario: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await scenario()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(main())


def test_sound_goes_out_a_little_ahead_and_is_heard_in_its_time() -> None:
    async def scenario() -> None:
        scene = await Scene(PeerFormat(ahead_s=0.2)).open()
        scene.sound.play(loud(1.0))
        scene.sound.finish()
        assert scene.peer.got_s == pytest.approx(0.2, abs=0.03) and scene.peer.told == [("at", 0)]
        assert scene.events == []  # never to who is just calling
        await asyncio.sleep(0.5)
        assert scene.peer.got_s == pytest.approx(0.7, abs=0.06)
        assert scene.sound.heard() == pytest.approx(500 * MS, abs=30 * MS)
        await asyncio.sleep(0.6)
        assert scene.peer.got_s == pytest.approx(1.0, abs=0.001) and scene.peer.told[-1] == "end"
        assert scene.kinds() == [FirstSound, PlaybackDone]
        assert scene.events[-1][0] == pytest.approx(1.0, abs=0.03)
        assert scene.sound.flush() == pytest.approx(1000 * MS, abs=1)
        assert "drop" not in scene.peer.told  # it had been heard

    on_virtual_clock(scenario)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 24_000, 44_100, 48_000])
def test_all_of_it_comes_at_the_rate_of_the_peer(rate_hz: int) -> None:
    async def scenario() -> None:
        scene = await Scene(PeerFormat(output_hz=rate_hz)).open()
        for _ in range(7):
            scene.sound.play(loud(0.1234))
            await asyncio.sleep(0.05)
        scene.sound.finish()
        await asyncio.sleep(1.0)
        assert scene.peer.got_s == pytest.approx(7 * 0.1234, abs=0.012)
        assert scene.kinds() == [FirstSound, PlaybackDone]

    on_virtual_clock(scenario)


def test_a_pause_takes_back_what_was_not_heard_and_resuming_sends_it_again() -> None:
    async def scenario() -> None:
        scene = await Scene(PeerFormat(ahead_s=0.3)).open()
        scene.sound.play(loud(1.0))
        scene.sound.finish()
        await asyncio.sleep(0.4)
        scene.sound.pause()
        assert scene.peer.told == [("at", 0), "drop"]
        heard = scene.sound.heard()
        assert heard == pytest.approx(400 * MS, abs=30 * MS)
        got = scene.peer.got_s
        await asyncio.sleep(5.0)
        assert scene.peer.got_s == got and scene.sound.heard() == heard
        scene.sound.resume(300 * MS)
        await asyncio.sleep(1.0)
        assert scene.peer.told == [("at", 0), "drop", ("at", 300), "end"]
        assert scene.peer.got_s - got == pytest.approx(0.7, abs=0.01)
        assert scene.kinds() == [FirstSound, PlaybackDone]

    on_virtual_clock(scenario)


def test_a_flush_tells_what_was_heard_and_the_next_reply_begins_at_nought() -> None:
    async def scenario() -> None:
        scene = await Scene(PeerFormat()).open()
        scene.sound.play(loud(2.0))
        await asyncio.sleep(0.5)
        assert scene.sound.flush() == pytest.approx(500 * MS, abs=30 * MS)
        scene.sound.play(loud(0.1))
        scene.sound.finish()
        await asyncio.sleep(0.5)
        assert scene.peer.told == [("at", 0), "drop", ("at", 0), "end"]
        assert scene.kinds() == [FirstSound, FirstSound, PlaybackDone]

    on_virtual_clock(scenario)


def test_what_the_peer_says_it_has_played_counts_and_it_gets_no_more_than_it_plays() -> None:
    async def scenario() -> None:
        scene = await Scene(PeerFormat(ahead_s=0.2)).open()
        scene.sound.play(loud(3.0))
        scene.sound.finish()
        for played_ms in range(0, 500, 100):  # half as fast as it should
            scene.sound.played_until(played_ms * MS)
            assert scene.sound.heard() == pytest.approx(played_ms * MS, abs=1)
            await asyncio.sleep(0.2)
        got = scene.peer.got_s
        assert got < 0.9
        scene.sound.played_until(10_000 * MS)  # more than it got
        assert scene.sound.heard() == pytest.approx(got * PLAYBACK_RATE_HZ, abs=25 * MS)
        assert scene.sound.flush() <= 1000 * MS

    on_virtual_clock(scenario)


@pytest.mark.parametrize(("said_ms", "counts_ms"), [(150, 150), (310, 310), (0, 0), (5000, 400), (-20, 0)])
def test_after_a_pause_the_last_word_is_the_peers(said_ms: int, counts_ms: int) -> None:
    async def scenario() -> None:
        scene = await Scene(PeerFormat(ahead_s=0.2)).open()
        scene.sound.play(loud(1.0))
        await asyncio.sleep(0.2)
        scene.sound.pause()
        scene.sound.played_until(said_ms * MS)
        assert scene.sound.heard() == pytest.approx(counts_ms * MS, abs=30 * MS)
        assert scene.sound.flush() == pytest.approx(counts_ms * MS, abs=30 * MS)

    on_virtual_clock(scenario)


def test_a_voice_that_makes_sound_slowly_leaves_gaps_and_loses_nothing() -> None:
    async def scenario() -> None:
        scene = await Scene(PeerFormat(ahead_s=0.2)).open()
        for _ in range(5):
            scene.sound.play(loud(0.055))
            await asyncio.sleep(0.3)
        scene.sound.finish()
        await asyncio.sleep(0.3)
        assert scene.peer.got_s == pytest.approx(5 * 0.055, abs=0.012)
        assert scene.kinds() == [FirstSound, PlaybackDone]

    on_virtual_clock(scenario)


def test_nothing_is_heard_before_it_listens_and_after_it_is_closed() -> None:
    async def scenario() -> None:
        scene = await Scene(PeerFormat()).open()
        samples = np.zeros(FRAME_SAMPLES, np.int16)
        scene.sound.hear(samples)
        scene.sound.listen(True)
        scene.sound.hear(samples)
        scene.sound.listen(False)
        scene.sound.hear(samples)
        scene.sound.listen(True)
        scene.sound.play(loud(1.0))
        await scene.sound.aclose()
        scene.sound.hear(samples)
        await asyncio.sleep(1.0)
        assert scene.kinds() == [Frame]

    on_virtual_clock(scenario)


@pytest.mark.parametrize("cancels", [True, False], ids=["own canceller", "ours"])
@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 24_000, 48_000])
async def test_frames_are_whole_whatever_the_pieces(rate_hz: int, *, cancels: bool) -> None:
    microphone = await load_microphone(PeerFormat(input_hz=rate_hz, cancels_echo=cancels))
    sound = np.zeros(rate_hz * 2, np.int16)
    frames: list[Frame] = []
    for start in range(0, len(sound), 313):
        frames += microphone.frames(sound[start : start + 313], 10.0)
    assert [frame.end for frame in frames] == [FRAME_SAMPLES * (k + 1) for k in range(len(frames))]
    assert 58 <= len(frames) <= 62 and all(len(frame.samples) == 2 * FRAME_SAMPLES for frame in frames)
    microphone.muted = True
    muted = microphone.frames(np.full(rate_hz, 9000, np.int16), 11.0)
    assert {frame.speech_probability for frame in muted[2:]} == {0.0}
