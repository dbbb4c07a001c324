"""The echo reference is never late."""

from collections import deque

from voicegui.audio.playback import SILENCE
from voicegui.audio.reference import Reference


def blocks(*numbers: int) -> deque[bytes]:
    return deque(bytes([number]) * len(SILENCE) for number in numbers)


def number(block: bytes) -> int:
    return block[0]


def test_in_time_nothing_is_lost() -> None:
    played = blocks(1, 2, 3)
    reference = Reference(lead=8)
    assert [number(reference.next(played)) for _ in range(3)] == [1, 2, 3]


def test_a_block_that_comes_late_is_dropped() -> None:
    played = blocks(1)
    reference = Reference(lead=8)
    assert [number(reference.next(played)) for _ in range(2)] == [1, 0]
    played.extend(blocks(2, 3))
    assert number(reference.next(played)) == 3


def test_a_queue_that_has_grown_is_cut_back() -> None:
    played = blocks(*range(1, 31))
    assert number(Reference(lead=8).next(played)) == 23


def test_another_stream_begins_anew() -> None:
    reference = Reference(lead=8)
    reference.next(deque())
    assert number(reference.next(blocks(1, 2))) == 1
