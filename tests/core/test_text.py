"""From a stream of tokens to what is spoken, and back from samples to what was heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.heard import Span, heard_characters, last_word_start
from voicegui.core.history import CONTEXT_CHARACTERS, build_prompt, trimmed
from voicegui.core.ports import Message
from voicegui.core.sentences import SentenceSplitter
from voicegui.core.spoken import speakable


def split(text, size=3):
    splitter = SentenceSplitter()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    return [sentence for piece in pieces for sentence in splitter.feed(piece)] + list(splitter.finish())


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Hi there. How are you?", ["Hi there.", "How are you?"]),
        ("It is 3.5 degrees, says Dr. Smith. Good.", ["It is 3.5 degrees,", "says Dr. Smith.", "Good."]),
        ("Wait... what?! No.", ["Wait...", "what?!", "No."]),
        ("1. Apples\n2. Pears\n", ["Apples", "Pears"]),
        ("Look:\n```python\nprint(1. )\n```\nThat is all.", ["Look:", "That is all."]),
        ("no end at all", ["no end at all"]),
        ("", []),
    ],
)
def test_sentences(text, spoken):
    assert [sentence.spoken for sentence in split(text) if sentence.spoken] == spoken


@given(st.text(alphabet="ab .,!?\n`*-1", max_size=200), st.integers(1, 20))
def test_nothing_shown_is_lost(text, size):
    assert "".join(sentence.shown for sentence in split(text, size)) == text


def test_an_endless_sentence_is_cut():
    assert len(split("word " * 200)) > 3


@pytest.mark.parametrize(
    ("shown", "spoken"),
    [
        ("**Bold** and _soft_ and `code`.", "Bold and soft and code."),
        ("# Title", "Title"),
        ("- first", "first"),
        ("See [the docs](https://example.org/a/b?c=d).", "See the docs."),
        ("Go to https://www.example.org/path now", "Go to example dot org now"),
        ("Nice 😀👍🏽!", "Nice!"),
        ("```\nx = 1\n```", ""),
        ("---", ""),
        ("| a | b |", "a b"),
        ("snake_case stays", "snake_case stays"),
        ("5 * 3 is 15", "5 times 3 is 15"),
        ("<b>bold</b> 2 < 3", "bold 2 < 3"),
        ("", ""),
    ],
)
def test_what_is_read_aloud(shown, spoken):
    assert speakable(shown) == spoken


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


def test_long_talks_are_trimmed_to_whole_turns_and_stay_put():
    history = [Message(role, f"{role} {turn} " + "x" * 500) for turn in range(10) for role in ("user", "assistant")]
    kept = trimmed(history)
    assert kept[0].role == "user" and kept == history[-len(kept) :]
    assert sum(len(message.text) for message in kept) <= CONTEXT_CHARACTERS // 2
    assert trimmed([*kept, Message("user", "hi")])[: len(kept)] == kept
    assert build_prompt("Be brief.", kept, "why")[-1] == Message("user", "why")
