"""A profile where nothing can be kept: all works, it is said once, and nothing is printed that is no sentence."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from voicegui.core.wording import Sentence
from voicegui.storage.database import Database
from voicegui.storage.facts import StoredFacts
from voicegui.storage.profile import open_profile
from voicegui.storage.reminders import StoredReminders

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="users and folders of Linux")
NOBODY = 65534
SENTENCE = "settings, conversations, reminders and facts are forgotten when voicegui ends."


def _empty(folder: Path) -> Path:
    folder.chmod(0o555)
    return folder


def _missing(folder: Path) -> Path:
    folder.chmod(0o555)
    return folder / "a" / "b"


def _file(folder: Path) -> Path:
    (folder / "profile").write_text("a file")
    return folder / "profile"


def _below_a_file(folder: Path) -> Path:
    return _file(folder) / "deeper"


def _unreadable(folder: Path) -> Path:
    folder.chmod(0o000)
    return folder


def _device(folder: Path) -> Path:
    return Path("/proc/1")


WHERE = [_empty, _missing, _file, _below_a_file, _unreadable, _device]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Others get as far as there."""
    for each in (tmp_path, *tmp_path.parents):
        if each != Path("/") and each.stat().st_mode & 0o005 != 0o005:
            each.chmod(stat.S_IMODE(each.stat().st_mode) | 0o055)
    inner = tmp_path / "inner"
    inner.mkdir(mode=0o777)
    inner.chmod(0o777)
    yield inner
    inner.chmod(0o777)


def run(profile: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As somebody without special rights: root may write everywhere."""
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    command = [*drop, sys.executable, "-m", "voicegui", "--profile", str(profile), *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "HOME": "/nonexistent", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("where", WHERE, ids=[each.__name__ for each in WHERE])
def test_it_is_said_once(folder: Path, where: Callable[[Path], Path]) -> None:
    done = run(where(folder), "tools", "list")
    assert done.returncode == 0, done.stderr
    assert (done.stdout + done.stderr).count(SENTENCE) == 1
    assert len(done.stderr.splitlines()) <= 2 and "Traceback" not in done.stderr and "Logging error" not in done.stderr
    assert "get_weather" in done.stdout


def test_doctor_looks_all_the_same(folder: Path) -> None:
    done = run(_empty(folder), "doctor")
    assert (done.stdout + done.stderr).count(SENTENCE) == 1 and "Traceback" not in done.stderr
    assert "keyring" in done.stdout


def test_a_folder_of_logs_that_cannot_be_written(folder: Path) -> None:
    (folder / "logs").mkdir()
    (folder / "logs").chmod(0o555)
    done = run(folder, "tools", "list")
    assert done.returncode == 0
    assert done.stderr.splitlines() == [f"There is no log: {folder}/logs/voicegui.log cannot be written."]


def test_a_file_where_the_folder_of_logs_should_be(folder: Path) -> None:
    (folder / "logs").write_text("a file")
    assert run(folder, "tools", "list").stderr.splitlines() == [
        f"There is no log: {folder}/logs/voicegui.log cannot be written."
    ]


def test_no_home() -> None:
    profile = open_profile(Path("~/.local/share/voicegui"))
    assert profile.problem.written() == f"You have no home folder, so {SENTENCE}"


def test_a_profile_that_can_be_written_has_no_problem_and_nothing_is_left_there(tmp_path: Path) -> None:
    assert open_profile(tmp_path / "new").problem == Sentence("")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_full_disk(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    script = f'mount -t tmpfs -o size=64k none {tmp_path} && head -c 65536 /dev/zero > {tmp_path}/ballast; exec "$@"'
    command = ["unshare", "-m", "sh", "-c", script, "_", sys.executable, "-m", "voicegui", "--profile", str(tmp_path)]
    done = subprocess.run([*command, "tools", "list"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    if "permission denied" in done.stderr.lower() or "not permitted" in done.stderr.lower():
        pytest.skip("mounting is not allowed here")
    assert done.stderr.count(SENTENCE) == 1 and "the disk is full" in done.stderr and "Traceback" not in done.stderr


async def test_what_is_known_is_known_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "voicegui.db"
    before = Database(path)
    kept = await StoredFacts(before).remember("The dog is called Bento.")
    await before.aclose()
    bytes_before = path.read_bytes()
    database = Database(path, kept=False)
    facts, reminders = StoredFacts(database), StoredReminders(database)
    assert await facts.recall("dog") == [kept]
    reminder = await reminders.add("stretch", 5.0)
    assert await reminders.claim([reminder.id]) == [reminder.id]
    await reminders.announced(reminder.id)
    assert await facts.forget(kept.id) and await reminders.pending() == []
    await database.aclose()
    reminders.close()
    assert path.read_bytes() == bytes_before and [each.name for each in tmp_path.iterdir()] == ["voicegui.db"]
