"""What the waveform shows moves as smoothly as the display, close behind what was heard."""

import pytest

from voicegui.ui.level_feed import BEHIND, BLOCKS, LevelFeed

from .fake_session import FakeLevels


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_sound_that_comes_in_bursts_scrolls_evenly(clock: Clock) -> None:
    source, levels, steps = FakeLevels(), LevelFeed(clock), []
    levels.connect_source(source)
    for frame in range(200):
        if frame % 3 == 0:
            source.append(0.5, 0.0, 2)  # 40 ms at once, every 40 ms
        clock.now += 0.04 / 3
        before = levels.position
        levels.pull()
        steps.append(levels.position - before)
    assert steps[10:] == pytest.approx([2 / 3] * 190)
    assert 0 <= levels.until - levels.position <= BEHIND


def test_a_picture_that_was_late_catches_up(clock: Clock) -> None:
    source, levels = FakeLevels(), LevelFeed(clock)
    levels.connect_source(source)
    source.append(0.5, 0.0, 100)
    clock.now += 0.016
    levels.pull()
    assert levels.until - levels.position == BEHIND


def test_in_silence_nothing_moves(clock: Clock) -> None:
    source, levels, moves = FakeLevels(), LevelFeed(clock), []
    levels.connect_source(source)
    levels.moved.connect(lambda: moves.append(levels.position))
    source.append(0.0, 0.0, BLOCKS)
    for _ in range(20):
        source.append(0.0, 0.0, 5)
        clock.now += 0.1
        levels.pull()
    assert levels.position == levels.until
    assert moves == []
