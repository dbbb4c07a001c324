"""What a chat cannot have here is refused with the name of the parameter, and nobody is asked; the rest is taken."""

from collections.abc import Mapping
from typing import Any

import pytest

from .api_server import answering, refused
from .test_api_chat import CHAT, QUESTION, WEATHER, stages

CALL = {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
OUTCOME = {"role": "tool", "tool_call_id": "c1", "content": "Sunny"}


def asked(*messages: Any) -> Mapping[str, Any]:
    return {"messages": list(messages)}


def content(part: Any) -> Mapping[str, Any]:
    return asked({"role": "user", "content": [part]})


def tool(**function: Any) -> Mapping[str, Any]:
    return {"tools": [{"type": "function", "function": function}]}


FLAWS: list[tuple[Mapping[str, Any], str]] = [
    ({"messages": None}, "messages"),
    ({"messages": []}, "messages"),
    ({"messages": "Hi"}, "messages"),
    ({"messages": QUESTION * 501}, "messages"),
    (asked("Hi"), "messages[0]"),
    (asked({"content": "Hi"}), "messages[0].role"),
    (asked({"role": "owner", "content": "Hi"}), "messages[0].role"),
    (asked({"role": ["user"], "content": "Hi"}), "messages[0].role"),
    (asked({"role": "user"}), "messages[0].content"),
    (asked({"role": "user", "content": 7}), "messages[0].content"),
    (asked({"role": "user", "content": {"text": "Hi"}}), "messages[0].content"),
    (content({"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}), "messages[0].content[0]"),
    (content({"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}), "messages[0].content[0]"),
    (content({"type": "file", "file": {"file_id": "f"}}), "messages[0].content[0]"),
    (content({"type": "text"}), "messages[0].content[0]"),
    (content({"type": ["text"], "text": "Hi"}), "messages[0].content[0]"),
    (content("Hi"), "messages[0].content[0]"),
    (asked({"role": "tool", "content": "Sunny"}), "messages[0].tool_call_id"),
    (asked(OUTCOME), "messages[0].role"),
    (asked({"role": "assistant", "tool_calls": [CALL]}), "messages"),
    (asked({"role": "assistant", "tool_calls": [CALL]}, {"role": "user", "content": "Hi"}), "messages"),
    (asked({"role": "assistant", "tool_calls": [CALL, CALL]}, OUTCOME), "messages"),
    (asked({"role": "assistant", "tool_calls": [CALL]}, {**OUTCOME, "tool_call_id": "c2"}), "messages"),
    (asked({"role": "assistant", "tool_calls": [CALL]}, OUTCOME, {**OUTCOME, "tool_call_id": "c2"}), "messages"),
    (asked({"role": "assistant", "tool_calls": {"id": "c1"}}), "messages[0].tool_calls"),
    (asked({"role": "assistant", "tool_calls": ["c1"]}), "messages[0].tool_calls[0]"),
    (asked({"role": "assistant", "tool_calls": [{"function": {}}]}), "messages[0].tool_calls[0].id"),
    (asked({"role": "assistant", "function_call": {"name": "f"}}), "messages[0].function_call"),
    (asked({"role": "assistant", "content": None}), "messages[0].content"),
    ({"n": 2}, "n"),
    ({"n": 0}, "n"),
    ({"n": "1"}, "n"),
    ({"logprobs": True}, "logprobs"),
    ({"logit_bias": {"50256": -100}}, "logit_bias"),
    ({"response_format": {"type": "json_object"}}, "response_format"),
    ({"response_format": {"type": "json_schema", "json_schema": {}}}, "response_format"),
    ({"response_format": "json"}, "response_format"),
    ({"modalities": ["text", "audio"]}, "modalities"),
    ({"audio": {"voice": "alloy", "format": "wav"}}, "audio"),
    ({"functions": [{"name": "f"}]}, "functions"),
    ({"function_call": "auto"}, "function_call"),
    ({"web_search_options": {"search_context_size": "low"}}, "web_search_options"),
    ({"top_k": 40}, "top_k"),
    ({"num_ctx": 4096}, "num_ctx"),
    ({"max_tokens": 0}, "max_tokens"),
    ({"max_tokens": "5"}, "max_tokens"),
    ({"max_completion_tokens": 1.5}, "max_completion_tokens"),
    ({"max_tokens": True}, "max_tokens"),
    ({"stream": "true"}, "stream"),
    ({"stream_options": {"include_usage": True}}, "stream_options"),
    ({"stream": True, "stream_options": []}, "stream_options"),
    ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
    ({"stop": [1]}, "stop"),
    ({"stop": ""}, "stop"),
    ({"stop": "x" * 501}, "stop"),
    ({"stop": {"a": 1}}, "stop"),
    ({"tools": {}}, "tools"),
    ({"tools": [WEATHER] * 2}, "tools"),
    ({"tools": [WEATHER] * 129}, "tools"),
    ({"tools": [{"type": "custom", "custom": {"name": "f"}}]}, "tools[0]"),
    ({"tools": ["f"]}, "tools[0]"),
    (tool(), "tools[0].function.name"),
    (tool(name="get weather"), "tools[0].function.name"),
    (tool(name="x" * 65), "tools[0].function.name"),
    (tool(name="f", description=7), "tools[0].function.description"),
    (tool(name="f", parameters=[1]), "tools[0].function.parameters"),
    (tool(name="f", parameters={"type": "string"}), "tools[0].function.parameters"),
    (tool(name="f", parameters={"type": "object", "properties": ["a"]}), "tools[0].function.parameters"),
    ({"tools": [WEATHER], "tool_choice": "required"}, "tool_choice"),
    ({"tools": [WEATHER], "tool_choice": {"type": "function", "function": {"name": "get_weather"}}}, "tool_choice"),
    ({"parallel_tool_calls": "no"}, "parallel_tool_calls"),
]


@pytest.mark.parametrize(("change", "param"), FLAWS)
async def test_what_is_not_here_is_refused_with_its_name(change: Mapping[str, Any], param: str) -> None:
    async with answering(stages(("Hi?", "Never."))) as server:
        refused(await server.post("/chat/completions", {**CHAT, **change}), 400, param)
    assert server.stages.model.prompts == []


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 0.7, "top_p": 1, "seed": 1}, {"user": "ann", "metadata": {}, "store": False}, {"n": 1},
        {"frequency_penalty": 0, "presence_penalty": 0}, {"logprobs": False}, {"logit_bias": {}}, {"logprobs": None},
        {"response_format": {"type": "text"}}, {"modalities": ["text"]}, {"reasoning_effort": "low"}, {"tools": []},
        {"service_tier": "auto"}, {"tool_choice": "auto"}, {"parallel_tool_calls": True}, {"functions": []},
    ],
)  # fmt: skip
async def test_what_asks_for_nothing_that_is_not_here_is_taken(change: Mapping[str, Any]) -> None:
    async with answering(stages(("Hi?", "Yes."))) as server:
        assert (await server.post("/chat/completions", {**CHAT, **change})).status_code == 200
