"""The real window under a real X server and window manager, driven by a real mouse and keyboard."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_mouse_keys_focus_and_drawing() -> None:
    command = [str(ROOT / "tests" / "virtual_desktop.sh"), sys.executable, "-m", "tests.ui.desktop_probe"]
    env = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok: all" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("signal", ["TERM", "INT"])
def test_a_signal_ends_it_cleanly(signal: str) -> None:
    command = [sys.executable, "-m", "tests.ui.signal_probe", signal]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.stdout == "closed\n", done.stderr
    assert done.returncode == (143 if signal == "TERM" else 130)
    assert done.stderr == ""
