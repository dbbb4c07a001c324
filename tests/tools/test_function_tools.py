"""Functions as tools: the schema made from a signature, what a model may write as arguments, what may come back."""

import threading
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest

from voicegui.core.tools import LONGEST_OUTCOME, Permission, ToolOutcome
from voicegui.tools.registry import from_function, tool

from .test_registry import MINE, call, mood

# ---------------------------------------------------------------- the schema


def test_annotations_and_docstring_become_what_a_model_has_to_know() -> None:
    info = from_function(mood).info
    assert info.name == "mood"
    assert info.description == "Tells how people feel there."
    assert info.parameters == {
        "type": "object",
        "properties": {
            "place": {"type": "string", "description": "A place, such as Lisbon"},
            "days": {"type": "integer", "default": 1},
            "unit": {"type": "string", "enum": ["metric", "imperial"], "default": "metric"},
            "title": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        },
        "required": ["place"],
        "additionalProperties": False,
    }


def test_what_is_declared_is_what_the_rules_know() -> None:
    @tool(label="Mood", permission="always", changes=True, finishes=True, timeout_s=3, cues=["mood"])
    def declared() -> str:
        """Does."""
        return "plain"

    info = from_function(declared, source=MINE).info
    assert (info.label, info.permission, info.changes, info.network) == ("Mood", Permission.ALWAYS, True, False)
    assert (info.finishes, info.timeout_s, info.cues, info.source) == (True, 3, ("mood",), MINE)
    assert declared() == "plain"


def test_without_a_declaration_it_asks() -> None:
    assert from_function(mood).info.permission is Permission.ASK


def takes_anything(*words: str) -> str:
    """Does."""
    return ""


def takes_untyped(word) -> str:
    """Does."""
    return ""


def takes_a_lock(lock: threading.Lock) -> str:
    """Does."""
    return ""


def takes_the_unknown(word: "Nowhere") -> str:  # type: ignore[name-defined]  # noqa: F821
    """Does."""
    return ""


def takes_a_function(word: Callable[[], None]) -> str:
    """Does."""
    return ""


def is_silent(word: str) -> str:
    return ""


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (takes_anything, "has no name to call it by"),
        (takes_untyped, "“word” has no annotation"),
        (takes_a_lock, "cannot be written in JSON"),
        (takes_the_unknown, "annotations cannot be read"),
        (takes_a_function, "cannot be written in JSON"),
        (is_silent, "no docstring"),
    ],
)
def test_a_function_that_cannot_be_a_tool_says_why(function: Callable[..., Any], reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        from_function(function)


@pytest.mark.parametrize("wrong", [{"timeout_s": 0}, {"timeout_s": float("nan")}, {"permission": "maybe"}])
def test_a_declaration_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="timeout_s|is not a valid Permission"):
        tool(**wrong)


def test_names_that_mean_something_to_pydantic_are_ordinary_arguments() -> None:
    def odd(schema: str, copy: int = 2, _private: bool = False, model_config: str = "") -> list[object]:
        """Does."""
        return [schema, copy, _private, model_config]

    assert list(from_function(odd).info.parameters["properties"]) == ["schema", "copy", "_private", "model_config"]


# ---------------------------------------------------------------- arguments


async def test_arguments_and_defaults_arrive() -> None:
    assert (await call(mood, {"place": "Lisbon", "unit": "imperial"})).text == "Lisbon 1 imperial None"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({}, "“place” is missing"),
        ({"place": 3}, "“place”: input should be a valid string"),
        ({"place": "x", "days": "3"}, "“days”: input should be a valid integer"),
        ({"place": "x", "days": True}, "“days”: input should be a valid integer"),
        ({"place": "x", "days": 1.5}, "“days”: input should be a valid integer"),
        ({"place": "x", "unit": "kelvin"}, "“unit”: input should be 'metric' or 'imperial'"),
        ({"place": "x", "when": "now"}, "there is no argument “when”"),
        ({"place": "x", "when" * 1000: "now"}, "there is no argument “whenwhen"),
        ('{"place": NaN}', "NaN is no number"),
        ('{"place": -Infinity}', "-Infinity is no number"),
        ('{"place": "x", "days": 1e999}', "number is too large"),
        ('{"place": "x", "place": "y"}', "given twice"),
        ('{"place": "x"', "no JSON"),
        ("[1]", "have to be a JSON object"),
        ('{"place": "x", "days": ' + "9" * 5000 + "}", "number is too large"),
        ('{"place": ' + "[" * 9000, "nested too deep"),
        ('{"place": "' + "x" * 20_000 + '"}', "too long"),
        ('{"place": "\\ud800"}', "half a character"),
    ],
)
async def test_bad_arguments_are_told_so_that_they_can_be_mended(arguments: object, reason: str) -> None:
    outcome = await call(mood, arguments)
    assert not outcome.ok
    assert reason in outcome.text
    assert len(outcome.text) < 1000
    assert "Traceback" not in outcome.text


async def test_a_float_that_is_no_number_is_refused_wherever_it_stands() -> None:
    def add(numbers: list[float]) -> float:
        """Adds."""
        return sum(numbers)

    assert (await call(add, {"numbers": [1, 2.5]})).text == "3.5"
    assert not (await call(add, '{"numbers": [1, Infinity]}')).ok


async def test_no_arguments_may_be_an_empty_text() -> None:
    def ping() -> str:
        """Pings."""
        return "pong"

    assert (await call(ping, "")).text == "pong"
    assert "takes no arguments" in (await call(ping, '{"loud": true}')).text


# ---------------------------------------------------------------- results


class Size(Enum):
    BIG = 1


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("plain", "plain"),
        (None, "Done."),
        ({"temperature": 21.5, "sky": "ölig"}, '{"temperature": 21.5, "sky": "ölig"}'),
        ([], "[]"),
        (False, "false"),
    ],
)
async def test_results_that_json_can_hold_are_told(result: object, text: str) -> None:
    def give() -> object:
        """Gives."""
        return result

    assert await call(give) == ToolOutcome(text)


@pytest.mark.parametrize("result", [float("nan"), {1, 2}, object(), b"bytes", Size.BIG, {(1, 2): 3}])
async def test_results_that_json_cannot_hold_are_told_as_such(result: object) -> None:
    def give() -> object:
        """Gives."""
        return [result]

    outcome = await call(give)
    assert (outcome.ok, outcome.text) == (False, "It answered with something that cannot be told in text.")


async def test_endless_results_are_cut() -> None:
    def flood() -> list[str]:
        """Floods."""
        endless: list[Any] = ["x" * 1000]
        return endless * 1_000_000

    outcome = await call(flood)
    assert outcome.ok
    assert len(outcome.text) == LONGEST_OUTCOME
    assert outcome.text.endswith("(The rest is left out: it is too long.)")
