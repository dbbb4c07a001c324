"""Answers that cost far more than they weigh: they are counted before they are parsed, and nobody waits for them."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.mcp_servers.floods import FLOODS
from tests.tools.mcp_servers.web import Web
from voicegui.core.toolbox import ServerState
from voicegui.tools.mcp import message_filter
from voicegui.tools.mcp.framing import DEEPEST, MOST_PARTS, MessageEvents, answered, ends_of, too_much

from .conftest import QUICK, Desk, at, hostile
from .weighing import cost

FAST = replace(QUICK, bytes_per_s=1e9, messages_per_s=1e6)
AT_MOST = 15
"""Times what a plain answer of the same length costs. Without any screen it was more than a thousand."""


class Heart:
    """Beats on the loop as often as it gets to. What is measured is the work of this process between two beats, which
    does not depend on what else the machine does."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self.beats = 0

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _beat(self) -> None:
        last = time.process_time()
        while True:
            await asyncio.sleep(0.001)
            now = time.process_time()
            self.longest_s = max(self.longest_s, now - last)
            self.beats += 1
            last = now


def control_s() -> float:
    """The work that a plain answer of the same length makes."""
    text = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "a" * 1_900_000}]}})
    return max(cost([text.encode() + b"\n"]) for _ in range(3))


async def answers(there: Desk, name: str, floods: dict[str, str]) -> dict[str, str]:
    """Those that were not as they should be. The loop goes on, and so does the session."""
    heart = Heart()
    wrong = {}
    async with heart.beating():
        for flood, sentence in floods.items():
            text = (await there.call(name, flood=flood)).text
            assert len(text) <= 8000
            if sentence not in text:
                wrong[flood] = text[:200]
    assert there.server.state is ServerState.RUNNING
    assert heart.beats > len(floods)
    assert heart.longest_s <= AT_MOST * control_s()
    return wrong


async def test_floods_over_a_pipe(desk) -> None:
    there = desk(hostile("floods"), limits=FAST)
    await there.running()
    assert await answers(there, "hostile__do", {flood: said for flood, (_, said) in FLOODS.items()}) == {}


@pytest.mark.parametrize("kind", ["floods", "floods as events"])
async def test_floods_over_http(desk, kind: str) -> None:
    web = Web()
    async with web.open():
        there = desk(at(f"{web.url}/{kind.replace(' ', '%20')}"), limits=FAST)
        await there.running()
        expected = {flood: said for flood, (_, said) in FLOODS.items()}
        if kind == "floods as events":
            expected["a picture"] = "was lost"
        assert await answers(there, "far__do", expected) == {}


async def test_an_event_may_come_in_pieces(desk) -> None:
    web = Web()
    async with web.open():
        there = desk(at(f"{web.url}/events%20in%20pieces"), limits=FAST)
        await there.running()
        assert (await there.call("far__do")).text == "It is done and said nothing."


@pytest.mark.parametrize(("kind", "tools"), [("heavy", 1), ("heavy lists", 1), ("no tools", 0), ("large numbers", 1)])
async def test_lists_of_tools_that_weigh_too_much(desk, kind: str, tools: int) -> None:
    there = desk(hostile(kind), limits=FAST)
    await there.running()
    assert there.server.tools == tools
    for info in there.registry.all_tools():
        assert len(json.dumps(info.parameters)) <= 8000


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("long instructions", ServerState.RUNNING),
        ("long about itself", ServerState.RUNNING),
        ("many pictures of itself", ServerState.FAILED),
        ("many abilities", ServerState.FAILED),
        ("more parts than are read", ServerState.FAILED),
    ],
)
async def test_one_that_says_too_much_of_itself(desk, kind: str, state: ServerState) -> None:
    there = desk(hostile(kind), limits=FAST)
    there.servers.start()
    heart = Heart()
    async with heart.beating():
        server = await there.state(ServerState.RUNNING, ServerState.FAILED)
    assert (server.state, bool(server.problem)) == (state, state is ServerState.FAILED)


def test_what_they_cost() -> None:
    """In a process of its own, whose memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.tools.mcp.weighing"],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["kilobytes"] < 100_000
    control = found["seconds"].pop("")
    assert {name: seconds for name, seconds in found["seconds"].items() if seconds > AT_MOST * control} == {}


# ---------------------------------------------------------------- counting


@pytest.mark.parametrize(
    ("message", "refused"),
    [
        (b"{}", False),
        (b"", False),
        (b"[" * DEEPEST + b"]" * DEEPEST, False),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), True),
        (b"[" + b"0," * MOST_PARTS + b"0]", True),
        (b"[" + b"0," * (MOST_PARTS - 2) + b"0]", False),
        (b"[" + b'"",' * MOST_PARTS + b'""]', True),
        (b'"' + b"[{,," * 100_000 + b'"', False),  # signs in a text are no parts
        (b'"' + b'\\"[' * 100_000 + b'"', False),
        (b'"\\\\"' + b"[" * 100_000, True),  # the text ends after an escaped backslash
        (b'"' + b"[" * 100_000, False),  # one that never ends is all text
        (b'"\\' * 300_000, False),
        (b"\\" * 300_000 + b"[" * 50_000, True),
    ],
)
def test_parts_are_counted_without_parsing(message: bytes, refused: bool) -> None:
    assert too_much(message) is refused


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_nothing_ordinary_is_too_much(value: object) -> None:
    assert not too_much(json.dumps(value).encode())


@pytest.mark.parametrize("sign", list('0[]{},:"\\ \n\r\x00aé'))
def test_two_megabytes_of_anything_are_counted_at_once(sign: str) -> None:
    message = sign.encode() * 2_000_000
    before = time.process_time()
    too_much(message)
    assert time.process_time() - before <= AT_MOST * control_s()


# ---------------------------------------------------------------- what is left


@given(st.dictionaries(st.sampled_from(["tools", "content", "structuredContent", "_meta", "x"]), json_values))
def test_what_is_left_of_an_answer_is_small(found: dict[str, object]) -> None:
    left = message_filter.kept_result(found)
    assert set(left) <= set(found)
    assert not isinstance(content := left.get("content"), list) or len(content) <= message_filter.MOST_PARTS_KEPT + 1


@pytest.mark.parametrize(
    ("value", "is_small"),
    [
        (None, True),
        (0, True),
        ([0] * 150, True),
        ([0] * 250, False),
        ({str(key): 0 for key in range(250)}, False),
        ("x" * 10_000, True),
        ("x" * 10_001, False),
        ({"k" * 10_001: 0}, False),
        ([["x" * 1000] * 5] * 5, False),
        ([[[[[0] * 10] * 10] * 10] * 10] * 10, False),
    ],
)
def test_small(value: object, is_small: bool) -> None:
    assert message_filter.small(value) is is_small


# ---------------------------------------------------------------- who waits for what cannot be used


@pytest.mark.parametrize(
    ("message", "id"),
    [
        (b'{"jsonrpc":"2.0","id":7,"result":{}}', 7),
        (b'{"result":{"a":"' + b"x" * 9000 + b'"},"jsonrpc":"2.0","id": 8}', 8),
        (b'{"jsonrpc":"2.0","method":"notifications/message","params":{"id":9}}', None),
        (b'{"id":9}', None),
        (b'["jsonrpc",{"id":9}]', None),
        (b'Hello "jsonrpc" "id":9', None),
        (b"", None),
    ],
)
def test_only_an_answer_is_waited_for(message: bytes, id: int | None) -> None:
    assert answered(ends_of(message)) == id


# ---------------------------------------------------------------- events


def events(*chunks: bytes, longest: int = 1000) -> list[bytes | None]:
    """Until one is too long."""
    made, found = MessageEvents(longest), list[bytes | None]()
    for chunk in chunks:
        found += made.feed(chunk)
        if None in found:
            break
    return found


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        (b"data: {}\n\n", [b"{}"]),
        (b"data:{}\r\n\r\n", [b"{}"]),
        (b'event: message\nid: 1\nretry: 0\ndata: {"a":\ndata: 1}\n\n', [b'{"a": 1}']),
        (b"event: other\ndata: {}\n\ndata: []\n\n", [b"[]"]),
        (b': "\ndata: {}\n\n', [b"{}"]),
        (b"data: {}\rdata: [[[\n\n", [b"{} data: [[["]),
        (b"data: {}\n", []),
        (b"data\n\n", []),
        (b"\n\n\n", []),
        (b"id: 1\ndata:\n\n", []),
        (b"data: " + b"x" * 2000 + b"\n\n", [None]),
        (b"data: xxxxxxxx\n" * 200, [None]),
    ],
)
def test_events_are_read_however_they_come(stream: bytes, found: list[bytes | None]) -> None:
    assert events(stream) == found
    assert events(*(stream[at : at + 1] for at in range(len(stream)))) == found
