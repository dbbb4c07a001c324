"""What no JSON, no UTF-8 and no number can hold: refused where it comes in, replaced where it goes out."""

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.tools import ToolCall, ToolOutcome
from voicegui.tools.function_arguments import json_object
from voicegui.tools.registry import Registry, from_function


def mood(place: str, days: float = 1) -> str:
    """Tells the mood."""
    return f"{place} {days}"


async def call(function, arguments: str = "{}") -> ToolOutcome:
    return await Registry([from_function(function)]).call(ToolCall("1", function.__name__, arguments))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ('{"place": "\ud800"}', "half a character"),
        ('{"place": "\\udfff\\ud800"}', "half a character"),
        ('{"\\ud800": 1}', "half a character"),
        ('{"place": ["\\udc80"]}', "half a character"),
        ('{"place": {"a": {"b": "\\ud83d"}}}', "half a character"),
        ('{"days": Infinity}', "no number"),
        ('{"days": 1e400}', "too large"),
        ('{"days": -1e400}', "too large"),
        ('{"days": ' + "9" * 301 + "}", "too large"),
        ('{"place": ' + "[" * 31 + "]" * 31 + "}", "nested too deep"),
        ('{"place": ' + '{"a":' * 31 + "1" + "}" * 31 + "}", "nested too deep"),
        ('{"a": {"b": 1, "b": 2}}', "given twice"),
        ("null", "JSON object"),
        ("\ufeff{}", "no JSON"),
    ],
)
async def test_arguments_that_not_everybody_reads_alike(arguments: str, reason: str) -> None:
    outcome = await call(mood, arguments)
    assert not outcome.ok and reason in outcome.text


def test_whole_characters_are_passed_on() -> None:
    assert json_object('{"a": "\\ud83d\\ude00 \\u0000", "b": 1e308, "c": ' + "9" * 300 + "}") == {
        "a": "😀 \0",
        "b": 1e308,
        "c": int("9" * 300),
    }
    assert json_object("  ") == {}


@pytest.mark.parametrize("text", ["caf\udce9.txt", "\ud800", "a\udfffb", "\ud83d alone"])
async def test_an_outcome_can_always_be_passed_on(text: str) -> None:
    def answer() -> ToolOutcome:
        """Answers."""
        return ToolOutcome(text, say=text)

    def fail() -> str:
        """Fails."""
        raise VoiceError(ErrorCode.BAD_REQUEST, text)

    for function in (answer, fail):
        outcome = await call(function)
        assert (outcome.text + outcome.say).encode()
        assert text[:1] in outcome.text or "?" in outcome.text
    unknown = await Registry().call(ToolCall("1", text, "{}"))
    assert unknown.text.encode() and not unknown.ok
