"""What cannot be seen is seen."""

import pytest

from voicegui.core.text.sanitiser import harmless, line, one_line, same_length

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
    "Mongolian": "\u180e", "reserved": "\u2065",
}  # fmt: skip


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN.keys())
def test_it_stands_there_as_its_number(text: str) -> None:
    shown = harmless(f"before {text} after")
    assert "⟨U+" in shown and not set(shown) & set(text) - set(map(chr, range(32, 127)))
    assert shown.startswith("before ") and shown.endswith(" after")
    assert harmless(shown) == shown


@pytest.mark.parametrize("text", ["", "plain\n\ttext", "Grüße, 你好, שלום, नमस्ते", "☕️ 😀", "a\u0301b\u0308", "€ — “x”"])
def test_what_can_be_seen_stays(text: str) -> None:
    assert harmless(text) == text


def test_lines() -> None:
    assert line("a\nb\r\nc\td") == "a b c d"
    assert line("x" * 5000) == "x" * 5000
    assert one_line("x" * 50, 10) == "x" * 10 + "…"
    assert harmless("a\r\nb") == "a\nb"
    assert harmless("e" + "\u0301" * 9).count("⟨") == 6


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN.keys())
def test_in_code_every_character_keeps_its_place(text: str) -> None:
    shown = same_length(f"if a{text}b:\n\tpass")
    assert len(shown) == len(f"if a{text}b:\n\tpass") and "\ufffd" in shown
    assert harmless(shown) == shown


@pytest.mark.parametrize("text", ["x = 'ä'", "👨\u200d👩", "می\u200cخواهم", "❤\ufe0f", "日本\t語\n", "e\u0301"])
def test_code_with_letters_of_any_script_is_as_it_was(text: str) -> None:
    assert same_length(text) == text
