"""A server that others published, configured as its page says."""

import json
import re
import sys

import pytest

from voicegui.tools.mcp import parse

pytestmark = pytest.mark.slow


async def test_the_time_server(desk) -> None:
    arguments = ["-m", "mcp_server_time", "--local-timezone=Europe/Lisbon"]
    text = json.dumps({"mcpServers": {"time": {"command": "${PYTHON}", "args": arguments}}})
    there = desk(*parse(text, {"PYTHON": sys.executable}))
    await there.running()
    tools = {info.name: info for info in there.registry.all_tools()}
    assert set(tools) == {"time__get_current_time", "time__convert_time"}
    assert "timezone" in tools["time__get_current_time"].parameters["properties"]
    now = await there.call("time__get_current_time", timezone="Asia/Tokyo")
    assert now.ok
    assert re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00", now.text)
    noon = await there.call("time__convert_time", source_timezone="UTC", time="12:00", target_timezone="Asia/Tokyo")
    assert "T21:00:00+09:00" in noon.text
    assert not (await there.call("time__get_current_time", timezone="Mars")).ok
