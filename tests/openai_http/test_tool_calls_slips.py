"""A model that calls a tool in a way that its server cannot read is asked once more, by itself."""

from collections.abc import Sequence

import pytest

from tests.openai_server.script import chat, scripted
from tests.openai_server.server import Answer, as_json, sse
from tests.openai_server.tools import calling
from voicegui.core.errors import ErrorCode, VoiceError

from .conftest import compatible_at, refusal, talking, words
from .test_stream import end, piece
from .test_tool_calls import LISBON, TIME, WEATHER, made


def failed(message: str, status: int, **more: object) -> Answer:
    return as_json({"error": {"message": message, **more}}, status)


GROQ = "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details."
SLIPS: dict[str, Answer] = {
    "Bedrock": failed("Model produced invalid sequence as part of ToolUse. Please refer to the guide.", 424),
    "Groq": as_json(refusal("tool_use_failed", GROQ, failed_generation="<function=get_weather{}</function>"), 400),
    "Groq, checked": as_json(
        refusal("tool_use_failed", "tool call validation failed: parameters for tool get_weather did not match schema"),
        400,
    ),
    "Groq, invented": as_json(
        refusal("tool_use_failed", "attempted to call tool 'x' which was not in request.tools"), 400
    ),
    "Groq, unreadable": as_json(
        refusal("output_parse_failed", "Parsing failed. The model generated output that could not be parsed."), 400
    ),
    "Groq, in the stream": sse({"error": {"message": GROQ, "code": "tool_use_failed", "status_code": 400}}),
    "Ollama": failed("error parsing tool call: raw='{\"city\": ]', err=invalid character ']'", 500, type="api_error"),
    "Ollama, plain": as_json({"error": "error parsing tool call: invalid character ']' after object key"}, 500),
    "Ollama, in the stream": sse({"error": {"message": "error parsing tool call: raw='x'", "type": "api_error"}}),
    "Ollama, under an odd name": sse({"error parsing tool call": "invalid character 'c' looking for beginning"}),
    "llama.cpp": failed("Failed to parse input at pos 184: <tool_call>", 500, code=500, type="server_error"),
    "llama.cpp, in the stream": sse({"error": {"code": 500, "message": "Failed to parse tool call: x"}}),
    "Gemini": sse(end("function_call_filter: MALFORMED_FUNCTION_CALL")),
    "OpenRouter": sse(
        {"choices": [{"delta": {}, "finish_reason": "error", "native_finish_reason": "MALFORMED_FUNCTION_CALL"}]}
    ),
    "a proxy": failed("litellm.BadRequestError: GroqException - tool_use_failed", 400),
    "vLLM": as_json({"object": "error", "message": "Invalid tool call: malformed function", "code": 400}, 400),
    "422": failed("The tool call from the model could not be parsed", 422),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
async def test_it_is_asked_once_more_with_its_tools(slip: Answer) -> None:
    steps = (
        chat(slip, lambda request: "tools" in request.json),
        chat(sse(*calling(("a", "get_weather", LISBON))), lambda request: "tools" in request.json),
    )
    async with scripted(*steps) as server, talking(compatible_at(server.url)) as talk:
        assert made(await talk.ask_with(WEATHER, TIME)) == [("get_weather", LISBON)]
        assert server.requests[0].json == server.requests[1].json
        assert talk.told == [] and talk.waits.seconds == []


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
async def test_twice_is_told_and_the_next_turn_has_its_tools_again(slip: Answer) -> None:
    again = chat(sse(*words("Yes.")), lambda request: len(request.json["tools"]) == 2)
    async with scripted(chat(slip), chat(slip), again) as server, talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        with pytest.raises(VoiceError) as caught:
            await talk.ask_with(WEATHER, TIME, llm=llm)
        assert caught.value.code is ErrorCode.BAD_ANSWER and caught.value.retryable
        assert await talk.ask_with(WEATHER, TIME, llm=llm) == ["Yes."]
        assert talk.told == [] and talk.waits.seconds == []


async def test_after_words_it_is_told_and_not_asked_again() -> None:
    slip: Sequence[object] = (piece("Let me see.", None), {"error": {"message": GROQ, "code": "tool_use_failed"}})
    async with scripted(chat(sse(*slip))) as server, talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        with pytest.raises(VoiceError, match="cannot read itself"):
            await talk.ask_with(WEATHER, llm=llm)


@pytest.mark.parametrize(
    "refused",
    [
        failed("Failed to parse tools: type must be string, but is null; tools = [", 500, type="server_error"),
        failed("tools param requires --jinja flag", 500, code=500),
    ],
)
async def test_tools_that_the_server_does_not_take_are_no_slip(refused: Answer) -> None:
    steps = chat(refused), chat(sse(*words("Yes.")), lambda request: "tools" not in request.json)
    async with scripted(*steps) as server, talking(compatible_at(server.url)) as talk:
        assert await talk.ask_with(WEATHER) == ["Yes."]
