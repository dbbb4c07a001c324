"""From a stream of tokens to pieces worth speaking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.text.sentences import SentenceSplitter


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
