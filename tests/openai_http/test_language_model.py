"""Answers over chat completions."""

import asyncio

import pytest

from tests.openai_server.script import chat, scripted
from tests.openai_server.server import Answer, Fault, Request, as_json, sse
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import LimitReached
from voicegui.providers.openai.client import Timeouts

from .conftest import KEY, QUESTION, compatible_at, refusal, talking, words


def expect_question(request: Request) -> None:
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.json["model"] == "gpt-6-luna"
    assert request.json["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is the capital of France?"},
    ]
    assert request.json["stream"] is True
    assert request.json["max_completion_tokens"] == 50
    assert "max_tokens" not in request.json


async def test_streams_the_words() -> None:
    async with (
        scripted(chat(sse(*words("Paris", ", of", " course.")), expect_question)) as server,
        talking(server) as talk,
    ):
        assert await talk.pieces() == ["Paris", ", of", " course."]


async def test_words_come_before_the_answer_is_whole() -> None:
    rest = asyncio.Event()
    async with (
        scripted(chat(sse(*words("Paris", finish=None), rest, *words(" it is.")))) as server,
        talking(server) as talk,
    ):
        reply = talk.engine.llm().reply(QUESTION, max_tokens=50)
        assert await anext(reply) == "Paris"
        rest.set()
        assert [piece async for piece in reply] == [" it is."]


async def test_tells_last_that_the_limit_cut_it() -> None:
    async with scripted(chat(sse(*words("Paris is", finish="length")))) as server, talking(server) as talk:
        assert await talk.pieces() == ["Paris is", LimitReached()]


async def test_comments_and_chunks_without_words_mean_nothing() -> None:
    usage: dict[str, object] = {"choices": [], "usage": {"total_tokens": 9}}
    odd = [b": keep-alive\n\n", {"choices": [{"delta": {"role": "assistant", "content": None}}]}, {"choices": None}, {}]
    async with scripted(chat(sse(*odd, *words("Paris."), usage))) as server, talking(server) as talk:
        assert await talk.pieces() == ["Paris."]


async def test_a_character_cut_in_two_is_whole_again() -> None:
    cut = [b'data: {"choices":[{"delta":{"content":"\\ud83d"}}]}\n\n', *words("\ude00 Paris")[:1]]
    async with scripted(chat(sse(*cut, *words("\ud83d", finish="stop")))) as server, talking(server) as talk:
        assert await talk.think() == "😀 Paris\ufffd"


async def test_characters_cut_between_packets_are_whole() -> None:
    line = 'data: {"choices":[{"delta":{"content":"日本"}}]}\n\n'.encode()
    async with scripted(chat(sse(line[:40], line[40:], *words("!")))) as server, talking(server) as talk:
        assert await talk.think() == "日本!"


async def test_an_answer_that_is_not_streamed_is_an_answer() -> None:
    whole = {"choices": [{"message": {"content": "Paris."}, "finish_reason": "length"}]}
    async with scripted(chat(as_json(whole))) as server, talking(server) as talk:
        assert await talk.pieces() == ["Paris.", LimitReached()]


async def test_words_stand_although_a_tool_was_asked_for_too() -> None:
    tool = {"choices": [{"delta": {"tool_calls": [{"index": 0}]}, "finish_reason": "tool_calls"}]}
    async with scripted(chat(sse(*words("Paris.", finish=None), tool))) as server, talking(server) as talk:
        assert await talk.think() == "Paris."


@pytest.mark.parametrize(
    ("events", "code", "sentence"),
    [
        (words(), ErrorCode.BAD_ANSWER, "answered with nothing"),
        (words("  \n"), ErrorCode.BAD_ANSWER, "answered with nothing"),
        ([], ErrorCode.BAD_ANSWER, "answered with nothing"),
        ([{"choices": [{"delta": {"tool_calls": [{}]}}]}, *words(finish="tool_calls")], ErrorCode.BAD_ANSWER, "a tool"),
        (words(finish="content_filter"), ErrorCode.CONTENT_REFUSED, "declined"),
        (words("Well", finish="content_filter"), ErrorCode.CONTENT_REFUSED, "declined"),
        ([{"choices": [{"delta": {"refusal": "I cannot"}}]}], ErrorCode.CONTENT_REFUSED, "declined"),
        ([b"data: {garbage\n\n"], ErrorCode.BAD_ANSWER, "no answer"),
        ([b'data: {"choices":[{"delta":{"content":"\xe6\x97"}}]}\n\n'], ErrorCode.BAD_ANSWER, "no answer"),
        ([refusal("insufficient_quota")], ErrorCode.QUOTA_USED_UP, "credit"),
        ([refusal("context_length_exceeded")], ErrorCode.CONTEXT_TOO_LONG, "too long"),
    ],
)
async def test_an_answer_that_is_none_has_its_own_sentence(
    events: list[object], code: ErrorCode, sentence: str
) -> None:
    async with scripted(chat(sse(*events))) as server, talking(server) as talk:
        with pytest.raises(VoiceError, match=sentence) as caught:
            await talk.think()
        assert caught.value.code is code


async def test_nothing_that_was_said_is_asked_again() -> None:
    async with (
        scripted(chat(sse(*words("Paris is", finish=None), end=[Fault.RESET]))) as server,
        talking(server) as talk,
    ):
        reply = talk.engine.llm().reply(QUESTION, max_tokens=50)
        assert await anext(reply) == "Paris is"
        with pytest.raises(VoiceError, match="broke off") as caught:
            await anext(reply)
        assert caught.value.code is ErrorCode.OFFLINE and caught.value.retryable
        assert talk.waits.seconds == []


async def test_closing_closes_the_request() -> None:
    answer = sse(*words("Once upon", finish=None), end=[Fault.STALL])
    async with scripted(chat(answer)) as server, talking(server) as talk:
        reply = talk.engine.llm().reply(QUESTION, max_tokens=50)
        await anext(reply)
        await reply.aclose()
        async with asyncio.timeout(5):
            await answer.given_up.wait()


async def test_cancelling_before_the_first_word_closes_the_request() -> None:
    answer = sse(b": thinking\n\n", end=[Fault.STALL])
    async with scripted(chat(answer)) as server, talking(server) as talk:
        asking = asyncio.create_task(talk.think())
        await answer.begun.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        async with asyncio.timeout(5):
            await answer.given_up.wait()


async def test_a_server_that_never_closes_its_answer_holds_nobody_up() -> None:
    async with scripted(chat(sse(*words("Paris."), end=[Fault.STALL]))) as server, talking(server) as talk:
        assert await talk.think() == "Paris."


async def test_silence_between_two_words_ends_the_wait() -> None:
    async with (
        scripted(chat(sse(*words("Paris", finish=None), end=[Fault.STALL]))) as server,
        talking(server, timeouts=Timeouts(llm_s=0.2)) as talk,
    ):
        with pytest.raises(VoiceError, match="in time") as caught:
            await talk.think()
        assert caught.value.code is ErrorCode.TIMED_OUT and talk.waits.seconds == []


async def test_connections_are_used_again() -> None:
    async with scripted(chat(sse(*words("One."))), chat(sse(*words("Two.")))) as server, talking(server) as talk:
        assert [await talk.think(), await talk.think()] == ["One.", "Two."]
        assert server.connections_made == 1


# ---------------------------------------------------------------- the name of the limit


def expect_old_limit(request: Request) -> None:
    assert request.json["max_tokens"] == 50
    assert "max_completion_tokens" not in request.json


@pytest.mark.parametrize(
    "refused",
    [
        as_json(refusal("unsupported_parameter", param="max_completion_tokens"), 400),
        as_json({"detail": [{"loc": ["body", "max_completion_tokens"], "msg": "extra fields not permitted"}]}, 422),
        as_json({"error": "unknown field: max_completion_tokens"}, 400),
    ],
)
async def test_a_server_that_refuses_the_new_limit_gets_the_old_one_from_then_on(refused: Answer) -> None:
    steps = chat(refused, expect_question), *(chat(sse(*words("Yes.")), expect_old_limit) for _ in range(2))
    async with scripted(*steps) as server, talking(server) as talk:
        llm = talk.engine.llm()
        for _ in range(2):
            assert [piece async for piece in llm.reply(QUESTION, max_tokens=50)] == ["Yes."]


async def test_a_compatible_server_gets_the_old_limit_at_once_and_no_key() -> None:
    def expect(request: Request) -> None:
        expect_old_limit(request)
        assert request.headers["authorization"] == "Bearer none"

    async with scripted(chat(sse(*words("Yes.")), expect)) as server, talking(compatible_at(server.url)) as talk:
        assert await talk.think() == "Yes."


async def test_a_model_that_takes_neither_limit_answers_without() -> None:
    steps = (
        chat(as_json(refusal("unsupported_parameter", param="max_completion_tokens"), 400)),
        chat(as_json(refusal("unsupported_parameter", param="max_tokens"), 400)),
        chat(sse(*words("Yes.")), lambda request: not {"max_tokens", "max_completion_tokens"} & set(request.json)),
    )
    async with scripted(*steps) as server, talking(server) as talk:
        assert await talk.think() == "Yes."
