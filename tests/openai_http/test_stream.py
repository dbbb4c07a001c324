"""Servers that say how an answer ended before it has: everything until [DONE] or the end is read."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.openai_server.script import chat, scripted
from tests.openai_server.server import Answer, Fault, as_json, sse
from tests.openai_server.tools import called, calling
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import LimitReached
from voicegui.core.tools import ToolCall

from .conftest import talking, words
from .test_tool_calls import LISBON, WEATHER, made


def piece(text: str, finish: str | None = "stop", **more: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": {"content": text, **more}, "finish_reason": finish}]}


def end(finish: str = "stop") -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}


USAGE: dict[str, object] = {"choices": [], "usage": {"total_tokens": 9}}
NO_DONE: Sequence[bytes] = ()

WHOLE: dict[str, Answer] = {
    "every piece says stop": sse(piece("Oslo"), piece(" is"), piece(" it.")),
    "every piece says stop, no [DONE]": sse(piece("Oslo"), piece(" is"), piece(" it."), end=NO_DONE),
    "thoughts first, every piece says stop": sse(
        piece("", reasoning_content="Hm"), piece("", reasoning_content="!"), piece("Oslo is it.")
    ),
    "thoughts end with stop": sse(piece("", None, reasoning="Hm"), end(), piece("Oslo is it.", None), end()),
    "thoughts in words end with stop": sse(piece("<think>Hm</think>"), piece("Oslo is it.", None), end()),
    "an empty stop first": sse(end(), piece("Oslo is it.", None), end()),
    "two ends": sse(piece("Oslo is it.", None), end(), end()),
    "counts behind the end": sse(piece("Oslo is it.", None), end(), USAGE),
    "an end, then words, then an end": sse(piece("Oslo ", None), end(), piece("is it.", None), end()),
    "empty reasons": sse(piece("Oslo ", ""), piece("is it.", ""), end()),
    "an unknown reason in every piece": sse(piece("Oslo ", "continue"), piece("is it.", "continue"), end()),
    "the last words come with the end": sse(piece("Oslo ", None), piece("is it.")),
    "the last words come with the end, no [DONE]": sse(piece("Oslo ", None), piece("is it."), end=NO_DONE),
    "all of it again in a message": sse(
        piece("Oslo is it.", None), {"choices": [{"message": {"content": "Oslo is it."}, "finish_reason": "stop"}]}
    ),
    "an error behind the end": sse(piece("Oslo is it.", None), end(), {"error": {"message": "late"}}),
    "garbage behind the end": sse(piece("Oslo is it.", None), end(), b"data: {x\n\n", end=NO_DONE),
    "a reset behind the end": sse(piece("Oslo is it.", None), end(), end=[Fault.RESET]),
    "a whole answer": as_json({"choices": [{"message": {"content": "Oslo is it."}, "finish_reason": "stop"}]}),
}


@pytest.mark.parametrize("answer", WHOLE.values(), ids=WHOLE)
async def test_all_words_are_there_whatever_was_said_of_the_end(answer: Answer) -> None:
    async with scripted(chat(answer)) as server, talking(server) as talk:
        assert await talk.think() == "Oslo is it."
        assert talk.waits.seconds == []


@pytest.mark.parametrize("finish", ["stop", "tool_calls"])
async def test_calls_behind_an_end_are_calls(finish: str) -> None:
    answers = (
        sse(end(finish), *calling(("a", "get_weather", LISBON))),
        sse(*(called(0, **part) for part in ({"id": "a", "name": "get_weather"}, {"arguments": '{"city": "Lisbon"}'}))),
        sse(piece("", reasoning_content="Hm"), end(finish), *calling(("a", "get_weather", LISBON))),
    )
    async with scripted(*map(chat, answers)) as server, talking(server) as talk:
        for _ in answers:
            assert made(await talk.ask_with(WEATHER)) == [("get_weather", LISBON)]


async def test_words_and_then_calls_are_both_there() -> None:
    answer = sse(piece("Let me see."), *calling(("a", "get_weather", LISBON)))
    async with scripted(chat(answer)) as server, talking(server) as talk:
        said, call = await talk.ask_with(WEATHER)
        assert said == "Let me see." and isinstance(call, ToolCall)


async def test_the_last_reason_counts() -> None:
    answers = (
        sse(piece("Oslo "), piece("is", "length")),
        sse(piece("Oslo ", "length"), piece("is it.", "stop")),
    )
    async with scripted(*map(chat, answers)) as server, talking(server) as talk:
        assert await talk.pieces() == ["Oslo ", "is", LimitReached()]
        assert await talk.pieces() == ["Oslo ", "is it."]


async def test_an_answer_that_breaks_off_is_not_whole_because_every_piece_says_stop() -> None:
    answer = sse(piece("Oslo"), piece(" is"), end=[Fault.RESET])
    async with scripted(chat(answer)) as server, talking(server) as talk:
        with pytest.raises(VoiceError) as caught:
            await talk.think()
        assert caught.value.code is ErrorCode.OFFLINE


async def test_what_comes_late_behind_an_early_end_is_waited_for() -> None:
    """Longer than for what may only be a rest."""
    late, later = asyncio.Event(), asyncio.Event()
    answer = sse(piece("", reasoning_content="Hm"), end(), late, piece("Oslo "), later, piece("is it.", None), end())
    async with scripted(chat(answer)) as server, talking(server) as talk:
        loop = asyncio.get_running_loop()
        loop.call_later(0.4, late.set)
        loop.call_later(0.8, later.set)
        assert await talk.think() == "Oslo is it."


async def test_a_server_that_leaves_its_answers_open_is_known_after_the_first() -> None:
    answers = [sse(*words("Oslo."), end=[Fault.STALL]) for _ in range(3)]
    async with scripted(*map(chat, answers)) as server, talking(server) as talk:
        llm = talk.engine.llm()
        for _ in answers:
            assert await talk.ask_with(llm=llm) == ["Oslo."]
