"""Notifications on a real session bus: with a strict desktop, without one, and without a bus."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is of Linux")]

SEND = """
import asyncio, logging, sys
from voicegui.tools.notifications import DesktopNotifications

async def main():
    desktop = DesktopNotifications()
    for text in sys.argv[1:]:
        await desktop.notify(text)

logging.basicConfig(level=logging.DEBUG, format="%(name)s: %(message)s")
assert not [name for name in sys.modules if name.startswith(("desktop_notifier", "dbus_fast"))]
asyncio.run(main())
"""
BUS = """<busconfig>
  <type>session</type><listen>unix:tmpdir={folder}</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>"""


def sent(folder: Path, *texts: str, expected: list[str] | None) -> str:
    """What was logged. `expected` None: a bus without a desktop."""
    assert shutil.which("dbus-run-session"), "packaging/system-packages.sh tests"
    configuration, wanted = folder / "bus.conf", folder / "expected.json"
    configuration.write_text(BUS.format(folder=folder))
    wanted.write_text(json.dumps(expected))
    desktop = [sys.executable, "-m", "tests.tools.notification_server", str(wanted)] if expected is not None else []
    command = ["dbus-run-session", f"--config-file={configuration}", "--", *desktop, sys.executable, "-c", SEND, *texts]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr and not any(text in done.stderr for text in texts)
    return done.stderr


def test_what_is_due_is_shown_as_it_is_said(tmp_path: Path) -> None:
    texts = ["It is time to stretch.", "Your <b>tea</b> & cake timer is done."]
    assert "does not take" not in sent(tmp_path, *texts, expected=texts)


def test_what_is_too_long_is_cut(tmp_path: Path) -> None:
    sent(tmp_path, "It is time to " + "x" * 10_000, expected=["It is time to " + "x" * 286])


def test_without_a_desktop_there_is_a_line_in_the_log(tmp_path: Path) -> None:
    log = sent(tmp_path, "It is time to stretch.", "It is time to drink.", expected=None)
    lines = [line for line in log.splitlines() if line.startswith("voicegui.")]
    assert (
        lines
        == ["voicegui.tools.notifications: the desktop does not take notifications: there is no service for them"] * 2
    )


def test_without_a_bus_there_is_a_line_in_the_log(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DBUS_", "DISPLAY"))}
    environment |= {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SEND, "It is time to stretch."]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "stretch" not in done.stderr and "Traceback" not in done.stderr
    assert done.stderr.count("the desktop does not take notifications: ") == 1
