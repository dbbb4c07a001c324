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
@pytest.mark.parametrize(
    ("screen", "scale"), [("1920x1080x24", "1"), ("1920x1080x24", "2"), ("1024x600x24", "1"), ("1024x600x24", "2")]
)
def test_it_fits_the_screen_and_comes_back_where_it_was(tmp_path: Path, screen: str, scale: str) -> None:
    command = [str(ROOT / "tests" / "virtual_desktop.sh"), sys.executable, "-m", "tests.ui.place_probe", str(tmp_path)]
    env = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    env |= {"VIRTUAL_SCREEN": screen, "QT_SCALE_FACTOR": scale}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok: all" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("signals", "code"),
    [(["TERM"], 143), (["INT"], 130), (["HUP"], 129), (["HUP", "TERM"], 129), (["TERM", "HUP"], 143)],
)
def test_a_signal_ends_it_cleanly(signals: list[str], code: int) -> None:
    command = [sys.executable, "-m", "tests.ui.signal_probe", *signals]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.stdout == "closed\n", done.stderr
    assert done.returncode == code
    assert done.stderr == ""


@pytest.mark.slow
def test_what_was_ignored_at_the_start_stays_so() -> None:
    command = ["nohup", sys.executable, "-m", "tests.ui.signal_probe", "HUP", "TERM"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (done.stdout, done.returncode) == ("closed\n", 143)
