"""OpenAI's Agents SDK for JavaScript, unchanged, in Node: `npm install` in `agents_realtime/` makes it ready."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from .realtime_server import KEY, RunningServer

HERE = Path(__file__).parent / "agents_realtime"
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.usefixtures("loud_is_speech"),
    pytest.mark.skipif(NODE is None or not (HERE / "node_modules").exists(), reason="no Node, or not installed there"),
]

LONG = "One two three four five six seven eight nine ten eleven twelve."


async def test_a_spoken_conversation_with_a_tool_and_an_interruption():
    answers = [
        ("what is the weather", 'CALL:get_weather{"city":"Bonn"}'),
        ("Rain.", LONG),
        ("stop please", "All right."),
    ]
    async with RunningServer(answers).running() as server:
        url = f"ws://127.0.0.1:{server.port}/v1/realtime?model=gpt-realtime"
        program = await asyncio.create_subprocess_exec(
            str(NODE), str(HERE / "talk.mjs"), url, KEY, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await program.communicate()
        assert program.returncode == 0, err.decode()
        happened = json.loads(out)
        assert happened["errors"] == []
        assert happened["asked"] == ["Bonn"]
        assert happened["bytes"] > 24_000
        assert happened["interrupted"] >= 1
        assert happened["kinds"].count("response.done") == 3, happened["kinds"]
        assert "conversation.item.truncated" in happened["kinds"]
        assert "conversation.item.retrieved" in happened["kinds"]
        said = [message.text for message in server.llm.prompts[-1] if message.role == "assistant" and message.text]
        assert said and LONG.startswith(said[-1]) and said[-1] != LONG
        transcripts = [text for kind, role, text in happened["history"] if kind == "message" and role == "user"]
        assert transcripts == ["what is the weather", "stop please"]
