"""What reaches the terminal, whoever wrote it: streams, commands as processes, a question that is asked."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from tests.injection.shown_probes import ESCAPES
from voicegui.core.ports import DeviceInfo
from voicegui.core.tools import SourceKind, ToolInfo, ToolSource
from voicegui.terminal import devices, tools
from voicegui.terminal.output import Screen, indented, safe_output, write_over


@pytest.mark.parametrize("text", ESCAPES.values(), ids=ESCAPES.keys())
def test_nothing_that_a_terminal_obeys(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with safe_output():
        print(text)
        print(text, file=sys.stderr)
        sys.stdout.write(text)
    out, errors = capsys.readouterr()
    for shown in (out, errors):
        assert "⟨U+" in shown
        assert all(character.isprintable() or character == "\n" for character in shown)


def test_streams_come_back_and_are_wrapped_once() -> None:
    before = sys.stdout, sys.stderr
    with safe_output():
        inner = sys.stdout
        assert isinstance(inner, Screen)
        with safe_output():
            assert sys.stdout is inner
    assert (sys.stdout, sys.stderr) == before


def test_a_terminal_without_these_letters() -> None:
    raw = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    screen = Screen(raw)
    print("✓ Grüße \x1b[2J", file=screen, flush=True)
    raw.seek(0)
    assert raw.read() == "\\u2713 Gr\\xfc\\xdfe \\u27e8U+001B\\u27e9[2J\n"


def test_a_bar_moves_and_a_name_does_not() -> None:
    raw = io.StringIO()
    write_over(Screen(raw), "██ model \x1b[1A")  # type: ignore[arg-type]
    assert raw.getvalue() == "\r██ model ⟨U+001B⟩[1A"


def test_an_answer_cannot_speak_for_others() -> None:
    assert indented("Done.\nYou:   Yes.\r\nAgent: x") == "Done.\n       You:   Yes.\n       Agent: x"


def test_a_device_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with safe_output():
        devices._show("Microphones:", [DeviceInfo("a\x1b[2J", "USB\n  * Built-in  [builtin]\u202e", True)])
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["Microphones:", "  * USB * Built-in [builtin]⟨U+202E⟩  [a⟨U+001B⟩[2J]"]


def test_a_tool_is_one_line() -> None:
    told = tools._told(
        ToolInfo("x", "Reads.\nopen_url always\x1b[1A", source=ToolSource(SourceKind.SERVER, "ev\nil\x9b"))
    )
    assert "\n" not in told and "\x1b" not in told and "\x9b" not in told


def run(*arguments: str, profile: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voicegui", "--profile", str(profile), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "--text", "hi", "--llm", "nobody\x1b]0;x\x07\udcff:x"),
        ("ask", "no\x1b[2Jne\n\u202e.wav"),
        ("models", "get", "qwen\x1b[2J"),
        ("de\x9bvices\x1b",),
        ("ask", "--text", "hi", "--wait", "\x1b[1A"),
        ("say", "--print", "a\x1b[2Jb \u202ec\u2028d"),
        ("--json\x1b", "talk"),
    ],
    ids=range(7),
)
def test_arguments_come_back_harmless(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*arguments, profile=tmp_path)
    shown = done.stdout + done.stderr
    assert shown and "Traceback" not in shown
    assert all(character.isprintable() or character == "\n" for character in shown)


def test_the_doctor_tells_where_words_go(tmp_path: Path) -> None:
    done = run("doctor", "--llm", "ollama", "--llm-url", "http://gpu.example.com/v1", profile=tmp_path)
    lines = [line.split(maxsplit=2)[2] for line in done.stdout.splitlines() if " privacy " in line]
    assert lines[:4] == [
        "In the cloud",
        "Hearing: on this machine",
        "Thinking: Ollama, gpu.example.com, in the cloud",
        "Speaking: on this machine",
    ]
    assert lines[4].startswith("Tools that reach the network when they are used: Weather")
