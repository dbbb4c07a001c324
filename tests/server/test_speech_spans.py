"""From speech probabilities to the spans in which somebody speaks."""

from hypothesis import given
from hypothesis import strategies as st

from voicegui.server.api.speech_spans import LONGEST_FRAMES, PADDING_FRAMES, SpeechSpan, speech_spans, together

FRAMES = st.lists(st.tuples(st.sampled_from([0.0, 0.3, 0.6, 0.9]), st.integers(1, 400)), max_size=12).map(
    lambda runs: [probability for probability, length in runs for _ in range(length)]
)


def test_a_pause_ends_a_span_and_a_click_is_none() -> None:
    probabilities = [0.0] * 50 + [0.9] * 30 + [0.1] * 5 + [0.8] * 20 + [0.0] * 30 + [0.9] + [0.0] * 30 + [0.7] * 40
    assert speech_spans(probabilities) == [SpeechSpan(50, 105, 46, 109), SpeechSpan(166, 206, 162, 206)]


def test_of_an_unclear_recording_the_likeliest_counts() -> None:
    assert speech_spans([0.05] * 20 + [0.3] * 20 + [0.05] * 20) == [SpeechSpan(20, 40, 16, 44)]
    assert speech_spans([0.9] * 20 + [0.05] * 20 + [0.3] * 20) == [SpeechSpan(0, 20, 0, 24)]


def test_nothing_is_found_where_nothing_is() -> None:
    assert speech_spans([]) == speech_spans([0.0] * 100) == []
    assert together([], 10) == []


def test_a_long_span_is_cut_where_it_is_least_likely_speech() -> None:
    probabilities = [0.9] * 2000
    probabilities[700] = 0.55
    assert [(span.begin, span.end) for span in speech_spans(probabilities)][0] == (0, 700)


@given(FRAMES)
def test_spans_are_in_order_apart_and_short(probabilities: list[float]) -> None:
    spans = speech_spans(probabilities)
    for span in spans:
        assert 0 <= span.heard_from <= span.begin < span.end <= span.heard_to <= len(probabilities)
        assert span.end - span.begin <= LONGEST_FRAMES
        assert span.heard_to - span.heard_from <= LONGEST_FRAMES + 2 * PADDING_FRAMES
    for before, after in zip(spans, spans[1:], strict=False):
        assert before.heard_to <= after.heard_from


@given(FRAMES, st.integers(1, 3000))
def test_neighbours_are_put_together_without_losing_any(probabilities: list[float], most: int) -> None:
    spans = speech_spans(probabilities)
    made = together(spans, most)
    assert [span.begin for span in made] == [span.begin for span in spans if span.begin in {m.begin for m in made}]
    if spans:
        assert (made[0].begin, made[-1].end) == (spans[0].begin, spans[-1].end)
    assert all(span in spans or span.heard_to - span.heard_from <= most for span in made)
