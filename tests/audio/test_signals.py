"""Microphones of two channels."""

import numpy as np
import pytest

from voicegui.audio.signals import BLOCK, OneChannel

BLOCKS = 100
AT = np.arange(BLOCKS * BLOCK)
VOICE = 6_000 * np.sin(2 * np.pi * 220 * AT / 48_000) * (1 + np.sin(2 * np.pi * 3 * AT / 48_000))
RANDOM = np.random.default_rng(3)
NOISE, OTHER_NOISE = 40 * RANDOM.standard_normal((2, AT.size))
NOTHING = np.zeros(AT.size)


def mixed(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    stereo = np.stack((left, right), axis=1).astype(np.int16)
    one = OneChannel()
    out = [one.process(stereo[at : at + BLOCK].tobytes()) for at in range(0, len(stereo), BLOCK)]
    assert all(len(block) == 2 * BLOCK for block in out)
    return np.frombuffer(b"".join(out), np.int16).astype(float)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (VOICE, VOICE),
        (VOICE, -VOICE),
        (VOICE, -VOICE + NOISE),
        (VOICE + NOISE, -0.7 * VOICE + OTHER_NOISE),
        (VOICE, NOTHING),
        (NOTHING, VOICE),
        (VOICE, NOISE),
        (VOICE, NOTHING + 9_000),
        (0.2 * VOICE, VOICE),
        (VOICE + NOISE, VOICE + OTHER_NOISE),
    ],
)
def test_a_voice_is_heard_whatever_the_channels_are(left: np.ndarray, right: np.ndarray) -> None:
    got = mixed(left, right)
    loud = np.abs(got[20 * BLOCK :]).max() / np.abs(VOICE).max()
    assert 0.45 < loud < 1.1
    assert abs(np.corrcoef(got[20 * BLOCK :], VOICE[20 * BLOCK :])[0, 1]) > 0.99


def test_two_equal_channels_are_not_touched() -> None:
    assert np.array_equal(mixed(VOICE, VOICE), VOICE.astype(np.int16))


def test_it_is_heard_from_the_first_block_on() -> None:
    assert np.abs(mixed(VOICE, -VOICE)[: 2 * BLOCK]).max() > 0.5 * np.abs(VOICE[: 2 * BLOCK]).max()


def test_changing_over_makes_no_click() -> None:
    turned = np.where(AT.size / 2 > AT, VOICE, -VOICE)
    quiet = mixed(0.1 * VOICE, 0.1 * turned)
    steps = np.abs(np.diff(quiet))
    assert steps.max() < 4 * np.abs(np.diff(0.1 * VOICE)).max() + 2


def test_noise_does_not_take_it_back_and_forth() -> None:
    voice = np.where((AT // (10 * BLOCK)) % 2, VOICE, 0)  # a tenth of a second each
    got = mixed(voice + NOISE, OTHER_NOISE)
    assert np.corrcoef(got[20 * BLOCK :], voice[20 * BLOCK :])[0, 1] > 0.99
