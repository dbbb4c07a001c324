import numpy as np
import pytest

from tests.benchmarks.analysis import (
    RATE,
    dropouts,
    find_clip,
    first_sound,
    gaps,
    last_sound,
    milliseconds,
    percentile,
    rms_dbfs,
    samples,
    silence_after,
)
from tests.benchmarks.clips import tightened


def tone(ms: float, dbfs: float = -6.0) -> np.ndarray:
    """A square wave: every sample is at the level."""
    level = 10 ** (dbfs / 20) * 32768
    return np.where(np.arange(samples(ms)) // 50 % 2, level, -level).astype(np.int16)


def silence(ms: float) -> np.ndarray:
    return np.zeros(samples(ms), np.int16)


def joined(*parts: np.ndarray) -> np.ndarray:
    return np.concatenate(parts)


def test_first_sound_ignores_what_is_quieter_and_what_was_before():
    sound = joined(tone(10), silence(90), tone(50, -41), silence(50), tone(20, -39))
    assert first_sound(sound) == 0
    assert first_sound(sound, samples(10)) == samples(200)
    assert first_sound(silence(10)) is None
    assert last_sound(joined(tone(5), silence(5))) == samples(5) - 1


def test_gaps_are_found_in_the_middle_and_at_the_edges():
    sound = joined(silence(30), tone(10), silence(5), tone(10), silence(40))
    assert gaps(sound, samples(20)) == [(0, samples(30)), (samples(55), samples(40))]
    assert gaps(tone(10), 1) == []


def test_silence_must_last():
    sound = joined(tone(100), silence(150), tone(100), tone(300, -51))
    assert silence_after(sound, 0, samples(200)) == samples(350)
    assert silence_after(sound, samples(400), samples(200)) == samples(400)
    assert silence_after(sound, 0, samples(400)) is None


@pytest.mark.parametrize("noise", [0, 300])
def test_a_clip_is_found_to_the_sample(noise):
    random = np.random.default_rng(3)
    clip = random.normal(0, 5000, samples(200)).astype(np.int16)
    room = random.normal(0, noise, samples(2000)).astype(np.int16)
    room[12_345 : 12_345 + len(clip)] += clip
    position, match = find_clip(room, clip)
    assert position == 12_345
    assert match > 0.98


def test_a_missing_clip_does_not_match():
    random = np.random.default_rng(4)
    clip = random.normal(0, 5000, samples(200)).astype(np.int16)
    assert find_clip(random.normal(0, 300, samples(2000)).astype(np.int16), clip)[1] < 0.2
    with pytest.raises(ValueError, match="shorter"):
        find_clip(clip[:10], clip)


def test_a_dropout_cuts_into_sound_a_pause_does_not():
    fading = (tone(30).astype(float) * np.linspace(1, 0, samples(30)) ** 3).astype(np.int16)
    assert dropouts(joined(tone(50), silence(5), tone(50))) == [5.0]
    assert dropouts(joined(tone(50), silence(1), tone(50))) == []
    assert dropouts(joined(tone(50), fading, silence(300), tone(50))) == []
    assert dropouts(joined(silence(50), tone(50), silence(50))) == []


def test_level_counts_only_what_sounds():
    assert rms_dbfs(joined(tone(100, -20), silence(900))) == pytest.approx(-20, abs=0.1)
    assert rms_dbfs(silence(100)) == -120


def test_percentiles_and_units():
    assert percentile([1, 2, 3], 50) == 2
    assert np.isnan(percentile([], 50))
    assert milliseconds(RATE) == 1000
    assert samples(10) == 480


def test_a_tightened_voice_begins_at_once_and_never_pauses():
    spoken = tightened(joined(silence(200), tone(50), silence(400), tone(50), silence(300)))
    assert first_sound(spoken) == 0
    assert max(length for _, length in gaps(spoken, 1)) == samples(60)
    assert len(spoken) == samples(50 + 60 + 50 + 20)
