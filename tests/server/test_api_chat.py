"""The language model for programs that chat over the OpenAI API: streamed or not, with their tools."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import openai
import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import Message
from voicegui.server.limits import ServerLimits

from .api_server import ApiStages, Model, answering, refused, serving

QUESTION: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi?"}]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]},
    },
}
CHAT: dict[str, Any] = {"model": "gpt-4o-mini", "messages": QUESTION}


def stages(*answers: tuple[str, str], **more: Any) -> ApiStages:
    return ApiStages(model=Model(list(answers)), **more)


async def test_an_answer_comes_as_a_whole() -> None:
    async with serving(stages(("Hi?", "Hello you."))) as server, server.client() as client:
        answer = await client.chat.completions.create(model="gpt-4.1-mini", messages=QUESTION, temperature=0.1)
        again = await server.sync(lambda one: one.chat.completions.create(**CHAT))
    assert answer.choices[0].message.content == again.choices[0].message.content == "Hello you. "
    assert (answer.choices[0].finish_reason, answer.model, answer.object) == ("stop", "qwen2.5-0.5b", "chat.completion")
    assert answer.usage and answer.usage.model_extra == {"estimated": True}
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 10
    assert server.stages.model.prompts[0] == [Message("system", "Be brief."), Message("user", "Hi?")]


async def test_an_answer_is_streamed() -> None:
    async with serving(stages(("Hi?", "One two three"))) as server, server.client() as client:
        stream = await client.chat.completions.create(
            model="gpt-4o-mini", messages=QUESTION, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].delta.content for chunk in chunks[1:-2]] == ["One ", "two ", "three "]
    assert (chunks[-2].choices[0].finish_reason, chunks[-1].choices) == ("stop", [])
    assert chunks[-1].usage and chunks[-1].usage.completion_tokens == 4 and chunks[0].usage is None
    assert len({chunk.id for chunk in chunks}) == 1


async def test_the_end_of_a_stream_is_marked() -> None:
    async with serving(stages(("Hi?", "One"))) as server:
        answer = await server.post("/chat/completions", {**CHAT, "stream": True})
    events = answer.text.strip().split("\n\n")
    assert events[-1] == "data: [DONE]" and all(event.startswith("data: ") for event in events)
    assert "usage" not in json.loads(events[0].removeprefix("data: "))


async def test_tools_are_called_and_their_outcomes_are_told() -> None:
    calls_two = 'CALL:get_weather{"place":"Oslo"} CALL:get_weather{"place":"Rome"}'
    told = stages(("Hi?", calls_two), ("Sunny", "It is fine."))
    messages: list[Any] = list(QUESTION)
    async with serving(told) as server, server.client() as client:
        first = await client.chat.completions.create(model="gpt-4o", messages=messages, tools=[WEATHER])
        asked = first.choices[0].message
        assert first.choices[0].finish_reason == "tool_calls" and asked.tool_calls and asked.content is None
        messages.append(asked.model_dump(exclude_none=True))
        for text, call in zip(("Sunny", "Rain"), reversed(asked.tool_calls), strict=True):
            messages.append({"role": "tool", "tool_call_id": call.id, "content": text})
        second = await client.chat.completions.create(model="gpt-4o", messages=messages, tools=[WEATHER])
    calls = [call.function for call in asked.tool_calls if call.type == "function"]
    assert [(call.name, json.loads(call.arguments)) for call in calls] == [
        ("get_weather", {"place": "Oslo"}), ("get_weather", {"place": "Rome"}),
    ]  # fmt: skip
    assert second.choices[0].message.content == "It is fine. "
    prompt = told.model.prompts[1]
    assert [(message.role, message.text) for message in prompt[2:]] == [
        ("assistant", ""), ("tool", "Rain"), ("tool", "Sunny"),
    ]  # fmt: skip
    assert [call.id for call in prompt[2].calls] == [message.call_id for message in prompt[3:]]
    assert told.model.offered == [["get_weather"]] * 2


async def test_calls_are_streamed() -> None:
    told = stages(("Hi?", 'Wait. CALL:get_weather{"place":"Oslo"}'))
    async with (
        serving(told) as server,
        server.client() as client,
        client.chat.completions.stream(model="gpt-4o", messages=QUESTION, tools=[WEATHER]) as stream,
    ):
        made = await stream.get_final_completion()
    choice = made.choices[0]
    assert (choice.finish_reason, choice.message.content) == ("tool_calls", "Wait. ")
    assert choice.message.tool_calls and choice.message.tool_calls[0].function.arguments == '{"place":"Oslo"}'


async def test_one_call_is_made_if_only_one_is_wanted() -> None:
    told = stages(("Hi?", 'CALL:get_weather{"place":"Oslo"} CALL:get_weather{"place":"Rome"}'))
    async with serving(told) as server:
        answer = await server.post("/chat/completions", {**CHAT, "tools": [WEATHER], "parallel_tool_calls": False})
    assert len(answer.json()["choices"][0]["message"]["tool_calls"]) == 1


async def test_no_tool_is_offered_if_none_may_be_called() -> None:
    async with serving(stages(("Hi?", "No."))) as server:
        answer = await server.post("/chat/completions", {**CHAT, "tools": [WEATHER], "tool_choice": "none"})
    assert answer.status_code == 200 and server.stages.model.offered == [[]]


@pytest.mark.parametrize(
    ("limits", "asked"),
    [({}, 1024), ({"max_tokens": 5}, 5), ({"max_completion_tokens": 7}, 7), ({"max_tokens": 100_000}, 1024),
     ({"max_tokens": 9, "max_completion_tokens": 4}, 4), ({"max_tokens": None}, 1024)],
)  # fmt: skip
async def test_an_answer_has_a_longest_length_and_says_that_it_was_cut(limits: Mapping[str, Any], asked: int) -> None:
    async with answering(stages(("Hi?", "One two CUT"))) as server:
        answer = await server.post("/chat/completions", {**CHAT, **limits})
    assert answer.json()["choices"][0]["finish_reason"] == "length"
    assert server.stages.model.limits == asked


async def test_messages_that_the_model_cannot_read_as_a_whole_are_refused() -> None:
    async with serving(stages(("Hi?", "Yes."), room=15)) as server:
        refused(await server.post("/chat/completions", CHAT), 400, "messages", "context_length_exceeded")
        server.stages.room = 200
        assert (await server.post("/chat/completions", CHAT)).status_code == 200
    assert server.stages.model.limits == 200


@pytest.mark.parametrize(
    ("stop", "text"),
    [("three", "one two "), (["zzz", "two"], "one "), (["one"], ""), ("o three f", "one tw"), ("never", None),
     ("four five", "one two three "), ([], None), (None, None), ("ive  ", None)],
)  # fmt: skip
@pytest.mark.parametrize("stream", [True, False])
async def test_an_answer_ends_before_what_stops_it(stop: Any, text: str | None, stream: bool) -> None:
    said = "one two three four five"
    async with answering(stages(("Hi?", said))) as server:
        answer = await server.post("/chat/completions", {**CHAT, "stop": stop, "stream": stream})
    if stream:
        told = [json.loads(event.removeprefix("data: ")) for event in answer.text.strip().split("\n\n")[:-1]]
        made = "".join(each["choices"][0]["delta"].get("content") or "" for each in told)
        reason = told[-1]["choices"][0]["finish_reason"]
    else:
        made, reason = (answer.json()["choices"][0]["message"]["content"], "stop")
    assert (made, reason) == (f"{said} " if text is None else text, "stop")


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ({"role": "user", "content": [{"type": "text", "text": "Hi?"}]}, "Hi?"),
        ({"role": "user", "content": [{"type": "text", "text": "A"}, {"type": "text", "text": "B"}]}, "A\nB"),
        ({"role": "user", "content": "Hi?", "name": "Ann"}, "Hi?"),
        ({"role": "developer", "content": "Be brief."}, "Be brief."),
        ({"role": "assistant", "content": None, "refusal": "No."}, "No."),
        ({"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}, "No."),
        ({"role": "user", "content": ""}, ""),
    ],
)
async def test_messages_are_read(message: Mapping[str, Any], read: str) -> None:
    async with answering(stages((read, "Yes."))) as server:
        answer = await server.post("/chat/completions", {**CHAT, "messages": [message]})
    assert answer.json()["choices"][0]["message"]["content"] == "Yes. "


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_goes_away_stops_the_model(stream: bool) -> None:
    async with serving(stages(("Hi?", "One STALL"))) as server:
        asking = asyncio.create_task(server.post("/chat/completions", {**CHAT, "stream": stream}))
        await asyncio.wait_for(server.stages.model.asked.wait(), 20)
        assert not server.stages.model.stopped.is_set()
        asking.cancel()
        await asyncio.wait_for(server.stages.model.stopped.wait(), 20)
        await asyncio.gather(asking, return_exceptions=True)


async def test_a_model_that_fails_is_told_before_and_within_a_stream() -> None:
    late = VoiceError(ErrorCode.ENGINE_FAILED, "It does not work.", retryable=True)
    model = Model([("Hi?", "One BREAK")], failures=[late])
    async with serving(ApiStages(model=model)) as server, server.client() as client:
        with pytest.raises(openai.InternalServerError, match="does not work") as error:
            await client.chat.completions.create(**CHAT, stream=True)
        assert error.value.status_code == 503 and error.value.response.headers["retry-after"] == "5"
        stream = await client.chat.completions.create(**CHAT, stream=True)
        with pytest.raises(openai.APIError, match=r"It broke\."):
            _ = [chunk async for chunk in stream]
        refused(await server.post("/chat/completions", CHAT), 503)
    assert server.stages.ended == 3


async def test_one_more_than_there_is_room_for_is_told_at_once() -> None:
    async with serving(stages(("Hi?", "One STALL")), ServerLimits(stage_requests=1)) as server:
        first = asyncio.create_task(server.post("/chat/completions", {**CHAT, "stream": True}))
        await asyncio.wait_for(server.stages.model.asked.wait(), 20)
        refused(await server.post("/chat/completions", CHAT), 429, code="rate_limit_exceeded")
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def test_a_defect_is_told_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(stages()) as server:  # a question that nobody expected fails in the model
        secret: list[Any] = [{"role": "user", "content": "my secret words"}]
        answer = await server.post("/chat/completions", {**CHAT, "messages": secret})
    assert refused(answer, 500, code="internal_error") == "The server failed."
