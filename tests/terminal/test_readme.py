"""Every command of the README, as it is written there, in a home of its own."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import pytest

from tests.openai_server.server import serving
from tests.terminal.test_ask_services import models
from voicegui.storage.profile import open_profile

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [line.strip() for line in README.splitlines() if re.match(r"    voicegui( |$)", line)]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX"),
]

ON_EVERY_MACHINE = {
    "devices": (0, 4),  # there may be no sound here
    "doctor": (0, 4),
    "talk": (0, 4),
    "models get": (4,),  # nothing can be reached
    "": (0, 4),
}
"""Exit codes other than 0 that are right where a machine has not everything."""

SERVICES = 'version = 3\n[services]\nstt = "openai"\nllm = "openai"\ntts = "openai"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smallest_model_file: Path) -> dict[str, str]:
    """The environment of somebody who has just installed it, with services that answer."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith("XDG_")]:
        monkeypatch.delenv(name)
    profile = open_profile(None)
    profile.settings_file.parent.mkdir(parents=True, exist_ok=True)
    profile.settings_file.write_text(SERVICES, "utf-8")
    commands = tmp_path / ".local" / "bin"
    commands.mkdir(parents=True)
    runner = commands / "voicegui"
    runner.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m voicegui "$@"\n')
    runner.chmod(0o755)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    keep = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return keep | {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "VOICEGUI_MODELS": str(smallest_model_file.parent),
        "VOICEGUI_MODEL_MIRRORS": "",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
        "PULSE_SERVER": "unix:/nowhere",
        "OPENAI_API_KEY": "sk-none",
        "VOICEGUI_SERVER_KEY": "a-key-for-a-machine-without-keyring",
        "QT_QPA_PLATFORM": "offscreen",
    }


def test_the_commands_are_found() -> None:
    assert len(COMMANDS) >= 12


@pytest.mark.parametrize("command", [line for line in COMMANDS if line != "voicegui"])
async def test_it_works_as_it_is_written(command: str, home: dict[str, str]) -> None:
    async with serving(models().answer) as server:
        process = await asyncio.create_subprocess_shell(
            f"exec {command}", cwd=home["HOME"], env=home | {"OPENAI_BASE_URL": server.url},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        said = ""
        async with asyncio.timeout(180):
            while line := (await process.stdout.readline()).decode():
                said += line
                if line.startswith(("Listening", "Serving")):
                    process.send_signal(signal.SIGINT)
            code = await process.wait()
    allowed = next((codes for name, codes in ON_EVERY_MACHINE.items() if name and name in command), (0,))
    assert code in allowed, said
    assert "Traceback" not in said and "usage:" not in said
    assert said.strip() or "--save" in command


def test_the_link_is_made_once_and_says_what_to_type(tmp_path: Path) -> None:
    import subprocess

    def made(path: str) -> str:
        command = [str(ROOT / "packaging" / "link.sh")]
        environment = {"HOME": str(tmp_path), "PATH": path}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    folder = tmp_path / ".local" / "bin"
    assert f'PATH="{folder}:$PATH"' in made("/usr/bin:/bin")
    assert os.readlink(folder / "voicegui").endswith(".venv/bin/voicegui")
    assert made("/usr/bin:/bin") == ""
    (folder / "voicegui").unlink()
    assert "not on your PATH" not in made(f"{folder}:/usr/bin:/bin")
    (folder / "voicegui").unlink()
    (folder / "voicegui").write_text("somebody's own")
    assert "stays" in made("/usr/bin:/bin") and (folder / "voicegui").read_text() == "somebody's own"
