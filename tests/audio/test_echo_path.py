from pathlib import Path

import numpy as np
import pytest

from voicegui.audio.echo_canceller import EchoCanceller
from voicegui.audio.echo_path import EchoPath
from voicegui.media.wav import read_wav

SPEECH = Path(__file__).parent.parent / "speech"


def speech(*numbers: int) -> np.ndarray:
    clips = [np.frombuffer(read_wav(SPEECH / f"question-{n:02d}.wav").samples, np.int16) for n in numbers]
    return np.concatenate(clips).astype(float)


def noise(length: int, dbfs: float = -66) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 32768 * 10 ** (dbfs / 20), length)


def echo(played: np.ndarray, db: float, delay_ms: int) -> np.ndarray:
    """A small room: the direct sound and 0.2 s of fading noise."""
    room = np.random.default_rng(2).standard_normal(3_200) * np.exp(-np.arange(3_200) / 900) * 0.05
    room[0] = 1
    heard = np.convolve(played, room)[: len(played)] * 10 ** (db / 20)
    return np.concatenate((np.zeros(delay_ms * 16), heard))[: len(played)]


def blocks(sound: np.ndarray) -> list[np.ndarray]:
    whole = sound[: len(sound) // 160 * 160].clip(-32768, 32767).astype(np.int16)
    return list(whole.reshape(-1, 160))


def verdict(microphone: np.ndarray, played: np.ndarray, path: EchoPath | None = None) -> bool | None:
    path = path or EchoPath()
    for near, far in zip(blocks(microphone), blocks(played), strict=True):
        path.feed(near, far)
    return path.heard


PLAYED = speech(1, 2, 3)


def test_nothing_played_tells_nothing() -> None:
    path = EchoPath()
    for near in blocks(speech(1)):
        path.feed(near, None)
    assert path.heard is None


def test_headphones_are_known_after_a_second_of_speech() -> None:
    assert verdict(noise(len(PLAYED)), PLAYED) is False
    assert verdict(noise(20_000), PLAYED[:20_000]) is False


@pytest.mark.parametrize(("db", "delay_ms"), [(-6, 120), (-6, 300), (-20, 60), (-36, 40)])
def test_loudspeakers_are_known(db: float, delay_ms: int) -> None:
    assert verdict(noise(len(PLAYED)) + echo(PLAYED, db, delay_ms), PLAYED) is True


def test_somebody_who_talks_with_headphones_is_no_echo() -> None:
    user = speech(5, 6, 7)[: len(PLAYED)]
    assert verdict(noise(len(PLAYED)) + np.pad(user, (0, len(PLAYED) - len(user))), PLAYED) is not True


def test_headphones_that_are_pulled_out_are_noticed() -> None:
    path = EchoPath()
    assert verdict(noise(len(PLAYED)), PLAYED, path) is False
    assert verdict(noise(len(PLAYED)) + echo(PLAYED, -6, 120), PLAYED, path) is True


def test_words_over_a_reply_reach_the_recogniser_untouched_with_headphones() -> None:
    user = np.zeros(len(PLAYED))
    user[-20_000:] = speech(5)[:20_000]
    microphone = noise(len(PLAYED)) + user
    canceller = EchoCanceller()
    got = [canceller.process(n, f) for n, f in zip(blocks(microphone), blocks(PLAYED), strict=True)]
    assert np.array_equal(np.concatenate(got[-120:]), np.concatenate(blocks(microphone)[-120:]))
