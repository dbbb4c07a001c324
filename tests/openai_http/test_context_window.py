"""Requests that are longer than a model can read: told as that, cut to what fits, and remembered."""

from dataclasses import replace

import pytest

from tests.openai_server.limits import TOO_LONG, reading, tokens_of
from tests.openai_server.server import Request, as_json, serving, sse
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import Message
from voicegui.core.tools import SourceKind, ToolInfo, ToolSource
from voicegui.providers.openai.service import VLLM

from .conftest import QUESTION, compatible_at, talking, words

LIMIT = 4_096


def tool(number: int, *, own: bool = True) -> ToolInfo:
    """Some 90 tokens."""
    schema = {"type": "object", "properties": {"what": {"type": "string", "description": "x" * 120}}}
    made = ToolInfo(f"{'own' if own else 'other'}_{number}", "It does something useful with it." * 2, schema)
    return made if own else replace(made, source=ToolSource(SourceKind.SERVER, "notes"))


def long_talk(turns: int) -> list[Message]:
    said = [Message(("user", "assistant")[place % 2], f"turn {place} " + "word " * 60) for place in range(2 * turns)]
    return [QUESTION[0], *said, Message("user", "And now?")]


@pytest.mark.parametrize("server_words", TOO_LONG)
async def test_it_is_told_as_that_and_not_asked_again(server_words: str) -> None:
    async with (
        serving(lambda request: TOO_LONG[server_words](tokens_of(request), 20)) as server,
        talking(compatible_at(server.url)) as talk,
    ):
        with pytest.raises(VoiceError, match="conversation is too long for the model small") as caught:
            await talk.think()
        assert (caught.value.code, caught.value.retryable) == (ErrorCode.CONTEXT_TOO_LONG, False)
        assert len(server.requests) == 1 and talk.waits.seconds == []


@pytest.mark.parametrize("server_words", [name for name in TOO_LONG if "stream" not in name])
@pytest.mark.parametrize("tools", [0, 19, 60])
async def test_a_long_talk_is_cut_to_what_fits_and_that_is_remembered(server_words: str, tools: int) -> None:
    answer = reading(LIMIT, server_words, lambda request: sse(*words("Yes.")))
    async with serving(answer) as server, talking(compatible_at(server.url)) as talk:
        llm, offered = talk.engine.llm(), [tool(number) for number in range(tools)]
        messages = long_talk(40)
        assert await talk.ask_with(*offered, messages=messages, llm=llm) == ["Yes."]
        assert len(server.requests) == 2
        told = server.requests[-1].json
        assert told["messages"][0]["content"] == QUESTION[0].text and told["messages"][-1]["content"] == "And now?"
        assert "max_tokens" in told
        assert await talk.ask_with(*offered, messages=messages, llm=llm) == ["Yes."]
        assert len(server.requests) == 3


async def test_tools_that_others_brought_go_first_and_it_is_said_once() -> None:
    answer = reading(LIMIT, "vLLM", lambda request: sse(*words("Yes.")))
    async with serving(answer) as server, talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        offered = [tool(number, own=number % 3 == 0) for number in range(90)]
        for _ in range(2):
            assert await talk.ask_with(*offered, llm=llm) == ["Yes."]
        assert len(server.requests) == 3
        names = [one["function"]["name"] for one in server.requests[-1].json["tools"]]
        assert sum(name.startswith("own") for name in names) >= min(30, len(names))
        assert len(talk.told) == 1 and "has no room for all tools" in talk.told[0]


async def test_what_a_server_lists_of_its_room_is_kept_to_from_the_start() -> None:
    listed = as_json({"data": [{"id": "small", "owned_by": "vllm", "max_model_len": LIMIT}]})

    def answered(request: Request) -> object:
        return listed if request.path.endswith("/models") else sse(*words("Yes."))

    answer = reading(LIMIT, "vLLM", answered)  # type: ignore[arg-type]
    async with serving(answer) as server, talking(VLLM.at(server.url)) as talk:
        llm = talk.engine.llm()
        await talk.engine.start(lambda loading: None)
        offered = [tool(number) for number in range(60)]
        for turns in (1, 20, 60):
            assert await talk.ask_with(*offered, messages=long_talk(turns), llm=llm) == ["Yes."]
        chats = [request for request in server.requests if request.path.endswith("completions")]
        assert len(chats) == 3 and all(tokens_of(request) <= LIMIT for request in chats)


async def test_a_server_that_finds_everything_too_long_is_asked_twice_at_most() -> None:
    async with (
        serving(lambda request: TOO_LONG["llama.cpp"](9_000, LIMIT)) as server,
        talking(compatible_at(server.url)) as talk,
    ):
        with pytest.raises(VoiceError) as caught:
            await talk.ask_with(*(tool(number) for number in range(20)), messages=long_talk(20))
        assert caught.value.code is ErrorCode.CONTEXT_TOO_LONG and len(server.requests) == 2


@pytest.mark.parametrize(
    ("message", "status", "code"),
    [
        ("Unsupported parameter: 'max_tokens' is not supported with this model.", 400, ErrorCode.BAD_REQUEST),
        ("The message is too short.", 400, ErrorCode.BAD_REQUEST),
        ("Rate limit reached on tokens per min (TPM): Limit 9, Used 8, Requested 2.", 429, ErrorCode.RATE_LIMITED),
        ("Internal error", 500, ErrorCode.SERVER_FAILED),
    ],
)  # fmt: skip
async def test_other_trouble_is_not_taken_for_it(message: str, status: int, code: ErrorCode) -> None:
    answer = as_json({"error": {"message": message}}, status)
    async with serving(lambda request: answer) as server, talking(compatible_at(server.url)) as talk:
        with pytest.raises(VoiceError) as caught:
            await talk.think()
        assert caught.value.code is code
