"""What is said of tools, of a turn and of what ends a command is looked up, too."""

import asyncio
import errno
import io
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.pseudo_language import BEGIN, PSEUDO, own_words
from tests.snapshots.taken import EVENTS
from tests.terminal.commands import left, run_command
from voicegui.core import events
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.settings import Settings
from voicegui.core.toolbox import ServerState, ToolFile, ToolServer, tool_help
from voicegui.core.tools import (
    BUILT_IN,
    Permission,
    SourceKind,
    ToolCall,
    ToolInfo,
    ToolOutcome,
    ToolSource,
    fingerprint,
    permission_key,
)
from voicegui.core.wording import shown, use_translations
from voicegui.terminal import tools
from voicegui.terminal.ask import _OneTurn
from voicegui.terminal.json_events import Journal
from voicegui.terminal.output import typed_yes
from voicegui.terminal.say import _unheard
from voicegui.terminal.shutdown import Shutdown, unwritten
from voicegui.terminal.talk import _Screen

pytestmark = pytest.mark.usefixtures("pseudo_language")


# ---------------------------------------------------------------- tools

_OWN_TOOL = 'from voicegui.tools import tool\n\n@tool()\ndef f() -> str:\n    "F."\n    return ""\n'


def _profile(folder: Path, **settings: str) -> Path:
    (folder / "tools").mkdir()
    (folder / "tools" / "lamp.py").write_text(_OWN_TOOL)
    lines = [f"{name} = {value}" for name, value in settings.items()]
    (folder / "settings.toml").write_text("\n".join(lines), "utf-8")
    return folder


def test_list_of_tools(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "tool_help", lambda tool: "⟦help⟧")
    servers = json.dumps({"mcpServers": {"far": {"command": 3}}})
    _profile(tmp_path, use_tools="false", mcp_servers=f"'{servers}'")
    code, output, _ = run_command(capsys, tmp_path, "tools", "list")
    names = [line.split()[0] for line in output.splitlines() if line[:1].isalpha()]
    assert code == 0 and "get_weather" in names and "Tools are switched off" in output
    assert left(output, *names, str(BUILT_IN), "lamp.py", "far", "mcpServers") == ""
    assert "not allowed yet" in output and "has to be a text in quotation marks" in output


@pytest.mark.parametrize(
    ("arguments", "values"),
    [
        (("none",), ("none",)),
        (("calculate", "--arguments", "[]"), ("The arguments have to be a JSON object.",)),
        (("calculate", "--arguments", '{"expression": "1 +"}'), ()),
        (("calculate", "--arguments", '{"expression": "1 + 1"}'), ()),
        (("remember", "--arguments", '{"fact": "x"}'), ("remember",)),
        (("calculate", "--now", "soon"), ("soon",)),
        (("calculate", "--now", "9999-12-31T23:59:59-14:00"), ()),
    ],
)
def test_call_of_a_tool(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: Sequence[str],
    values: Sequence[str],
) -> None:
    """What the model gets is in English, and what is said is the tool's: neither is looked at here."""
    monkeypatch.setattr(tools, "printable", lambda text: text if BEGIN in text else "")
    _, output, errors = run_command(capfd, tmp_path, "tools", "call", *arguments)
    assert output + errors and left(output + errors, *values) == ""


def test_a_tool_that_is_not_to_be_used(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _profile(tmp_path, use_tools="false")
    _, _, errors = run_command(capfd, tmp_path, "tools", "call", "calculate")
    assert errors.startswith(BEGIN) and left(errors) == ""
    (tmp_path / "settings.toml").write_text('tool_permissions = "calculate=never"')
    _, _, errors = run_command(capfd, tmp_path, "tools", "call", "calculate")
    assert errors.startswith(BEGIN) and left(errors, "calculate") == ""


@pytest.mark.parametrize("permission", Permission)
def test_a_tool_of_others_in_the_list(permission: Permission) -> None:
    tool = ToolInfo(
        "far__do", "Does.", permission=permission, network=True, source=ToolSource(SourceKind.SERVER, "far")
    )
    about = (tool_help(tool), str(tool.source), permission_key(tool), fingerprint(tool), "ask@", "tool_permissions")
    assert left(tools._told(tool), "far__do", *about) == ""


def test_a_file_that_does_not_work() -> None:
    assert left(tools._not_loaded(ToolFile("lamp.py", "", True, "⟦It is broken.⟧")), "lamp.py") == ""


async def test_servers_that_are_slow(capsys: pytest.CaptureFixture[str]) -> None:
    class Toolkit:
        async def listed(self, seconds: float) -> None: ...

        def servers(self) -> Sequence[ToolServer]:
            return [ToolServer(name, ServerState.STARTING) for name in ("far", "near", "here")]

    await tools.wait_for_servers(Toolkit())  # type: ignore[arg-type]
    errors = capsys.readouterr().err
    assert "far" in errors and left(errors, "far", "near", "here") == ""


async def test_a_call_that_needs_a_yes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    tool = ToolInfo("lamp", "Switches.", permission=Permission.ASK, changes=True)
    asked = ToolCall("1", "lamp", "{}")
    assert left(await tools._refused(Settings(), tool, asked, yes=False), "lamp") == ""
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setattr(tools, "_answer", lambda: "no")
    refused = await tools._refused(Settings(), tool, asked, yes=False)
    assert "not allowed" in refused and left(refused, "lamp") == ""


@pytest.mark.parametrize("outcome", [ToolOutcome("x"), ToolOutcome("x", ok=False), ToolOutcome("x", say="⟦On.⟧")])
def test_an_outcome(capsys: pytest.CaptureFixture[str], outcome: ToolOutcome) -> None:
    tools._tell(outcome)
    assert left(capsys.readouterr().out, "\nx\n") == ""


def test_where_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "whereabouts", lambda *_: SimpleNamespace(sign="⟦Here⟧", lines=["⟦Hearing: here⟧"]))
    lines = tools.data_flow_lines(SimpleNamespace(), SimpleNamespace())  # type: ignore[arg-type]
    assert lines == "       ⟦⟦Here⟧.⟧" + "\n       ⟦Hearing: here⟧"


def test_the_profile_that_is_used_every_day() -> None:
    with pytest.raises(VoiceError) as caught:
        tools.stated_now("2026-11-27T22:00:00+01:00", has_profile=False)
    assert own_words(caught.value.message) == ""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("y", True),
        ("Yes \n", True),
        ("j", True),
        ("JA", True),
        ("", False),
        (" \n", False),
        ("n", False),
        ("je", False),
    ],
)
def test_a_yes_is_in_either_language(answer: str, expected: bool) -> None:
    class German(type(PSEUDO)):  # type: ignore[misc]
        def gettext(self, message: str) -> str:
            return {"y": "j", "yes": "ja"}.get(message, message)

    use_translations(shown=German())
    assert typed_yes(answer) is expected


def test_no_translation_makes_nothing_a_yes() -> None:
    class Empty(type(PSEUDO)):  # type: ignore[misc]
        def gettext(self, message: str) -> str:
            return ""

    use_translations(shown=Empty())
    assert not typed_yes("") and not typed_yes("\n") and typed_yes("y")


def test_what_is_asked_before_a_call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("builtins.input", lambda prompt: asked.append(prompt) or "no")
    assert tools._answer() == "no" and left("".join(asked)) == ""


# ---------------------------------------------------------------- ask, talk, say, and how they end


def test_talk_tells_each_event(capsys: pytest.CaptureFixture[str]) -> None:
    screen = _Screen()
    values: set[str] = set()
    more: Sequence[events.Event] = (
        events.ProblemSolved("engine"),
        *(events.ProblemSolved(device, name) for device in ("microphone", "speaker") for name in ("", "USB")),
        events.TurnDone(2, "What?", "It is.", events.Timings(voice_to_voice=900.0)),
    )
    for event in [*EVENTS, *more]:
        values |= set(_texts(event))
        screen.show(event)
    output = capsys.readouterr()
    assert "works again" in output.err and "the conversation has ended" in output.out
    assert left(output.out + output.err, *values, "get_time") == ""


def _texts(event: events.Event) -> Iterator[str]:
    for name in event.__slots__:
        value = getattr(event, name)
        if isinstance(value, ToolCall):
            yield value.arguments
        elif isinstance(value, str) and value:
            yield value


def test_ask_tells_a_turn(capsys: pytest.CaptureFixture[str]) -> None:
    turn = _OneTurn(SimpleNamespace(), 0.0, None)  # type: ignore[arg-type]
    turn.receive(events.TurnDone(1, "What?", "It is.", events.Timings(voice_to_voice=900.0)))
    turn.receive(events.TurnDone(2, "", "Tea!", events.Timings()))
    turn.tell()
    silent = _OneTurn(SimpleNamespace(), 0.0, None)  # type: ignore[arg-type]
    assert (turn.report(), silent.report()) == (0, 3)
    output = capsys.readouterr()
    assert output.err.startswith(BEGIN) and left(output.out + output.err, "What?", "It is.", "Tea!") == ""


@pytest.mark.parametrize("terminal", [True, False])
async def test_ask_asks(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    turn = _OneTurn(SimpleNamespace(), 0.0, None)  # type: ignore[arg-type]
    call = ToolCall("1", "open_url", '{"url": "https://xn--pple-43d.com"}')
    turn.receive(events.ApprovalAsked(1, call, "Open", "⟦May I?⟧"))
    keys = io.StringIO("yes\n")
    keys.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stdin", keys)
    sent: list[object] = []

    class Conversation:
        def send(self, command: object) -> None:
            sent.append(command)
            turn.receive(events.ApprovalAnswered("1", True))
            turn._quiet.set()

    await asyncio.wait_for(turn.ask_for_permission(Conversation()), 60)  # type: ignore[arg-type]
    output = capsys.readouterr()
    host = re.findall(r"leads to (\S+?)⟧|(?<=⟦⚠ leads to )", output.out)
    assert bool(sent) is terminal and output.out + output.err
    assert left(output.out + output.err, "open_url", call.arguments, "Open", *filter(None, host)) == ""


@pytest.mark.parametrize("arguments", [("say", ""), ("say", "...")])
def test_say(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> None:
    code, _, errors = run_command(capsys, tmp_path, *arguments)
    assert code == 2 and errors.startswith(BEGIN) and left(errors) == ""


@pytest.mark.parametrize("given", [b"\xff", b"a" * 1_000_001, None])
def test_say_of_what_comes_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, given: bytes | None
) -> None:
    monkeypatch.setattr(sys, "stdin", None if given is None else SimpleNamespace(buffer=io.BytesIO(given)))
    monkeypatch.setattr("voicegui.terminal.shutdown.have_standard_streams", lambda: None)
    code, _, errors = run_command(capsys, tmp_path, "say")
    assert code == 2 and errors.startswith(BEGIN) and left(errors) == ""


def test_say_without_a_speaker() -> None:
    assert own_words(_unheard(VoiceError(ErrorCode.NO_SPEAKER, "x")).message) == ""


@pytest.mark.parametrize("tell", [unwritten, lambda error: Shutdown().lost(error)])
def test_output_that_goes_nowhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tell: Callable[[OSError], object]
) -> None:
    monkeypatch.setattr("os.dup2", lambda one, other: None)
    tell(OSError(errno.ENOSPC, "No space left on device"))
    errors = capsys.readouterr().err
    assert errors.startswith(BEGIN) and left(errors) == ""


def test_events_as_json() -> None:
    stream = io.StringIO()
    Journal(stream, 0.0).receive(events.NothingHeard(1))
    line = json.loads(stream.getvalue())
    assert (
        line["code"] == "no_speech" and line["message"] == shown("No speech was heard.") and line["message"][0] == BEGIN
    )
