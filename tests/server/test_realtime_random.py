"""Clients that do anything at any time: the session goes on, every response that begins ends, all is well formed."""

import base64
import random
from collections.abc import Sequence

import pytest

from tests.conversation.fakes import ScriptedModel
from voicegui.core.ports import Message

from .realtime_server import RunningServer, silence, tone

pytestmark = pytest.mark.usefixtures("loud_is_speech")

TOOL = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}


class AnyAnswers(ScriptedModel):
    def _answer(self, messages: Sequence[Message]) -> str:
        choices = [
            "One two.",
            "One two three four five six.",
            "CALL:get_weather{}",
            "Well. CALL:get_weather{}",
            "BREAK",
        ]
        return choices[len(self.prompts) % len(choices)]


def anything(chance, talk):
    ids = [each["item"]["id"] for each in talk.of("conversation.item.added")] or ["nobody"]
    calls = [each["call_id"] for each in talk.of("response.function_call_arguments.done")] or ["nobody"]
    kinds = ["server_vad", "semantic_vad", None]
    detection = chance.choice(kinds)
    turns = detection and {
        "type": detection,
        "create_response": chance.random() < 0.6,
        "interrupt_response": chance.random() < 0.6,
    }
    modality = chance.choice(["audio", "text"])
    sound = chance.choice([tone(300, 0.3), tone(500, 1.6), tone(800), tone(1200, 0.2), tone(1700), silence(0.7)])
    text = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}
    update = {"type": "realtime", "audio": {"input": {"turn_detection": turns, "transcription": {"model": "x"}}}}
    outcome = {"type": "function_call_output", "call_id": chance.choice(calls), "output": "Rain."}
    return chance.choice(
        [
            *[{"type": "input_audio_buffer.append", "audio": base64.b64encode(sound).decode()}] * 6,
            {"type": "input_audio_buffer.commit"},
            {"type": "input_audio_buffer.clear"},
            {"type": "session.update", "session": update | {"tools": [TOOL] if chance.random() < 0.5 else []}},
            {"type": "session.update", "session": {"type": "realtime", "output_modalities": [modality]}},
            {"type": "conversation.item.create", "item": text, "previous_item_id": chance.choice([None, *ids])},
            {"type": "conversation.item.create", "item": outcome},
            {"type": "conversation.item.retrieve", "item_id": chance.choice(ids)},
            {"type": "conversation.item.delete", "item_id": chance.choice(ids)},
            {
                "type": "conversation.item.truncate",
                "item_id": chance.choice(ids),
                "content_index": 0,
                "audio_end_ms": chance.choice([0, 100, 700]),
            },
            *[{"type": "response.create", "response": {"output_modalities": [modality], "tools": [TOOL]}}] * 2,
            {"type": "response.create", "response": {"conversation": "none", "output_modalities": [modality]}},
            {"type": "response.cancel"},
        ]
    )


@pytest.mark.parametrize("seed", range(8))
async def test_anything_at_any_time(seed):
    chance = random.Random(seed)
    running = RunningServer([])
    running.llm = AnyAnswers([])
    async with running.running() as server, server.talk() as talk:
        await talk.until("session.created")
        for number in range(150):
            event = anything(chance, talk)
            await talk.send(event.pop("type"), event_id=f"e{number}", **event)
            if number % 5 == 0:  # all before it were dealt with
                await talk.send("conversation.item.retrieve", item_id="marker", event_id=f"m{number}")
                while (await talk.until("error"))["error"].get("event_id") != f"m{number}":
                    pass
        manual = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
        await talk.send("session.update", session=manual)
        await talk.send("input_audio_buffer.clear")
        open_ids: set[str] = {"something"}
        while open_ids:
            created = {each["response"]["id"] for each in talk.of("response.created")}
            open_ids = created - {each["response"]["id"] for each in talk.of("response.done")}
            if open_ids:
                await talk.until_any("response.done")
        assert not talk.closed
        ended = [each["response"]["id"] for each in talk.of("response.done")]
        assert len(ended) == len(set(ended)), "one ended twice"
        failed = [each["response"]["status_details"] for each in talk.of("response.done")]
        assert "turn_detected" in str(failed) or "client_cancelled" in str(failed) or "completed" in str(failed)
        assert not [each for each in failed if "went wrong inside" in str(each)], failed
        assert not [each for each in talk.events if "BROKEN" in each["type"]]
