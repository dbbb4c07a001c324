"""Real servers over their pipes: made with the package's own server side."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from voicegui.core.toolbox import ServerState
from voicegui.core.tools import Permission, SourceKind, ToolSource
from voicegui.tools.mcp import ServerConfiguration, parse
from voicegui.tools.mcp.configuration import LocalServer
from voicegui.tools.mcp.server_status import ServerLog

from .conftest import QUICK, SERVERS, Pipe, clock


async def test_its_tools_are_there_once_they_are_wanted(desk) -> None:
    there = desk(clock())
    assert there.server.state is ServerState.WAITING
    assert there.registry.all_tools() == []
    await there.running()
    found = {info.name: info for info in there.registry.all_tools()}
    time = found["clock__get_time"]
    assert there.server.tools == len(found) == 7
    assert time.label == "What time it is (clock)"
    assert time.description == "Described by the MCP server “clock”: “Tells the time of a zone.”"
    assert time.parameters == {"type": "object", "properties": {"zone": {"type": "string"}}, "required": ["zone"]}
    assert (time.permission, time.changes, time.outside, time.network) == (Permission.ASK, False, True, True)
    assert found["clock__set_alarm"].changes
    assert time.source == ToolSource(SourceKind.SERVER, "clock")


async def test_calls(desk) -> None:
    there = desk(clock())
    await there.running()
    assert (await there.call("clock__get_time", zone="Lisbon")).text == "It is 10:30 in Lisbon."
    assert json.loads((await there.call("clock__set_alarm", hour=7)).text) == {"hour": 7, "minute": 0}
    assert (await there.call("clock__picture")).text == "[an image]"


@pytest.mark.slow
async def test_many_calls_at_once(desk) -> None:
    there = desk(clock())
    await there.running()
    zones = [f"zone {number}" for number in range(30)]
    found = await asyncio.gather(*(there.call("clock__get_time", zone=zone) for zone in zones))
    assert [outcome.text for outcome in found] == [f"It is 10:30 in {zone}." for zone in zones]


async def test_what_the_tool_says_went_wrong(desk) -> None:
    there = desk(clock())
    await there.running()
    found = await there.call("clock__get_time", zone="Mars")
    assert not found.ok
    assert "get_time" in found.text
    bad = await there.call("clock__set_alarm", hour="never")
    assert not bad.ok


@pytest.mark.slow
async def test_arguments_that_are_no_object(desk) -> None:
    there = desk(clock())
    await there.running()
    (tool,) = [tool for tool in there.servers.tools() if tool.info.name == "clock__get_time"]
    said = {
        "[]": "The arguments have to be a JSON object.",
        "{": "The arguments are no JSON.",
        '{"zone": NaN}': "NaN is no number in JSON.",
        "7": "The arguments have to be a JSON object.",
        "[" * 10_000: "The arguments are nested too deep.",
    }
    for text, sentence in said.items():
        assert (await tool.run(text)).text == sentence


async def test_of_our_environment_it_gets_only_what_it_is_given(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "planted")
    there = desk(clock(LEVEL="7"))
    await there.running()
    assert (await there.call("clock__environment", name="OPENAI_API_KEY")).text == "not set"
    assert (await there.call("clock__environment", name="LEVEL")).text == "7"
    assert (await there.call("clock__environment", name="PATH")).text != "not set"


@pytest.mark.slow
async def test_a_cancelled_call_is_cancelled_there_and_the_server_goes_on(desk, pipe: Pipe) -> None:
    there = desk(clock(NEWS=pipe.path))
    await there.running()
    async with pipe.read() as news:
        call = asyncio.create_task(there.call("clock__wait"))
        assert await news.readline() == b"waiting\n"
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await news.readline() == b"cancelled\n"
    assert (await there.call("clock__get_time", zone="Lisbon")).ok


@pytest.mark.slow
async def test_a_tool_that_takes_too_long_is_stopped(desk, pipe: Pipe) -> None:
    there = desk(clock(NEWS=pipe.path), limits=replace(QUICK, call_s=0.2))
    await there.running()
    async with pipe.read() as news:
        found = await there.call("clock__wait")
        assert found.text == "It was stopped: it did not end within 0.2 seconds."
        assert await news.readline() == b"waiting\n"
        assert await news.readline() == b"cancelled\n"


@pytest.mark.slow
async def test_new_tools_are_offered_when_it_says_so(desk) -> None:
    there = desk(clock())
    await there.running()
    assert (await there.call("clock__learn")).text == "learned"
    await there.until(lambda: there.server.tools == 8)
    assert (await there.call("clock__new_tool")).text == "new"


@pytest.mark.slow
async def test_a_server_that_dies_in_a_call_is_started_again(desk) -> None:
    there = desk(clock(), limits=replace(QUICK, backoff_s=(0.0,)))
    await there.running()
    found = await there.call("clock__die")
    assert found.text == "The connection to the MCP server “clock” was lost. Whether it did it is not known."
    assert (await there.call("clock__get_time", zone="Lisbon")).text == "It is 10:30 in Lisbon."
    assert "I am dying" in there.servers.server_log("clock")


@pytest.mark.slow
async def test_one_that_keeps_dying_is_left_alone_until_it_is_called(desk) -> None:
    there = desk(clock(), limits=replace(QUICK, backoff_s=(0.0, 0.0)))
    states: list[ServerState] = []
    there.servers.watch(lambda: states.append(there.server.state))
    await there.running()
    for number in range(3):
        await there.until(lambda: there.server.state is ServerState.RUNNING)
        await there.call("clock__die")
        await there.until(lambda number=number: states.count(ServerState.FAILED) == number + 1)
    assert there.server.problem == "It ended by itself. Its log may say why."
    assert states.count(ServerState.STARTING) == 3
    assert (await there.call("clock__get_time", zone="Lisbon")).ok
    assert states.count(ServerState.STARTING) == 4


@pytest.mark.slow
async def test_a_call_of_a_server_that_cannot_be_started_any_more(desk, tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text((SERVERS / "hostile.py").read_text())
    program = LocalServer(sys.executable, ("-S", str(script), "die in a call"))
    there = desk(ServerConfiguration("hostile", program), limits=replace(QUICK, backoff_s=()))
    await there.running()
    script.unlink()
    assert not (await there.call("hostile__do")).ok
    await there.state(ServerState.FAILED)
    assert (await there.call("hostile__do")).text == (
        "The MCP server “hostile” does not work: It ended while it was being started. Its log may say why."
    )


# ---------------------------------------------------------------- what cannot be started


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        (LocalServer("/nowhere/at-all"), "Its program was not found. Check “command”, and whether it is installed."),
        (
            LocalServer("uvx mcp-server-time"),
            "Its program was not found. “command” is the program alone; the rest belongs into “args”.",
        ),
        (LocalServer(sys.executable, folder="/nowhere"), "The folder it should run in (cwd) does not exist."),
        (LocalServer("/"), "Its program may not be run. Check “command”."),
        (LocalServer(sys.executable, ("-c", "0")), "It ended while it was being started. Its log may say why."),
        (
            LocalServer(sys.executable, ("-c", "print('hello')")),
            "It ended while it was being started. Its log may say why.",
        ),
    ],
)
async def test_what_cannot_be_started_says_why(desk, program: LocalServer, problem: str) -> None:
    there = desk(ServerConfiguration("odd", program))
    assert await there.failed() == problem
    assert there.registry.all_tools() == []


async def test_a_server_that_is_described_wrong_is_shown_and_not_started(desk) -> None:
    there = desk(*parse('{"odd": {"command": "${NOTHING}"}}', {}))
    there.servers.start()
    assert there.server.state is ServerState.FAILED
    assert there.server.problem == "odd.command needs the variable NOTHING of the environment, which is not set."


# ---------------------------------------------------------------- changes while it runs


@pytest.mark.slow
async def test_servers_are_added_kept_and_removed(desk) -> None:
    there = desk(clock())
    await there.running()
    there.servers.use([clock(), clock("other")])
    await there.until(lambda: [server.state for server in there.servers.servers()] == [ServerState.RUNNING] * 2)
    assert (await there.call("other__get_time", zone="Rome")).ok
    there.servers.use([clock("other")])
    assert {info.source for info in there.registry.all_tools()} == {ToolSource(SourceKind.SERVER, "other")}
    assert (await there.call("clock__get_time", zone="Rome")).text.startswith("There is no tool")
    assert there.servers.server_log("clock") == ""


def test_no_thread_and_no_package_without_servers() -> None:
    program = (
        "import asyncio, sys, threading\n"
        "from voicegui.tools.mcp import McpServers, parse\n"
        "async def main():\n"
        "    servers = McpServers(parse('', {}))\n"
        "    servers.start()\n"
        "    await servers.aclose()\n"
        "asyncio.run(main())\n"
        "print([name for name in ('mcp', 'mcp_types', 'pydantic', 'anyio', 'httpx2') if name in sys.modules])\n"
        "print([thread.name for thread in threading.enumerate()])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['MainThread']"]


@pytest.mark.slow
async def test_the_loop_goes_on_while_a_server_starts(desk) -> None:
    """What it does first needs no server: it is carried out before the server is there."""
    there = desk(clock())
    there.servers.start()
    turns = 0
    while there.server.state is not ServerState.RUNNING:
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100


# ---------------------------------------------------------------- the log


def test_the_log_keeps_the_newest() -> None:
    log = ServerLog(10)
    log.write(b"0123456789")
    log.write(b"ab")
    assert log.text() == "23456789ab"
    log.write(b"x" * 1_000_000)
    assert log.text() == "x" * 10


def test_the_log_shows_no_keys_and_no_control_characters() -> None:
    log = ServerLog(1000)
    log.write("key sk-abcdefghijklmnop\x1b[2J\nfin\xe9".encode("latin-1"))
    assert log.text() == "key [key] [2J\nfin\ufffd"
