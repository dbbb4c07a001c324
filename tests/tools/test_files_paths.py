"""Names that are refused by their form: nothing of the file system is asked about them."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicegui.tools.files import SharedFiles, refusal

from .conftest import called

ADDRESSES = (
    r"\\evil\share\x", "//evil/share/x", r"\/evil\share", r"/\evil/share",
    r"\\?\UNC\evil\share\x", "//?/UNC/evil/share",
    r"\\?\C:\x", r"\\.\pipe\x", "//./pipe/x", r"\??\C:\x", r"\\evil@SSL\share", r"\\evil@8080\share",
    r"\\127.0.0.1\c$\x",
    "//localhost/c$/x", r"\\[::1]\share", "///evil/share", r"\\\evil\share", r"\\evil", "//",
    "file://host/share/x", "FILE:///etc/passwd", "file:x", "smb://host/share", "https://example.org/x", "data:text,x",
)  # fmt: skip
STREAMS = (
    "notes.txt:hidden", "notes.txt::$DATA", "notes:$I30:$INDEX_ALLOCATION/x", "C:notes.txt", "c:", r"C:\x\notes.txt:y",
    "a/b:c/d", "1:x", ":x", "x:",
)  # fmt: skip
DEVICES = (
    "CON", "nul", "Aux.txt", "prn.tar.gz", "com1", "COM9.log", "lpt1", "LPT\u00b9", "com\u00b2.txt", "CONIN$",
    "conout$",
    "notes/NUL", r"notes\con.md", r"C:\notes\nul", "nul .txt", "NUL", "com0", "CLOCK$", "/tmp/aux",
)  # fmt: skip
ENDINGS = ("notes.txt.", "notes./x", "notes /x", "...", "../.../x", ".keys./id", r"a. \b")
NO_NAMES = ("", "x\0y", "x\ny", "x\x1by", "\udc80", "x" * 1001, "\tx")

ORDINARY = (
    "notes.txt", "notes/monday.md", r"notes\monday.md", "/home/me/notes/x.txt", r"C:\Users\me\notes\x.txt", "C:/x.txt",
    "../notes/x", "./x", ".", "..", "~/notes/x", ".hidden", "a.b.c", "console.txt", "auxiliary", "nullable.md",
    "com.txt", "com10", "Grüße.txt", "天気.md", "a & b (2).txt", "x - y, z.txt", "notes//x", "%USERPROFILE%/x", "lpt",
)  # fmt: skip


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (ADDRESSES, "address"),
        (STREAMS, "colon"),
        (DEVICES, "device"),
        (ENDINGS, "dot or a space"),
        (NO_NAMES, "no name of a file"),
    ],
)
def test_each_is_refused_by_its_form(names: tuple[str, ...], sentence: str) -> None:
    assert {name: refusal(name) for name in names if sentence not in refusal(name).written()} == {}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_names_are_looked_for(name: str) -> None:
    assert not refusal(name)


@given(st.text(st.sampled_from("\\/.?:ab "), max_size=12))
def test_no_name_that_leads_to_another_computer_is_let_through(name: str) -> None:
    """As Windows reads it: two separators at the beginning, of either kind."""
    if name[:1] in ("\\", "/") and name[1:2] in ("\\", "/"):
        assert refusal(name)


PASSABLE = [name for name in (*ADDRESSES, *STREAMS, *DEVICES, *ENDINGS, *NO_NAMES) if name and "\udc80" not in name]


@pytest.mark.parametrize("name", [name for name in PASSABLE if name == name.strip()])
async def test_nothing_of_the_file_system_is_asked(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = SharedFiles(lambda: str(tmp_path))
    asked: list[object] = []
    real = os.stat

    def spy(place: object, *more: object, **named: object) -> object:
        asked.append(place)
        return real(tmp_path)

    with monkeypatch.context() as patched:
        for function in ("stat", "lstat", "open", "scandir", "readlink"):
            patched.setattr(os, function, spy)
        patched.setattr(Path, "resolve", spy)
        outcomes = [await called(tools.read_file, path=name), await called(tools.list_files, folder=name)]
    assert [outcome.text for outcome in outcomes] == [refusal(name).written()] * 2
    assert not any(name in str(place) for place in asked)
