"""Files of shared folders, and nothing else of the disk."""

import os
from pathlib import Path

import pytest

from voicegui.core.tools import LONGEST_OUTCOME
from voicegui.tools import files
from voicegui.tools.files import SharedFiles

from .conftest import called


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    (folder / "notes").mkdir(parents=True)
    (folder / ".keys").mkdir()
    (folder / "shopping.txt").write_text("milk\nbread\n")
    (folder / "notes" / "monday.md").write_text("Grüße", encoding="utf-8")
    (folder / ".keys" / "id").write_text("secret")
    (tmp_path / "private.txt").write_text("secret")
    return folder


@pytest.fixture
def reader(shared: Path) -> SharedFiles:
    return SharedFiles(lambda: f"\n  {shared}  \n/no/such/folder\n")


@pytest.mark.parametrize(
    "path",
    [
        "notes/monday.md",
        " notes/monday.md ",
        "notes/../notes/monday.md",
        "shared/notes/monday.md",
        "{shared}/notes/monday.md",
    ],
)  # fmt: skip
async def test_reads_what_is_shared(reader: SharedFiles, shared: Path, path: str) -> None:
    assert (await called(reader.read_file, path=path.format(shared=shared))).text == "Grüße"


async def test_lists_what_is_shared(reader: SharedFiles) -> None:
    everything = await called(reader.list_files)
    assert everything.text.splitlines() == ["shared/notes/", "shared/shopping.txt"]
    assert everything.say == "There are 2 files and folders."
    assert (await called(reader.list_files, folder="notes")).text == "notes/monday.md"
    assert (await called(reader.read_file, path="shared/shopping.txt")).text == "milk\nbread\n"


@pytest.mark.parametrize(
    "path",
    [
        "../private.txt", "{shared}/../private.txt", "/etc/passwd", "{shared}/../shared-too/x", "link.txt",
        "folder/private.txt", ".keys/id", "notes/../.keys/id",
        "~/x", "~nobody-at-all/x", "nothing.txt", "circle", "shared/../private.txt",
    ],
)  # fmt: skip
async def test_nothing_else_is_read(reader: SharedFiles, shared: Path, path: str) -> None:
    (shared / "link.txt").symlink_to(shared.parent / "private.txt")
    (shared / "folder").symlink_to(shared.parent)
    (shared / "circle").symlink_to(shared / "circle")
    (shared.parent / "shared-too").mkdir()
    (shared.parent / "shared-too" / "x").write_text("secret")
    outcome = await called(reader.read_file, path=path.format(shared=shared))
    assert not outcome.ok
    assert "no such file in the shared folders" in outcome.text


@pytest.mark.parametrize("path", ["", "   ", "x\0y", "x" * 9000])
async def test_what_is_no_name(reader: SharedFiles, path: str) -> None:
    assert "no name of a file" in (await called(reader.read_file, path=path)).text


@pytest.mark.parametrize("folders", ["", "\n", "relative", "/no/such/folder"])
async def test_without_a_shared_folder_it_says_where_to_share_one(folders: str) -> None:
    for function in (SharedFiles(lambda: folders).list_files, SharedFiles(lambda: folders).read_file):
        arguments = {"path": "x"} if function.__name__ == "read_file" else {}
        outcome = await called(function, **arguments)
        assert (outcome.ok, outcome.say) == (False, "No folder is shared. Share one in the settings, under Tools.")


async def test_only_text_is_read(reader: SharedFiles, shared: Path) -> None:
    (shared / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    (shared / "noise").write_bytes(bytes(range(128, 256)) * 9)
    for name in ("picture.png", "noise"):
        assert (await called(reader.read_file, path=name)).say == f"{name} is no text file."
    (shared / "windows.txt").write_bytes("Grüße".encode("utf-16"))
    assert (await called(reader.read_file, path="windows.txt")).text == "Grüße"
    (shared / "empty").write_text("")
    assert (await called(reader.read_file, path="empty")).say == "empty is empty."


async def test_long_files_are_cut_and_huge_ones_refused(
    reader: SharedFiles, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shared / "long.txt").write_text("ü" * 60_000, encoding="utf-8")
    outcome = await called(reader.read_file, path="long.txt")
    assert len(outcome.text) == LONGEST_OUTCOME
    assert "left out" in outcome.text
    monkeypatch.setattr(files, "LARGEST", 100_000)
    assert "too large" in (await called(reader.read_file, path="long.txt")).text


async def test_a_pipe_does_not_block(reader: SharedFiles, shared: Path) -> None:
    os.mkfifo(shared / "pipe")
    assert "no ordinary file" in (await called(reader.read_file, path="pipe")).text


async def test_files_and_folders_are_not_confused(reader: SharedFiles) -> None:
    assert "is a folder" in (await called(reader.read_file, path="notes")).text
    assert "is a file" in (await called(reader.list_files, folder="shopping.txt")).text


async def test_many_files_are_counted(reader: SharedFiles, shared: Path) -> None:
    for number in range(150):
        (shared / "notes" / f"{number:03}").touch()
    outcome = await called(reader.list_files, folder="notes")
    assert len(outcome.text.splitlines()) == 101
    assert outcome.text.endswith("(and 51 more)")


NAMES = [
    ("Mu\u0308llabfuhr.txt", "M\u00fcllabfuhr.txt"),  # as a Mac keeps it
    ("M\u00fcllabfuhr.txt", "Mu\u0308llabfuhr.txt"),
    ("Mu\u0308llabfuhr.txt", "m\u00fcllabfuhr.txt"),
    ("Shopping List.TXT", "shopping list.txt"),
    ("README", "readme"),
    ("STRASSE.md", "stra\u00dfe.md"),
    ("caf\u00e9.txt", "CAFE\u0301.TXT"),
    ("\uff2d\uff55\uff53\uff49\uff43.txt", "music.txt"),
    ("\ud55c\uae00.txt", "\u1112\u1161\u11ab\u1100\u1173\u11af.txt"),
    ("Vi\u1ec7t Nam.txt", "vie\u0323\u0302t nam.txt"),
    ("A\u030angstr\u00f6m/O\u0308l.md", "\u00e5ngstr\u00f6m/\u00f6l.md"),
]


@pytest.mark.parametrize(("kept", "asked"), NAMES)
async def test_names_are_those_that_a_person_reads(reader: SharedFiles, shared: Path, kept: str, asked: str) -> None:
    (shared / kept).parent.mkdir(exist_ok=True)
    (shared / kept).write_text("every Monday")
    for path in (asked, f"shared/{asked}", f"SHARED/{asked}", f"{shared}/{asked}"):
        outcome = await called(reader.read_file, path=path)
        assert outcome.ok and outcome.text == "every Monday"


async def test_of_two_that_read_alike_neither_is_guessed(reader: SharedFiles, shared: Path) -> None:
    (shared / "Plan.txt").write_text("one")
    (shared / "PLAN.txt").write_text("two")
    assert not (await called(reader.read_file, path="plan.txt")).ok
    assert (await called(reader.read_file, path="PLAN.txt")).text == "two"


@pytest.mark.parametrize("path", [".KEYS/id", "../PRIVATE.txt", "Notes/../../Private.TXT", "{shared}/../PRIVATE.TXT"])
async def test_nor_does_it_lead_elsewhere(reader: SharedFiles, shared: Path, path: str) -> None:
    outcome = await called(reader.read_file, path=path.format(shared=shared))
    assert not outcome.ok and "secret" not in outcome.text


async def test_nor_through_a_link(reader: SharedFiles, shared: Path) -> None:
    (shared / "Link").symlink_to(shared.parent, target_is_directory=True)
    assert not (await called(reader.read_file, path="link/private.txt")).ok


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ("don’t forget.txt", "don't forget.txt"), ("don't forget.txt", "don‘t forget.txt"),
        ("Plan A–B.txt", "plan a-b.txt"), ("plan-b.txt", "plan‑b.txt"), ("İstanbul.txt", "istanbul.txt"),
        ("two  spaces.txt", "two spaces.txt"), ("shopping list.txt", "shopping\u00a0list.txt"),
        ("list.txt", "list.txt\u200b"), ("li\u00adst.txt", "list.txt"), ("list.txt", "“list.txt”"),
        ("list.txt", '"list.txt"'), ("Mu\u0308ll.txt", "müll.txt"), ("Straße.txt", "STRASSE.TXT"),
        ("ｶﾀｶﾅ.txt", "カタカナ.txt"), ("ﬁle.txt", "file.txt"), ("\u1112\u1161\u11ab.txt", "한.txt"),
    ],
)  # fmt: skip
async def test_a_name_is_read_as_a_person_reads_it(reader: SharedFiles, shared: Path, there: str, asked: str) -> None:
    (shared / there).write_text("found")
    assert (await called(reader.read_file, path=asked)).text == "found"


@pytest.mark.parametrize("asked", ["mull.txt", "plan.txt", "plan a.txt", ".keys/id", "“.keys/id”", "\u200b.keys/id"])
async def test_another_name_is_another_name(reader: SharedFiles, shared: Path, asked: str) -> None:
    (shared / "müll.txt").write_text("found")
    (shared / "plan a–b.txt").write_text("found")
    (shared / "plan a-b.txt").write_text("another")
    assert not (await called(reader.read_file, path=asked)).ok


async def test_of_two_names_that_read_the_same_only_the_very_one_is_taken(reader: SharedFiles, shared: Path) -> None:
    (shared / "plan a–b.txt").write_text("found")
    (shared / "plan a-b.txt").write_text("another")
    assert (await called(reader.read_file, path="plan a-b.txt")).text == "another"
    assert not (await called(reader.read_file, path="Plan A‑B.txt")).ok
