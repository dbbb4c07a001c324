"""OpenAI's own client for Python, as its documentation shows it: typed requests, typed events."""

import asyncio
import base64
from typing import Any

import pytest

from .realtime_server import RunningServer, silence, tone

pytestmark = pytest.mark.usefixtures("loud_is_speech")

LONG = "One two three four five six seven eight nine ten eleven twelve."


async def test_a_spoken_conversation_with_a_tool_and_an_interruption():
    answers = [
        ("what is the weather", 'CALL:get_weather{"city":"Bonn"}'),
        ("Rain.", LONG),
        ("stop please", "All right."),
    ]
    weather: Any = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
    heard, transcripts, ended = bytearray(), list[str](), list[str]()
    async with RunningServer(answers).running() as server, server.client() as client:
        async with client.realtime.connect(model="gpt-realtime") as connection:

            async def say(sound: bytes) -> None:
                await connection.input_audio_buffer.append(audio=base64.b64encode(sound).decode())

            async def microphone() -> None:
                while True:
                    await say(silence(0.1))
                    await asyncio.sleep(0.02)

            await connection.session.update(
                session={
                    "type": "realtime",
                    "tools": [weather],
                    "audio": {
                        "input": {
                            "transcription": {"model": "gpt-4o-mini-transcribe"},
                            "turn_detection": {"type": "semantic_vad"},
                        }
                    },
                }
            )
            await say(tone(500))
            pumping = asyncio.create_task(microphone())
            playing = ""
            async with asyncio.timeout(20):
                async for event in connection:
                    assert event.type != "error", event
                    match event.type:
                        case "conversation.item.input_audio_transcription.completed":
                            transcripts.append(event.transcript)
                        case "response.output_audio.delta":
                            heard += base64.b64decode(event.delta)
                            if not playing:
                                playing = event.item_id
                                await say(tone(800))
                        case "response.function_call_arguments.done":
                            assert (event.name, event.arguments) == ("get_weather", '{"city":"Bonn"}')
                            await connection.conversation.item.create(
                                item={"type": "function_call_output", "call_id": event.call_id, "output": "Rain."}
                            )
                        case "input_audio_buffer.speech_started" if playing:
                            await connection.conversation.item.truncate(
                                item_id=playing, content_index=0, audio_end_ms=600
                            )
                        case "response.done":
                            ended.append(str(event.response.status))
                            if len(ended) == 1:
                                await connection.response.create()
                            if len(ended) == 3:
                                break
            pumping.cancel()
        assert transcripts == ["what is the weather", "stop please"]
        assert ended[0] == ended[2] == "completed"
        assert len(heard) > 24_000
        said = [message.text for message in server.conversations[0].aside.said() if message.role == "assistant"]
        assert "One two three" in said, said
