from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication

from voicegui.core.commands import PressTalk, ReleaseTalk
from voicegui.ui.push_to_talk import TalkSwitch


class Hand:
    """A switch with a clock of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sent: list[PressTalk | ReleaseTalk] = []
        self.switch = TalkSwitch(self.sent.append, lambda: self.now)

    def settled(self) -> bool:
        return not self.switch.held


@pytest.fixture
def hand(app: QApplication) -> Hand:
    return Hand()


def test_click_starts_and_click_stops(hand: Hand, wait: Callable[..., None]) -> None:
    for expected in ([PressTalk()], [PressTalk(), ReleaseTalk()]):
        hand.switch.press()
        hand.now += 0.1
        hand.switch.release()
        wait(hand.settled)
        assert hand.sent == expected
        hand.now += 1


def test_the_time_of_the_event_counts_not_of_its_arrival(hand: Hand, wait: Callable[..., None]) -> None:
    hand.switch.press(10.0)
    hand.now += 1  # a busy machine
    hand.switch.release(10.1)
    wait(hand.settled)
    assert hand.sent == [PressTalk()]


def test_holding_ends_with_the_release(hand: Hand, wait: Callable[..., None]) -> None:
    hand.switch.press()
    assert hand.sent == [PressTalk()]
    hand.now += 0.3
    hand.switch.release()
    wait(hand.settled)
    assert hand.sent == [PressTalk(), ReleaseTalk()]


def test_auto_repeat_is_holding(hand: Hand, wait: Callable[..., None]) -> None:
    hand.switch.press()
    for _ in range(20):
        hand.now += 0.03
        hand.switch.release()
        hand.switch.press()
    assert hand.sent == [PressTalk()]
    hand.switch.release()
    wait(hand.settled)
    assert hand.sent == [PressTalk(), ReleaseTalk()]


def test_a_lost_release_ends_what_was_held_but_not_what_was_clicked(hand: Hand, wait: Callable[..., None]) -> None:
    hand.switch.press()
    hand.switch.lost()
    assert hand.sent == [PressTalk(), ReleaseTalk()]
    hand.switch.press()
    hand.switch.release()
    wait(hand.settled)
    hand.switch.lost()
    assert hand.sent[2:] == [PressTalk()]


def test_what_the_conversation_says_counts_while_nobody_holds(hand: Hand, wait: Callable[..., None]) -> None:
    hand.switch.told(True)
    hand.switch.press()
    hand.switch.release()
    wait(hand.settled)
    assert hand.sent == [ReleaseTalk()]
