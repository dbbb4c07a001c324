"""Somebody swaps a folder for a link between the check and the opening: nothing else is read."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from voicegui.tools import files, safe_open, sources
from voicegui.tools.files import SharedFiles
from voicegui.tools.safe_open import entries, opened

from .conftest import called


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    for top, text in (("shared/notes", "harmless"), ("private", "secret")):
        (tmp_path / top / "deep").mkdir(parents=True)
        (tmp_path / top / "x.txt").write_text(text)
        (tmp_path / top / "deep" / "x.txt").write_text(text)
    (tmp_path / "private" / "secret.txt").write_text("secret")
    return tmp_path / "shared"


@pytest.fixture(params=[True, False], ids=["by descriptor", "compared"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """As on systems that open inside of a folder, and as on Windows."""
    monkeypatch.setattr(safe_open, "BY_DESCRIPTOR", request.param)
    return bool(request.param)


SWAPS = {
    "the file": ("notes/x.txt", "private/secret.txt"),
    "its folder": ("notes", "private"),
    "the shared folder": ("", "private"),
    "a folder further down": ("notes/deep", "private/deep"),
    "to the root": ("notes", "/"),
    "in a circle": ("notes", "shared/notes"),
}


def swap(shared: Path, name: str) -> None:
    """A link takes the place."""
    place, target = SWAPS[name]
    (shared / place).rename(shared.parent / "before")
    (shared / place).symlink_to(shared.parent / target)


def after_the_check(monkeypatch: pytest.MonkeyPatch, change: Callable[[], None]) -> None:
    """`change` happens once, just when it was decided that the path is shared."""
    decide, done = files._is_shared, list[Path]()

    def decided(path: Path, folders: list[Path]) -> bool:
        found = decide(path, folders)
        if found and not done:
            done.append(path)
            change()
        return found

    monkeypatch.setattr(files, "_is_shared", decided)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("asked", ["notes/x.txt", "notes/deep/x.txt"])
@pytest.mark.parametrize("name", SWAPS)
async def test_a_swapped_path_is_not_read(shared: Path, monkeypatch: pytest.MonkeyPatch, name: str, asked: str) -> None:
    after_the_check(monkeypatch, lambda: swap(shared, name))
    outcome = await called(SharedFiles(lambda: str(shared)).read_file, path=asked)
    swapped_elsewhere = not asked.startswith(SWAPS[name][0])
    assert (outcome.ok, "secret" in outcome.text) == (swapped_elsewhere, False)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("name", ["its folder", "the shared folder", "to the root", "in a circle"])
async def test_a_swapped_folder_is_not_listed(shared: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    after_the_check(monkeypatch, lambda: swap(shared, name))
    outcome = await called(SharedFiles(lambda: str(shared)).list_files, folder="notes")
    assert (outcome.ok, "secret" in outcome.text) == (False, False)


def test_what_is_swapped_there_and_back_is_noticed(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened while the link was there; the path leads to the right file again when it is looked at."""
    monkeypatch.setattr(safe_open, "BY_DESCRIPTOR", False)
    real = os.open

    def raced(path: Path, flags: int) -> int:
        swap(shared, "its folder")
        handle = real(path, flags)
        (shared / "notes").unlink()
        (shared.parent / "before").rename(shared / "notes")
        return handle

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", raced)
        with pytest.raises(PermissionError, match="not what was checked"), opened(shared / "notes" / "x.txt"):
            pass


@pytest.mark.usefixtures("way")
def test_descriptors_are_closed_however_it_ends(shared: Path) -> None:
    def newest() -> int:
        """The lowest number that is free."""
        handle = os.dup(0)
        os.close(handle)
        return handle

    (shared / "link").symlink_to("notes")
    before = newest()
    for path in (shared / "notes" / "x.txt", shared / "none" / "x", shared / "link" / "x.txt", shared / "notes"):
        with suppress(OSError), opened(path):
            pass
    assert {each.name: each.is_folder for each in entries(shared / "notes")} == {"x.txt": False, "deep": True}
    assert newest() == before


def test_own_tools_are_ordinary_files(tmp_path: Path) -> None:
    """A pipe would block for ever, and a device never end."""
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "zero.py").symlink_to("/dev/zero")
    (tmp_path / "circle.py").symlink_to("circle.py")
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    (tmp_path / "real.txt").write_text("x = 1")
    (tmp_path / "linked.py").symlink_to("real.txt")
    found = {source.name: source.problem.written() for source in sources.files_in(tmp_path)}
    assert found.pop("linked.py") == ""
    assert set(found.values()) == {"It cannot be read."}
    assert len(found) == 5
