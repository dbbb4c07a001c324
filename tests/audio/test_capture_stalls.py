"""A machine that stalls shifts the echo against what was played: that is not the user's voice."""

from pathlib import Path

import numpy as np
import pytest

from voicegui.audio.capture import Capture
from voicegui.core.ports import Frame
from voicegui.media.wav import read_wav

SPEECH = Path(__file__).parent.parent / "speech"
LEAD_MS, ECHO_MS = 60, 120


def clip(name: str) -> np.ndarray:
    return np.frombuffer(read_wav(SPEECH / f"{name}.wav", 48_000).samples, np.int16).astype(float)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * 48_000))


FIRST = np.concatenate([silence(1.5), *[clip(f"question-{n:02d}") for n in (1, 2, 3)]])
SECOND = np.concatenate([clip(f"question-{n:02d}") for n in (4, 6)])
PLAYED = np.concatenate([FIRST, silence(1.5), SECOND, silence(1)])
PAUSE, MIDDLE = len(FIRST) + 48_000, len(FIRST) + 3 * 48_000 + 12_000
"""Samples at which nothing, or a word of the second reply is played."""


def heard(user: np.ndarray | None = None, at: int = 0) -> np.ndarray:
    """What the microphone gets of `PLAYED`, with a user who begins at sample `at`."""
    room = np.random.default_rng(2).standard_normal(4_800) * np.exp(-np.arange(4_800) / 1_500) * 0.03
    room[0] = 1
    microphone = np.concatenate((silence(ECHO_MS / 1000), 0.5 * np.convolve(PLAYED, room)))[: len(PLAYED)]
    microphone += np.random.default_rng(1).normal(0, 16, len(PLAYED))
    if user is not None:
        microphone[at : at + len(user)] += user
    return microphone


def run(microphone: np.ndarray, at: int, shift_ms: int) -> list[Frame]:
    """The reference is `LEAD_MS` early, and from sample `at` on another `shift_ms`."""
    line, frames = Capture(), list[Frame]()
    early = np.concatenate((silence(0.5), PLAYED, silence(0.5)))
    for k in range(0, len(PLAYED) // 480 * 480, 480):
        begin = k + 24_000 + 48 * (LEAD_MS + (shift_ms if k >= at else 0))
        near, far = microphone[k : k + 480], early[begin : begin + 480]
        frames += line.feed(near.clip(-32768, 32767).astype(np.int16).tobytes(), far.astype(np.int16).tobytes(), k)
    return frames


def after(frames: list[Frame], at: int) -> list[Frame]:
    return [frame for frame in frames if 3 * frame.end > at]


@pytest.mark.parametrize("shift_ms", [-120, -60, -25, 25, 60, 150])
def test_a_reply_after_a_stall_does_not_begin_with_a_voice(shift_ms: int) -> None:
    frames = after(run(heard(), PAUSE, shift_ms), PAUSE)
    assert max(frame.speech_probability for frame in frames) < 0.5


@pytest.mark.parametrize("shift_ms", [-100, -40, 40, 100])
def test_a_stall_in_the_middle_of_a_reply_is_known_for_what_it_is(shift_ms: int) -> None:
    frames = after(run(heard(), MIDDLE, shift_ms), MIDDLE)
    voiced = [k for k, frame in enumerate(frames) if frame.speech_probability >= 0.5]
    told = [k for k, frame in enumerate(frames) if frame.own_voice]
    assert len(voiced) <= 8
    assert told
    assert not voiced or told[-1] > voiced[-1]


@pytest.mark.parametrize("name", [f"interruption-{n:02d}" for n in range(1, 9)])
@pytest.mark.parametrize("shift_ms", [0, -60, 60])
def test_a_user_is_heard_over_a_reply_also_after_a_stall(name: str, shift_ms: int) -> None:
    user = clip(name)
    user = user[np.flatnonzero(np.abs(user) > 300)[0] :]
    user *= 0.5 * np.std(SECOND) / np.std(user)  # as loud as the echo
    begin = MIDDLE + 24_000
    frames = after(run(heard(user, begin), PAUSE, shift_ms), begin)
    first = next(k for k, frame in enumerate(frames) if frame.speech_probability >= 0.5)
    assert first < 15  # half a second
    assert not any(frame.own_voice for frame in frames[first:])


def test_without_a_stall_nothing_is_its_own_voice() -> None:
    user = clip("question-05")[: 2 * 48_000]
    assert not any(frame.own_voice for frame in run(heard(user, MIDDLE), PAUSE, 0))
