"""Calls of tools as a service sends them, and what must come back."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .server import Request


def called(index: int, **fields: object) -> dict[str, object]:
    """A chunk with a piece of one call: `id`, and `name` and `arguments` of its function."""
    function = {name: fields[name] for name in ("name", "arguments") if name in fields}
    piece = {"index": index, **({"id": fields["id"]} if "id" in fields else {}), "function": function}
    return {"choices": [{"index": 0, "delta": {"tool_calls": [piece]}, "finish_reason": None}]}


def calling(*calls: tuple[str, str, Mapping[str, object]], finish: str = "tool_calls") -> list[object]:
    """The chunks of an answer with calls, each (id, name, arguments): the arguments in three pieces each."""
    chunks: list[object] = []
    for index, (id, name, arguments) in enumerate(calls):
        text = json.dumps(arguments)
        cuts = (0, len(text) // 3, len(text) // 2, len(text))
        chunks.append(called(index, id=id, name=name, arguments=""))
        chunks += [called(index, arguments=text[start:end]) for start, end in zip(cuts, cuts[1:], strict=False)]
    return [*chunks, {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}]


def outcomes(expected: Mapping[str, str]) -> Callable[[Request], object]:
    """The request must end with these outcomes, by the id of their call."""

    def expect(request: Request) -> None:
        messages = request.json["messages"][-len(expected) :]
        told = {message.get("tool_call_id"): message["content"] for message in messages}
        assert told == expected, f"told {told}"

    return expect


def require_order(messages: Sequence[Mapping[str, Any]]) -> None:
    """Every call is answered by exactly one tool message, right after the message that made it, in its order."""
    waiting: list[str] = []
    for message in messages:
        if message["role"] == "tool":
            assert waiting, "an outcome of no call"
            assert message["tool_call_id"] == waiting.pop(0), "an outcome out of order"
            assert isinstance(message["content"], str)
            continue
        assert not waiting, f"calls without an outcome: {waiting}"
        for call in message.get("tool_calls", ()):
            assert message["role"] == "assistant" and call["type"] == "function"
            assert isinstance(json.loads(call["function"]["arguments"]), dict)
            waiting.append(call["id"])
        assert len(set(waiting)) == len(waiting), "two calls with one id"
        assert set(message) <= {"role", "content", "tool_calls"}, f"unknown fields: {set(message)}"
    assert not waiting, f"calls without an outcome: {waiting}"


def require_schemas(tools: Sequence[Mapping[str, Any]]) -> None:
    """As OpenAI checks them."""
    assert tools, "an empty list of tools is refused"
    for tool in tools:
        assert set(tool) == {"type", "function"} and tool["type"] == "function"
        assert set(tool["function"]) <= {"name", "description", "parameters"}
        assert tool["function"]["parameters"]["type"] == "object"
