"""What MCP servers, files and arguments do to the program itself: its time, its memory, its other tools, its files."""

import asyncio
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tests.tools.mcp.conftest import QUICK, Desk, hostile
from tests.tools.mcp.weighing import cost
from tests.tools.mcp_servers.floods import FLOODS
from tests.tools.test_files_paths import ADDRESSES, DEVICES, ENDINGS, STREAMS
from voicegui.core.errors import VoiceError
from voicegui.core.toolbox import ServerState
from voicegui.core.tools import Permission, SourceKind, ToolCall, ToolInfo, ToolOutcome, ToolSource, permission_key
from voicegui.providers.openai.errors import BadAnswer
from voicegui.providers.openai.pcm import rate_of
from voicegui.storage.migrations import migrated
from voicegui.tools import files
from voicegui.tools.calculator.tool import calculate
from voicegui.tools.files import SharedFiles
from voicegui.tools.function_tools import Tool, from_function
from voicegui.tools.mcp import McpServers, ServerConfiguration, parse
from voicegui.tools.mcp.configuration import LocalServer
from voicegui.tools.mcp.server_status import ServerStatus
from voicegui.tools.mcp.server_tools import Announced, offers
from voicegui.tools.registry import Registry

from .probe import Probe

AT_MOST = 15
"""Times the work of a plain answer of the same length."""
SECRET = "my secret"


# ---------------------------------------------------------------- time and memory


def _plain() -> float:
    result = {"content": [{"type": "text", "text": "a" * 1_900_000}]}
    line = json.dumps({"jsonrpc": "2.0", "id": 1, "result": result}).encode() + b"\n"
    return max(cost([line]) for _ in range(3))


def _flood(name: str) -> list[str]:
    lines = [line.encode() + b"\n" for line in FLOODS[name][0](1)]
    times = cost(lines) / len(lines) / _plain()
    return [f"it costs {times:.0f} times a plain answer"] if times > AT_MOST else []


def _session(arguments: str) -> list[str]:
    """A call with these arguments, then an ordinary one."""

    async def scenario() -> list[str]:
        desk = Desk(hostile("plain"), limits=QUICK)
        try:
            await desk.running()
            outcome = await desk.registry.call(ToolCall("1", "hostile__do", arguments))
            after = await desk.call("hostile__do")
            ended = [] if desk.server.state is ServerState.RUNNING and after.ok else ["the session has ended"]
            return ended + (["it was sent"] if outcome.ok else [])
        finally:
            await desk.servers.aclose()

    return asyncio.run(scenario())


# ---------------------------------------------------------------- who brought what


def _tool(name: str, source: ToolSource) -> Tool:
    async def run(arguments: str) -> ToolOutcome:
        return ToolOutcome(str(source))

    return Tool(ToolInfo(name, "Does.", source=source), run)


def _told(servers: McpServers, server: str, *tools: str) -> None:
    found = offers(server, [Announced(each) for each in tools], timeout_s=1)
    servers._learn(ServerStatus(server, ServerState.RUNNING, offers=found))


def _named_like(kind: SourceKind, name: str) -> list[str]:
    async def scenario() -> list[str]:
        registry = Registry([_tool("roll", ToolSource(kind, name))])
        servers = McpServers([ServerConfiguration(name, LocalServer("none"))], QUICK)
        servers.fill(registry)
        for tools in (("roll",), ("other",), ()):
            _told(servers, name, *tools)
        servers.use([])
        outcome = await registry.call(ToolCall("1", "roll", "{}"))
        return [] if outcome.text == str(ToolSource(kind, name)) else ["the tool is gone, or another's"]

    return asyncio.run(scenario())


def _inherits(tool: str, allowed: str) -> list[str]:
    """A server brings a tool of the name that somebody else's had that was always allowed."""

    async def scenario() -> list[str]:
        registry = Registry(permissions={allowed: Permission.ALWAYS})
        servers = McpServers([ServerConfiguration("dice", LocalServer("none"))], QUICK)
        servers.fill(registry)
        _told(servers, "dice", tool)
        return [info.name for info in registry.all_tools() if info.permission is Permission.ALWAYS]

    return asyncio.run(scenario())


def _of_another_server() -> list[str]:
    tools = {"mcp_servers": '{"mail": {"url": "http://x"}}', "tool_permissions": "mail__send=always"}
    kept = migrated({"version": 2, "tools": tools})["tools"]["tool_permissions"]
    wanted = permission_key(ToolInfo("mail__send", "", source=ToolSource(SourceKind.SERVER, "mail")))
    return [] if kept == f"{wanted}=always" else [kept]


def _poses() -> list[str]:
    taken = []
    for name in ("built-in", "Built-In", "BUILT IN", "voicegui", "Voice-GUI"):
        try:
            parse(json.dumps({name: {"command": "x"}}), {})
            taken.append(name)
        except VoiceError:
            pass
    return taken


# ---------------------------------------------------------------- files


def _ask(folder: Path, path: str) -> tuple[ToolOutcome, ToolOutcome]:
    shared = SharedFiles(lambda: str(folder))

    async def scenario() -> tuple[ToolOutcome, ToolOutcome]:
        registry = Registry([from_function(shared.read_file), from_function(shared.list_files)])
        return (
            await registry.call(ToolCall("1", "read_file", json.dumps({"path": path}))),
            await registry.call(ToolCall("2", "list_files", json.dumps({"folder": path}))),
        )

    return asyncio.run(scenario())


def _reaches(names: tuple[str, ...]) -> list[str]:
    """Whether anything of the file system is asked about one of them."""
    reached: list[str] = []
    for name in names:
        with TemporaryDirectory() as folder:
            for of, function in ((os, "stat"), (os, "lstat"), (os, "open"), (os, "scandir"), (Path, "resolve")):
                real = getattr(of, function)

                def spy(place: object, *more: object, real: Callable[..., object] = real, **named: object) -> object:
                    if name in str(place):  # noqa: B023  used up before the next one
                        reached.append(name)  # noqa: B023
                    return real(place, *more, **named)

                with patch.object(of, function, spy):
                    _ask(Path(folder), name)
    return sorted(set(reached))


def _swapped(place: str, target: str) -> list[str]:
    """The path leads elsewhere from just after it was checked."""
    with TemporaryDirectory() as top:
        inner = Path(top).resolve() / "shared" / "notes"
        private = Path(top).resolve() / "private"
        for folder, text in ((inner, "harmless"), (private, SECRET)):
            folder.mkdir(parents=True)
            (folder / "x.txt").write_text(text)
        (private / f"{SECRET}.txt").write_text(SECRET)
        decide, done = files._is_shared, list[Path]()

        def decided(path: Path, folders: list[Path]) -> bool:
            found = decide(path, folders)
            if found and not done:
                done.append(path)
                (inner.parent / place).rename(private.parent / "before")
                (inner.parent / place).symlink_to(private.parent / target)
            return found

        with patch.object(files, "_is_shared", decided):
            read, _ = _ask(inner.parent, "notes/x.txt")
        return ["the secret was read"] if SECRET in read.text else []


# ---------------------------------------------------------------- numbers


def _rates() -> list[str]:
    taken = []
    for rate in ("0000", "0", "1", "999999", "-1", "NaN", "inf", "1e5", "9" * 5000):
        try:
            rate_of({"content-type": f"audio/pcm; rate={rate}"}, 24_000)
            taken.append(rate[:20])
        except BadAnswer:
            pass
    return taken


def _sums() -> list[str]:
    sums = ("log(0)", "ln(0)", "log(2,0)", "0^-1", "0/0", "5 mod 0", "sqrt(-1)", "asin(2)", "10^-1000", "(0 km)^-1",
            "tan(90 degrees)", "1e399 * 1e399", "-500 C in K")  # fmt: skip
    return [each for each in sums if calculate(each).ok]


PROBES: tuple[Probe, ...] = (
    *(Probe(f"a flood: {name}", "MCP answer", partial(_flood, name)) for name in FLOODS),
    Probe("half a character in an argument", "arguments", partial(_session, '{"a": "\\ud800"}')),
    Probe("half a character in a name", "arguments", partial(_session, '{"\\udfff": 1}')),
    Probe("half a character, raw", "arguments", partial(_session, '{"a": "\ud800"}')),
    Probe("an endless number", "arguments", partial(_session, '{"a": 1e999}')),
    Probe("a number of 5,000 digits", "arguments", partial(_session, '{"a": ' + "9" * 5000 + "}")),
    Probe("lists 300 deep", "arguments", partial(_session, '{"a": ' + "[" * 300 + "]" * 300 + "}")),
    Probe("an argument twice", "arguments", partial(_session, '{"a": 1, "a": 2}')),
    Probe("a server named like a package", "MCP server", partial(_named_like, SourceKind.PACKAGE, "dicepack")),
    Probe("a server named like a file", "MCP server", partial(_named_like, SourceKind.FILE, "dice.py")),
    Probe("a server that poses as this program", "MCP server", _poses),
    Probe("a tool of an allowed function's name", "MCP server", partial(_inherits, "roll", "dice__roll")),
    Probe("a tool of an allowed file's", "MCP server", partial(_inherits, "roll", "file/dice-2e-py/dice__roll")),
    Probe("a tool of another allowed server's", "MCP server", partial(_inherits, "roll", "server/mail/dice__roll")),
    Probe("a permission of an older version", "settings", _of_another_server),
    Probe("files on other computers", "path", partial(_reaches, ADDRESSES)),
    Probe("streams beside a file", "path", partial(_reaches, STREAMS)),
    Probe("devices", "path", partial(_reaches, DEVICES)),
    Probe("names that Windows shortens", "path", partial(_reaches, ENDINGS)),
    Probe("a file swapped for a link", "file", partial(_swapped, "notes/x.txt", "private/x.txt")),
    Probe("its folder swapped for a link", "file", partial(_swapped, "notes", "private")),
    Probe("the shared folder swapped for a link", "file", partial(_swapped, "", "private")),
    Probe("a rate of nothing", "content type", _rates),
    Probe("sums without a result", "arguments", _sums),
)
