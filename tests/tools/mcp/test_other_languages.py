"""What is wrong with an MCP server is said to a person in their language, and to a model in English."""

import json
from collections.abc import Iterator

import httpx2
import pytest
from mcp import MCPError
from mcp_types import CONNECTION_CLOSED

from tests.pseudo_language import BEGIN, PSEUDO, own_words
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.toolbox import ServerState
from voicegui.core.wording import Sentence, sentence, use_translations
from voicegui.tools.mcp.configuration import LocalServer, RemoteServer, ServerConfiguration, parse
from voicegui.tools.mcp.server import _TOO_MANY
from voicegui.tools.mcp.server_problems import ENDED, REMOVED, SLOW, failed_call, session_problem, too_slow
from voicegui.tools.mcp.server_status import ServerLog, ServerStatus
from voicegui.tools.mcp.servers import McpServers
from voicegui.tools.mcp.stdio import _message


@pytest.fixture(autouse=True)
def _pseudo_language() -> Iterator[None]:
    use_translations(shown=PSEUDO, spoken=PSEUDO)
    yield
    use_translations()


def is_looked_up(problem: Sentence, *values: str) -> bool:
    """All of it, but for `values`."""
    text = problem.shown()
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "")
    return text.startswith(BEGIN) and own_words(text) == "" and own_words(problem.written()) != ""


def entries(**servers: object) -> str:
    return json.dumps({"mcpServers": servers})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{", ()),
        ("nonsense", ()),
        ("[1 2]", ()),
        ('{"a": 1,, "b": 2}', ()),
        ('{"a" 1}', ()),
        ('{} {}', ()),
        ('{"a": "never ends', ()),
        ('{"a": "tab\there"}', ()),
        (r'{"a": {"command": "C:\Users\me"}}', ()),
        (r'{"a": {"command": "C:\users\me"}}', ()),
        ("[" * 100_000, ()),
        ('{"a": ' + "1" * 5000 + "}", ()),
        ("[]", ()),
        ('"a"', ()),
        ('{"command": "x"}', ()),
        ('{"command": ["x"], "mcpServers": 3}', ()),
        ('{"mcpServers": 3}', ()),
        ('{"twice": {"command": "x"}, "twice": {"command": "y"}}', ("twice",)),
        (entries(**{f"s{number}": {"command": "x"} for number in range(21)}), ()),
        (entries(**{" ": {"command": "x"}}), ()),
        (entries(**{"n" * 61: {"command": "x"}}), ("n" * 20,)),
        (entries(builtin={"command": "x"}), ("builtin",)),
        (entries(**{"a-b": {"command": "x"}, "a_b": {"command": "y"}}), ("a-b", "a_b")),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_read(text: str, values: tuple[str, ...]) -> None:
    with pytest.raises(VoiceError) as caught:
        parse(text, {})
    example = '{"mcpServers": {"time": {"command": "uvx", "args": ["mcp-server-time"]}}}'
    assert is_looked_up(caught.value.whole, *values, example)


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ("uvx", ""),
        ({}, ""),
        ({"command": "x", "url": "http://localhost/"}, ""),
        ({"command": 3}, ".command"),
        ({"command": "x", "args": "y"}, ".args"),
        ({"command": "x", "args": ["y", 3]}, ".args[1]"),
        ({"command": "x", "args": ["a\nb"]}, ".args[0]"),
        ({"command": "x", "args": ["a\tb"]}, ".args[0]"),
        ({"command": "x", "env": ["A=1"]}, ".env"),
        ({"command": "x", "env": {"A=B": "1"}}, ".env"),
        ({"command": "x", "env": {"A": "${B C}"}}, ".env.A"),
        ({"command": "x", "env": {"A": "${input:key}"}}, ".env.A"),
        ({"command": "x", "env": {"A": "${TOKEN}"}}, ".env.A"),
        ({"command": "x", "envFile": ".env"}, ""),
        ({"command": "x", "type": "sse"}, ""),
        ({"command": "x", "type": "pigeon"}, ""),
        ({"url": "ftp://example.org"}, ""),
    ],
)
def test_a_server_that_cannot_be_used(entry: object, place: str) -> None:
    (server,) = parse(entries(time=entry), {})
    assert is_looked_up(server.problem, f"mcpServers.time{place}", "TOKEN", "${NAME}")
    (told,) = McpServers([server]).servers()
    assert told.problem == server.problem.shown()


def test_a_literal_brace_stays_one() -> None:
    use_translations()
    (server,) = parse(entries(time={"command": "${input:key}"}), {})
    assert server.problem.shown() == (
        "mcpServers.time.command has a “${…}” that is not understood. Only ${NAME} is, a variable. Write in its place "
        "what another program would ask for."
    )


HERE = ServerConfiguration("x", LocalServer("run", folder="/srv"))
SPACED = ServerConfiguration("x", LocalServer("run it"))
WHOLE = ServerConfiguration("x", LocalServer("/bin/run"))
FAR = ServerConfiguration("x", RemoteServer("https://example.org"))
CLOSED = MCPError(CONNECTION_CLOSED, "Connection closed")
PROXY = VoiceError(ErrorCode.OFFLINE, sentence("The proxy cannot be used."))


@pytest.mark.parametrize(
    ("error", "configuration", "status", "started"),
    [
        *((httpx2.HTTPError("x"), FAR, status, False) for status in (401, 403, 404, 500)),
        (PROXY, FAR, 0, False),
        (ExceptionGroup("x", [PROXY]), FAR, 0, False),
        (httpx2.ConnectError("x"), FAR, 0, False),
        (FileNotFoundError(2, "x", "/srv"), HERE, 0, False),
        *((FileNotFoundError(2, "x", "run"), program, 0, False) for program in (HERE, SPACED, WHOLE)),
        (PermissionError(), HERE, 0, False),
        (OSError(), HERE, 0, False),
        (TimeoutError(), HERE, 0, False),
        (CLOSED, HERE, 0, False),
        (CLOSED, HERE, 0, True),
        (ValueError(), HERE, 0, False),
    ],
)
def test_a_session_that_failed(
    error: Exception, configuration: ServerConfiguration, status: int, started: bool
) -> None:
    assert is_looked_up(session_problem(error, configuration, status, started=started))


@pytest.mark.parametrize("problem", [ENDED, REMOVED, SLOW, _TOO_MANY, too_slow(0.25), too_slow(1), too_slow(180)])
def test_what_a_server_tells_of_itself(problem: Sentence) -> None:
    assert is_looked_up(problem)
    configuration = ServerConfiguration("x", LocalServer("run"))
    servers = McpServers([configuration])
    servers._learn(ServerStatus("x", ServerState.FAILED, problem))
    assert servers.servers()[0].problem == problem.shown()


@pytest.mark.parametrize("error", [CLOSED, PROXY, VoiceError(ErrorCode.SERVER_FAILED, SLOW)])
def test_a_model_is_told_in_english(error: MCPError | VoiceError) -> None:
    text = failed_call("far", error).text
    assert BEGIN not in text and "far" in text


def test_our_lines_in_a_log_of_a_server() -> None:
    log = ServerLog(1000)
    _message(b"hello", log)
    _message(b"[" * 100, log)
    assert own_words(log.text().replace("hello", "")) == "" and BEGIN in log.text()
