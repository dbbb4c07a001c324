"""In a steady noise the model is not asked, and no voice is missed or noticed later because of that."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from voicegui.audio.signals import BLOCK, Rise
from voicegui.audio.voice_activity import VoiceActivity
from voicegui.core.audio import FRAME_SAMPLES, LISTENING_RATE_HZ
from voicegui.media.wav import read_wav

SPEECH = sorted((Path(__file__).parent.parent / "speech").glob("question-*.wav"))
SECOND = LISTENING_RATE_HZ // FRAME_SAMPLES
"""Frames."""


class Asked(VoiceActivity):
    """Counts how often the model runs."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def _ask(self, frame: NDArray[np.int16]) -> float:
        self.count += 1
        return super()._ask(frame)


class Always(VoiceActivity):
    """Asks about each frame."""

    def _is_noise(self, frame: NDArray[np.int16]) -> bool:
        return False


def noise(seconds: float, dbfs: float) -> NDArray[np.float64]:
    level = 10 ** (dbfs / 20) * 32768
    return np.random.default_rng(7).normal(0, level, round(seconds * LISTENING_RATE_HZ))


def probabilities(activity: VoiceActivity, sound: NDArray[np.float64]) -> list[float]:
    samples = np.clip(sound, -32768, 32767).astype(np.int16)
    return [
        activity.probability(samples[start : start + FRAME_SAMPLES])
        for start in range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    ]


@pytest.mark.parametrize("dbfs", [-90, -75, -60, -50, -40, -30])
def test_a_steady_noise_costs_nothing_after_half_a_second(dbfs: float) -> None:
    activity = Asked()
    probabilities(activity, noise(0.5, dbfs))
    before = activity.count
    assert max(probabilities(activity, noise(10, dbfs))) < 0.1
    assert activity.count - before <= SECOND // 3
    assert activity.rests


def test_a_fan_that_is_switched_on_is_a_steady_noise_after_a_while() -> None:
    activity = Asked()
    probabilities(activity, np.concatenate([noise(1, -60), noise(12, -40)]))
    before = activity.count
    probabilities(activity, noise(5, -40))
    assert activity.count == before


def _first_voice(found: list[float]) -> int | None:
    """The third of three frames in a row that are more likely speech than not."""
    for number in range(2, len(found)):
        if min(found[number - 2 : number + 1]) >= 0.5:
            return number
    return None


@pytest.mark.parametrize("signal_to_noise", [40, 20, 10])
@pytest.mark.parametrize("clip", SPEECH, ids=lambda path: path.stem)
def test_a_voice_is_noticed_as_soon_as_if_all_were_asked_about(clip: Path, signal_to_noise: float) -> None:
    voice = np.frombuffer(read_wav(clip, LISTENING_RATE_HZ).samples, np.int16).astype(float)
    loud = voice[np.abs(voice) > 300]
    below = 20 * np.log10(np.sqrt(np.mean(loud**2)) / 32768) - signal_to_noise
    sound = noise(2 + len(voice) / LISTENING_RATE_HZ, below)
    sound[2 * LISTENING_RATE_HZ :][: len(voice)] += voice
    expected, found = _first_voice(probabilities(Always(), sound)), _first_voice(probabilities(VoiceActivity(), sound))
    assert expected is not None and found is not None
    assert found <= expected + 1


def test_a_rise_is_seen_in_its_first_block_and_a_steady_noise_has_none() -> None:
    rise = Rise()
    quiet = np.random.default_rng(3).normal(0, 40, 3000 * BLOCK).astype(np.int16).reshape(-1, BLOCK)
    risen = 0
    for number, block in enumerate(quiet):
        rise.feed(block.tobytes())
        risen += number >= 10 and rise.risen
    assert risen < 0.02 * len(quiet)
    rise.feed((quiet[0] * 5).astype(np.int16).tobytes())
    assert rise.risen


@pytest.mark.parametrize("sample", [0, 1, -1, 32767, -32768])
def test_a_constant_microphone_never_rises(sample: int) -> None:
    rise = Rise()
    for _ in range(100):
        rise.feed(np.full(BLOCK, sample, np.int16).tobytes())
    assert not rise.risen
