"""Back from samples to the words that were heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.text.heard_words import Span, heard_characters, last_word_start


def test_what_is_heard_follows_the_sound_where_no_spaces_are():
    text = "今天天气很好。我们可以去公园散步。"
    span = Span(text, 0, 8000)
    heard = [heard_characters([span], played) for played in range(0, 8001, 500)]
    assert heard == sorted(heard) and len(set(heard)) > 10
    assert heard_characters([span], 1000) in (2, 3)
    assert 0 < last_word_start([span], 4000) <= 4000


SPANS = [Span("One two. ", 0, 1000), Span("```code``` ", 1000, 0), Span("Three four.", 1000, 1000)]


@pytest.mark.parametrize(
    ("played", "heard"),
    [
        (0, ""),
        (1, "One"),
        (490, "One"),
        (510, "One two."),
        (1000, "One two. ```code``` "),
        (1001, "One two. ```code``` Three"),
        (2000, "One two. ```code``` Three four."),
    ],
)
def test_heard_words(played, heard):
    text = "".join(span.shown for span in SPANS)
    assert text[: heard_characters(SPANS, played)] == heard


def test_playback_goes_on_at_the_start_of_the_word():
    assert last_word_start(SPANS, 700) == 500
    assert last_word_start(SPANS, 499) == 0
    assert last_word_start(SPANS, 5000) == 5000


@given(st.lists(st.tuples(st.text(max_size=30), st.integers(0, 5000)), max_size=6), st.integers(0, 30_000))
def test_heard_is_never_more_than_received_and_grows(pieces, played):
    spans, at = [], 0
    for shown, samples in pieces:
        spans.append(Span(shown, at, samples))
        at += samples
    total = sum(len(span.shown) for span in spans)
    assert 0 <= heard_characters(spans, played) <= heard_characters(spans, played + 100) <= total
    assert 0 <= last_word_start(spans, played) <= played
