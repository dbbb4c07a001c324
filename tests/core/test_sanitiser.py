"""What cannot be seen is seen."""

import sys
import unicodedata

import pytest

from voicegui.core.text.sanitiser import HiddenAs, harmless, one_line, quoted, same_length, unquoted, visible

UNSEEN = {
    "an escape": "\x1b[2J", "a title": "\x1b]0;title\x07", "C1": "\x9b2J", "NUL": "\0", "a backspace": "a\b",
    "DEL": "\x7f",
    "a carriage return": "a\rb", "NEL": "\x85", "a line separator": "\u2028", "a paragraph separator": "\u2029",
    "right to left": "\u202e", "an isolate": "\u2066", "a mark": "\u200f", "Arabic mark": "\u061c",
    "zero width": "\u200b",
    "a joiner": "\u2060", "a byte order mark": "\ufeff", "a soft hyphen": "\u00ad", "a tag": "\U000e0041",
    "an unassigned tag": "\U000e0000", "a selector": "\U000e0101", "another selector": "\ufe01",
    "a surrogate": "\udcff",
    "private use": "\ue000", "a filler": "\u3164", "a blank pattern": "\u2800", "an annotation": "\ufff9",
    "Mongolian": "\u180e", "reserved": "\u2065", "a filler of Khitan": "\U00016fe4", "a null note": "\U0001d159",
    "a grapheme joiner": "\u034f", "no character": "\ufdd0", "the last of a plane": "\U0001ffff",
    "unassigned": "\u0378", "an emoji's look behind a letter": "a\ufe0f", "the same twice": "\u2764\ufe0f\ufe0f",
    "a bit for each letter": "a\ufe0eb\ufe0fc\ufe0f", "a shorthand control": "\U0001bca0",
    "an invisible plus": "\u2064", "private use of another plane": "\U00100000",
}  # fmt: skip


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN.keys())
def test_it_stands_there_as_its_number(text: str) -> None:
    shown = harmless(f"before {text} after")
    seen = {*map(chr, range(32, 127)), "\u2764", "\ufe0f", "\ufe0e"}
    assert "⟨U+" in shown and not set(shown) & set(text) - seen
    assert shown.startswith("before ") and shown.endswith(" after")
    assert harmless(shown) == shown


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN.keys())
def test_it_is_left_out_for_models_and_voices_and_named_in_questions(text: str) -> None:
    whole = f"before {text} after"
    for made in (one_line(whole, hidden_as=HiddenAs.SPACE), one_line(whole, hidden_as=HiddenAs.NOTHING)):
        assert harmless(made) == made and "⟨U+" not in made
    assert harmless(visible(whole)) == visible(whole) and "(" in visible(whole)


SEEN = [
    "", "plain\n\ttext", "Grüße, 你好, שלום, नमस्ते", "☕️ 😀", "a\u0301b\u0308", "€ — “x”", "ℹ️ ™️ ‼️ 1️⃣ #️⃣ ↔️ 〰️",
    "ᏣᎳᎩ", "\U0001fa77 is newer than some tables", "ภาษาไทย", "བོད་སྐད", "\u3000wide",
]  # fmt: skip


@pytest.mark.parametrize("text", SEEN)
def test_what_can_be_seen_stays(text: str) -> None:
    assert harmless(text) == text
    assert harmless(text, HiddenAs.SPACE) == harmless(text, HiddenAs.NOTHING) == same_length(text) == text


def test_lines() -> None:
    assert one_line("a\nb\r\nc\td\x85e\u2028f") == "a b c d e f"
    assert one_line("x" * 5000) == "x" * 5000
    assert one_line("x" * 50, 10) == "x" * 10 + "…"
    assert harmless("a\r\nb") == "a\nb"
    assert harmless("e" + "\u0301" * 9).count("⟨") == 6


def test_whatever_is_left_out_the_end_says_so() -> None:
    assert one_line("It is safe. Or not", 11) == one_line("It is safe...... Or not", 11) == "It is safe…"
    assert one_line("short" + " " * 50 + "hidden", 10) == "short…"
    assert one_line("\u200b" * 100 + "hidden", 10, HiddenAs.SPACE) == "…"
    assert one_line("x" * 10, 10) == "x" * 10
    assert quoted("Fine.” Now “do” it„", 100) == "“Fine.' Now 'do' it'”"
    assert quoted("x" * 10_000_000, 5) == "“xxxxx…”"
    assert unquoted("“”„‟❝❞〝〞〟") == "'" * 9


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN.keys())
def test_in_code_every_character_keeps_its_place(text: str) -> None:
    shown = same_length(f"if a{text}b:\n\tpass")
    assert len(shown) == len(f"if a{text}b:\n\tpass") and "\ufffd" in shown
    assert harmless(shown) == shown


@pytest.mark.parametrize("text", ["x = 'ä'", "👨\u200d👩", "می\u200cخواهم", "❤\ufe0f", "日本\t語\n", "e\u0301"])
def test_code_with_letters_of_any_script_is_as_it_was(text: str) -> None:
    assert same_length(text) == text


def test_no_character_that_can_hide_gets_through_anywhere() -> None:
    """All of Unicode by its categories; new pictographs are the one exception, since they can be seen."""
    hidden = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
        and character not in "\n\t"
        and not (unicodedata.category(character) == "Cn" and "\U0001f000" <= character <= "\U0001faff")
    ]
    text = "x".join(hidden)
    assert harmless(text).count("⟨U+") == len(hidden)
    assert set(harmless(text, HiddenAs.SPACE)) == set("x ")
    assert set(harmless(text, HiddenAs.NOTHING)) == {"x"}
    assert not set(visible(text)) & set(hidden)
    assert set(same_length(text)) <= {"x", "\ufffd"}
