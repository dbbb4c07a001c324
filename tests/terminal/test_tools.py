"""`voicegui tools call`: one tool with its permission, as the model gets it and as it is said."""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from voicegui.core.events import ApprovalAsked
from voicegui.core.tools import BUILT_IN, ToolCall
from voicegui.ui.approval_text import card_text

pytestmark = pytest.mark.slow

SERVER = Path(__file__).parents[1] / "tools" / "mcp_servers" / "clock.py"
NOW = ("--now", "2026-11-27T22:00:00+01:00")
LAMP = """from voicegui.tools import tool

@tool(changes=True, question="Shall I switch the {lamp} lamp?")
def switch(lamp: str) -> str:
    "Switches a lamp."
    print("a line of its own")
    return f"The {lamp} lamp is on.\\x1b[2J\\u202e"

@tool(permission="never")
def explode() -> str:
    "Explodes."
    return "bang"
"""


def command(profile: Path | None, *arguments: str) -> list[str]:
    of = ("--profile", str(profile)) if profile else ()
    return [sys.executable, "-m", "voicegui", *of, "tools", "call", *arguments]


def call(profile: Path | None, *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        command(profile, *arguments), capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """With a tool of the person's own that is allowed."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "lamp.py").write_text(LAMP)
    digest = sha256(LAMP.encode()).hexdigest()
    (tmp_path / "allowed_tools.json").write_text(json.dumps({"allowed": {"lamp.py": digest}}))
    return tmp_path


def test_a_built_in_tool(profile: Path) -> None:
    code, output, errors = call(profile, "calculate", "--arguments", '{"expression": "12% of 80"}')
    assert (code, errors) == (0, "")
    assert output == "For the model:\n12% of 80 = 9.6\nSaid:\nThat is 9.6.\n"


def test_a_call_that_fails(profile: Path) -> None:
    code, output, _ = call(profile, "calculate", "--arguments", '{"expression": "log(0)"}')
    assert code == 1
    assert "There is a logarithm only of numbers above 0." in output
    code, output, _ = call(profile, "calculate")
    assert code == 1 and "“expression” is missing" in output


def test_the_clock_can_be_set_in_a_profile_of_its_own(profile: Path) -> None:
    code, output, _ = call(profile, "current_time", *NOW)
    assert code == 0 and "on Friday, November 27, 2026" in output
    assert "22:00" in output or "10:00 PM" in output
    code, output, _ = call(
        profile, "set_reminder", "--arguments", '{"what": "drink tea", "when": "tomorrow at 8"}', *NOW
    )
    assert code == 0 and "tomorrow at 8" in output
    code, output, _ = call(profile, "list_reminders", "--now", "2026-11-28T07:00:00+01:00")
    assert code == 0 and "drink tea at 8 in the morning" in output  # of the same day


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing"], "There is no tool named “nothing”. See: voicegui tools list"),
        (["calculate", "--arguments", "{"], "--arguments: The arguments are no JSON."),
        (["calculate", "--arguments", "[1]"], "--arguments: The arguments have to be a JSON object."),
        (["calculate", "--arguments", '{"a": NaN}'], "--arguments: NaN is no number in JSON."),
        (["calculate", "--arguments", '{"a": "\\ud800"}'], "--arguments: A text has half a character in it"),
        (["calculate", "--now", "tomorrow"], "is no time between 1971 and 2999"),
        (["calculate", "--now", "9999-12-31T23:59:59-14:00"], "is no time between 1971 and 2999"),
        (["calculate", "--now", "0001-01-01T00:00:00+14:00"], "is no time between 1971 and 2999"),
        (["calculate", "--now", "\x1b[2J"], "⟨U+001B⟩[2J"),
        (["\x1b[2J"], "⟨U+001B⟩[2J"),
        ([], "NAME"),
    ],
)
def test_what_is_wrong_with_a_command_is_usage(profile: Path, arguments: list[str], sentence: str) -> None:
    code, output, errors = call(profile, *arguments)
    assert (code, output) == (2, "")
    assert sentence in errors
    assert "\x1b" not in errors


def test_the_clock_of_the_everyday_profile_is_not_set() -> None:
    code, _, errors = call(None, "current_time", *NOW)
    assert code == 2
    assert "only taken together with --profile" in errors


def test_without_anybody_to_ask_only_yes_is_yes(profile: Path) -> None:
    code, output, errors = call(profile, "switch", "--arguments", '{"lamp": "desk"}')
    assert (code, output) == (1, "")
    assert "switch was not used: it needs a yes, and nobody can be asked here." in errors
    code, output, errors = call(profile, "switch", "--arguments", '{"lamp": "desk"}', "--yes")
    assert code == 0
    assert output == ("For the model:\nThe desk lamp is on.⟨U+001B⟩[2J⟨U+202E⟩\nSaid: what the model makes of it\n")
    assert "a line of its own" in errors


def test_what_is_never_used_is_not_with_a_yes_either(profile: Path) -> None:
    code, output, errors = call(profile, "explode", "--yes")
    assert (code, output) == (1, "")
    assert "never" in errors


def test_tools_that_are_switched_off_are_off(profile: Path) -> None:
    (profile / "settings.toml").write_text("version = 3\n[tools]\nuse_tools = false\n")
    code, output, errors = call(profile, "calculate", "--yes")
    assert (code, output) == (1, "")
    assert "switched off" in errors


def test_a_tool_of_a_server(profile: Path) -> None:
    servers = json.dumps({"mcpServers": {"clock": {"command": sys.executable, "args": [str(SERVER)]}}})
    (profile / "settings.toml").write_text(f"version = 3\n[tools]\nmcp_servers = '''{servers}'''\n")
    asked = ("clock__get_time", "--arguments", '{"zone": "Lisbon"}')
    assert call(profile, *asked)[0] == 1
    code, output, errors = call(profile, *asked, "--yes")
    assert code == 0, errors
    assert "It is 10:30 in Lisbon." in output


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("Yes", 0), ("n", 1), ("", 1), ("yes please", 1), ("\x04", 1)])
def test_in_a_terminal_the_card_asks(profile: Path, answer: str, code: int) -> None:
    import pty

    asked = ApprovalAsked(0, ToolCall("1", "open_url", '{"url": "no address"}'), "Open a web page", "")
    arguments = '{"lamp": "desk \\u001b[2J"}'
    process, terminal = pty.fork()
    if process == 0:
        os.execv(sys.executable, command(profile, "switch", "--arguments", arguments))
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(terminal, 4096)
    os.write(terminal, answer.encode() + (b"" if answer == "\x04" else b"\n"))
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
    except OSError:  # Linux says so at the end
        pass
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == code
    text = shown.decode()
    assert "switch · from the file lamp.py" in text
    assert "Shall I switch the “desk (U+001B) [2J” lamp?" in text
    assert "\x1b[2J" not in text
    assert ("For the model:" in text) == (code == 0)
    assert card_text(asked, BUILT_IN).origin == "Open a web page · part of voicegui"
