"""What people paste: the configurations of other programs, and JSON that is none."""

import json

import pytest

from voicegui.core.errors import VoiceError
from voicegui.tools.mcp.configuration import LocalServer, RemoteServer, parse

TIME = {"command": "uvx", "args": ["mcp-server-time"], "env": {"LEVEL": "1"}}
UVX = LocalServer("uvx", ("mcp-server-time",), {"LEVEL": "1"})

SHAPES = {
    "Claude, with its other settings": {"globalShortcut": "", "mcpServers": {"time": TIME}, "theme": {"a": 1}},
    "Cursor": {"mcpServers": {"time": {**TIME, "type": "stdio", "envFile": ""}}},
    "VS Code": {"inputs": [{"type": "promptString", "id": "key"}], "servers": {"time": {"type": "stdio", **TIME}}},
    "VS Code's settings": {"editor.fontSize": 12, "mcp": {"inputs": [], "servers": {"time": TIME}}},
    "Zed": {"ui_font_size": 16, "context_servers": {"time": {"source": "custom", **TIME}}},
    "Zed, before 2025": {
        "context_servers": {"time": {"command": {"path": "uvx", "args": TIME["args"], "env": TIME["env"]}}}
    },
    "opencode": {
        "$schema": "https://opencode.ai/config.json",
        "mcp": {"time": {"type": "local", "command": ["uvx", "mcp-server-time"], "environment": {"LEVEL": "1"}}},
    },
    "Continue": {"name": "mine", "mcpServers": [{"name": "time", **TIME}]},
    "Codex as JSON": {"mcp_servers": {"time": TIME}},
    "Cline": {"mcpServers": {"time": {**TIME, "disabled": False, "autoApprove": [], "timeout": 60}}},
    "names alone": {"time": TIME},
}


@pytest.mark.parametrize("content", SHAPES.values(), ids=SHAPES.keys())
def test_programs_in_other_shapes(content: object) -> None:
    (server,) = parse(json.dumps(content, indent=2), {})
    assert (server.name, server.problem.shown(), server.reach) == ("time", "", UVX)


@pytest.mark.parametrize(
    "entry",
    [
        {"serverUrl": "https://example.org/mcp", "headers": {"X": "y"}},
        {"httpUrl": "https://example.org/mcp", "headers": {"X": "y"}},
        {"type": "remote", "url": "https://example.org/mcp", "headers": {"X": "y"}, "enabled": True},
        {"transport": "http", "url": "https://example.org/mcp", "requestInit": {"headers": {"X": "y"}}},
        {"type": "streamable-http", "url": "https://example.org/mcp", "headers": {"X": "y"}},
    ],
)
def test_addresses_in_other_shapes(entry: dict[str, object]) -> None:
    (server,) = parse(json.dumps({"mcpServers": {"far": entry}}), {})
    assert server.reach == RemoteServer("https://example.org/mcp", {"X": "y"})


def test_a_server_that_is_switched_off_in_opencode() -> None:
    assert parse('{"mcp": {"time": {"type": "local", "command": ["uvx"], "enabled": false}}}', {}) == ()


@pytest.mark.parametrize("name", ["servers", "mcp", "context_servers"])
def test_a_server_may_be_called_like_a_section(name: str) -> None:
    (server,) = parse(json.dumps({name: TIME}), {})
    assert (server.name, server.reach) == (name, UVX)


STRICT = '{"mcpServers": {"time": {"command": "uvx", "args": ["mcp-server-time"], "env": {"LEVEL": "1"}}}}'
WRITTEN = {
    "comments": """{
        // the time, from https://example.org
        "mcpServers": { /* one
        server */ "time": {"command": "uvx", "args": ["mcp-server-time"], "env": {"LEVEL": "1"}} // end
    }}""",
    "commas too many": (
        '{"mcpServers": {"time": {"command": "uvx", "args": ["mcp-server-time",], "env": {"LEVEL": "1",},},},}'
    ),
    "a comma before a comment": STRICT.replace('"1"', '"1", // the level\n'),
    "a mark": "\ufeff" + STRICT,
    "curly quotation marks": STRICT.replace('{"', "{“").replace('":', "”:").replace(' "', " “").replace('"', "”"),
    "German quotation marks": STRICT.replace('"uvx"', "„uvx“").replace('"1"', "„1“"),
    "only one is curly": STRICT.replace('"uvx"', "“uvx”"),
    "spaces of a web page": STRICT.replace(": ", ":\u00a0").replace(", ", ",\u2003"),
    "a fence": f"```json\n{STRICT}\n```",
    "a fence without a language": f"\n```\n{STRICT}\n```\n",
    "without its braces": STRICT[1:-1],
    "without its braces, with a comma": f"  {STRICT[1:-1]},\n",
    "of Windows": STRICT.replace(", ", ",\r\n  "),
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_what_was_meant_is_read(text: str) -> None:
    (server,) = parse(text, {})
    assert (server.name, server.reach) == ("time", UVX)


@pytest.mark.parametrize(
    "value",
    ["https://example.org//a", "/* no comment */", "// none", "a,}", "[1,]", "“quoted”", "\u00a0", "a\\\"b//", ",]"],
)  # fmt: skip
def test_texts_stay_as_they_are(value: str) -> None:
    written = json.dumps(value, ensure_ascii=False)
    (server,) = parse(f'{{"a": {{"command": "x", "args": [{written},],}}, }} // end', {})
    assert server.reach == LocalServer("x", (value,))


@pytest.mark.parametrize(
    "text",
    [
        "[mcp_servers.time]\ncommand = 'uvx'\n",  # TOML
        "mcpServers:\n  time:\n    command: uvx\n",  # YAML
        "{'mcpServers': {'time': {'command': 'uvx'}}}",
        '{"mcpServers": {"time": {"command": "uvx" "args": []}}}',
        '{"mcpServers": {"time": {"command": "uvx"}}',
        "npx -y @example/server",
        "https://example.org/mcp",
        "null", "3", '"time"', "[]", '{"mcpServers": [1]}', '{"mcpServers": "uvx"}', '{"theme": "dark"}',
        '{"mcpServers": [{"command": "x"}]}', "/* nothing",
    ],
)  # fmt: skip
def test_the_sentence_names_the_shape_for_everything_else(text: str) -> None:
    with pytest.raises(VoiceError) as caught:
        parse(text, {})
    assert '{"mcpServers": {' in caught.value.message


def test_the_place_of_a_fault_is_that_in_what_was_written() -> None:
    text = '{ // one\n"mcpServers": {\n/* two\n*/ "time": oops\n}}'
    with pytest.raises(VoiceError, match="line 4, column 12"):
        parse(text, {})


def test_backslashes_of_windows_are_explained() -> None:
    with pytest.raises(VoiceError, match="Write each backslash of a path twice"):
        parse('{"mcpServers": {"a": {"command": "C:\\Users\\me\\run.exe"}}}', {})


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"command": "x", "env": {"KEY": "${input:key}"}}, "Write in its place what another program would ask for"),
        ({"command": "x", "envFile": ".env"}, "envFile is not read"),
        ({"command": "x", "cwd": "${workspaceFolder}"}, "needs the variable workspaceFolder"),
        ({"source": "extension", "settings": {}}, "needs either “command”"),
    ],
)
def test_what_only_another_program_can_do_is_said(entry: dict[str, object], said: str) -> None:
    (server,) = parse(json.dumps({"servers": {"time": entry}}), {})
    assert server.reach is None and said in server.problem.shown() and server.problem.shown().startswith("servers.time")


def test_the_home_of_vs_code() -> None:
    (server,) = parse('{"servers": {"a": {"command": "${userHome}/run"}}}', {"HOME": "/home/me"})
    assert server.reach == LocalServer("/home/me/run")


@pytest.mark.parametrize("piece", ['"', "/*", "//\n", ",", "“", '"a\\', "{", " ,\n", "*/", "```"])
def test_it_takes_time_in_proportion(piece: str) -> None:
    with pytest.raises(VoiceError):
        parse("{" + piece * 100_000, {})
