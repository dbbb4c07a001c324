"""From a stream of tokens to what is spoken, and back from samples to what was heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.text.heard_words import Span, heard_characters, last_word_start
from voicegui.core.text.sentences import SentenceSplitter
from voicegui.core.text.spoken_text import speakable


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


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        (
            "今天天气很好。我们可以去公园散步。然后喝一杯茶。",
            ["今天天气很好。", "我们可以去公园散步。", "然后喝一杯茶。"],
        ),
        ("「はい。」と言った。次です！", ["「はい。」", "と言った。", "次です！"]),
        ("كيف حالك؟ أنا بخير.", ["كيف حالك؟", "أنا بخير."]),
        ("آپ کیسے ہیں؟ میں ٹھیک ہوں۔ شکریہ۔", ["آپ کیسے ہیں؟", "میں ٹھیک ہوں۔", "شکریہ۔"]),
        ("नमस्ते। आप कैसे हैं? ठीक हूँ॥", ["नमस्ते।", "आप कैसे हैं?", "ठीक हूँ॥"]),
        ("မင်္ဂလာပါ။နေကောင်းလား။", ["မင်္ဂလာပါ။", "နေကောင်းလား။"]),
        ("សួស្តី។ សុខសប្បាយទេ?", ["សួស្តី។", "សុខសប្បាយទេ?"]),
        ("ሰላም። እንዴት ነህ?", ["ሰላም።", "እንዴት ነህ?"]),
        ("สวัสดีครับวันนี้อากาศดีมาก เราไปเดินเล่นกันเถอะครับ", ["สวัสดีครับวันนี้อากาศดีมาก,", "เราไปเดินเล่นกันเถอะครับ"]),
        ("Բարեւ։ Ինչպես ես։", ["Բարեւ։", "Ինչպես ես։"]),
        # what is one thing stays in one piece
        ("See [the guide. It is long](https://example.org/a). Done.", ["See the guide. It is long.", "Done."]),
        ("Let \\(f(x, y) = 2. 5\\) be. Yes.", ["Let f(x, y) equals 2. 5 be.", "Yes."]),
        ("\\[\nx\n= 2\n\\]\nYes.", ["x equals 2", "Yes."]),
        (
            "So:\n\\begin{align*}\nx &= 1 \\\\\ny &= 2. 5\n\\end{align*}\nYes.",
            ["So:", "x equals 1, y equals 2. 5", "Yes."],
        ),
        ("元気ですか?はい、元気です。", ["元気ですか?", "はい、元気です。"]),
        ("太好了……我们走吧!好的。", ["太好了……", "我们走吧!", "好的。"]),
        ("Run `a. b` now. Yes.", ["Run a. b now.", "Yes."]),
        ("It costs $5. Then $6.", ["It costs $5.", "Then $6."]),
        ("~~~\ncode. here\n~~~\nYes.", ["Yes."]),
        ("- Run:\n  ```\n  code. here\n  ```\n- Yes.", ["Run:", "Yes."]),
        ("> ```\n> code. here\n> ```\nYes.", ["Yes."]),
        ("````\n```\ncode. here\n```\n````\nYes.", ["Yes."]),
        ("```a``` is code. Yes.", ["is code.", "Yes."]),
        ("| a | b |\n|---|---|\n| 1 | 2 |\nYes.", ["a, b", "1, 2", "Yes."]),
        ("- [x] Book it\n- [ ] Pack", ["done: Book it", "Pack"]),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_other_scripts_and_what_belongs_together(text, spoken, size):
    assert [sentence.spoken for sentence in split(text, size) if sentence.spoken] == spoken


def test_what_is_heard_follows_the_sound_where_no_spaces_are():
    text = "今天天气很好。我们可以去公园散步。"
    span = Span(text, 0, 8000)
    heard = [heard_characters([span], played) for played in range(0, 8001, 500)]
    assert heard == sorted(heard) and len(set(heard)) > 10
    assert heard_characters([span], 1000) in (2, 3)
    assert 0 < last_word_start([span], 4000) <= 4000


@given(st.text(alphabet="ab .,!?\n`*-1~$[](。|>\\", max_size=200), st.integers(1, 20))
def test_nothing_shown_is_lost(text, size):
    assert "".join(sentence.shown for sentence in split(text, size)) == text


def cut_short(text):
    """What is given out of a reply that the limit of tokens cut, and how many characters were dropped."""
    splitter = SentenceSplitter()
    pieces = list(splitter.feed(text))
    dropped = splitter.drop_unfinished()
    return "".join(piece.shown for piece in [*pieces, *splitter.finish()]), dropped


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("It rained all day. The sun came", "It rained all day."),
        ("It rained. The sun came.", "It rained. The sun came."),
        ('He said "Stop!" Then he', 'He said "Stop!"'),
        ("1. Apples\n2. Pears\n3.", "1. Apples\n2. Pears\n"),
        ("Look here.\n```\nx = 1", "Look here."),
        ("No sentence ever ended here", "No sentence ever ended here"),
        ("", ""),
        # the voice has begun the second sentence
        ("It rained. Because of the weather, we stayed at", "It rained. Because of the weather, we stayed at"),
    ],
)
def test_an_answer_cut_by_the_limit_ends_with_its_last_whole_sentence(text, kept):
    assert cut_short(text) == (kept, len(text) - len(kept))


@given(st.text(alphabet="ab .,!?\n`1", max_size=200))
def test_what_is_dropped_at_the_limit_is_the_end(text):
    kept, dropped = cut_short(text)
    assert kept == text[: len(text) - dropped] and (kept or not text)


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
        ("See [good.com](https://evil.com/good.com) now", "See good.com, which leads to evil dot com, now"),
        ("See [it](https://good.com@evil.com)", "See it, which leads to the unusual address evil dot com,"),
        ("[x](https://аpple.com)", "x, which leads to the unusual address xn--pple-43d dot com,"),
        ("[x](https://en.wikipedia.org/wiki/A_(b)) is", "x is"),
        ("![a picture](https://evil.com)", "a picture"),
        ("[x](/a) [y](mailto:a@b.c)", "x y"),
        ("Go to https://example.org.", "Go to example dot org."),
        ("Go to http://localhost:1234/v1, please", "Go to localhost port 1234, please"),
        ("2*3*4 is 24", "2 times 3 times 4 is 24"),
        ("**5** * **3** and **a *b* c**", "5 times 3 and a b c"),
        ("un**believ**able, __init__ and ~~no~~ yes", "unbelievable, init and no yes"),
        ("| a |\n|---|\n| b |", "a; b"),
        ("  > quoted\n\n***\n1) one", "quoted one"),
        ("Nice 😀👍🏽!", "Nice!"),
        ("```\nx = 1\n```", ""),
        ("---", ""),
        ("| a | b |", "a, b"),
        ("snake_case stays", "snake case stays"),
        ("5 * 3 is 15", "5 times 3 is 15"),
        ("<b>bold</b> 2 < 3", "bold 2 is less than 3"),
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
