"""Whatever a client of /v1/realtime sends gets a defined answer, and no other session notices."""

import asyncio
import json
from typing import Any

import pytest

from .realtime_server import RunningServer, silence

pytestmark = pytest.mark.usefixtures("loud_is_speech")

DEEP = '{"type":"session.update","session":' + '{"a":' * 50_000


def event(kind, **fields):
    return json.dumps({"type": kind, "event_id": "mine", **fields})


def update(**session):
    return event("session.update", session={"type": "realtime", **session})


def detection(**fields):
    return update(audio={"input": {"turn_detection": fields}})


def item(**fields):
    return event("conversation.item.create", item=fields)


def message(*content, role="user"):
    return item(type="message", role=role, content=list(content))


UNREADABLE = [
    "", "{", "null", "[]", "5", '"text"', "{}", '{"type": 5}', '{"type": null}', "{'type': 'x'}", '{"type":"x"} {}',
    DEEP, '{"type": "session.update", "n": ' + "9" * 5000 + "}", "\x00", "true",
]  # fmt: skip

UNKNOWN = [
    event("unknown"), event("Session.Update"), event("session.updated"), event("error"), event("x" * 10_000),
    event("conversation.item.created"), event("input_audio_buffer"), event("response"), event("__init__"), event(""),
    event("output_audio_buffer.clear"), event("transcription_session.update"),
]  # fmt: skip

BAD_SOUND = [
    event("input_audio_buffer.append"), event("input_audio_buffer.append", audio=None),
    event("input_audio_buffer.append", audio=5), event("input_audio_buffer.append", audio=[1, 2]),
    event("input_audio_buffer.append", audio="***"), event("input_audio_buffer.append", audio="AAA"),
    event("input_audio_buffer.append", audio="AA=="), event("input_audio_buffer.append", audio="AAAAAA\n=="),
    event("input_audio_buffer.append", audio="ü"), event("input_audio_buffer.append", audio="\ud800"),
    event("input_audio_buffer.append", audio="data:audio/pcm;base64,AAAA"),
    event("input_audio_buffer.append", audio={}),
    event("input_audio_buffer.commit"),
]  # fmt: skip

BAD_SESSIONS = [
    event("session.update"), event("session.update", session=5), event("session.update", session=[]),
    update(type="other"),
    update(type=[]), update(type={}), update(type=None), update(instructions=5), update(instructions="x" * 200_000),
    update(tools="none"), update(tools=[5]), update(tools=[{"type": "mcp"}]), update(tools=[{"type": "function"}]),
    update(tools=[{"type": "function", "name": "a b"}]),
    update(tools=[{"type": "function", "name": "a", "parameters": []}]),
    update(tools=[{"type": "function", "name": "a"}] * 200),
    update(tools=[{"type": "function", "name": "a", "parameters": {"x": "y" * 40_000}}]),
    update(tool_choice={"type": "function", "name": "nobody"}), update(output_modalities=["smell"]),
    update(output_modalities="audio"), update(max_output_tokens=0), update(max_output_tokens="many"),
    update(max_output_tokens=True), update(audio=5), update(audio={"input": 5}), update(audio={"output": []}),
    update(audio={"input": {"format": {"type": "audio/pcm", "rate": 16000}}}),
    update(audio={"input": {"format": {"type": "audio/mp3"}}}), update(audio={"input": {"format": "pcm16"}}),
    update(audio={"input": {"format": {"type": ["audio/pcm"]}}}), update(audio={"input": {"transcription": "whisper"}}),
    detection(type="other"), detection(type=None), detection(type="server_vad", threshold="loud"),
    detection(type="server_vad", threshold=5), detection(type="server_vad", silence_duration_ms=-1),
    detection(type="server_vad", silence_duration_ms=10**9), detection(type="server_vad", create_response="yes"),
    detection(type="semantic_vad", eagerness="very"), detection(type="semantic_vad", eagerness=["low"]),
]  # fmt: skip

BAD_ITEMS = [
    event("conversation.item.create"), event("conversation.item.create", item=5), item(), item(type="message"),
    item(type="other"), item(type=["message"]), item(type="message", role="user"),
    item(type="message", role="tool", content=[]),
    item(type="message", role=["user"], content=[{"type": "input_text", "text": "x"}]), message(), message(5),
    message({"type": "input_text"}), message({"type": "input_text", "text": 5}), message({"type": "input_image"}),
    message({"type": "input_audio"}), message({"type": "input_audio", "audio": "?"}),
    message({"type": "input_audio", "audio": "AAAA"}, role="assistant"), message({"type": "output_text", "text": "x"}),
    item(type="function_call", name="x"), item(type="function_call_output", output="x"),
    item(type="function_call_output", call_id="x"), item(type="function_call_output", call_id="x", output="y"),
    item(type="mcp_call"), message(*[{"type": "input_text", "text": "x"}] * 100),
    event("conversation.item.create", item={"type": "message", "role": "user", "id": 5, "content": []}),
    event(
        "conversation.item.create", previous_item_id="nobody",
        item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x"}]},
    ),
]  # fmt: skip

ODD_IDS: list[dict[str, Any]] = [
    {}, {"item_id": None}, {"item_id": 5}, {"item_id": "nobody"}, {"item_id": ""}, {"item_id": "x" * 1000},
    {"item_id": "\ud800"}, {"item_id": ["a"]}, {"item_id": {}}, {"item_id": "root"},
]  # fmt: skip

BAD_IDS = [event(f"conversation.item.{what}", **fields) for what in ("retrieve", "delete") for fields in ODD_IDS]

ODD_PLACES: list[dict[str, Any]] = [
    {}, {"item_id": "nobody"}, {"item_id": None}, {"content_index": 1}, {"content_index": None},
    {"content_index": "0"}, {"audio_end_ms": -1}, {"audio_end_ms": None}, {"audio_end_ms": 1.5},
    {"audio_end_ms": "100"}, {"audio_end_ms": True}, {"audio_end_ms": 10**30},
]  # fmt: skip
PLACE = {"item_id": "made", "content_index": 0, "audio_end_ms": 0}
BAD_TRUNCATIONS = [event("conversation.item.truncate", **{**PLACE, **fields}) for fields in ODD_PLACES]

ODD_RESPONSES: list[Any] = [
    5, [], {"conversation": "other"}, {"conversation": 5}, {"input": []}, {"instructions": 5}, {"metadata": 5},
    {"metadata": {"x": "y" * 20_000}}, {"tools": 5}, {"output_modalities": []}, {"max_output_tokens": -1},
    {"conversation": "none", "input": 5}, {"conversation": "none", "input": [5]},
    {"conversation": "none", "input": [{"type": "item_reference", "id": "nobody"}]},
    {"conversation": "none", "input": [{"type": "message", "role": "user", "content": []}]},
    {"conversation": "none", "input": [{"type": "function_call_output", "call_id": "x", "output": "y"}]},
]  # fmt: skip
BAD_RESPONSES = [event("response.create", response=fields) for fields in ODD_RESPONSES]
BAD_RESPONSES += [event("response.cancel"), event("response.cancel", response_id="nobody")]
BAD_RESPONSES += [event("response.cancel", response_id=5)]

ALL = [*UNREADABLE, *UNKNOWN, *BAD_SOUND, *BAD_SESSIONS, *BAD_ITEMS, *BAD_IDS, *BAD_TRUNCATIONS, *BAD_RESPONSES]


async def test_each_is_refused_by_name_and_the_session_goes_on():
    async with RunningServer([]).running() as server, server.talk() as talk, server.talk() as other:
        created = {"type": "message", "role": "user", "id": "made", "content": [{"type": "input_text", "text": "x"}]}
        await talk.send("conversation.item.create", item=created)
        await talk.until("conversation.item.done")
        session = await talk.configure()
        for raw in ALL:
            await talk.connection.send_raw(raw)
            error = (await talk.until("error"))["error"]
            assert error["type"] == "invalid_request_error", raw[:200]
            assert error["code"] and error["message"], raw[:200]
            if raw not in UNREADABLE:
                assert error.get("event_id") == "mine", raw[:200]
            assert talk.events[-1]["type"] == "error", raw[:200]
        assert await talk.configure() == session, "a refused update changed something"
        assert not talk.closed
        await other.until("session.created")
        assert [each["type"] for each in other.events] == ["session.created"]
        assert server.llm.prompts == []


async def test_bytes_are_no_events():
    async with RunningServer([]).running() as server, server.talk() as talk:
        await talk.connection._connection.send(silence(0.1))
        assert (await talk.until("error"))["error"]["code"] == "invalid_event"
        await talk.configure()


@pytest.mark.parametrize("event_id", [5, None, [], {}, "x" * 600, "\ud800", ""])
async def test_odd_event_ids(event_id):
    async with RunningServer([]).running() as server, server.talk() as talk:
        await talk.connection.send_raw(json.dumps({"type": "nothing", "event_id": event_id}))
        error = (await talk.until("error"))["error"]
        assert isinstance(error.get("event_id", ""), str)


async def test_half_characters_are_stored_as_something_that_can_be_written():
    async with RunningServer([]).running() as server, server.talk() as talk:
        assert (await talk.configure(instructions="a\ud800b"))["type"] == "realtime"
        content = [{"type": "input_text", "text": "a\udfffb"}]
        await talk.send("conversation.item.create", item={"type": "message", "role": "user", "content": content})
        added = await talk.until("conversation.item.added")
        added["item"]["content"][0]["text"].encode()


async def test_a_flood_of_updates_ends_that_session_only():
    limits = {"messages_per_second": 20, "burst_s": 1.0}
    async with RunningServer([], **limits).running() as server, server.talk() as other, server.talk() as talk:
        for _ in range(200):
            try:
                await talk.send("session.update", session={"type": "realtime"})
            except Exception:
                break
        async with asyncio.timeout(10), talk._came:
            await talk._came.wait_for(lambda: talk.closed)
        await other.configure()


async def test_too_much_sound_at_once_ends_the_session():
    async with RunningServer([], message_bytes=100_000).running() as server, server.talk() as talk:
        await talk.until("session.created")
        await talk.append(silence(3))
        async with asyncio.timeout(10), talk._came:
            await talk._came.wait_for(lambda: talk.closed)


async def test_sound_that_is_never_committed_is_bounded():
    limits = {"buffered_s": 1.0}
    async with RunningServer([], **limits).running() as server, server.talk() as talk:
        await talk.configure(audio={"input": {"turn_detection": None}})
        for _ in range(3):
            await talk.append(silence(0.6))
        assert (await talk.until("error"))["error"]["code"] == "input_audio_buffer_full"
        await talk.send("input_audio_buffer.clear")
        await talk.until("input_audio_buffer.cleared")
        await talk.append(silence(0.6))


async def test_a_session_cannot_grow_without_end():
    async with RunningServer([]).running() as server, server.talk() as talk:
        for number in range(20):
            noise = {f"noise-{number}": "x" * 100_000}
            await talk.send("session.update", session={"type": "realtime", "audio": {"input": noise}}, event_id="grow")
        assert (await talk.until("error"))["error"]["event_id"] == "grow"
        assert len(talk.of("session.updated")) < 4


async def test_items_are_bounded_by_their_length():
    async with RunningServer([], items_bytes=10_000).running() as server, server.talk() as talk:
        for number in range(6):
            content = [{"type": "input_text", "text": "x" * 3000}]
            created = {"type": "message", "role": "user", "id": f"i{number}", "content": content}
            await talk.send("conversation.item.create", item=created)
        await talk.send("conversation.item.retrieve", item_id="i0")
        assert (await talk.until("error"))["error"]["code"] == "item_not_found"
        await talk.send("conversation.item.retrieve", item_id="i5")
        await talk.until("conversation.item.retrieved")


async def test_who_takes_nothing_is_given_up():
    limits = {"unsent_bytes": 2000}
    async with RunningServer([], **limits).running() as server, server.talk() as talk, server.talk() as other:
        await talk.until("session.created")
        await talk.send("session.update", session={"type": "realtime", "instructions": "x" * 10_000})
        async with asyncio.timeout(10), talk._came:
            await talk._came.wait_for(lambda: talk.closed)
        await other.configure()


async def test_items_are_bounded():
    async with RunningServer([], items=3).running() as server, server.talk() as talk:
        for number in range(5):
            content = [{"type": "input_text", "text": "x"}]
            created = {"type": "message", "role": "user", "id": f"i{number}", "content": content}
            await talk.send("conversation.item.create", item=created)
        await talk.send("conversation.item.create", item=created)
        assert (await talk.until("error"))["error"]["code"] == "item_exists"
        await talk.send("conversation.item.retrieve", item_id="i0")
        assert (await talk.until("error"))["error"]["code"] == "item_not_found"
        await talk.send("conversation.item.retrieve", item_id="i4")
        await talk.until("conversation.item.retrieved")
