"""Servers that cannot call tools: the talk goes on without, and it is said once."""

import pytest

from tests.openai_server.script import chat, scripted
from tests.openai_server.server import Answer, Request, as_json, sse
from tests.openai_server.tools import calling
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import Message
from voicegui.core.tools import ToolCall

from .conftest import QUESTION, compatible_at, refusal, talking, words
from .test_tool_calls import LISBON, TIME, WEATHER, made

# ---------------------------------------------------------------- servers without tools

REFUSED = {
    "parameter": as_json(refusal("unsupported_parameter", param="tools"), 400),
    "field": as_json({"error": "unknown field: tools"}, 400),
    "FastAPI": as_json({"detail": [{"loc": ["body", "tools"], "msg": "Extra inputs are not permitted"}]}, 422),
    "Ollama": as_json({"error": {"message": "library/gemma does not support tools"}}, 400),
    "vLLM": as_json({"message": '"auto" tool choice requires --enable-auto-tool-choice to be set'}, 400),
    "llama.cpp": as_json({"error": {"code": 500, "message": "tools param requires --jinja flag"}}, 500),
    "Groq": as_json(refusal("invalid", "`tool calling` is not supported with this model"), 400),
    "OpenRouter": as_json({"error": {"message": "No endpoints found that support tool use."}}, 404),
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
async def test_a_server_that_refuses_tools_talks_on_without_and_says_so_once(refused: Answer) -> None:
    call = ToolCall("a1", "get_weather", "{}")
    later = (
        *QUESTION,
        Message("assistant", "", (call,)),
        Message("tool", "Sunny", call_id="a1"),
        Message("assistant", "It is sunny."),
        Message("user", "And now?"),
    )

    def expect_talk(request: Request) -> None:
        assert "tools" not in request.json
        assert all(set(message) == {"role", "content"} for message in request.json["messages"])

    def expect_no_trace(request: Request) -> None:
        expect_talk(request)
        assert [message["role"] for message in request.json["messages"]] == ["system", "user", "assistant", "user"]

    steps = (
        chat(refused, lambda request: "tools" in request.json),
        chat(sse(*words("Yes.")), expect_talk),
        chat(sse(*words("Still.")), expect_no_trace),
    )
    async with scripted(*steps) as server, talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        assert await talk.ask_with(WEATHER, llm=llm) == ["Yes."]
        assert await talk.ask_with(WEATHER, messages=later, llm=llm) == ["Still."]
        assert [notice for notice in talk.told if "it can only talk" in notice] == list(talk.told)
        assert len(talk.told) == 1


@pytest.mark.parametrize(
    "refused",
    [
        as_json(refusal("invalid_function_parameters", param="tools[1].function.parameters"), 400),
        as_json(refusal("invalid", "Invalid schema for function 'current_time': array schema missing items"), 400),
    ],
)
async def test_one_tool_that_is_not_understood_costs_only_that_one(refused: Answer) -> None:
    def expect_one(request: Request) -> None:
        assert [tool["function"]["name"] for tool in request.json["tools"]] == ["get_weather"]

    steps = chat(refused), *(chat(sse(*words("Yes.")), expect_one) for _ in range(2))
    async with scripted(*steps) as server, talking(server) as talk:
        llm = talk.engine.llm()
        for _ in range(2):
            assert await talk.ask_with(WEATHER, TIME, llm=llm) == ["Yes."]
        assert talk.told == ["OpenAI does not understand the tool current_time: it goes on without it."]


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (as_json(refusal("invalid", "messages with role 'tool' must follow 'tool_calls'"), 400), ErrorCode.BAD_REQUEST),
        (as_json(refusal("invalid", "No.", param="messages.[3].role"), 400), ErrorCode.BAD_REQUEST),
        (as_json(refusal("context_length_exceeded", "9000 tokens, 900 in the tools"), 400), ErrorCode.CONTEXT_TOO_LONG),
        (as_json(refusal("invalid_api_key", "tools are not supported"), 401), ErrorCode.WRONG_KEY),
    ],
)
async def test_other_refusals_leave_the_tools_alone(refused: Answer, code: ErrorCode) -> None:
    steps = chat(refused), chat(sse(*words("Yes.")), lambda request: "tools" in request.json)
    async with scripted(*steps) as server, talking(server) as talk:
        llm = talk.engine.llm()
        with pytest.raises(VoiceError) as caught:
            await talk.ask_with(WEATHER, llm=llm)
        assert caught.value.code is code
        assert await talk.ask_with(WEATHER, llm=llm) == ["Yes."]
        assert talk.told == []


WRITTEN = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Lisbon"}}\n</tool_call>'


@pytest.mark.parametrize(
    "written",
    [
        WRITTEN,
        '{"name": "get_weather", "arguments": {}}',
        '```json\n{"name": "get_weather"}```',
        "<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n</function>\n</tool_call>",
        '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Oslo"}}<|eom_id|>',
        '[TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Oslo"}}]</s>',
        'get_weather(city="Oslo")',
        '[get_weather(city="Oslo")]<|eot_id|>',
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        '<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city": "Oslo"}<|call|>',
    ],
)
async def test_calls_written_as_words_are_not_spoken_and_the_question_is_asked_without_tools(written: str) -> None:
    steps = (
        chat(sse(*words(*written)), lambda request: "tools" in request.json),
        chat(sse(*words("I cannot know.")), lambda request: "tools" not in request.json),
    )
    async with scripted(*steps) as server, talking(compatible_at(server.url)) as talk:
        assert await talk.ask_with(WEATHER) == ["I cannot know."]
        assert len(talk.told) == 1 and "only talk" in talk.told[0]


async def test_a_slip_of_a_model_that_can_call_costs_only_that_answer() -> None:
    steps = (
        chat(sse(*calling(("a", "get_weather", LISBON)))),
        chat(sse(*words(*WRITTEN)), lambda request: "tools" in request.json),
        chat(sse(*words("I cannot know.")), lambda request: "tools" not in request.json),
        chat(sse(*words("Yes.")), lambda request: "tools" in request.json),
    )
    async with scripted(*steps) as server, talking(server) as talk:
        llm = talk.engine.llm()
        assert made(await talk.ask_with(WEATHER, llm=llm)) == [("get_weather", LISBON)]
        assert await talk.ask_with(WEATHER, llm=llm) == ["I cannot know."]
        assert await talk.ask_with(WEATHER, llm=llm) == ["Yes."]
        assert talk.told == []


async def test_calls_written_after_words_leave_the_words() -> None:
    async with (
        scripted(chat(sse(*words("Let me see. ", *WRITTEN)))) as server,
        talking(compatible_at(server.url)) as talk,
    ):
        assert await talk.ask_with(WEATHER) == ["Let me see. "]
        assert len(talk.told) == 1
