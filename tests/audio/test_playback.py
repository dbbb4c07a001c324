import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voicegui.audio.playback import SILENCE, Playback
from voicegui.core.audio import Audio
from voicegui.core.ports import FirstSound, PlaybackDone

RAMP = np.arange(1, 9_601).astype(np.int16)
"""200 ms at 48 kHz; no two samples are the same."""


class Speaker:
    """Asks for 10 ms after 10 ms, as a device with a constant latency does."""

    def __init__(self, latency: float = 0.04) -> None:
        self.now = 0.0
        self.latency = latency
        self.playback = Playback(lambda: self.now)
        self.facts: list[object] = []

    def run(self, blocks: int) -> np.ndarray:
        out = b""
        for _ in range(blocks):
            out += self.playback.render(self.now + self.latency)
            self.now += 0.01
            self.facts += [fact for _, fact in self.playback.due()]
        return np.frombuffer(out, np.int16)


def reply(samples: np.ndarray = RAMP) -> Audio:
    return Audio(samples.tobytes(), 48_000)


def test_plays_every_sample_once_and_then_silence() -> None:
    speaker = Speaker()
    speaker.playback.play(reply(RAMP[:5_000]))
    speaker.playback.play(reply(RAMP[5_000:]))
    played = speaker.run(30)
    assert (played[: len(RAMP)] == RAMP).all()
    assert not played[len(RAMP) :].any()


def test_heard_is_what_was_played_less_the_latency() -> None:
    speaker = Speaker(latency=0.04)
    speaker.playback.play(reply())
    speaker.run(4)
    assert speaker.playback.heard() == 0
    speaker.run(6)
    assert abs(speaker.playback.heard() - 6 * 480) <= 1
    assert abs(speaker.playback.flush() - 6 * 480) <= 1
    assert speaker.playback.heard() == 0
    assert speaker.playback.render(speaker.now) == SILENCE


def test_first_sound_is_told_when_it_reaches_the_speaker() -> None:
    speaker = Speaker(latency=0.04)
    quiet = np.full(960, 100, np.int16)
    speaker.playback.play(reply(np.concatenate((quiet, np.full(960, 400, np.int16)))))
    speaker.run(5)
    assert speaker.facts == []
    speaker.run(3)
    assert [round(fact.at, 4) for fact in speaker.facts if isinstance(fact, FirstSound)] == [0.06]


def test_done_is_told_once_after_the_last_sample_was_heard() -> None:
    speaker = Speaker(latency=0.04)
    speaker.playback.play(reply())
    speaker.run(40)
    assert PlaybackDone() not in speaker.facts
    speaker.playback.finish()
    speaker.run(2)
    assert speaker.facts.count(PlaybackDone()) == 1
    speaker.run(20)
    assert speaker.facts.count(PlaybackDone()) == 1


def test_an_empty_reply_is_done_at_once() -> None:
    speaker = Speaker()
    speaker.playback.finish()
    speaker.run(1)
    assert speaker.facts == [PlaybackDone()]


def test_a_pause_fades_within_20_ms_and_keeps_the_position() -> None:
    speaker = Speaker(latency=0.0)
    speaker.playback.play(reply(np.full(9_600, 10_000, np.int16)))
    speaker.run(5)
    speaker.playback.pause()
    faded = speaker.run(4)
    assert (np.diff(faded[:960].astype(int)) <= 0).all()
    assert faded[959] == 0 and not faded[960:].any()
    assert speaker.playback.heard() == 7 * 480
    speaker.playback.resume(4 * 480)
    again = speaker.run(30)
    assert np.count_nonzero(again) >= 16 * 480 - 2
    assert np.abs(np.diff(again[:480].astype(int))).max() < 100  # no click


def test_what_arrives_while_paused_waits() -> None:
    speaker = Speaker()
    speaker.playback.pause()
    speaker.playback.play(reply())
    assert not speaker.run(5).any()
    speaker.playback.resume(0)
    assert (speaker.run(20) == RAMP).all()


def test_what_nobody_has_heard_is_taken_again_from_its_beginning() -> None:
    speaker = Speaker(latency=0.04)
    speaker.playback.play(reply())
    speaker.run(30)
    speaker.playback.play(reply())
    speaker.run(3)
    assert speaker.playback.rewind(len(RAMP))
    assert speaker.playback.heard() == len(RAMP)
    assert (speaker.run(20) == RAMP).all()


def test_what_was_heard_or_is_paused_is_not_taken_again() -> None:
    speaker = Speaker(latency=0.04)
    speaker.playback.play(reply())
    speaker.run(6)
    assert not speaker.playback.rewind(0)
    assert speaker.run(14).tolist() == RAMP[6 * 480 :].tolist()
    speaker.run(5)
    speaker.playback.pause()
    speaker.playback.play(reply())
    assert not speaker.playback.rewind(len(RAMP))
    assert not speaker.run(5).any()


def test_the_first_sound_counts_when_it_is_taken_again() -> None:
    speaker = Speaker(latency=0.04)
    speaker.playback.play(reply(np.full(9_600, 10_000, np.int16)))
    speaker.run(2)
    assert speaker.playback.rewind(0)
    speaker.run(10)
    assert [round(fact.at, 4) for fact in speaker.facts if isinstance(fact, FirstSound)] == [0.06]


def test_a_cut_forgets_what_the_device_held() -> None:
    speaker = Speaker(latency=0.04)
    speaker.playback.play(reply())
    speaker.run(3)
    assert speaker.playback.cut()
    assert speaker.playback.heard() == 0
    assert speaker.facts == []
    speaker.run(10)
    assert speaker.facts == []  # nothing of it was heard
    speaker.playback.resume(0)
    assert speaker.run(20)[480:].tolist() == RAMP[480:].tolist()
    assert not speaker.playback.cut() or speaker.playback.heard() < len(RAMP)


def test_a_flush_makes_pending_facts_stale() -> None:
    speaker = Speaker(latency=0.0)
    speaker.playback.play(reply())
    speaker.playback.finish()
    speaker.playback.render(0.0)
    speaker.now = 1.0
    generation, _ = speaker.playback.due()[0]
    assert speaker.playback.is_current(generation)
    speaker.playback.flush()
    assert not speaker.playback.is_current(generation)


@given(st.sampled_from([8_000, 16_000, 22_050, 24_000, 44_100, 48_000]), st.lists(st.integers(0, 5_000), max_size=8))
def test_any_rate_in_any_pieces_has_the_right_length(rate_hz: int, pieces: list[int]) -> None:
    playback = Playback(lambda: 100.0)
    for size in pieces:
        playback.play(Audio(bytes(2 * size), rate_hz))
    playback.finish()
    while not any(isinstance(fact, PlaybackDone) for _, fact in playback.due()):
        playback.render(0.0)
    expected = sum(pieces) * 48_000 / rate_hz
    assert abs(playback.heard() - expected) <= 2


@given(st.lists(st.sampled_from(["play", "run", "pause", "cut", "resume", "back", "flush", "finish"]), max_size=60))
def test_positions_never_leave_what_was_played(steps: list[str]) -> None:
    speaker = Speaker(latency=0.03)
    received = rendered = 0
    for step in steps:
        heard = speaker.playback.heard()
        assert 0 <= heard <= min(rendered, received)
        match step:
            case "play":
                speaker.playback.play(reply(RAMP[:1_000]))
                received += 1_000
            case "run":
                speaker.run(3)
                rendered = received
            case "pause":
                speaker.playback.pause()
            case "cut":
                speaker.playback.cut()
                assert speaker.playback.heard() == heard
            case "resume":
                speaker.playback.resume(heard)
            case "back":
                speaker.playback.resume(heard - 480)
            case "flush":
                assert speaker.playback.flush() == heard
                received = rendered = 0
            case "finish":
                speaker.playback.finish()


def test_resampled_speech_has_no_clicks_at_the_edges() -> None:
    tone = (12_000 * np.sin(2 * np.pi * 440 * np.arange(24_000) / 24_000)).astype(np.int16)
    speaker = Speaker(latency=0.0)
    for start in range(0, 24_000, 777):
        speaker.playback.play(Audio(tone[start : start + 777].tobytes(), 24_000))
    speaker.playback.finish()
    played = speaker.run(100)[4_800:43_200].astype(float)
    time = np.arange(4_800, 43_200) / 48_000
    basis = np.stack((np.sin(2 * np.pi * 440 * time), np.cos(2 * np.pi * 440 * time)), axis=1)
    rest = played - basis @ np.linalg.lstsq(basis, played, rcond=None)[0]
    assert 10 * np.log10((played**2).mean() / (rest**2).mean()) > 70


LOUD = np.full(96_000, 20_000, np.int16)
"""2 s."""


def test_the_volume_changes_in_20_ms_without_a_click() -> None:
    speaker = Speaker()
    speaker.playback.play(reply(LOUD))
    speaker.run(5)
    speaker.playback.set_volume(0)
    down = speaker.run(3).astype(int)
    speaker.playback.set_volume(100)
    up = speaker.run(3).astype(int)
    assert (np.diff(down) <= 0).all()
    assert (np.diff(up) >= 0).all()
    assert np.abs(np.diff(np.concatenate(([20_000], down, up)))).max() <= 20_000 / 960 + 1
    assert (down[0] < 20_000, bool(down[959:].any())) == (True, False)
    assert (up[959:] == 20_000).all()


def test_the_volume_is_there_from_the_first_sample_of_a_reply_on() -> None:
    speaker = Speaker()
    speaker.playback.set_volume(50)
    speaker.run(1)
    speaker.playback.play(reply(LOUD))
    assert (speaker.run(5) == 5_000).all()
    speaker.playback.flush()
    speaker.playback.play(reply(LOUD))
    assert (speaker.run(5) == 5_000).all()


def test_the_volume_holds_while_a_reply_is_paused_and_resumed() -> None:
    speaker = Speaker()
    speaker.playback.set_volume(50)
    speaker.run(1)
    speaker.playback.play(reply(LOUD))
    speaker.run(5)
    speaker.playback.pause()
    faded = speaker.run(3)
    assert faded.max() <= 5_000
    assert not faded[960:].any()
    speaker.playback.set_volume(100)
    speaker.run(1)
    speaker.playback.resume(1_440)
    resumed = speaker.run(4)
    assert (resumed[240:] == 20_000).all()


def test_a_silent_reply_begins_and_ends_as_any_other() -> None:
    speaker = Speaker(latency=0.04)
    speaker.playback.set_volume(0)
    speaker.run(1)
    speaker.playback.play(reply(LOUD[:4_800]))
    speaker.playback.finish()
    assert not speaker.run(20).any()
    assert [type(fact) for fact in speaker.facts] == [FirstSound, PlaybackDone]


@given(st.lists(st.integers(-50, 200), max_size=8))
def test_whatever_the_volume_no_sample_jumps(volumes: list[int]) -> None:
    speaker = Speaker()
    speaker.playback.play(reply(LOUD))
    speaker.run(2)
    out = [20_000]
    for volume in volumes:
        speaker.playback.set_volume(volume)
        out += speaker.run(1).tolist()
    assert np.abs(np.diff(np.array(out))).max(initial=0) <= 20_000 / 960 + 1
    assert min(out) >= 0
