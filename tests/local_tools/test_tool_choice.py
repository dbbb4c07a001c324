"""The question which tool is meant, the shape of its answer, and the answer."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.core.tools import ToolCall, ToolInfo
from voicegui.providers.local.tool_choice import LONGEST_SPAN, TALK, Before, choice_schema, chosen, question, words_said

from .tools import ISSUE, TIMER, TOOLS, VOLUME, WEATHER

LISBON = Before("How is the weather in Lisbon?", ToolCall("1", "get_weather", '{"place": "Lisbon"}'))


def spans(request: str, before: Before | None = None) -> re.Pattern[str]:
    return re.compile(choice_schema(request, [TIMER], before)["$defs"]["words"]["pattern"])


def shape(parameters: Any) -> Any:
    """Of the arguments of a tool; None if it cannot be chosen."""
    options = choice_schema("words", [ToolInfo("it", "", parameters)])["anyOf"]
    return next((option["properties"]["it"] for option in options if "it" in option["properties"]), None)


class TestQuestion:
    def test_examples_show_the_answer(self) -> None:
        texts = [message.text for message in question("Will it snow?", [WEATHER])]
        at = texts.index("Will it rain in Oslo tomorrow?")
        assert json.loads(texts[at + 1]) == {"get_weather": {"place": "Oslo", "when": "tomorrow"}}, "as it was said"
        assert texts[-1] == "Will it snow?"
        assert json.dumps({TALK: {}}) in texts

    def test_only_a_tool_without_examples_is_described(self) -> None:
        system = question("Hello", [WEATHER, ISSUE])[0].text
        assert "create_issue(title): Create a new issue in a repository." in system
        assert "get_weather" not in system and "Ignore" not in system

    def test_an_example_that_cannot_be_said_is_left_out(self) -> None:
        parameters = {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]}
        tool = ToolInfo("open", "Opens.", parameters, examples=(("Show me Python.", {"url": "https://python.org"}),))
        messages = question("Open it", [tool])
        assert "open(url): Opens." in messages[0].text
        assert "Show me Python." not in [message.text for message in messages]

    def test_the_exchange_before_is_the_last_example(self) -> None:
        *_, asked, answered, request = question("And tomorrow?", [WEATHER], LISBON)
        assert (asked.text, request.text) == (LISBON.request, "And tomorrow?")
        assert json.loads(answered.text) == {"get_weather": {"place": "Lisbon"}}


class TestWords:
    @pytest.mark.parametrize("run", ["ten", "ten minutes", "for ten minutes", "a timer for", "Start", "notes.txt"])
    def test_runs_of_words_can_be_said(self, run: str) -> None:
        assert spans("Start a timer for ten minutes, (notes.txt)!").search(run)

    @pytest.mark.parametrize(
        "other", ["", "ten  minutes", "minutes ten", "twelve minutes", "ten minutes please", "notesXtxt", "for minutes"]
    )
    def test_nothing_else_can(self, other: str) -> None:
        assert not spans("Start a timer for ten minutes, (notes.txt)!").search(other)

    def test_the_whole_request_is_no_argument(self) -> None:
        assert not spans("What time is it?").search("What time is it")
        assert spans("Lisbon").search("Lisbon")

    def test_words_of_the_exchange_before(self) -> None:
        pattern = spans("And tomorrow?", LISBON)
        assert pattern.search("Lisbon") and pattern.search("tomorrow") and not pattern.search("Lisbon tomorrow")

    @given(st.text(max_size=60))
    def test_any_text_makes_a_pattern_of_its_words(self, text: str) -> None:
        words = words_said(text)
        pattern = spans(text)
        assert all(pattern.search(word) for word in words)
        assert not any(sign in word for word in words for sign in '"\\\n')

    def test_it_stays_small(self) -> None:
        assert len(spans("word " * 80).pattern) < 80 * LONGEST_SPAN * 10


class TestSchema:
    def test_one_of_the_tools_or_talk(self) -> None:
        options = choice_schema("Hello", TOOLS)["anyOf"]
        assert [option["required"] for option in options] == [[tool.name] for tool in TOOLS] + [[TALK]]

    def test_choices_and_numbers_stay(self) -> None:
        level = shape(VOLUME.parameters)["properties"]["level"]
        assert level == {"anyOf": [{"type": "integer"}, {"enum": ["louder", "quieter"]}]}

    @pytest.mark.parametrize(
        "part",
        [
            {"type": "string"},
            {"type": ["string", "null"]},
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            {"$ref": "#/$defs/Name"},
            {"type": "array", "items": {"type": "string"}},
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        ],
    )
    def test_texts_are_words_that_were_said(self, part: Any) -> None:
        given = {"type": "object", "properties": {"x": part}, "required": ["x"], "$defs": {"Name": {"type": "string"}}}
        assert '{"$ref": "#/$defs/words"}' in json.dumps(shape(given))

    @pytest.mark.parametrize(
        "part", [{}, True, {"type": "null"}, {"$ref": "#/$defs/Loop"}, {"type": "array"}, {"type": "odd"}]
    )
    def test_what_cannot_be_said(self, part: Any) -> None:
        loop = {"Loop": {"$ref": "#/$defs/Loop"}}
        properties = {"x": part, "y": {"type": "string"}}
        assert shape({"type": "object", "properties": properties, "required": ["x"], "$defs": loop}) is None
        optional = shape({"type": "object", "properties": properties, "required": ["y"], "$defs": loop})
        assert list(optional["properties"]) == ["y"]


class TestAnswer:
    def test_a_call(self) -> None:
        name, arguments = chosen('{"get_weather": {"place": "Lisbon"}}', TOOLS) or ("", "")
        assert (name, json.loads(arguments)) == ("get_weather", {"place": "Lisbon"})

    @pytest.mark.parametrize(
        "answer",
        [
            "",
            "Hello",
            "[]",
            "{}",
            f'{{"{TALK}": {{}}}}',
            '{"other": {}}',
            '{"set_timer": 1}',
            '{"set_timer": {"dur',
            "[" * 100_000,
        ],
    )
    def test_no_call(self, answer: str) -> None:
        assert chosen(answer, TOOLS) is None

    @pytest.mark.parametrize("name", ["timer", "the timer", "timer for ten minutes"])
    def test_an_optional_text_that_says_nothing_is_left_out(self, name: str) -> None:
        answer = json.dumps({"set_timer": {"duration": "ten minutes", "name": name}})
        assert json.loads((chosen(answer, TOOLS) or ("", ""))[1]) == {"duration": "ten minutes"}

    def test_one_that_says_something_is_kept(self) -> None:
        answer = json.dumps({"set_timer": {"duration": "ten minutes", "name": "pasta"}})
        assert json.loads((chosen(answer, TOOLS) or ("", ""))[1]) == {"duration": "ten minutes", "name": "pasta"}
