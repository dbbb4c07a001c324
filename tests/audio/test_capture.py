from pathlib import Path

import numpy as np
import pytest

from voicegui.audio.capture import Capture
from voicegui.audio.playback import SILENCE
from voicegui.audio.signals import Decimator, LevelRing
from voicegui.core.ports import Frame
from voicegui.media.wav import read_wav

SPEECH = Path(__file__).parent.parent / "speech"


def clip(number: int) -> np.ndarray:
    audio = read_wav(SPEECH / f"question-{number:02d}.wav", 48_000)
    return np.frombuffer(audio.samples, np.int16)[: len(audio) // 480 * 480]


def run(line: Capture, microphone: np.ndarray, reference: np.ndarray) -> list[Frame]:
    frames: list[Frame] = []
    for k in range(0, len(microphone), 480):
        near, far = microphone[k : k + 480].tobytes(), reference[k : k + 480].tobytes()
        frames += line.feed(near, far, 100 + (k + 480) / 48_000)
    return frames


def joined(frames: list[Frame]) -> np.ndarray:
    return np.frombuffer(b"".join(frame.samples for frame in frames), np.int16).astype(float)


def test_decimating_leaves_no_click_no_alias_and_a_constant_delay() -> None:
    time = np.arange(48_000) / 48_000
    wanted, unwanted = 10_000 * np.sin(2 * np.pi * 3_000 * time), 10_000 * np.sin(2 * np.pi * 12_500 * time)
    decimator = Decimator()
    mixed = (wanted + unwanted).astype(np.int16)
    got = np.concatenate([decimator.process(mixed[k : k + 480]) for k in range(0, 48_000, 480)])[100:]
    ideal = 10_000 * np.sin(2 * np.pi * 3_000 * (np.arange(100, 16_000) * 3 - 63) / 48_000)
    assert 10 * np.log10((ideal**2).mean() / ((got - ideal) ** 2).mean()) > 50


def test_speech_becomes_frames_of_speech_with_positions_and_times() -> None:
    speech = clip(1)
    frames = run(Capture(), speech, np.zeros_like(speech))
    assert [frame.end for frame in frames] == [512 * (k + 1) for k in range(len(frames))]
    assert all(len(frame.samples) == 1024 for frame in frames)
    assert max(frame.speech_probability for frame in frames) > 0.9
    for frame in frames:
        assert frame.captured_at == pytest.approx(100 + frame.end / 16_000, abs=0.002)
    original = np.frombuffer(read_wav(SPEECH / "question-01.wav").samples, np.int16).astype(float)
    got = joined(frames)[Decimator.DELAY :]
    assert np.corrcoef(got, original[: len(got)])[0, 1] > 0.99


def test_silence_is_not_speech_and_costs_no_model() -> None:
    faint = np.random.default_rng(0).integers(-8, 9, 48_000).astype(np.int16)
    assert {frame.speech_probability for frame in run(Capture(), faint, np.zeros_like(faint))} == {0.0}


def test_its_own_voice_is_removed_also_after_a_rest() -> None:
    pause = np.zeros(3 * 48_000, np.int16)
    reference = np.concatenate([clip(1), clip(2), clip(1), pause, clip(2), np.zeros(24_000, np.int16)])
    room = np.random.default_rng(2).standard_normal(4_800) * np.exp(-np.arange(4_800) / 1_500) * 0.03
    room[0] = 1
    delayed = np.concatenate((np.zeros(5_760), 0.5 * np.convolve(reference, room)))[: len(reference)]
    line = Capture()
    frames = run(line, delayed.clip(-32768, 32767).astype(np.int16), reference)
    begin = (len(clip(1)) * 2 + len(clip(2)) + len(pause)) // 3
    echo, left = delayed[3 * begin :], joined(frames)[begin:]
    assert 10 * np.log10((echo**2).mean() / (left**2).mean()) > 30
    assert max(frame.speech_probability for frame in frames if frame.end > begin) < 0.5
    assert line.echoing


def test_headphones_do_not_echo() -> None:
    line = Capture()
    run(line, np.random.default_rng(0).integers(-300, 300, len(clip(1))).astype(np.int16), clip(1))
    assert not line.echoing


def test_muted_frames_go_on_with_zeros() -> None:
    line = Capture()
    line.muted = True
    frames = run(line, clip(1), np.zeros_like(clip(1)))
    assert len(frames) == len(clip(1)) // 3 // 512
    assert not joined(frames).any()
    assert {frame.speech_probability for frame in frames} == {0.0}


@pytest.mark.parametrize(("microphone", "reference"), [(SILENCE[2:], SILENCE), (SILENCE, SILENCE + SILENCE)])
def test_a_block_of_another_length_never_reaches_the_canceller(microphone: bytes, reference: bytes) -> None:
    with pytest.raises(ValueError, match="10 ms"):
        Capture().feed(microphone, reference, 0.0)


def test_levels_are_peaks_of_20_ms_with_one_clock() -> None:
    ring = LevelRing()
    loud, quiet = np.full(160, -16_384, np.int16), np.full(160, 3_277, np.int16)
    for _ in range(3):
        ring.add(quiet, None)
        ring.add(loud, quiet)
    got = ring.levels(1)
    assert got.until == 3
    assert list(got.microphone) == [0.5, 0.5]
    assert list(got.speaker) == pytest.approx([0.1, 0.1], abs=0.001)
    assert list(ring.levels(3).microphone) == []
    for _ in range(2_000):
        ring.add(loud, loud)
    assert len(ring.levels(0).microphone) == len(ring.levels(0).speaker) == 500
    assert len(ring.levels(ring.levels(0).until - 7).speaker) == 7
