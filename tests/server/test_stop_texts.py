"""A streamed answer ends before a text that stops it, wherever its pieces are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.server.api.stop_texts import StopTexts


def told(pieces: list[str], stops: list[str]) -> str:
    stopped, made = StopTexts(stops), ""
    for piece in pieces:
        made += stopped.feed(piece)
        if stopped.found:
            return made
    return made + stopped.finish()


@pytest.mark.parametrize(
    ("text", "stops", "left"),
    [
        ("one two", ["two"], "one "), ("one two", ["x"], "one two"), ("aab", ["ab"], "a"), ("aaa", ["ab"], "aaa"),
        ("User: hi", ["User:"], ""), ("a\n\nb", ["\n\n"], "a"), ("a\nb", ["\n\n"], "a\nb"), ("abc", ["c", "b"], "a"),
        ("", ["a"], ""), ("ababac", ["abac"], "ab"), ("é…", ["…"], "é"), ("END", ["ENDE"], "END"),
    ],
)  # fmt: skip
def test_however_it_is_cut_the_same_is_told(text: str, stops: list[str], left: str) -> None:
    assert told([text], stops) == told(list(text), stops) == left


@given(st.text("ab", max_size=30), st.text("ab", min_size=1, max_size=5), st.data())
def test_pieces_make_no_difference(text: str, stop: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))
    left = text.partition(stop)[0]
    assert told([text[:cut], text[cut:]], [stop]) == told(list(text), [stop]) == left
