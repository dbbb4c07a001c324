"""Two wishes in one sentence: both are done, or it is said what is not."""

import json
from typing import Any

import pytest

from voicegui.core.ports import Message
from voicegui.core.tools import ToolCall
from voicegui.providers.local.rpc_messages import Choose
from voicegui.providers.local.tool_routing import parts

from .test_stages import SYSTEM, ScriptedLink, Step, pieces_of
from .tools import TOOLS

TALK = '{"just talk": {}}'


def no_tools(part: str) -> list[str]:
    return []


def timer(duration: str, **more: str) -> str:
    return json.dumps({"set_timer": {"duration": duration, **more}})


def weather(place: str) -> str:
    return json.dumps({"get_weather": {"place": place}})


@pytest.mark.parametrize(
    ("request_", "arguments", "others"),
    [
        (
            "Set a timer for five minutes and another one for ten minutes.",
            ["five minutes"], ["another one for ten minutes"]
        ),
        ("Weather in Oslo and in Bergen", ["Oslo"], ["in Bergen"]),
        ("Remind me to buy milk and eggs at five", ["buy milk and eggs", "at five"], []),
        ("Set a timer for an hour and a half", ["an hour and a half"], []),
        ("Set a timer for ten minutes and thank you", ["ten minutes"], []),
        ("A timer for ten minutes, and please, that's it", ["ten minutes"], []),
        ("The weather in Oslo then", ["Oslo"], []),
        ("A timer of 5 minutes, one of 6 and one of 7", ["5 minutes"], ["one of 7"]),
        ("Set a timer for five minutes plus remind me at six", ["five minutes"], ["remind me at six"]),
    ],
)  # fmt: skip
def test_other_parts(request_: str, arguments: list[str], others: list[str]) -> None:
    call = ToolCall("1", "tool", json.dumps({f"a{at}": value for at, value in enumerate(arguments)}))
    assert list(parts(request_, call, no_tools).others) == others


async def calls_of(request: str, *answers: str) -> list[Any]:
    link = ScriptedLink(*(Step(Choose, (answer,)) for answer in answers))
    pieces = await pieces_of(link, (SYSTEM, Message("user", request)), TOOLS)
    return [(piece.name, json.loads(piece.arguments)) if isinstance(piece, ToolCall) else piece for piece in pieces]


async def test_both_are_done() -> None:
    request = "Set a timer for five minutes and another one for ten minutes."
    assert await calls_of(request, timer("five minutes"), timer("ten minutes")) == [
        ("set_timer", {"duration": "five minutes"}),
        ("set_timer", {"duration": "ten minutes"}),
    ]


async def test_wishes_for_different_tools() -> None:
    request = "Set a timer for five minutes and tell me how warm it is in Oslo."
    made = await calls_of(request, timer("five minutes"), weather("Oslo"))
    assert [name for name, _ in made] == ["set_timer", "get_weather"]


async def test_the_first_one_is_not_lost_either() -> None:
    request = "Set a timer for five minutes and is the weather fine in Oslo?"
    made = await calls_of(request, weather("Oslo"), timer("five minutes"))
    assert {name for name, _ in made} == {"set_timer", "get_weather"}


async def test_a_call_made_of_two_wishes_is_neither() -> None:
    request = "Start a timer for five minutes and tell me the weather in Rome"
    mixed = json.dumps({"get_weather": {"place": "five minutes"}})
    made = await calls_of(request, mixed, weather("Rome"), timer("five minutes"))
    assert made == [("get_weather", {"place": "Rome"}), ("set_timer", {"duration": "five minutes"})]


async def test_what_nothing_comes_of_is_said() -> None:
    request = "Set a timer for five minutes and another one for ten minutes."
    said, call = await calls_of(request, timer("five minutes"), TALK)
    assert said == "I leave out “another one for ten minutes”: ask me for that once more."
    assert call == ("set_timer", {"duration": "five minutes"})


async def test_a_rest_that_begins_with_a_number_is_said() -> None:
    said, _ = await calls_of("Set a timer for five minutes and 30 seconds", timer("five minutes"))
    assert "30 seconds" in str(said)


async def test_the_same_call_is_made_once() -> None:
    request = "How warm is it in Oslo and will it rain?"
    assert len(await calls_of(request, weather("Oslo"), weather("Oslo"))) == 1


async def test_politeness_asks_nobody() -> None:
    assert len(await calls_of("Set a timer for five minutes and thank you very much", timer("five minutes"))) == 1
