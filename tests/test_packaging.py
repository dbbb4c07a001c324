"""What starts and installs the program fits it: scripts import what is there, the wheel holds the whole program."""

import email
import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]


def test_the_headless_turn_imports_what_there_is() -> None:
    program = "import runpy; runpy.run_path('packaging/headless_turn.py', run_name='imported')"
    done = subprocess.run([sys.executable, "-c", program], cwd=TOP, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """What `pip install .` installs, built without a network by the locked build tool."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=TOP, capture_output=True, check=True)
    [path] = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def files(folder: str) -> set[str]:
    """What the repository has under a folder, without what Python has compiled."""
    found = {path for path in (TOP / folder).rglob("*") if path.is_file() and path.parent.name != "__pycache__"}
    return {path.relative_to(TOP).as_posix() for path in found}


def test_the_wheel_holds_every_module_and_resource_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == files("voicegui") | {f"voicegui/{name}" for name in files("resources")}


def test_the_wheel_holds_command_licences_and_description(wheel: zipfile.ZipFile) -> None:
    told = {name.split("/", 1)[1]: wheel.read(name).decode() for name in wheel.namelist() if ".dist-info/" in name}
    assert "voicegui = voicegui.__main__:main" in told["entry_points.txt"]
    assert {"licenses/LICENSE", "licenses/THIRD_PARTY_NOTICES.md"} < told.keys()
    metadata = email.message_from_string(told["METADATA"])
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (metadata["Name"], metadata["Version"]) == (project["name"], project["version"])
    assert metadata["License-Expression"] == "Apache-2.0"
    assert len(metadata.get_all("Requires-Dist", [])) == len(project["dependencies"])
    assert metadata.get_payload() == (TOP / "README.md").read_text(encoding="utf-8")


def test_the_wheel_runs_from_where_it_was_unpacked(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Its own modules and resources are used, not those of the repository."""
    wheel.extractall(tmp_path)
    program = (
        "from voicegui.app.composition import load_presets; import voicegui; load_presets(); print(voicegui.__file__)"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()) == tmp_path / "voicegui" / "__init__.py"
