"""Thoughts that take the room of the answer: switched off where the server can, given room, or told."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.openai_server.script import chat, scripted
from tests.openai_server.server import Answer, Request, as_json, serving, sse
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import LimitReached
from voicegui.core.tools import ToolCall
from voicegui.providers.openai.chat.reasoning import ROOM_TOKENS, Reasoning

from .conftest import compatible_at, refusal, talking, words
from .test_tool_calls import TIME, WEATHER

ALL_THOUGHT: list[object] = [
    *({"choices": [{"delta": {"reasoning": " hm"}, "finish_reason": None}]} for _ in range(120)),
    {"choices": [{"delta": {}, "finish_reason": "length"}]},
]
LIMIT = 50
"""What `Talking` asks for."""

CROWDED: dict[str, Answer] = {
    "reasoning": sse(*ALL_THOUGHT),
    "reasoning_content": sse({"choices": [{"delta": {"reasoning_content": "Hm"}}]}, *words(finish="length")),
    "in words": sse(*words("<think>", "Hm", finish="length")),
    "in words that begin with space": sse(*words("\n", "<think>\nHm", finish="length")),
    "parts": sse(
        {"choices": [{"delta": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]}}]},
        *words(finish="length"),
    ),
    "hidden": sse(*words(finish="length")),
    "whole": as_json({"choices": [{"message": {"content": "", "reasoning": "Hm"}, "finish_reason": "length"}]}),
    "null": as_json({"choices": [{"message": {"content": None, "reasoning": "Hm"}, "finish_reason": "length"}]}),
    "ended, but nothing behind the thought": sse(*words("<think>Hm</think>")),
    "ended, but only beside the words": sse({"choices": [{"delta": {"reasoning": "Hm"}}]}, *words()),
}


def switched_off(request: Request) -> bool:
    body = request.json
    return (
        body.get("reasoning_effort") == "none"
        and body["chat_template_kwargs"] == {"enable_thinking": False}
        and body["thinking"] == {"type": "disabled"}
        and body["max_tokens"] == LIMIT
    )


def plain(request: Request) -> bool:
    return not {"reasoning_effort", "chat_template_kwargs", "thinking"} & set(request.json)


@pytest.mark.parametrize("crowded", CROWDED.values(), ids=CROWDED)
async def test_it_is_asked_again_without_thoughts_and_that_is_remembered(crowded: Answer) -> None:
    steps = chat(crowded, plain), chat(sse(*words("Oslo.")), switched_off), chat(sse(*words("Rome.")), switched_off)
    async with scripted(*steps) as server, talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        assert await talk.ask_with(llm=llm) == ["Oslo."]
        assert await talk.ask_with(llm=llm) == ["Rome."]
        assert talk.waits.seconds == []


@pytest.mark.parametrize("crowded", CROWDED.values(), ids=CROWDED)
async def test_what_cannot_be_switched_off_gets_room(crowded: Answer) -> None:
    def with_room(request: Request) -> bool:
        return bool(request.json["max_tokens"] == LIMIT + ROOM_TOKENS)

    steps = chat(crowded), chat(crowded, switched_off), *(chat(sse(*words("Oslo.")), with_room) for _ in range(2))
    async with scripted(*steps) as server, talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        for _ in range(2):
            assert await talk.ask_with(llm=llm) == ["Oslo."]


@pytest.mark.parametrize("crowded", CROWDED.values(), ids=CROWDED)
async def test_in_the_end_the_sentence_names_the_setting(crowded: Answer) -> None:
    async with serving(lambda request: crowded) as server, talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        for asked in (3, 4):
            with pytest.raises(VoiceError, match="Raise “Longest answer” in the settings") as caught:
                await talk.ask_with(WEATHER, llm=llm)
            assert caught.value.code is ErrorCode.BAD_ANSWER
            assert len(server.requests) == asked


async def test_room_for_thoughts_is_no_room_for_words() -> None:
    crowded = CROWDED["reasoning"]
    long = sse(*words(*(f" word{number}" for number in range(300))))
    async with (
        scripted(chat(crowded), chat(crowded), chat(long)) as server,
        talking(compatible_at(server.url)) as talk,
    ):
        *said, last = await talk.ask_with()
        assert last == LimitReached() and len(said) <= LIMIT


async def test_a_model_that_was_seen_to_think_is_asked_not_to() -> None:
    """It is asked aloud, where every second of a thought is silence."""
    first = sse({"choices": [{"delta": {"reasoning": "Hm"}}]}, *words("Oslo."))
    steps = chat(first, plain), chat(sse(*words("Rome.")), switched_off)
    async with scripted(*steps) as server, talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        assert await talk.ask_with(llm=llm) == ["Oslo."]
        assert await talk.ask_with(llm=llm) == ["Rome."]


async def test_a_model_that_does_not_think_is_asked_as_ever() -> None:
    steps = [chat(sse(*words("Oslo.")), plain) for _ in range(3)]
    async with scripted(*steps) as server, talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        for _ in steps:
            assert await talk.ask_with(WEATHER, llm=llm) == ["Oslo."]


# ---------------------------------------------------------------- servers that refuse the parameters

Refuses = Callable[[Mapping[str, Any]], Answer | None]


def effort(*taken: str, words: str) -> Refuses:
    def refuses(body: Mapping[str, Any]) -> Answer | None:
        value = body.get("reasoning_effort")
        return as_json({"error": {"message": words}}, 400) if value not in (None, *taken) else None

    return refuses


def unknown(*names: str, words: str, status: int = 400) -> Refuses:
    def refuses(body: Mapping[str, Any]) -> Answer | None:
        found = next((name for name in names if name in body), None)
        return as_json({"error": {"message": words.format(found)}}, status) if found else None

    return refuses


def both(*all_of: Refuses) -> Refuses:
    return lambda body: next((answer for refuses in all_of if (answer := refuses(body))), None)


KWARGS, THINKING = "chat_template_kwargs", "thinking"
NOT_NONE = "Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: 'minimal', 'low', 'medium', and 'high'."  # noqa: E501
REFUSES: dict[str, tuple[Refuses, Mapping[str, object]]] = {
    "OpenAI": (
        both(
            unknown(KWARGS, words="Unrecognized request argument supplied: {}"),
            unknown(THINKING, words="Unknown parameter: '{}'."),
            effort("minimal", "low", words=NOT_NONE),
        ),
        {"reasoning_effort": "minimal"},
    ),
    "OpenAI, newer": (
        both(unknown(KWARGS, THINKING, words="Unknown parameter: '{}'."), effort("none", words=NOT_NONE)),
        {"reasoning_effort": "none"},
    ),
    "OpenAI, without thoughts": (
        unknown("reasoning_effort", KWARGS, THINKING, words="Unrecognized request argument supplied: {}"),
        {},
    ),
    "OpenAI, with tools": (
        effort(words="Function tools with reasoning_effort are not supported for x in /v1/chat/completions."),
        {KWARGS: {"enable_thinking": False}, THINKING: {"type": "disabled"}},
    ),
    "Groq": (
        both(
            unknown(KWARGS, THINKING, words="property '{}' is unsupported"),
            effort("low", "medium", "high", words="`reasoning_effort` must be one of `low`, `medium`, or `high`"),
        ),
        {"reasoning_effort": "low"},
    ),
    "vLLM, older": (
        effort("low", "medium", "high", words="'loc': ('body', 'reasoning_effort'), 'msg': \"Input should be 'low'\""),
        {"reasoning_effort": "low", KWARGS: {"enable_thinking": False}, THINKING: {"type": "disabled"}},
    ),
    "Mistral": (
        unknown(KWARGS, THINKING, "reasoning_effort", words="extra_forbidden, body.{}", status=422),
        {},
    ),
    "Gemini": (
        unknown(KWARGS, THINKING, words='Invalid JSON payload received. Unknown name "{}": Cannot find field.'),
        {"reasoning_effort": "none"},
    ),
    "Ollama": (unknown("reasoning_effort", words='"llama3.1:8b" does not support thinking'), {}),
    "DeepSeek": (
        effort("low", "high", "max", words="Invalid value for reasoning_effort: must be one of low, high, max"),
        {"reasoning_effort": "low", KWARGS: {"enable_thinking": False}, THINKING: {"type": "disabled"}},
    ),
    "a server without words": (unknown("reasoning_effort", KWARGS, THINKING, words="Bad Request"), {}),
    "FastAPI": (
        lambda body: as_json({"detail": [{"loc": ["body", KWARGS], "msg": "Extra inputs are not permitted"}]}, 422)
        if KWARGS in body
        else None,
        {"reasoning_effort": "none", THINKING: {"type": "disabled"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("refuses", "sent"), REFUSES.values(), ids=REFUSES)
async def test_a_refusal_of_a_switch_is_remembered(refuses: Refuses, sent: Mapping[str, object]) -> None:
    def answer(request: Request) -> Answer:
        if len(server.requests) == 1:
            return CROWDED["reasoning"]
        return refuses(request.json) or sse(*words("Oslo."))

    async with serving(answer) as server, talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        assert await talk.ask_with(WEATHER, TIME, llm=llm) == ["Oslo."]
        asked = len(server.requests)
        assert asked <= 5
        assert await talk.ask_with(WEATHER, TIME, llm=llm) == ["Oslo."]
        assert len(server.requests) == asked + 1
        body = server.requests[-1].json
        assert {name: body[name] for name in ("reasoning_effort", KWARGS, THINKING) if name in body} == sent
        assert len(body["tools"]) == 2 and body["max_tokens"] == LIMIT and talk.told == []


async def test_no_room_for_thoughts_falls_back_to_the_limit() -> None:
    def answer(request: Request) -> Answer:
        if request.json["max_tokens"] > LIMIT:
            words = "'max_tokens' or 'max_completion_tokens' is too large: 2050. This model's maximum context length is"
            return as_json({"message": f"{words} 1024 tokens and your request has 20 input tokens", "code": 400}, 400)
        return CROWDED["reasoning"]

    async with serving(answer) as server, talking(compatible_at(server.url)) as talk:
        with pytest.raises(VoiceError, match="Longest answer"):
            await talk.ask_with()
        assert len(server.requests) <= 6
        assert all("max_tokens" in request.json for request in server.requests)


async def test_other_refusals_are_not_blamed_on_the_switches() -> None:
    steps = (
        chat(CROWDED["reasoning"]),
        chat(as_json(refusal("invalid_api_key"), 401), switched_off),
        chat(sse(*words("Oslo.")), switched_off),
    )
    async with scripted(*steps) as server, talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        with pytest.raises(VoiceError):
            await talk.ask_with(llm=llm)
        assert await talk.ask_with(llm=llm) == ["Oslo."]


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "https://api.groq.com/openai/v1"])
def test_services_that_refuse_what_they_do_not_know_get_the_one_parameter_they_know(url: str) -> None:
    thoughts = Reasoning(url)
    assert thoughts.parameters() == {}
    thoughts.saw()
    assert thoughts.parameters() == {"reasoning_effort": "none"}


async def test_thoughts_before_a_call_are_no_trouble() -> None:
    chunk = {
        "choices": [{"delta": {"tool_calls": [{"id": "a", "function": {"name": "current_time", "arguments": ""}}]}}]
    }
    steps = chat(sse({"choices": [{"delta": {"reasoning": "Hm"}}]}, chunk, *words(finish="tool_calls")))
    async with scripted(steps) as server, talking(compatible_at(server.url)) as talk:
        assert await talk.ask_with(TIME) == [ToolCall("a", "current_time", "{}")]
