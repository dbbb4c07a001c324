"""The echo reference is continuous, and never late."""

from collections import deque

from voicegui.audio.echo_canceller import EchoReference, Played
from voicegui.audio.playback import SILENCE

LEAD_S = 0.06


def played(*numbers: int, late_s: float = 0) -> deque[Played]:
    """Block n is heard n * 10 ms after the beginning."""
    return deque(Played(bytes([n]) * len(SILENCE), n / 100 + late_s) for n in numbers)


def taken(reference: EchoReference, queue: deque[Played], first: int, count: int) -> list[int]:
    """For `count` blocks of the microphone from number `first` on, 60 ms behind what is taken."""
    return [reference.next(queue, (n + 1) / 100 - LEAD_S)[0] for n in range(first, first + count)]


def test_in_time_nothing_is_lost() -> None:
    assert taken(EchoReference(), played(*range(100)), 0, 100) == list(range(100))


def test_where_the_speaker_stopped_there_is_silence_and_then_everything_that_comes() -> None:
    reference, queue = EchoReference(), played(1, 2)
    assert taken(reference, queue, 1, 4) == [1, 2, 0, 0]
    queue.extend(played(*range(3, 60), late_s=0.02))
    assert taken(reference, queue, 5, 57) == list(range(3, 60))


def test_where_the_microphone_lost_blocks_as_many_are_dropped() -> None:
    reference, queue = EchoReference(), played(*range(200))
    taken(reference, queue, 0, 50)
    after = taken(reference, queue, 70, 60)  # 20 blocks never came
    jumps = [b - a for a, b in zip(after, after[1:], strict=False) if b - a != 1]
    assert after[0] == 50
    assert len(jumps) == 1
    lead = after[-1] / 100 - (70 + 60) / 100 + LEAD_S
    assert 0.03 <= lead <= 0.08


def test_one_wrong_time_changes_nothing() -> None:
    reference, queue = EchoReference(), played(*range(100))
    queue[10] = Played(queue[10].block, -5.0)
    assert taken(reference, queue, 0, 100) == list(range(100))
