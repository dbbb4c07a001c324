"""Whoever takes the name of somebody else gets nothing that is theirs: neither tools nor permissions."""

from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tests.tools.mcp.conftest import QUICK
from voicegui.core.errors import VoiceError
from voicegui.core.tools import (
    BUILT_IN,
    Granted,
    Permission,
    SourceKind,
    ToolCall,
    ToolInfo,
    ToolOutcome,
    ToolSource,
    grant_of,
    permission_key,
    read_grants,
    write_grants,
)
from voicegui.storage.profile import write_atomically
from voicegui.tools.function_tools import Tool
from voicegui.tools.mcp import McpServers, ServerConfiguration, parse
from voicegui.tools.mcp.configuration import LocalServer
from voicegui.tools.mcp.server_status import ServerStatus
from voicegui.tools.mcp.server_tools import Announced, offers
from voicegui.tools.registry import Registry
from voicegui.tools.user_tools import UserTools

OTHERS = [SourceKind.FILE, SourceKind.PACKAGE, SourceKind.SERVER]
SERVER = ToolSource(SourceKind.SERVER, "dice")


def tool(name: str, source: ToolSource) -> Tool:
    async def run(arguments: str) -> ToolOutcome:
        return ToolOutcome(str(source))

    return Tool(ToolInfo(name, "Does.", source=source), run)


def told(servers: McpServers, name: str, *tools: str) -> None:
    """As if that server had listed these tools."""
    found = offers(name, [Announced(each) for each in tools], timeout_s=1)
    servers._learn(ServerStatus(name, servers.servers()[0].state, offers=found))


# ---------------------------------------------------------------- tools


@pytest.mark.parametrize("name", ["dicepack", "dice.py", "built-in2", "mail", "DICEPACK", "the package dicepack"])
@pytest.mark.parametrize("kind", [SourceKind.FILE, SourceKind.PACKAGE])
async def test_a_server_named_like_something_else_takes_nothing_of_it(name: str, kind: SourceKind) -> None:
    registry = Registry([tool("roll", ToolSource(kind, name)), tool("clock", BUILT_IN)])
    servers = McpServers([ServerConfiguration(name, LocalServer("none"))], QUICK)
    end = servers.fill(registry)
    told(servers, name, "roll")
    told(servers, name, "other")
    told(servers, name)
    servers.use([])
    assert [info.name for info in registry.all_tools()] == ["roll", "clock"]
    assert (await registry.call(ToolCall("1", "roll", "{}"))).text == str(ToolSource(kind, name))
    end()


async def test_a_package_that_leaves_takes_nothing_of_a_server(tmp_path: Path) -> None:
    registry = Registry([tool("dice__roll", SERVER)])
    own = UserTools(registry, tmp_path, tmp_path / "allowed.json", write_atomically, found=lambda: list[EntryPoint]())
    await own.files()
    await own.disallow("dice")
    assert [info.name for info in registry.all_tools()] == ["dice__roll"]


async def test_a_file_and_a_package_of_one_name_are_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of packages may well end with .py."""
    content = """from voicegui.tools import tool

@tool
def roll() -> str:
    "Rolls."
    return "4"
"""
    (tmp_path / "site" / "dice.py-1.0.dist-info").mkdir(parents=True)
    about = tmp_path / "site" / "dice.py-1.0.dist-info"
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: dice.py\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[voicegui.tools]\nroll = no_such_module\n")
    (about / "RECORD").write_text("dice.py-1.0.dist-info/METADATA,,\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "dice.py").write_text(content)
    registry = Registry()
    own = UserTools(registry, tmp_path / "tools", tmp_path / "allowed.json", write_atomically)
    file, package = [each for each in await own.files() if each.name == "dice.py"]
    assert (file.is_package, package.is_package) == (False, True)
    await own.allow("dice.py", file.sha256)
    file, package = [each for each in await own.files() if each.name == "dice.py"]
    assert (file.allowed, package.allowed) == (True, False)
    await own.allow("dice.py", package.sha256)
    file, package = [each for each in await own.files() if each.name == "dice.py"]
    assert (file.allowed, file.problem, package.allowed) == (True, "", True)
    assert package.problem
    assert [info.name for info in registry.all_tools()] == ["roll"]


async def test_what_was_allowed_by_an_earlier_version_still_is(tmp_path: Path) -> None:
    (tmp_path / "dice.py").write_text("x = 1")
    own = UserTools(Registry(), tmp_path, tmp_path / "allowed.json", write_atomically, found=lambda: list[EntryPoint]())
    (file,) = await own.files()
    (tmp_path / "allowed.json").write_text(f'{{"allowed": {{"dice.py": "{file.sha256}"}}}}')
    (file,) = await own.files()
    assert file.allowed
    await own.disallow("dice.py")
    (file,) = await own.files()
    assert not file.allowed


@pytest.mark.parametrize(
    "name",
    ["built-in", "Built-In", "built in", "BUILT_IN", "built--in", "builtin", "voicegui", "VoiceGUI", "Voice GUI"],
)
def test_no_server_can_be_named_like_this_program(name: str) -> None:
    with pytest.raises(VoiceError, match="No MCP server can be named"):
        parse(f'{{"{name}": {{"command": "x"}}}}', {})


# ---------------------------------------------------------------- permissions


ALWAYS = Granted(Permission.ALWAYS)


def info(name: str, source: ToolSource, permission: Permission = Permission.ASK) -> ToolInfo:
    return ToolInfo(name, "Does.", source=source, permission=permission)


def test_no_two_sources_have_one_key() -> None:
    names = ["dice", "dice.py", "dice-py", "dice_py", "DICE", "dice/x", "dice=x", "dice,x", "d", "", "é", "dice-2e-py"]
    sources = [BUILT_IN, *(ToolSource(kind, name) for kind in OTHERS for name in names)]
    keys = [permission_key(info("roll", source)) for source in sources]
    assert len(set(keys)) == len(keys)
    text = write_grants(dict.fromkeys(keys, ALWAYS))
    assert set(read_grants(text)) == set(keys)


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("other", OTHERS)
def test_a_permission_is_not_handed_on(kind: SourceKind, other: SourceKind) -> None:
    grants = {permission_key(info("roll", ToolSource(kind, "dice"))): ALWAYS}
    found = grant_of(info("roll", ToolSource(other, "dice")), grants)
    assert found == (ALWAYS if kind is other else None)
    assert grant_of(info("roll", ToolSource(kind, "dice2")), grants) is None
    assert grant_of(info("roll", BUILT_IN), grants) is None


@pytest.mark.parametrize(
    ("bare", "source", "found"),
    [
        (Permission.ALWAYS, BUILT_IN, Permission.ALWAYS),
        (Permission.ALWAYS, ToolSource(SourceKind.FILE, "dice.py"), Permission.ALWAYS),
        (Permission.ALWAYS, ToolSource(SourceKind.PACKAGE, "dice"), Permission.ALWAYS),
        (Permission.ALWAYS, SERVER, None),
        (Permission.NEVER, SERVER, Permission.NEVER),
        (Permission.NEVER, BUILT_IN, Permission.NEVER),
    ],
)
def test_a_bare_name_allows_nothing_to_a_server(bare: Permission, source: ToolSource, found: Permission | None) -> None:
    grant = grant_of(info("dice__roll", source), {"dice__roll": Granted(bare)})
    assert (grant and grant.permission) is found


def test_a_name_with_its_source_is_stronger_than_a_bare_one() -> None:
    it = info("roll", ToolSource(SourceKind.FILE, "dice.py"))
    never = Granted(Permission.NEVER)
    assert grant_of(it, {"roll": ALWAYS, permission_key(it): never}) is never
    assert grant_of(it, {}) is None


@pytest.mark.parametrize("permission", [Permission.NEVER, Permission.ASK])
def test_who_takes_a_name_lifts_nothing_that_was_set_for_its_owner(permission: Permission) -> None:
    package = ToolSource(SourceKind.PACKAGE, "dicepack")
    roll = tool("roll", package)
    roll = replace(roll, info=replace(roll.info, permission=Permission.ALWAYS))
    registry = Registry([tool("roll", ToolSource(SourceKind.FILE, "dice.py")), roll])
    registry.use({"package/dicepack/roll": Granted(permission)})
    assert [info.permission for info in registry.all_tools() if info.source == package] == [permission]


def test_who_is_renamed_is_not_allowed_what_the_first_was() -> None:
    package = ToolSource(SourceKind.PACKAGE, "dicepack")
    registry = Registry([tool("roll", package), tool("roll", package)])
    registry.use({"package/dicepack/roll": Granted(Permission.ALWAYS)})
    assert [info.permission for info in registry.all_tools()] == [Permission.ALWAYS, Permission.ASK]


@pytest.mark.parametrize("text", ["a=never, a=always", "a=always, a=never", "a=ask, a=never, a=always"])
def test_of_a_name_that_is_there_twice_the_stricter_permission_holds(text: str) -> None:
    assert read_grants(text) == {"a": Granted(Permission.NEVER)}
