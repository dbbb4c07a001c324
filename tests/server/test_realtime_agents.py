"""The realtime part of OpenAI's Agents SDK for Python, unchanged: it validates every event strictly."""

import asyncio
import logging
from typing import Any

import pytest

pytest.importorskip("agents.realtime")

from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner

from .realtime_server import KEY, RunningServer, silence, tone

pytestmark = pytest.mark.usefixtures("loud_is_speech")

LONG = "One two three four five six seven eight nine ten eleven twelve."


async def test_a_spoken_conversation_with_a_tool_and_an_interruption(caplog):
    caplog.set_level(logging.WARNING)
    asked = []

    @function_tool
    def get_weather(city: str) -> str:
        """Tells the weather."""
        asked.append(city)
        return "Rain."

    answers = [
        ("what is the weather", 'CALL:get_weather{"city":"Bonn"}'),
        ("Rain.", LONG),
        ("stop please", "All right."),
    ]
    agent = RealtimeAgent(name="Assistant", instructions="Answer briefly.", tools=[get_weather])
    settings: Any = {"audio": {"input": {"turn_detection": {"type": "semantic_vad", "interrupt_response": True}}}}
    async with RunningServer(answers).running() as server:
        runner = RealtimeRunner(agent, config={"model_settings": settings, "tracing_disabled": True})
        model: Any = {"api_key": KEY, "url": f"ws://127.0.0.1:{server.port}/v1/realtime?model=gpt-realtime"}
        seen, came, sound = [], asyncio.Condition(), bytearray()
        async with await runner.run(model_config=model) as session:

            async def follow():
                async for event in session:
                    async with came:
                        seen.append(event)
                        if event.type == "audio":
                            sound.extend(event.audio.data)
                        came.notify_all()

            async def microphone():
                while True:
                    await session.send_audio(silence(0.1))
                    await asyncio.sleep(0.02)

            async def until(kind, count=1):
                async with asyncio.timeout(20), came:
                    await came.wait_for(lambda: sum(event.type == kind for event in seen) >= count)

            following = asyncio.create_task(follow())
            await session.send_audio(tone(500))
            pumping = asyncio.create_task(microphone())
            try:
                await until("tool_end")
                await until("audio")
                await session.send_audio(tone(800))
                await until("audio_interrupted")
                await until("audio_end", 2)
            finally:
                pumping.cancel()
                following.cancel()
            assert asked == ["Bonn"]
            assert len(sound) > 24_000
            errors = [event for event in seen if event.type == "error"]
            assert not errors
        said = [message for message in server.llm.prompts[-1] if message.role == "assistant" and message.text]
        assert said and LONG.startswith(said[-1].text) and said[-1].text != LONG
        assert not [record for record in caplog.records if record.name.startswith("openai.agents")]
