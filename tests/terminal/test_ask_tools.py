"""`voicegui ask` and `voicegui tools` as processes: what is asked to be done is done, also after a restart."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.openai_server.server import serving

from .test_ask_services import ask, models

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("smallest_model_file")]

SERVICE = ("--llm", "openai", "--tts", "openai")


async def test_a_reminder_is_spoken_when_it_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(models().answer) as server:
        code, output, errors = await ask(
            tmp_path, monkeypatch, server.url, "--text", "remind me to stretch in 2 seconds", "--wait", 20, *SERVICE
        )
    assert code == 0, errors
    assert "I will remind you to stretch in 2 seconds." in output
    assert output.rstrip().endswith("Agent: It is time to stretch.")


async def test_a_reminder_outlives_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(models().answer) as server:
        code, output, errors = await ask(
            tmp_path, monkeypatch, server.url, "--text", "remind me to stretch in 4 seconds", *SERVICE
        )
        assert code == 0 and "It is time" not in output, errors
        code, output, errors = await ask(
            tmp_path, monkeypatch, server.url, "--text", "How are you?", "--wait", 20, "--json", *SERVICE
        )
    assert code == 0, errors
    announced = [line["text"] for line in map(json.loads, output.splitlines()) if line["type"] == "announced"]
    assert announced == ["It is time to stretch."]


async def test_a_call_is_told_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(models().answer) as server:
        code, output, errors = await ask(
            tmp_path, monkeypatch, server.url, "--text", "what time is it", "--json", *SERVICE
        )
    assert code == 0, errors
    lines = {line["type"]: line for line in map(json.loads, output.splitlines())}
    assert lines["tool_called"]["name"] == "current_time" and lines["tool_finished"]["ok"]
    assert lines["turn"]["assistant"] == lines["tool_finished"]["text"]


async def test_where_nobody_can_be_asked_nothing_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(models().answer) as server:
        code, output, errors = await ask(
            tmp_path, monkeypatch, server.url, "--text", "please open example.org", *SERVICE
        )
    assert code == 0
    assert "Shall I open example.org?" in output
    assert "needs a yes" in errors


def test_the_tools_are_listed_with_what_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "lamp.py").write_text("raise SystemExit('it ran')")
    (tmp_path / "settings.toml").write_text('version = 2\n[tools]\ntool_permissions = "open_url=never"\n')
    command = [sys.executable, "-m", "voicegui", "--profile", str(tmp_path), "tools", "list"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert "always, changes something" in lines["set_reminder"]
    assert "never" in lines["open_url"]
    assert "not allowed yet" in lines["lamp.py:"]
