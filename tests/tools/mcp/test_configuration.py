"""The JSON of MCP servers: what is accepted, and the sentence for everything that is not."""

import json

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.tools.mcp.configuration import LocalServer, RemoteServer, first_fault, parse


def servers(entries: object, **variables: str):
    return parse(json.dumps({"mcpServers": entries}), variables)


def problem(entry: object, **variables: str) -> str:
    (server,) = servers({"time": entry}, **variables)
    assert server.reach is None
    return server.problem.shown()


def refusal(text: str) -> str:
    with pytest.raises(VoiceError) as caught:
        parse(text, {})
    assert caught.value.code is ErrorCode.BAD_SETTINGS
    return caught.value.message


@pytest.mark.parametrize("text", ["", "  \n", "{}", '{"mcpServers": {}}'])
def test_no_servers(text: str) -> None:
    assert parse(text, {}) == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{", (1, 2)),
        ('{"mcpServers": {\n"a": oops}}', (2, 6)),
        ('{"mcpServers": {\n  "time": {"command": "uvx"\n  "args": []}\n}}', (3, 3)),
        ("[" * 100_000, (0, 0)),
        ("[]", (0, 0)),
        ('{"mcpServers": {"time": {}}}', (0, 0)),
    ],
)
def test_what_is_wrong_is_told_with_the_place_that_its_sentence_names(text: str, place: tuple[int, int]) -> None:
    fault = first_fault(text, {})
    assert fault is not None and (fault.line, fault.column) == place
    assert (f"line {place[0]}, column {place[1]}" in fault.message) is (place != (0, 0))


def test_nothing_is_wrong_with_servers_that_can_be_used() -> None:
    assert first_fault("", {}) is None
    assert first_fault('{"mcpServers": {"time": {"command": "uvx"}}}', {}) is None


def test_a_program() -> None:
    (server,) = servers(
        {"time": {"command": "uvx", "args": ["mcp-server-time", "--utc"], "env": {"LEVEL": "1"}, "cwd": "/srv"}}
    )
    assert server.name == "time"
    assert server.reach == LocalServer("uvx", ("mcp-server-time", "--utc"), {"LEVEL": "1"}, "/srv")


@pytest.mark.parametrize("kind", [{}, {"type": "http"}, {"type": "streamable-http"}, {"type": "streamableHttp"}])
def test_an_address(kind: dict[str, str]) -> None:
    (server,) = servers({"far": {"url": "https://example.org/mcp", "headers": {"X-Team": "a"}} | kind})
    assert server.reach == RemoteServer("https://example.org/mcp", {"X-Team": "a"})


def test_the_inner_object_alone_is_accepted_and_the_order_is_kept() -> None:
    found = parse('{"b": {"command": "x"}, "a": {"command": "y"}}', {})
    assert [server.name for server in found] == ["b", "a"]


def test_what_other_programs_keep_there_is_ignored() -> None:
    (server,) = servers({"time": {"command": "x", "autoApprove": ["everything"], "alwaysAllow": ["*"]}})
    assert server.reach == LocalServer("x")


def test_a_disabled_server_is_left_out() -> None:
    assert servers({"time": {"command": "x", "disabled": True}}) == ()


def test_variables() -> None:
    entry = {
        "command": "${HOME}/run",
        "args": ["${env:MODE}", "${LEVEL:-2}", "$HOME", "a ${MODE}${MODE}"],
        "env": {"TOKEN": "${TOKEN}"},
    }
    (server,) = servers({"time": entry}, HOME="/h", MODE="fast", TOKEN="t")
    assert server.reach == LocalServer("/h/run", ("fast", "2", "$HOME", "a fastfast"), {"TOKEN": "t"})


def test_variables_in_an_address() -> None:
    entry = {"url": "https://${HOST}/mcp", "headers": {"Authorization": "Bearer ${TOKEN}"}}
    (server,) = servers({"far": entry}, HOST="example.org", TOKEN="t")
    assert server.reach == RemoteServer("https://example.org/mcp", {"Authorization": "Bearer t"})


def test_a_value_is_not_expanded_again() -> None:
    (server,) = servers({"time": {"command": "${A}"}}, A="${B}", B="b")
    assert server.reach == LocalServer("${B}")


def test_a_missing_variable_is_named_with_its_place_and_others_still_work() -> None:
    first, second = servers({"time": {"command": "x", "env": {"KEY": "${TOKEN}"}}, "other": {"command": "y"}})
    assert first.problem.shown() == (
        "mcpServers.time.env.KEY needs the variable TOKEN of the environment, which is not set."
    )
    assert second.reach == LocalServer("y")


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ("uvx", "mcpServers.time has to be an object"),
        ({}, "mcpServers.time needs either"),
        ({"command": "x", "url": "http://localhost/"}, "mcpServers.time needs either"),
        ({"command": 3}, "mcpServers.time.command has to be a text"),
        ({"command": "x", "args": "y"}, "mcpServers.time.args has to be a list"),
        ({"command": "x", "args": ["y", 3]}, "mcpServers.time.args[1] has to be a text"),
        ({"command": "x", "args": ["a\nb"]}, "mcpServers.time.args[0] has to be one line"),
        ({"command": "x", "args": ["a\0b"]}, "mcpServers.time.args[0] has to be one line"),
        ({"command": "x", "env": ["A=1"]}, "mcpServers.time.env has to be an object"),
        ({"command": "x", "env": {"A": 1}}, "mcpServers.time.env.A has to be a text"),
        ({"command": "x", "env": {"A=B": "1"}}, "mcpServers.time.env has a name"),
        ({"command": "${input:key}"}, "mcpServers.time.command has a “${…}” that is not understood"),
        ({"command": "x", "type": "sse"}, "mcpServers.time.type: “sse”"),
        ({"command": "x", "type": "carrier pigeon"}, "mcpServers.time.type has to be"),
        ({"url": "ftp://example.org"}, "mcpServers.time.url is not usable"),
        ({"url": "https://exa mple.org"}, "mcpServers.time.url is not usable"),
        ({"url": "https://[::1"}, "mcpServers.time.url is not usable"),
        ({"url": "https://example.org", "type": "stdio"}, "mcpServers.time needs either"),
        ({"url": "https://example.org", "headers": {"Na me": "x"}}, "mcpServers.time.headers has a name"),
        ({"url": "https://example.org", "headers": {"A": "x\r\nB: y"}}, "mcpServers.time.headers.A has to be one line"),
    ],
)
def test_what_one_server_lacks_is_said_with_its_place(entry: object, place: str) -> None:
    assert problem(entry).startswith(place)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "no valid JSON: Expecting property name enclosed in double quotes in line 1, column 2"),
        ('{"mcpServers": {\n"a": oops}}', "line 2, column 6"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": ' + "1" * 5000 + "}", "a number in it is too long"),
        ("[]", "have to look like"),
        ('{"mcpServers": []}', "have to look like"),
        ('{"command": "uvx"}', "has no name"),
        ('{"a": {"command": "x"}, "a": {"command": "y"}}', "“a” appears twice"),
        ('{"my time": {"command": "x"}, "My-Time": {"command": "y"}}', "named too much alike"),
        ('{"built-in": {"command": "x"}}', "No MCP server can be named “built-in”"),
        ('{"": {"command": "x"}}', "1 to 60 ordinary characters"),
        ('{"a\\u202eb": {"command": "x"}}', "1 to 60 ordinary characters"),
        (json.dumps({"a" * 61: {"command": "x"}}), "1 to 60 ordinary characters"),
        (json.dumps({f"s{number}": {"command": "x"} for number in range(21)}), "There are 21 MCP servers"),
    ],
)
def test_what_cannot_be_read_at_all(text: str, sentence: str) -> None:
    assert sentence in refusal(text)


def test_values_appear_in_no_sentence_and_no_repr() -> None:
    entry = {"command": "run", "args": ["planted-1"], "env": {"A": "planted-2"}, "cwd": "/planted-3"}
    far = {"url": "https://example.org/planted-4", "headers": {"B": "${TOKEN}"}}
    found = servers({"time": entry, "far": far}, TOKEN="planted-5")
    assert "planted" not in repr(found)
    assert "planted" not in problem({"command": "x", "args": ["planted-1", "planted\n2"]})
    assert "planted" not in problem({"url": "https://planted example.org"})


@pytest.mark.parametrize("path", [r"C:\temp\bin", r"C:\bin\tool", r"D:\files\bin", "a\\u001bb", "a\\u007fb"])
def test_a_path_whose_backslashes_mean_something_else_is_told(path: str) -> None:
    for entry in (f'{{"command": "{path}"}}', f'{{"command": "x", "args": ["{path}"]}}'):
        [server] = parse(f'{{"mcpServers": {{"a": {entry}}}}}', {})
        assert server.reach is None and "backslash of a path twice" in server.problem.shown()
