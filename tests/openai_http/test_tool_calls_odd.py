"""Calls of tools whose later pieces replace the earlier ones, and fields that their sender wants back."""

import json
from collections.abc import Mapping, Sequence

import pytest

from tests.openai_server.script import CHAT, Step, scripted
from tests.openai_server.server import Answer, Request, Server, as_json, serving, sse
from tests.openai_server.tools import called
from voicegui.core.errors import VoiceError
from voicegui.core.ports import Message
from voicegui.core.tools import ToolCall
from voicegui.providers.openai.chat.received_fields import LONGEST_FIELDS
from voicegui.providers.openai.chat.tool_calls import LONGEST_CALL, CallArguments
from voicegui.providers.openai.errors import BadAnswer

from .conftest import QUESTION, compatible_at, refusal, talking, words
from .test_tool_calls import DONE, TIME, WEATHER, made

OSLO = {"city": "Oslo"}
L, P = '{"city": "Oslo"}', '{"city": "Porto"}'
NAME = "get_weather"


def bare(**call: object) -> dict[str, object]:
    """A chunk with a call exactly as given."""
    return {"choices": [{"delta": {"tool_calls": [call]}}]}


def listed(*calls: Mapping[str, object]) -> dict[str, object]:
    return {"choices": [{"delta": {"tool_calls": list(calls)}}]}


def of(id: str | None, arguments: object, **more: object) -> dict[str, object]:
    return {**({"id": id} if id else {}), **more, "function": {"name": NAME, "arguments": arguments}}


REPLACED: dict[str, Sequence[object]] = {
    "an empty object first": [called(0, id="a", name=NAME, arguments="{}"), called(0, arguments=L)],
    "an empty object first, everything repeated": [
        called(0, id="a", name=NAME, arguments="{}"),
        called(0, id="a", name=NAME, arguments=L),
    ],
    "an empty object first, no ids": [called(0, name=NAME, arguments="{}"), called(0, name=NAME, arguments=L)],
    "an empty object, then letters": [
        called(0, id="a", name=NAME, arguments="{}"),
        called(0, arguments='{"city'),
        called(0, arguments='": "Oslo"}'),
    ],
    "an empty object last": [called(0, id="a", name=NAME, arguments=L), called(0, arguments="{}")],
    "null first": [called(0, id="a", name=NAME, arguments="null"), called(0, arguments=L)],
    "null first, then letters": [
        called(0, id="a", name=NAME, arguments="null"),
        called(0, arguments='{"city": '),
        called(0, arguments='"Oslo"}'),
    ],
    "null last": [called(0, id="a", name=NAME, arguments=L), called(0, arguments="null")],
    "no arguments, then null, then all": [
        called(0, id="a", name=NAME),
        called(0, arguments=None),
        called(0, arguments="null"),
        called(0, arguments=L),
    ],
    "the same twice": [called(0, id="a", name=NAME, arguments=L), called(0, id="a", name=NAME, arguments=L)],
    "the same twice without a name": [called(0, id="a", name=NAME, arguments=L), called(0, arguments=L)],
    "the same twice without ids": [called(0, name=NAME, arguments=L), called(0, name=NAME, arguments=L)],
    "the same twice without numbers": [bare(**of("a", L)), bare(**of("a", L))],
    "the same twice with neither": [bare(**of(None, L)), bare(**of(None, L))],
    "letters, then all of it": [
        called(0, id="a", name=NAME, arguments='{"city": '),
        called(0, arguments='"Oslo"}'),
        called(0, arguments=L),
    ],
    "letters, then all of it in a message": [
        called(0, id="a", name=NAME, arguments='{"city": '),
        called(0, arguments='"Oslo"}'),
        {"choices": [{"message": {"tool_calls": [of("a", L)]}, "finish_reason": "tool_calls"}]},
    ],
    "growing": [called(0, id="a", name=NAME, arguments=L[:length]) for length in range(2, len(L) + 1, 3)]
    + [called(0, id="a", name=NAME, arguments=L)],
    "growing without ids": [called(0, name=NAME, arguments=L[:length]) for length in (1, 5, 9, len(L))],
    "growing, whole each time": [
        called(0, id="a", name=NAME, arguments=text) for text in ('{"city": "O"}', '{"city": "Os"}', L)
    ],
    "growing, whole each time, without ids": [
        called(0, name=NAME, arguments=text) for text in ('{"city": "O"}', '{"city": "Os"}', L)
    ],
    "objects that grow": [called(0, id="a", name=NAME, arguments={}), called(0, id="a", name=NAME, arguments=OSLO)],
    "an object, and its text": [called(0, id="a", name=NAME, arguments=OSLO), called(0, id="a", arguments=L)],
    "lists that grow": [listed(of("a", "", index=0)), listed(of("a", L, index=0))],
    "first without a number": [bare(**of("a", "")), called(0, id="a", arguments=L)],
    "first with a number": [called(0, id="a", name=NAME), bare(function={"arguments": L})],
    "a new id for the same number": [
        called(0, id="a", name=NAME, arguments='{"city"'),
        called(0, id="b", arguments=': "Oslo"}'),
    ],
    "text in text": [called(0, id="a", name=NAME, arguments=json.dumps(L))],
    "text in text, in pieces": [called(0, id="a", name=NAME), *(called(0, arguments=one) for one in json.dumps(L))],
    "letter by letter": [called(0, id="a", name=NAME), *(called(0, arguments=one) for one in L)],
    "the name grows": [called(0, id="a", name="get_"), called(0, id="a", name=NAME, arguments=L)],
    "outside of a function": [bare(index=0, id="a", name=NAME, arguments=L)],
    "a placeholder, all of it under a new id": [
        called(0, id="a", name=NAME, arguments="{}"),
        called(0, id="b", name=NAME, arguments=L),
    ],
    "a placeholder, letters under a new id": [
        called(0, id="a", name=NAME, arguments="{}"),
        called(0, id="b", name=NAME, arguments='{"city": '),
        called(0, arguments='"Oslo"}'),
    ],
    "a placeholder, all of it under a new id and number": [
        called(0, id="a", name=NAME, arguments="{}"),
        called(1, id="b", name=NAME, arguments=L),
    ],
    "a placeholder, all of it under a new id, no numbers": [bare(**of("a", "{}")), bare(**of("b", L))],
    "a placeholder, an object under a new id": [bare(**of("a", {})), bare(**of("b", OSLO))],
    "a placeholder with null, all of it under a new id": [bare(**of("a", "null")), bare(**of("b", L))],
    "a placeholder in a list": [listed(of("a", "{}"), of("b", L))],
    "two placeholders": [bare(**of("a", "{}")), bare(**of("b", "{ }")), bare(**of("c", L))],
    "a placeholder with spaces": [bare(**of("a", " {} ")), bare(**of("b", L))],
    "a placeholder last, with its own id": [bare(**of("a", L)), bare(**of("b", "{}"))],
    "spaces around": [called(0, id="a", name=NAME, arguments=" "), called(0, arguments=L), called(0, arguments="\n")],
}  # fmt: skip


@pytest.mark.parametrize("end", [DONE, words(finish="stop"), words(finish=None)], ids=["calls", "stop", "none"])
@pytest.mark.parametrize("chunks", REPLACED.values(), ids=REPLACED)
async def test_it_is_one_call_whatever_replaces_what(chunks: Sequence[object], end: list[object]) -> None:
    async with scripted(Step(CHAT, sse(*chunks, *end))) as server, talking(server) as talk:
        assert made(await talk.ask_with(WEATHER)) == [(NAME, OSLO)]


TWO: dict[str, Sequence[object]] = {
    "placeholders first": [
        called(0, id="a", name=NAME, arguments="{}"),
        called(1, id="b", name=NAME, arguments="{}"),
        called(0, arguments=L),
        called(1, arguments=P),
    ],
    "placeholders with other ids": [
        called(0, id="a", name=NAME, arguments="{}"),
        called(1, id="b", name=NAME, arguments="{}"),
        called(0, id="c", name=NAME, arguments=L),
        called(1, id="d", name=NAME, arguments=P),
    ],
    "lists that grow": [listed(of("a", L)), listed(of("a", L), of("b", P))],
    "lists that grow, without ids": [listed(of(None, L)), listed(of(None, L), of(None, P))],
    "lists that grow, numbered": [listed(of("a", L, index=0)), listed(of("a", L, index=0), of("b", P, index=1))],
    "each twice": [
        called(0, id="a", name=NAME, arguments=L),
        called(0, id="a", name=NAME, arguments=L),
        called(1, id="b", name=NAME, arguments=P),
        called(1, id="b", name=NAME, arguments=P),
    ],
    "the same number, new ids": [called(0, id="a", name=NAME, arguments=L), called(0, id="b", name=NAME, arguments=P)],
    "the same number, no ids": [called(0, name=NAME, arguments=L), called(0, name=NAME, arguments=P)],
    "no numbers, new ids": [bare(**of("a", L)), bare(**of("b", P))],
    "snapshots of both": [
        called(0, id="a", name=NAME, arguments='{"city": "O'),
        called(1, id="b", name=NAME, arguments='{"city": "P'),
        called(0, id="a", arguments=L),
        called(1, id="b", arguments=P),
    ],
}


@pytest.mark.parametrize("chunks", TWO.values(), ids=TWO)
async def test_two_calls_stay_two(chunks: Sequence[object]) -> None:
    async with scripted(Step(CHAT, sse(*chunks, *DONE))) as server, talking(server) as talk:
        assert made(await talk.ask_with(WEATHER)) == [(NAME, OSLO), (NAME, {"city": "Porto"})]


@pytest.mark.parametrize(
    "pieces",
    [
        ['{"filter": ', '{"city": "Oslo"}'],  # the model forgot a bracket: what is inside is not what it meant
        ['{"a": [', '{"city": "Oslo"}'],
        ['{"city": "Oslo"', ', "day": '],
        ['["Oslo"]'],
        ["Oslo"],
    ],
)
def test_what_makes_no_object_stays_as_it_was_written(pieces: Sequence[str]) -> None:
    arguments = CallArguments()
    for piece in pieces:
        arguments.add(piece)
    assert arguments.text() == "".join(pieces)


@pytest.mark.parametrize("inner", ['{"x": {"y": 1}}', '{"x": "{\\"y\\": 1}"}', '{"x": "}{"}', '{"x": [{"y": "]"}]}'])
def test_objects_in_objects_are_no_replacement(inner: str) -> None:
    for cut in range(1, len(inner)):
        arguments = CallArguments()
        arguments.add(inner[:cut])
        arguments.add(inner[cut:])
        assert arguments.text() == inner


async def test_a_snapshot_that_the_limit_cut_is_no_call() -> None:
    chunks = [called(0, id="a", name=NAME, arguments='{"filter": '), called(0, arguments='{"city": "Oslo"}')]
    steps = Step(CHAT, sse(*chunks, *words(finish="length")))
    async with scripted(steps) as server, talking(server) as talk:
        with pytest.raises(VoiceError, match="“Longest answer”"):
            await talk.ask_with(WEATHER)


def test_snapshots_are_bounded_by_the_longest_of_them() -> None:
    text = json.dumps({"city": "x" * 400})
    arguments = CallArguments()
    for length in range(1, len(text) + 1):
        arguments.add(text[:length])
    assert arguments.text() == text
    with pytest.raises(BadAnswer):
        arguments.add('{"city": "' + "x" * LONGEST_CALL)
    with pytest.raises(BadAnswer):
        for _ in range(LONGEST_CALL):
            arguments.add("xx")


# ---------------------------------------------------------------- fields that are wanted back

SIGNED = {"google": {"thought_signature": "c2ln"}}


def asking_again(first: Sequence[Message], call: ToolCall) -> Sequence[Message]:
    return (*first, Message("assistant", "", (call,)), Message("tool", "Sunny.", call_id=call.id))


async def both_requests(server: Server, tool: Answer) -> Sequence[Request]:
    """A call, its outcome told, and the outcome of both told in another turn."""
    async with talking(compatible_at(server.url)) as talk:
        llm = talk.engine.llm()
        (call,) = [one for one in await talk.ask_with(WEATHER, llm=llm) if isinstance(one, ToolCall)]
        messages = asking_again(QUESTION, call)
        assert await talk.ask_with(WEATHER, messages=messages, llm=llm) == ["Yes."]
        later = (*messages, Message("assistant", "Yes."), Message("user", "And now?"))
        assert await talk.ask_with(WEATHER, messages=later, llm=llm) == ["Yes."]
    return server.requests[1:]


def delta(**fields: object) -> dict[str, object]:
    return {"choices": [{"delta": fields}]}


BACK: dict[str, tuple[Sequence[object], Mapping[str, object], Mapping[str, object]]] = {
    "Gemini": ([bare(index=0, id="a", extra_content=SIGNED, **of(None, L))], {}, {"extra_content": SIGNED}),
    "Gemini, signed apart": (
        [bare(index=0, id="a", **of(None, L)), bare(index=0, extra_content=SIGNED)],
        {},
        {"extra_content": SIGNED},
    ),
    "Gemini, signed twice": (
        [bare(index=0, id="a", extra_content=SIGNED, **of(None, L)), bare(index=0, extra_content=SIGNED)],
        {},
        {"extra_content": SIGNED},
    ),
    "DeepSeek": (
        [delta(reasoning_content="The user"), delta(reasoning_content=" asks."), bare(index=0, **of("a", L))],
        {"reasoning_content": "The user asks."},
        {},
    ),
    "vLLM": ([delta(reasoning="Hm", content=None), bare(index=0, **of("a", L))], {"reasoning": "Hm"}, {}),
    "OpenRouter": (
        [
            delta(reasoning_details=[{"text": "a"}]),
            delta(reasoning_details=[{"text": "b"}]),
            bare(index=0, **of("a", L)),
        ],
        {"reasoning_details": [{"text": "a"}, {"text": "b"}]},
        {},
    ),
    "LiteLLM": (
        [delta(thinking_blocks=[{"signature": "s"}], provider_specific_fields={"x": 1}), bare(index=0, **of("a", L))],
        {"thinking_blocks": [{"signature": "s"}], "provider_specific_fields": {"x": 1}},
        {},
    ),
    "a signature of the message": (
        [delta(thought_signature="s1"), bare(index=0, **of("a", L))],
        {"thought_signature": "s1"},
        {},
    ),
    "a signature of the call": ([bare(index=0, thought_signature="s1", **of("a", L))], {}, {"thought_signature": "s1"}),
    "nothing": ([delta(role="assistant", content=""), bare(index=0, type="function", **of("a", L))], {}, {}),
    "nulls": ([delta(reasoning=None, audio=None, refusal=None), bare(index=0, **of("a", L))], {}, {}),
}


@pytest.mark.parametrize(("chunks", "message", "call"), BACK.values(), ids=BACK)
async def test_unknown_fields_are_sent_back_as_they_came(
    chunks: Sequence[object], message: Mapping[str, object], call: Mapping[str, object]
) -> None:
    def answer(request: Request) -> Answer:
        return sse(*words("Yes.")) if len(request.json["messages"]) > 2 else sse(*chunks, *DONE)

    async with serving(answer) as server:
        for request in await both_requests(server, sse(*chunks, *DONE)):
            told = request.json["messages"][2]
            (made_call,) = told["tool_calls"]
            known = {"role": "assistant", "content": "", "tool_calls": [made_call]}
            assert told == {**known, **message}
            function = {"name": NAME, "arguments": L}
            assert made_call == {"id": made_call["id"], "type": "function", "function": function, **call}


async def test_a_whole_answer_keeps_its_fields_too() -> None:
    whole = {"reasoning_content": "Hm", "tool_calls": [{**of("a", L), "extra_content": SIGNED}]}

    def answer(request: Request) -> Answer:
        asked = len(request.json["messages"]) > 2
        return sse(*words("Yes.")) if asked else as_json({"choices": [{"message": whole, "finish_reason": "stop"}]})

    async with serving(answer) as server:
        (told, *_) = await both_requests(server, as_json({}))
        message = told.json["messages"][2]
        assert message["reasoning_content"] == "Hm" and message["tool_calls"][0]["extra_content"] == SIGNED


@pytest.mark.parametrize("field", ["extra_content", "reasoning_content"])
async def test_another_service_never_sees_them(field: str) -> None:
    chunks = [delta(reasoning_content="Hm"), bare(index=0, id="a", extra_content=SIGNED, **of(None, L))]
    async with (
        serving(lambda request: sse(*chunks, *DONE)) as first,
        serving(lambda request: sse(*words("Yes."))) as second,
        talking(compatible_at(first.url)) as one,
        talking(compatible_at(second.url)) as other,
    ):
        (call,) = [piece for piece in await one.ask_with(WEATHER) if isinstance(piece, ToolCall)]
        assert await other.ask_with(WEATHER, messages=asking_again(QUESTION, call)) == ["Yes."]
        assert field not in second.requests[0].body.decode()


@pytest.mark.parametrize(
    "refused",
    [
        as_json(refusal("x", "property 'reasoning_content' is unsupported", param="messages.2"), 400),
        as_json({"detail": [{"loc": ["body", "messages", 2, "reasoning_content"], "msg": "Extra inputs"}]}, 422),
        as_json({"error": {"message": 'Unknown name "reasoning_content": Cannot find field.'}}, 400),
        as_json([{"error": {"message": 'Invalid JSON payload. Unknown name "reasoning_content"', "code": 400}}], 400),
    ],
)
async def test_a_service_that_does_not_take_back_what_it_sent_is_spared_it(refused: Answer) -> None:
    def answer(request: Request) -> Answer:
        if len(request.json["messages"]) == 2:
            return sse(delta(reasoning_content="Hm"), bare(index=0, **of("a", L)), *DONE)
        return refused if "reasoning_content" in request.json["messages"][2] else sse(*words("Yes."))

    async with serving(answer) as server:
        assert len(await both_requests(server, sse())) == 3


async def test_fields_are_bounded() -> None:
    chunks = [delta(reasoning_content="x" * (LONGEST_FIELDS // 2)) for _ in range(3)]

    def answer(request: Request) -> Answer:
        asked = len(request.json["messages"]) > 2
        return sse(*words("Yes.")) if asked else sse(*chunks, bare(index=0, **of("a", L)), *DONE)

    async with serving(answer) as server:
        (told, *_) = await both_requests(server, sse())
        assert len(told.body) < LONGEST_FIELDS


async def test_a_signature_that_was_lost_costs_the_form_of_the_call_and_not_the_turn() -> None:
    """Another connection to the service has forgotten what it was sent."""
    missing = "Function call is missing a thought_signature in functionCall parts."

    def answer(request: Request) -> Answer:
        calls = [message for message in request.json["messages"] if message.get("tool_calls")]
        return as_json([{"error": {"code": 400, "message": missing}}], 400) if calls else sse(*words("Yes."))

    async with serving(answer) as server, talking(compatible_at(server.url)) as talk:
        messages = asking_again(QUESTION, ToolCall("a", NAME, L))
        assert await talk.ask_with(WEATHER, TIME, messages=messages) == ["Yes."]
        assert "Sunny." in server.requests[-1].body.decode()
