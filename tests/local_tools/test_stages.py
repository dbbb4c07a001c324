"""The local language model with tools, on a scripted child."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.history import GO_ON
from voicegui.core.ports import LimitReached, Message, ReplyPiece
from voicegui.core.tools import ToolCall, ToolInfo
from voicegui.providers.local.rpc_messages import Choose, ChunkValue, Generate, Request
from voicegui.providers.local.stages import LocalLanguageModel
from voicegui.providers.local.tool_routing import LONGEST_QUESTION, choice

from .tools import TOOLS, WEATHER

SYSTEM = Message("system", "Be brief.")
HELLO = (SYSTEM, Message("user", "Hello, how are you?"))
ASKING = (SYSTEM, Message("user", "What's the weather in Lisbon?"))
LISBON = '{"get_weather": {"place": "Lisbon"}}'


@dataclass
class Step:
    kind: type[Request]
    values: Sequence[ChunkValue] = ()
    error: VoiceError | None = None
    hangs: bool = False


class ScriptedLink:
    """Answers what it expects, in order; anything else fails the test, as does what is left at the end."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.asked: list[Request] = []
        self.cancelled = 0
        self.hanging = asyncio.Event()

    async def request(self, make: Callable[[int], Request]) -> AsyncGenerator[ChunkValue, None]:
        request = make(len(self.asked) + 1)
        self.asked.append(request)
        assert self.steps, f"unexpected {request}"
        step = self.steps.pop(0)
        assert type(request) is step.kind
        done = False
        try:
            for value in step.values:
                yield value
            if step.hangs:
                self.hanging.set()
                await asyncio.Event().wait()
            if step.error:
                raise step.error
            done = True
        finally:
            self.cancelled += not done and not step.error


async def pieces_of(
    link: ScriptedLink, messages: Sequence[Message], tools: Sequence[ToolInfo] = TOOLS
) -> list[ReplyPiece]:
    llm = LocalLanguageModel(link)  # type: ignore[arg-type]
    pieces = [piece async for piece in llm.reply(messages, max_tokens=20, tools=tools)]
    assert not link.steps
    return pieces


def asked_of(request: Request) -> Sequence[Message]:
    assert isinstance(request, Choose | Generate)
    return request.messages


async def test_talk_goes_the_usual_way() -> None:
    link = ScriptedLink(Step(Generate, ("Fine", ".", LimitReached())))
    assert await pieces_of(link, HELLO) == ["Fine", ".", LimitReached()]
    assert asked_of(link.asked[0]) == HELLO


async def test_a_request_is_chosen_and_called() -> None:
    link = ScriptedLink(Step(Choose, (LISBON[:9], LISBON[9:])))
    (call,) = await pieces_of(link, ASKING)
    assert isinstance(call, ToolCall)
    assert (call.name, json.loads(call.arguments)) == ("get_weather", {"place": "Lisbon"})


async def test_ids_are_not_used_twice() -> None:
    calls = [call for _ in range(3) for call in await pieces_of(ScriptedLink(Step(Choose, (LISBON,))), ASKING)]
    assert len({call.id for call in calls if isinstance(call, ToolCall)}) == 3


@pytest.mark.parametrize("answer", ['{"just talk": {}}', '{"get_wea', "", '{"other": {}}'])
async def test_what_is_no_choice_is_answered(answer: str) -> None:
    link = ScriptedLink(Step(Choose, (answer,)), Step(Generate, ("Sunny.",)))
    assert await pieces_of(link, ASKING) == ["Sunny."]


async def test_a_choice_that_fails_is_answered() -> None:
    error = VoiceError(ErrorCode.ENGINE_FAILED, "No.")
    link = ScriptedLink(Step(Choose, error=error), Step(Generate, ("Sunny.",)))
    assert await pieces_of(link, ASKING) == ["Sunny."]


async def test_without_tools_nothing_is_chosen() -> None:
    assert await pieces_of(ScriptedLink(Step(Generate, ("Sunny.",))), ASKING, ()) == ["Sunny."]


async def test_going_on_is_no_request() -> None:
    odd = ToolInfo("exactly", "", cues=("exactly",))
    messages = (
        SYSTEM,
        Message("user", "Say it exactly."),
        Message("assistant", "It …"),
        Message("user", GO_ON, goes_on=True),
    )
    assert await pieces_of(ScriptedLink(Step(Generate, ("ended.",))), messages, [odd]) == ["ended."]


@pytest.mark.parametrize(("messages", "kind"), [(ASKING, Choose), (HELLO, Generate)])
async def test_cancelling_cancels_what_runs(messages: Sequence[Message], kind: type[Request]) -> None:
    link = ScriptedLink(Step(kind, hangs=True))
    reply = asyncio.create_task(pieces_of(link, messages))
    await link.hanging.wait()
    reply.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reply
    assert link.cancelled == 1


class TestAfterACall:
    CALLED = Message("assistant", "", (ToolCall("1", "get_weather", '{"place": "Lisbon"}'),))
    SAID = Message("tool", "21", call_id="1", say="It is 21 degrees.")

    async def test_a_sentence_is_said_as_it_is(self) -> None:
        assert await pieces_of(ScriptedLink(), (*ASKING, self.CALLED, self.SAID)) == ["It is 21 degrees."]

    async def test_data_is_answered_from_without_another_call(self) -> None:
        link = ScriptedLink(Step(Generate, ("21.",)))
        assert await pieces_of(link, (*ASKING, self.CALLED, Message("tool", "21 °C", call_id="1"))) == ["21."]
        *_, asked = asked_of(link.asked[0])
        assert asked.role == "user" and "21 °C" in asked.text

    async def test_what_follows_is_asked_with_the_exchange_before(self) -> None:
        answered = (*ASKING, self.CALLED, self.SAID, Message("assistant", "It is 21 degrees."))
        link = ScriptedLink(Step(Choose, ('{"get_weather": {"place": "Lisbon", "when": "tomorrow"}}',)))
        (call,) = await pieces_of(link, (*answered, Message("user", "And tomorrow?")))
        assert isinstance(call, ToolCall) and json.loads(call.arguments)["when"] == "tomorrow"
        texts = [message.text for message in asked_of(link.asked[0])]
        assert ASKING[-1].text in texts and LISBON in texts

    async def test_other_words_are_not(self) -> None:
        answered = (*ASKING, self.CALLED, self.SAID, Message("assistant", "It is 21 degrees."))
        assert choice((*answered, Message("user", "Lovely, I will go for a walk.")), TOOLS) is None


class TestPreparing:
    async def test_the_prompt_and_the_question_are_read(self) -> None:
        link = ScriptedLink(Step(Choose, (LISBON,)), Step(Generate), Step(Choose))
        llm = LocalLanguageModel(link)  # type: ignore[arg-type]
        assert [piece async for piece in llm.reply(ASKING, max_tokens=20, tools=TOOLS)]
        await llm.prepare((SYSTEM, Message("user", "Is the weather")))
        assert not link.steps
        assert [request.max_tokens for request in link.asked[1:] if isinstance(request, Choose | Generate)] == [0, 0]

    async def test_talk_is_only_a_prompt(self) -> None:
        link = ScriptedLink(Step(Generate))
        await LocalLanguageModel(link).prepare(HELLO)  # type: ignore[arg-type]
        assert not link.steps

    async def test_a_failure_is_no_failure(self) -> None:
        link = ScriptedLink(Step(Generate, error=VoiceError(ErrorCode.ENGINE_FAILED, "No.")))
        await LocalLanguageModel(link).prepare(HELLO)  # type: ignore[arg-type]
        assert not link.steps


async def test_a_question_that_would_be_too_long_leaves_tools_out() -> None:
    wordy = [ToolInfo(f"tool_{n}", "", cues=("weather",), examples=(("weather " * 200, {}),)) for n in range(3)]
    asked = choice(ASKING, [WEATHER, *wordy])
    assert asked and [tool.name for tool in asked.tools] == ["get_weather", "tool_0"]
    assert sum(len(message.text) for message in asked.messages) < LONGEST_QUESTION
