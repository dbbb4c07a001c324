"""A person's own tools: real files, a real installed package, the real registry."""

import sys
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.toolbox import ToolFile
from voicegui.core.tools import Permission, SourceKind, ToolCall, ToolSource
from voicegui.storage.profile import write_atomically
from voicegui.tools import user_tools
from voicegui.tools.registry import Registry, from_function
from voicegui.tools.user_tools import UserTools

DICE = """
from __future__ import annotations
from dataclasses import dataclass
from typing import Annotated
from voicegui.tools import tool
from dataclasses import field

@dataclass
class Throw:
    eyes: int = field(default=0)

@tool(label="Dice", permission="always", timeout_s=5)
def roll_dice(sides: Annotated[int, "How many"], throw: Throw = Throw(3)) -> dict[str, int]:
    "Rolls dice."
    return {"sides": sides, "eyes": throw.eyes}

@tool
async def flip_coin() -> str:
    "Flips a coin."
    return "heads"

def not_a_tool() -> str:
    "No."
"""


PACKAGE = ToolSource(SourceKind.PACKAGE, "dicepack")


class Mine:
    """A profile with its own tools."""

    def __init__(self, profile: Path) -> None:
        self.profile = profile
        self.folder = profile / "tools"
        self.folder.mkdir()
        self.start()

    def start(self) -> None:
        """As if the program began again."""
        self.registry = Registry()
        self.own = UserTools(self.registry, self.folder, self.profile / "allowed_tools.json", write_atomically)

    def put(self, name: str, content: str) -> str:
        (self.folder / name).write_text(content, encoding="utf-8")
        return sha256(content.encode()).hexdigest()

    async def allow(self, name: str, content: str) -> ToolFile:
        await self.own.allow(name, self.put(name, content))
        return await self.file(name)

    async def file(self, name: str) -> ToolFile:
        return next(each for each in await self.own.files() if each.name == name)

    def names(self) -> list[str]:
        return [info.name for info in self.registry.all_tools()]


@pytest.fixture
def mine(tmp_path: Path) -> Mine:
    return Mine(tmp_path)


# ---------------------------------------------------------------- files


async def test_a_file_is_listed_and_nothing_of_it_runs_until_it_is_allowed(mine: Mine) -> None:
    digest = mine.put("dice.py", DICE + "\nraise RuntimeError('it ran')")
    assert await mine.own.files() == [ToolFile("dice.py", digest, allowed=False)]
    assert mine.names() == []


async def test_an_allowed_file_brings_its_tools(mine: Mine) -> None:
    file = await mine.allow("dice.py", DICE)
    assert (file.allowed, file.problem) == (True, "")
    dice, coin = mine.registry.all_tools()
    assert (dice.name, dice.label, dice.permission) == ("roll_dice", "Dice", Permission.ALWAYS)
    assert dice.source == ToolSource(SourceKind.FILE, "dice.py")
    assert (coin.name, coin.permission) == ("flip_coin", Permission.ASK)
    outcome = await mine.registry.call(ToolCall("1", "roll_dice", '{"sides": 6}'))
    assert outcome.text == '{"sides": 6, "eyes": 3}'
    assert (await mine.registry.call(ToolCall("1", "flip_coin", ""))).text == "heads"


async def test_what_was_allowed_is_loaded_again_at_the_next_start(mine: Mine) -> None:
    await mine.allow("dice.py", DICE)
    mine.start()
    assert mine.names() == []
    await mine.own.files()
    assert mine.names() == ["roll_dice", "flip_coin"]


async def test_changed_content_is_not_allowed_any_more(mine: Mine) -> None:
    await mine.allow("dice.py", DICE)
    digest = mine.put("dice.py", DICE + "# another")
    assert await mine.own.files() == [ToolFile("dice.py", digest, allowed=False)]
    assert mine.names() == []
    await mine.own.allow("dice.py", digest)
    assert mine.names() == ["roll_dice", "flip_coin"]


async def test_what_changed_since_it_was_looked_at_cannot_be_allowed(mine: Mine) -> None:
    digest = mine.put("dice.py", DICE)
    mine.put("dice.py", "raise RuntimeError")
    for name, seen in (("dice.py", digest), ("dice.py", ""), ("other.py", digest)):
        with pytest.raises(VoiceError, match="has changed or is gone"):
            await mine.own.allow(name, seen)
    assert mine.names() == []


async def test_what_is_not_allowed_any_more_or_gone_leaves(mine: Mine) -> None:
    await mine.allow("dice.py", DICE)
    await mine.own.disallow("dice.py")
    assert mine.names() == []
    assert not (await mine.file("dice.py")).allowed
    await mine.allow("dice.py", DICE)
    (mine.folder / "dice.py").unlink()
    assert await mine.own.files() == []
    assert mine.names() == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("def broken(:\n  pass", "Line 1 is no valid Python"),
        ("x = 1\n\nraise RuntimeError('no such thing')", "It cannot be loaded: RuntimeError in line 3: no such thing."),
        ("import no_such_module_at_all", "ModuleNotFoundError in line 1"),
        ("raise SystemExit", "It cannot be loaded: SystemExit in line 1."),
        ("raise KeyboardInterrupt", "It cannot be loaded: KeyboardInterrupt in line 1."),
        ("x = 1", "It has no tools: put @tool before a function."),
        ("from voicegui.tools.calculator.tool import calculate", "It has no tools"),
        ("from voicegui.tools import tool\n@tool\ndef x() -> str: ...", "“x” has no docstring"),
        ("from voicegui.tools import tool\n@tool\ndef x(y) -> str:\n  'x'", "its argument “y” has no annotation"),
        ("from voicegui.tools import tool\n@tool(permission='maybe')\ndef x() -> str:\n  'x'", "ValueError in line 2"),
        ("from voicegui.tools import tool\n@tool(colour='red')\ndef x() -> str:\n  'x'", "colour"),
        ("\0", "null bytes"),
        ("def f(): return f()\nf()", "RecursionError"),
    ],
)
async def test_a_broken_file_is_reported_and_the_others_work(mine: Mine, content: str, problem: str) -> None:
    await mine.allow("dice.py", DICE)
    file = await mine.allow("broken.py", content)
    assert file.allowed
    assert problem in file.problem
    assert len(file.problem) < 400
    assert mine.names() == ["roll_dice", "flip_coin"]


async def test_a_name_that_is_taken_is_reported_and_changes_nothing(mine: Mine) -> None:
    def flip_coin() -> str:
        """Flips."""
        return "built in"

    mine.registry.add([from_function(flip_coin)])
    file = await mine.allow("dice.py", DICE)
    assert file.problem == "There is a tool called flip_coin already: rename the function."
    assert mine.names() == ["flip_coin"]
    assert (await mine.registry.call(ToolCall("1", "flip_coin", ""))).text == "built in"


async def test_two_files_with_the_same_tool(mine: Mine) -> None:
    await mine.allow("a.py", DICE)
    assert "already" in (await mine.allow("b.py", DICE)).problem
    await mine.own.disallow("a.py")
    assert mine.names() == []
    await mine.own.allow("b.py", sha256(DICE.encode()).hexdigest())
    assert mine.names() == ["roll_dice", "flip_coin"]


async def test_a_file_that_never_ends_loading_is_given_up(mine: Mine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_tools, "LOADING_S", 0.01)
    event = threading.Event()
    monkeypatch.setattr(sys, "voicegui_test_event", event, raising=False)
    file = await mine.allow("slow.py", "import sys\nsys.voicegui_test_event.wait()")
    event.set()
    assert file.problem == "It did not end loading within 0.01 seconds."


async def test_what_is_no_tool_file_is_not_looked_at(mine: Mine) -> None:
    mine.put("_helper.py", DICE)
    mine.put("readme.txt", "x")
    mine.put("huge.py", "#" * 1_000_001)
    (mine.folder / "folder.py").mkdir()
    files = await mine.own.files()
    assert [(file.name, file.sha256, file.allowed) for file in files] == [
        ("folder.py", "", False),
        ("huge.py", "", False),
    ]
    assert [file.problem for file in files] == ["It cannot be read.", "It is larger than 1 MB: that is no tool."]
    with pytest.raises(VoiceError):
        await mine.own.allow("huge.py", "")


async def test_without_a_folder_there_are_none(mine: Mine) -> None:
    mine.folder.rmdir()
    assert await mine.own.files() == []


@pytest.mark.parametrize("content", ["", "[]", "{", '{"allowed": 3}', '{"allowed": {"dice.py": 3}}', "[" * 9000])
async def test_with_a_damaged_list_nothing_is_allowed(mine: Mine, content: str) -> None:
    await mine.allow("dice.py", DICE)
    (mine.profile / "allowed_tools.json").write_text(content)
    mine.start()
    assert not (await mine.file("dice.py")).allowed
    assert mine.names() == []


async def test_what_cannot_be_stored_is_not_allowed(mine: Mine) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError

    mine.own = UserTools(mine.registry, mine.folder, mine.profile / "allowed_tools.json", full)
    with pytest.raises(VoiceError) as caught:
        await mine.own.allow("dice.py", mine.put("dice.py", DICE))
    assert caught.value.code is ErrorCode.STORAGE_FAILED
    assert mine.names() == []


# ---------------------------------------------------------------- packages


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installed distribution whose entry point names a module."""
    site = tmp_path / "site"
    about = site / "dicepack-1.0.dist-info"
    about.mkdir(parents=True)
    (site / "dicepack.py").write_text(DICE)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: dicepack\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[voicegui.tools]\ndice = dicepack\n")
    (about / "RECORD").write_text(
        "dicepack.py,,\ndicepack-1.0.dist-info/METADATA,,\ndicepack-1.0.dist-info/entry_points.txt,,\n"
    )
    monkeypatch.syspath_prepend(site)
    yield site
    sys.modules.pop("dicepack", None)


async def test_a_package_is_imported_only_once_it_is_allowed(mine: Mine, package: Path) -> None:
    file = await mine.file("dicepack")
    assert (file.allowed, file.problem, len(file.sha256)) == (False, "", 64)
    assert "dicepack" not in sys.modules
    await mine.own.allow("dicepack", file.sha256)
    assert mine.names() == ["roll_dice", "flip_coin"]
    assert {info.source for info in mine.registry.all_tools()} == {PACKAGE}

    (package / "dicepack.py").write_text(DICE + "# another")
    changed = await mine.file("dicepack")
    assert changed.sha256 != file.sha256
    assert not changed.allowed
    assert mine.names() == []
    await mine.own.allow("dicepack", changed.sha256)  # Python has the other one in memory
    assert (
        await mine.file("dicepack")
    ).problem == "It is another version than the one in use: start the program again."
    assert mine.names() == []
