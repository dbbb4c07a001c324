import json

import pytest

from voicegui.core.text.sanitiser import breakable, harmless, one_line
from voicegui.ui.tool_entries import pretty, summary


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\n\ttext", "plain\n\ttext"),
        ("Übergrößen, 你好, שלום", "Übergrößen, 你好, שלום"),
        ("a\r\nb\rc", "a\nb⟨U+000D⟩c"),
        ("exe.\u202egnp", "exe.⟨U+202E⟩gnp"),
        ("\u2066x\u2069\u200b\ufeff", "⟨U+2066⟩x⟨U+2069⟩⟨U+200B⟩⟨U+FEFF⟩"),
        ("\x1b[31mred\x00", "⟨U+001B⟩[31mred⟨U+0000⟩"),
        ("a\u2028b\u2029c", "a⟨U+2028⟩b⟨U+2029⟩c"),
        ("\U000e0041\ud800\u3164", "⟨U+E0041⟩⟨U+D800⟩⟨U+3164⟩"),
        ("e\u0301 a\u0300\u0301\u0302\u0303", "e\u0301 a\u0300\u0301\u0302⟨U+0303⟩"),
    ],
)
def test_what_cannot_be_seen_is_shown_by_its_number(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_a_line_is_cut_and_says_so() -> None:
    assert one_line("  a\n b ", 10) == "a b"
    assert one_line("abcdef", 3) == "abc…"
    assert one_line(" " * 50 + "hidden", 5) == "…"
    assert one_line("x" * 10_000_000, 5) == "xxxxx…"


def test_a_long_word_can_be_broken_and_is_the_same_without_the_breaks() -> None:
    word = "w" * 100
    assert breakable("short words stay") == "short words stay"
    assert breakable(word).replace("\u200b", "") == word
    assert max(map(len, breakable(word).split("\u200b"))) == 24


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ('{"place": "Lisbon", "days": 2}', "Lisbon, 2"),
        ('{"on": true, "note": null, "text": ""}', "true"),
        ("{}", ""),
        ('{"text": "drink in 25 seconds", "when": "in 25 seconds"}', "drink in 25 seconds"),
        ('{"when": "In 25 seconds", "text": "drink in 25 seconds"}', "drink in 25 seconds"),
        ('{"when": "tomorrow at 9", "text": "call Ana tomorrow at 9"}', "call Ana tomorrow at 9"),
        ('{"a": "the same", "b": "the same"}', "the same"),
        ('{"text": "drink in 25 seconds", "when": "in 5 seconds"}', "drink in 25 seconds, in 5 seconds"),
        ('{"text": "2 apples", "count": 2}', "2 apples, 2"),
        ('{"place": "Oslo", "text": "Oslo is far"}', "Oslo, Oslo is far"),
        ('{"text": "a\\nb"}', "a b"),
        ('{"half": ', '{"half":'),
        ("[1]", "[1]"),
        ('{"text": "%s"}' % ("x" * 200), "x" * 120 + "…"),
    ],
)
def test_arguments_in_short(arguments: str, shown: str) -> None:
    assert summary(arguments) == shown


def test_arguments_are_indented_and_nothing_else() -> None:
    text = '{"a":[1,{"b":null}],"n":1e999,"m":1.10,"big":%s,"nan":NaN,"t":"\\u00e9 \\n","none":{},"l":[]}' % (
        "9" * 5000
    )
    shown = pretty(text)
    assert shown.splitlines()[:6] == ["{", '  "a": [', "    1,", "    {", '      "b": null', "    }"]
    for exact in (
        '"n": 1e999',
        '"m": 1.10',
        f'"big": {"9" * 5000}',
        '"nan": NaN',
        '"t": "é \\n"',
        '"none": {}',
        '"l": []',
    ):
        assert exact in shown


@pytest.mark.parametrize("text", ['{"url": "a", "url": "b"}', "no JSON", "", "[" * 100_000, '{"a": {"b": 1, "b": 2}}'])
def test_what_would_lose_something_is_left_as_it_is(text: str) -> None:
    assert pretty(text) == text


def test_pretty_means_the_same() -> None:
    text = '{"a": [1, 2.5, "x", true, null, {"b": "\\"\\\\"}]}'
    assert json.loads(pretty(text)) == json.loads(text)
