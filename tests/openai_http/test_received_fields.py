"""Fields that a service sends and does not take, or that nobody can read; and answers in other forms."""

from typing import Any

import pytest

from tests.openai_server.script import chat, scripted
from tests.openai_server.server import Answer, Request, as_json, sse
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import Message
from voicegui.core.tools import ToolCall, ToolInfo
from voicegui.providers.openai.chat.received_fields import Echo, ReceivedFields

from .conftest import compatible_at, talking

TOOL = ToolInfo("get_weather", "Weather.", {"type": "object", "properties": {}})
ENDS = {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}
SAID = sse({"choices": [{"delta": {"content": "Warm."}, "finish_reason": "stop"}]})


def called(**fields: Any) -> Answer:
    call = {"index": 0, "id": "abcdefghi", "function": {"name": "get_weather", "arguments": "{}"}, **fields}
    return sse({"choices": [{"delta": {"tool_calls": [call]}}]}, ENDS)


def refused(message: str, status: int = 400, **more: object) -> Answer:
    return as_json({"error": {"message": message, **more}}, status)


def names(request: Request) -> set[str]:
    return {name for message in request.json["messages"] for call in message.get("tool_calls", ()) for name in call}


REFUSALS = {
    "Groq": refused(
        "'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'odd' is "
        "unsupported)]"
    ),
    "FastAPI": as_json(
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "messages", 2, "odd"], "msg": "Extra inputs are not "
                     "permitted"}]}, 422,
    ),
    "OpenAI": refused("Unknown parameter: 'messages[2].odd'.", param="messages[2].odd"),
    "a sentence": refused("Please remove odd from the input messages."),
    "another server's fault": refused("odd: unexpected field", 500),
}  # fmt: skip


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
async def test_a_field_that_is_not_taken_is_left_out_and_the_call_stays(refusal: Answer) -> None:
    async with scripted(
        chat(called(odd="x")),
        chat(refusal, lambda request: "odd" in names(request)),
        chat(SAID, lambda request: names(request) and "odd" not in names(request)),
        chat(SAID, lambda request: names(request) and "odd" not in names(request)),
    ) as server, talking(compatible_at(server.url)) as talk:  # fmt: skip
        model = talk.engine.llm()
        [call] = await talk.ask_with(TOOL, llm=model)
        assert isinstance(call, ToolCall)
        asked = (Message("user", "?"), Message("assistant", "", (call,)), Message("tool", "Warm.", call_id=call.id))
        for _ in range(2):
            assert await talk.ask_with(TOOL, messages=asked, llm=model) == ["Warm."]


@pytest.mark.parametrize("text", ["the reasoning is missing", "reasoning must be passed back", "missing: reasoning"])
def test_what_is_wanted_back_is_not_left_out(text: str) -> None:
    echo = Echo()
    echo.keep("message", "a", {"reasoning": "x"})
    assert not echo.learn(text)
    assert echo.of("message", "a") == {"reasoning": "x"}


DEEP: Any = "x"
for _ in range(100):
    DEEP = [DEEP]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [{"a": -float("inf")}], DEEP])
def test_what_is_no_json_elsewhere_is_not_kept(value: object) -> None:
    fields = ReceivedFields(())
    fields.add({"odd": value, "even": 1.5})
    assert fields.whole() == {"even": 1.5}


# ---------------------------------------------------------------- answers in other forms


def message(text: str, **more: object) -> dict[str, object]:
    return {"choices": [{"message": {"role": "assistant", "content": text}, **more}]}


def delta(text: str) -> dict[str, object]:
    return {"choices": [{"delta": {"content": text}}]}


END: dict[str, object] = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
WHOLE = {
    "all so far with each piece": (message("It is"), message("It is warm"), message("It is warm."), END),
    "the same twice": (message("It is warm."), message("It is warm.", finish_reason="stop")),
    "once more after its pieces": (delta("It is"), delta(" warm."), message("It is warm."), END),
    "once more, trimmed": (delta(" It is"), delta(" warm. "), message("It is warm."), END),
    "once more, otherwise": (delta("It is"), delta(" warm."), message("It's warm!"), END),
    "its end only there": (delta("It is"), message("It is warm."), END),
    "pieces as messages": (message("It is"), message(" warm."), END),
    "an empty one at the end": (delta("It is warm."), message("", finish_reason="stop")),
}


@pytest.mark.parametrize("events", WHOLE.values(), ids=WHOLE.keys())
async def test_whole_messages_among_pieces(events: tuple[object, ...]) -> None:
    async with scripted(chat(sse(*events))) as server, talking(compatible_at(server.url)) as talk:
        assert (await talk.think()).strip() == "It is warm."


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"message": "You exceeded your current quota", "code": "insufficient_quota"}, ErrorCode.QUOTA_USED_UP),
        ({"message": "No.", "code": "invalid_api_key"}, ErrorCode.WRONG_KEY),
        ({"message": "The context length is exceeded"}, ErrorCode.CONTEXT_TOO_LONG),
    ],
)
async def test_an_error_that_comes_as_a_success_is_told_as_what_it_is(error: object, code: ErrorCode) -> None:
    async with scripted(chat(as_json({"error": error}))) as server, talking(compatible_at(server.url)) as talk:
        with pytest.raises(VoiceError) as caught:
            await talk.think()
        assert caught.value.code is code


async def test_an_error_beside_an_answer_is_none() -> None:
    answer = as_json({"error": None, **message("Warm.", finish_reason="stop")})
    async with scripted(chat(answer)) as server, talking(compatible_at(server.url)) as talk:
        assert await talk.think() == "Warm."
