"""Arguments in plain words: nothing is lost, and no value passes for something else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.ui.approval_text import ArgumentPart, readable
from voicegui.ui.tool_entries import Number, read_arguments


def words(arguments: Any) -> str:
    return "".join(run.text for run in readable(arguments if isinstance(arguments, str) else json.dumps(arguments)))


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ({"url": "https://example.org/a?b=c"}, "Web address: https://example.org/a?b=c"),
        ({"place": "Lisbon", "when": "tomorrow"}, "Place: Lisbon\nWhen: tomorrow"),
        ({"max_results": 5, "sendCopyTo": "ana@example.org"}, "Max results: 5\nSend copy to: ana@example.org"),
        ({"HTMLBody": "x", "user-id": 7}, "HTML body: x\nUser ID: 7"),
        ({"all": True, "none": False, "of": None}, "All: yes\nNone: no\nOf: nothing"),
        ({"text": "first\nsecond\nAmount: 0"}, "Text:\n    first\n    second\n    Amount: 0"),
        ({"to": ["Ana", "Rui"], "cc": []}, "To:\n    • Ana\n    • Rui\nCopy to: none"),
        ({"at": {"lat": 38.7, "lon": -9.1}}, "At:\n    Latitude: 38.7\n    Longitude: -9.1"),
        ({"rows": [{"a": 1}, {"a": 2}]}, "Rows:\n    •\n        A: 1\n    •\n        A: 2"),
        ({"n": "42", "b": "true", "e": "", "s": " x ", "q": '"x"'},
         'N: "42"\nB: "true"\nE: ""\nS: " x "\nQ: "\\"x\\""'),
        ({}, "nothing"),
        ('{"amount": 1e999, "price": 1.10}', "Amount: 1e999\nPrice: 1.10"),
        ({"file_name": "a\u202egnp.exe"}, "File name: a⟨U+202E⟩gnp.exe"),
        ({"user_name": "a", "userName": "b"}, '"user_name": a\n"userName": b'),
        ({"url": "a", "uri": "b"}, '"url": a\n"uri": b'),
        ({"amount: 0\nto": "b"}, '"amount: 0\\nto": b'),
        ({"": "b", "имя": "c"}, '"": b\n"имя": c'),
        ({"naïve\u202e": 1}, '"naïve⟨U+202E⟩": 1'),
    ],
)  # fmt: skip
def test_names_are_words_and_values_are_as_they_are(arguments: Any, shown: str) -> None:
    assert words(arguments) == shown


@pytest.mark.parametrize(
    "arguments",
    [
        "", "no JSON", '{"a": 1, "a": 2}', "[1, 2]", '"text"', "7", "null", '{"a": NaN', "[" * 5000,
        '{"a":' * 500 + "1" + "}" * 500, json.dumps({"a": "x" * 30_000}), json.dumps({"x" * 41: 1}),
        json.dumps({"a": [[[[[[[[1]]]]]]]]}),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_so_without_loss_is_not(arguments: str) -> None:
    assert readable(arguments) == ()


values = st.recursive(
    st.one_of(st.text(max_size=30), st.integers(), st.booleans(), st.none(), st.sampled_from(["\n", "a\nB: c", "•"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["url", "max_results", "B", "to", "x y"]), values, max_size=4))
def test_no_value_begins_a_line_where_a_name_stands(arguments: dict[str, Any]) -> None:
    """What a value brings never begins a line at the left; names at the left are as many as there are."""
    runs = readable(json.dumps(arguments))
    shown = "".join(run.text for run in runs)
    at_left = [line for line in shown.split("\n") if not line.startswith("    ")]
    assert len(at_left) == max(1, len(arguments)) or not runs
    for run in runs:
        if run.role is ArgumentPart.VALUE:
            assert run.text.startswith((" ", "\n    "))


def test_numbers_stay_as_written() -> None:
    assert isinstance(read_arguments("1e999"), Number)
