"""The keys against a real Secret Service, unlocked, locked, missing and frozen."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
FIRST, SECOND = "-".join(("sk", "first", "planted")), "-".join(("sk", "second", "planted"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is of Linux"),
]


def run(*steps: str, keyring: str = "unlocked", **variables: str) -> list[dict[str, Any]]:
    """`/` among the steps begins a new process in the same session."""
    assert shutil.which("gnome-keyring-daemon"), "packaging/system-packages.sh tests"
    probe = f"{sys.executable} -m tests.storage.keyring_probe "
    script = " && ".join(probe + part for part in " ".join(steps).split("/"))
    command = [str(ROOT / "tests" / "keyring.sh"), "bash", "-c", script]
    environment = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    environment |= {"KEYRING": keyring, "PYTHONPATH": str(ROOT), **variables}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert FIRST not in done.stdout + done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["step"] for line in lines] == [step.partition("=")[0] for step in steps if step != "/"]
    return lines


def places(lines: list[dict[str, Any]]) -> list[str | None]:
    return [line["place"] for line in lines if "place" in line]


def test_a_key_is_kept_from_one_start_to_the_next_replaced_and_deleted() -> None:
    steps = [f"set={FIRST}", "/", f"get={FIRST}", f"set={SECOND}", "/", f"get={SECOND}", "delete", "/", "get", "state"]
    lines = run(*steps)
    assert all(line.get("same", True) and not line["notice"] and "error" not in line for line in lines)
    assert places(lines) == ["keyring", "keyring", None, None]


def test_of_several_entries_of_one_key_ours_is_used_and_none_is_left() -> None:
    steps = ["foreign=sk-other", "get=sk-other", f"set={FIRST}", f"get={FIRST}", "foreign=sk-another", f"get={FIRST}"]
    lines = run(*steps, "/", f"get={FIRST}", f"set={SECOND}", f"get={SECOND}", "delete", "get", "state")
    assert all(line.get("same", True) and "error" not in line for line in lines)
    assert places(lines) == ["keyring", "keyring", None, None]


def test_a_stored_key_wins_over_the_environment() -> None:
    lines = run("state", f"set={FIRST}", f"get={FIRST}", "delete", f"get={SECOND}", OPENAI_API_KEY=SECOND)
    assert places(lines) == ["environment", "keyring", "environment"]
    assert all(line.get("same", True) for line in lines)


def test_a_keyring_that_gets_locked() -> None:
    lines = run(f"set={FIRST}", "lock", "get", "delete", f"set={SECOND}", f"get={SECOND}")
    assert places(lines) == ["keyring", "memory"]
    assert all(line.get("same", True) for line in lines)
    assert lines[3]["error"] == "keyring_failed"
    assert all(line["notice"].startswith("The keyring is locked, so keys you enter") for line in lines[2:])


def test_a_keyring_that_nobody_can_unlock() -> None:
    lines = run("get", f"set={FIRST}", f"get={FIRST}", "delete", "get", keyring="locked")
    assert places(lines) == ["memory", None]
    assert all(line.get("same", True) for line in lines)
    # while nothing was stored nobody is asked to unlock anything
    assert [bool(line["notice"]) for line in lines] == [False, True, True, False, False]
    assert str(lines[1]["notice"]).startswith("The keyring cannot be opened")


def test_a_bus_without_a_keyring() -> None:
    lines = run("state", f"set={FIRST}", f"get={FIRST}", "delete", keyring="none")
    assert places(lines) == [None, "memory", None]
    assert all(line.get("same", True) and line["notice"].startswith("There is no keyring") for line in lines)


def test_no_bus(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"}
    environment |= {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "OPENAI_API_KEY": SECOND}
    command = [sys.executable, "-m", "tests.storage.keyring_probe", "state", f"set={FIRST}", f"get={FIRST}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert places(lines) == ["environment", "memory"] and lines[-1]["same"]
    assert all(line["notice"].startswith("There is no keyring") for line in lines)


def test_a_frozen_keyring_is_given_up_and_found_again() -> None:
    lines = run(f"set={FIRST}", "freeze", "get", "state", f"set={SECOND}", "thaw", f"get={SECOND}", "delete", "get")
    assert places(lines) == ["keyring", None, "memory", None]
    assert all(line.get("same", True) and "error" not in line for line in lines)
    assert all(line["notice"].startswith("The keyring does not answer") for line in lines[2:6])
    assert not any(line["notice"] for line in lines[6:])
