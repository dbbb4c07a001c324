"""Calls of tools over chat completions: as they are sent by servers that keep to the protocol, and by the others."""

import json
from collections.abc import Mapping, Sequence

import pytest

from tests.openai_server.script import chat, scripted
from tests.openai_server.server import Answer, Request, as_json, sse
from tests.openai_server.tools import called, calling, outcomes
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import LimitReached, Message, ReplyPiece
from voicegui.core.tools import ToolCall, ToolInfo

from .conftest import QUESTION, compatible_at, talking, words

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = ToolInfo("get_weather", "The weather in a city.", CITY)
TIME = ToolInfo("current_time", "The time now.")
LISBON, PORTO = {"city": "Lisbon"}, {"city": "Porto"}
DONE: list[object] = words(finish="tool_calls")


def made(pieces: Sequence[ReplyPiece]) -> list[tuple[str, object]]:
    """(name, arguments) of calls; there must be nothing else, and no id twice."""
    calls = [piece for piece in pieces if isinstance(piece, ToolCall)]
    assert len(calls) == len(pieces)
    assert len({call.id for call in calls}) == len(calls) and all(call.id for call in calls)
    return [(call.name, json.loads(call.arguments)) for call in calls]


# ---------------------------------------------------------------- what is sent


async def test_tools_are_sent_as_functions() -> None:
    def expect(request: Request) -> None:
        assert request.json["tools"] == [
            {
                "type": "function",
                "function": {"name": "get_weather", "description": "The weather in a city.", "parameters": CITY},
            },
            {
                "type": "function",
                "function": {
                    "name": "current_time",
                    "description": "The time now.",
                    "parameters": {"type": "object", "properties": {}},
                },
            },
        ]

    async with scripted(chat(sse(*words("Sunny.")), expect)) as server, talking(server) as talk:
        assert await talk.ask_with(WEATHER, TIME) == ["Sunny."]
        assert talk.told == []


async def test_without_tools_nothing_is_said_of_them() -> None:
    steps = chat(sse(*words("Yes.")), lambda request: "tools" not in request.json)
    async with scripted(steps) as server, talking(server) as talk:
        assert await talk.ask_with() == ["Yes."]


async def test_calls_and_their_outcomes_go_back_in_order() -> None:
    calls = ToolCall("a1", "get_weather", '{"city": "Lisbon"}'), ToolCall("b2", "current_time", "{}")
    messages = (
        *QUESTION,
        Message("assistant", "Let me see.", calls),
        Message("tool", "Sunny", call_id="a1", say="It is sunny."),
        Message("tool", "Noon", call_id="b2"),
    )

    def expect(request: Request) -> None:
        assert request.json["messages"][2] == {
            "role": "assistant",
            "content": "Let me see.",
            "tool_calls": [
                {
                    "id": "a1",
                    "type": "function",
                    "function": {"name": "get_weather", "arguments": '{"city": "Lisbon"}'},
                },
                {"id": "b2", "type": "function", "function": {"name": "current_time", "arguments": "{}"}},
            ],
        }
        outcomes({"a1": "Sunny", "b2": "Noon"})(request)

    async with scripted(chat(sse(*words("Sunny at noon.")), expect)) as server, talking(server) as talk:
        assert await talk.ask_with(WEATHER, TIME, messages=messages) == ["Sunny at noon."]


@pytest.mark.parametrize("arguments", ['{"city": ', "", "[1]", "Lisbon", "[" * 100_000])
async def test_what_the_model_wrote_wrongly_goes_back_in_a_form_that_servers_read(arguments: str) -> None:
    wrong = ToolCall("a1", "functions.get weather!", arguments)
    messages = (*QUESTION, Message("assistant", "", (wrong,)), Message("tool", "No such tool", call_id="a1"))

    def expect(request: Request) -> None:
        (call,) = request.json["messages"][2]["tool_calls"]
        assert call["function"] == {"name": "functions_get_weather_", "arguments": "{}"}

    async with scripted(chat(sse(*words("Sorry.")), expect)) as server, talking(server) as talk:
        assert await talk.ask_with(WEATHER, messages=messages) == ["Sorry."]


# ---------------------------------------------------------------- calls as they come


async def test_a_streamed_call_comes_whole() -> None:
    async with scripted(chat(sse(*calling(("call_1", "get_weather", LISBON))))) as server, talking(server) as talk:
        assert await talk.ask_with(WEATHER) == [ToolCall("call_1", "get_weather", '{"city": "Lisbon"}')]


async def test_words_beside_calls_are_kept_and_come_first() -> None:
    answer = sse(*words("Let me", " see.", finish=None), *calling(("call_1", "get_weather", LISBON)))
    async with scripted(chat(answer)) as server, talking(server) as talk:
        pieces = await talk.ask_with(WEATHER)
        assert pieces[:2] == ["Let me", " see."]
        assert made(pieces[2:]) == [("get_weather", LISBON)]


def whole(*calls: Mapping[str, object], **message: object) -> dict[str, object]:
    return {"choices": [{"message": {"content": None, "tool_calls": list(calls), **message}, "finish_reason": "stop"}]}


def function(name: str, arguments: object, **more: object) -> dict[str, object]:
    return {**more, "function": {"name": name, "arguments": arguments}}


L, P = '{"city": "Lisbon"}', '{"city": "Porto"}'

BOTH = {
    "interleaved": sse(
        called(0, id="a", name="get_weather", arguments='{"city"'),
        called(1, id="b", name="get_weather", arguments='{"ci'),
        called(0, arguments=': "Lisbon"}'),
        called(1, arguments='ty": "Porto"}'),
        *DONE,
    ),
    "id and name repeated with every piece": sse(
        called(0, id="a", name="get_weather", arguments='{"city": '),
        called(0, id="a", name="get_weather", arguments='"Lisbon"}'),
        called(1, id="b", name="get_weather", arguments='{"city": '),
        called(1, id="b", name="get_weather", arguments='"Porto"}'),
        *DONE,
    ),
    "another id with every piece": sse(
        called(0, id="a", name="get_weather", arguments='{"city": '),
        called(0, id="x", name="get_weather", arguments='"Lisbon"}'),
        called(1, id="b", name="get_weather", arguments='{"city": '),
        called(1, id="y", arguments='"Porto"}'),
        *DONE,
    ),
    "no ids": sse(
        called(0, name="get_weather", arguments=L), called(1, name="get_weather", arguments=P), *DONE
    ),
    "all numbered 0": sse(
        called(0, id="a", name="get_weather", arguments=L), called(0, id="b", name="get_weather", arguments=P), *DONE
    ),
    "all numbered 0, no ids": sse(
        called(0, name="get_weather", arguments=L), called(0, name="get_weather", arguments=P), *DONE
    ),
    "the same id twice": sse(
        called(0, id="0", name="get_weather", arguments=L), called(1, id="0", name="get_weather", arguments=P), *DONE
    ),
    "not numbered": sse(
        {"choices": [{"delta": {"tool_calls": [function("get_weather", "", id="a")]}}]},
        {"choices": [{"delta": {"tool_calls": [{"function": {"arguments": L}}]}}]},
        {"choices": [{"delta": {"tool_calls": [function("get_weather", '{"city": ', id="b")]}}]},
        {"choices": [{"delta": {"tool_calls": [{"id": "b", "function": {"arguments": '"Porto"}'}}]}}]},
        *DONE,
    ),
    "not numbered, no ids, all at once": sse(
        {"choices": [{"delta": {"tool_calls": [function("get_weather", L), function("get_weather", P)]}}]}, *DONE
    ),
    "the name in pieces": sse(
        called(0, id="a", name="get_", arguments=""),
        called(0, name="weather", arguments=L),
        called(1, id="b", name="get_weather", arguments=P),
        *DONE,
    ),
    "objects instead of text": sse(
        called(0, id="a", name="get_weather", arguments=LISBON),
        called(1, id="b", name="get_weather", arguments=PORTO),
        *DONE,
    ),
    "ended with “stop”": sse(*calling(("a", "get_weather", LISBON), ("b", "get_weather", PORTO), finish="stop")),
    "never said how it ended": sse(*calling(("a", "get_weather", LISBON), ("b", "get_weather", PORTO))[:-1]),
    "limit reached behind the last one": sse(
        *calling(("a", "get_weather", LISBON), ("b", "get_weather", PORTO), finish="length")
    ),
    "a whole message": as_json(whole(function("get_weather", L, id="a"), function("get_weather", P, id="b"))),
    "a whole message without ids": as_json(whole(function("get_weather", LISBON), function("get_weather", PORTO))),
    "a whole message in a stream": sse(whole(function("get_weather", L, id="a"), function("get_weather", P, id="b"))),
}  # fmt: skip


@pytest.mark.parametrize("answer", BOTH.values(), ids=BOTH)
async def test_two_calls_are_two_however_they_come(answer: Answer) -> None:
    async with scripted(chat(answer)) as server, talking(server) as talk:
        assert made(await talk.ask_with(WEATHER)) == [("get_weather", LISBON), ("get_weather", PORTO)]


@pytest.mark.parametrize("arguments", [None, "", "{}", {}])
async def test_a_call_without_arguments_has_none(arguments: object) -> None:
    async with (
        scripted(chat(sse(called(0, id="a", name="current_time", arguments=arguments), *DONE))) as server,
        talking(server) as talk,
    ):
        assert await talk.ask_with(TIME) == [ToolCall("a", "current_time", "{}")]


async def test_the_old_kind_of_call_is_a_call() -> None:
    deltas = [{"name": "get_weather", "arguments": ""}, {"arguments": '{"city": '}, {"arguments": '"Lisbon"}'}]
    chunks: list[object] = [{"choices": [{"delta": {"function_call": delta}}]} for delta in deltas]
    end = words(finish="function_call")
    old = {"choices": [{"message": {"function_call": {"name": "get_weather", "arguments": L}}, "finish_reason": "x"}]}
    async with scripted(chat(sse(*chunks, *end)), chat(as_json(old))) as server, talking(server) as talk:
        for _ in range(2):
            assert made(await talk.ask_with(WEATHER)) == [("get_weather", LISBON)]


async def test_no_id_comes_twice_in_a_conversation() -> None:
    again = calling(("call_0", "get_weather", LISBON))
    async with (
        scripted(*(chat(sse(*again)) for _ in range(3))) as server,
        talking(compatible_at(server.url)) as talk,
    ):
        llm = talk.engine.llm()
        first, second = [(await talk.ask_with(WEATHER, llm=llm))[0] for _ in range(2)]
        assert isinstance(first, ToolCall) and isinstance(second, ToolCall)
        assert first.id == "call_0" and second.id != "call_0" and second.id.isalnum() and len(second.id) == 9
        # by another provider, which this one learns of from the conversation
        earlier = (*QUESTION, Message("assistant", "", (first,)), Message("tool", "Sunny", call_id="call_0"))
        (third,) = await talk.ask_with(WEATHER, messages=earlier)
        assert isinstance(third, ToolCall) and third.id != "call_0"


async def test_names_that_nobody_offered_are_passed_on() -> None:
    async with scripted(chat(sse(*calling(("a", "format_disk", {}))))) as server, talking(server) as talk:
        assert made(await talk.ask_with(WEATHER)) == [("format_disk", {})]


async def test_arguments_are_passed_on_as_they_are() -> None:
    async with (
        scripted(chat(sse(called(0, id="a", name="get_weather", arguments='{"city": NaN'), *DONE))) as server,
        talking(server) as talk,
    ):
        assert await talk.ask_with(WEATHER) == [ToolCall("a", "get_weather", '{"city": NaN')]


# ---------------------------------------------------------------- too much, too little


@pytest.mark.parametrize(
    ("chunks", "sentence"),
    [
        ([called(0, id="a", name="get_weather", arguments='{"city": "'), *words(finish="length")], "longest answer"),
        (
            [*calling(("a", "get_weather", LISBON))[:-1], called(1, name="get_weather"), *words(finish="length")],
            "longest answer",
        ),
        ([called(index, id=f"{index}", name="current_time") for index in range(17)], "more than 16"),
        ([called(0, id="a", name="get_weather", arguments="x" * 5_000) for _ in range(5)], "more words"),
        ([called(0, id="a", name="x" * 20_001)], "more words"),
    ],
)
async def test_a_call_that_is_none_is_an_error(chunks: list[object], sentence: str) -> None:
    async with scripted(chat(sse(*chunks))) as server, talking(server) as talk:
        with pytest.raises(VoiceError, match=sentence) as caught:
            await talk.ask_with(WEATHER, TIME)
        assert caught.value.code is ErrorCode.BAD_ANSWER


async def test_sixteen_calls_and_long_arguments_are_taken() -> None:
    many = calling(*((f"{index}", "get_weather", {"city": "x" * 19_900}) for index in range(16)))
    async with scripted(chat(sse(*many))) as server, talking(server) as talk:
        assert len(made(await talk.ask_with(WEATHER))) == 16


async def test_a_call_that_the_limit_cut_leaves_what_was_said() -> None:
    cut = [*words("Let me see.", finish=None), called(0, id="a", name="get_weather", arguments='{"ci')]
    async with scripted(chat(sse(*cut, *words(finish="length")))) as server, talking(server) as talk:
        assert await talk.ask_with(WEATHER) == ["Let me see.", LimitReached()]


# ---------------------------------------------------------------- thoughts


def reasoning(field: str) -> list[object]:
    return [{"choices": [{"delta": {field: "The user wants"}}]}, {"choices": [{"delta": {field: " a city."}}]}]


@pytest.mark.parametrize(
    "chunks",
    [
        [*reasoning("reasoning_content"), *words("Paris.")],
        [*reasoning("reasoning"), *words("Paris.")],
        words("<think>", "The user wants a city.", "</think>", "\n\n", "Paris."),
        words(*"<think>The user wants a city.</think>\n\nParis."),
        words(
            *"<|channel|>analysis<|message|>A city.<|end|><|start|>assistant<|channel|>final<|message|>Paris.<|return|>"
        ),
        words("Par", "is.", "<|im", "_end", "|>"),
        [
            {"choices": [{"delta": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]}}]},
            {"choices": [{"delta": {"content": [{"type": "text", "text": "Paris."}]}}]},
            *words(),
        ],
    ],
)
async def test_what_a_model_thinks_is_not_said(chunks: list[object]) -> None:
    async with scripted(chat(sse(*chunks))) as server, talking(server) as talk:
        assert await talk.think() == "Paris."


async def test_a_server_that_hides_where_a_thought_begins_is_learned() -> None:
    answer = words("The user", " wants", "</think>", "Paris.")
    steps = *(chat(sse(*answer)) for _ in range(2)), chat(sse(*words("Rome", "."))), chat(sse(*words("Oslo", ".")))
    async with scripted(*steps) as server, talking(server) as talk:
        llm = talk.engine.llm()
        said = [[piece async for piece in llm.reply(QUESTION, max_tokens=50)] for _ in range(4)]
        assert said[1:] == [["Paris."], ["Rome."], ["Oslo", "."]]


async def test_calls_after_a_thought_are_calls() -> None:
    answer = [*words("<think>Hm</think>", finish=None), *calling(("a", "get_weather", LISBON))]
    async with scripted(chat(sse(*answer))) as server, talking(server) as talk:
        assert made(await talk.ask_with(WEATHER)) == [("get_weather", LISBON)]


EXAMPLE = 'Like this:\n```json\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n```\n'


@pytest.mark.parametrize(
    "request_",
    [
        "Show me an example of the JSON.", "What JSON would you send?", "Which syntax has such a call?",
        "How would I write that in Python?", "What does a function call look like?", "Explain tool calls.",
        "What is the schema of your weather tool?", "Zeig mir das JSON.", "Montre-moi le JSON.", "A code snippet.",
        "Write the payload for me.",
    ],
)  # fmt: skip
async def test_an_example_of_a_call_is_shown_to_whoever_asks_for_one(request_: str) -> None:
    async with scripted(chat(sse(*words(EXAMPLE)))) as server, talking(server) as talk:
        pieces = await talk.ask_with(WEATHER, messages=[Message("user", request_)])
        assert "".join(str(piece) for piece in pieces) == EXAMPLE


async def test_a_call_in_words_is_no_example_for_anybody_else() -> None:
    async with scripted(chat(sse(*words(EXAMPLE)))) as server, talking(server) as talk:
        pieces = await talk.ask_with(WEATHER, messages=[Message("user", "Is it raining in Oslo?")])
        assert "get_weather" not in "".join(str(piece) for piece in pieces)
