"""Whatever a tool says, each word of it that is ours goes through the catalogue; models get it in English."""

import errno
import json
import re
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.pseudo_language import PSEUDO, own_words
from tests.tools.hidden_language import HIDDEN, in_hidden, left
from tests.tools.test_builtin_kept import World
from tests.tools.test_program import ScriptedHost
from tests.tools.test_user_tools import DICE, Mine
from voicegui.core.approval import question_about
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.settings import Settings
from voicegui.core.tools import SourceKind, ToolCall, ToolSource
from voicegui.core.wording import Sentence, Untranslated, sentence, use_translations
from voicegui.storage.conversations import StoredArchive
from voicegui.tools import user_tools
from voicegui.tools.builtin import built_in, kept
from voicegui.tools.files import SharedFiles, refusal
from voicegui.tools.program import ProgramTools, open_page
from voicegui.tools.registry import from_function
from voicegui.tools.user_tools import UserTools

LISBON = ZoneInfo("Europe/Lisbon")


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    use_translations()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.database.aclose()


# ---------------------------------------------------------------- files


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "box"
    (folder / "full").mkdir(parents=True)
    (folder / "none").mkdir()
    (folder / "one").mkdir()
    (folder / "one" / "a.txt").write_text("")
    (folder / "full" / "b.txt").write_text("b")
    (folder / "full" / "c.bin").write_bytes(b"\0" * 9)
    (folder / "full" / "d.txt").write_bytes(b"")
    with (folder / "full" / "e.txt").open("wb") as file:
        file.truncate(30_000_000)
    return folder


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("full", ("full",)), ("one/a.txt", ("a.txt",)), ("full/c.bin", ("c.bin",)), ("full/e.txt", ("e.txt",)),
        ("nowhere.txt", ()), ("", ()), ("//server/x", ()), ("http://x.org/y", ()), ("a:b", ()), ("NUL", ()),
        ("a. ", ()), ("a./b", ()),
    ],
)  # fmt: skip
async def test_reading_files(shared: Path, path: str, values: Sequence[str]) -> None:
    await in_hidden(SharedFiles(lambda: str(shared)).read_file, *values, path=path)


@pytest.mark.parametrize(
    ("folder", "values"),
    [("full", ()), ("none", ()), ("one", ("one/a.txt",)), ("one/a.txt", ("a.txt",)), ("nowhere", ())],
)
async def test_listing_files(shared: Path, folder: str, values: Sequence[str]) -> None:
    await in_hidden(SharedFiles(lambda: str(shared)).list_files, *values, folder=folder)


async def test_what_cannot_be_read(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("voicegui.tools.files.entries", refuse)
    monkeypatch.setattr("voicegui.tools.files.opened", refuse)
    files = SharedFiles(lambda: str(shared))
    await in_hidden(files.list_files, "full", folder="full")
    await in_hidden(files.read_file, "b.txt", path="full/b.txt")
    await in_hidden(SharedFiles(lambda: "").list_files)


def test_names_that_are_refused() -> None:
    for name in ("", "\\\\server\\x", "file:x", "x:y", "con", "a.", "b "):
        assert left(HIDDEN.gettext(refusal(name).text)) == [] and refusal(name)


# ---------------------------------------------------------------- the program


@pytest.mark.parametrize(
    ("name", "values", "arguments"),
    [
        ("open_url", ("example.org",), {"url": "example.org"}),
        ("open_url", (), {"url": "javascript:alert(1)"}),
        ("open_url", ("https://",), {"url": "ftp://x"}),
        ("open_url", (), {"url": "x" * 3000}),
        ("read_clipboard", (), {}),
        ("copy_text", (), {"text": "b"}),
        ("copy_text", (), {"text": ""}),
        ("set_volume", (), {"level": "louder"}),
        ("set_volume", (), {"level": 1}),
        ("set_volume", (), {"level": 101}),
        ("set_voice", ("nova",), {"name": "Nova"}),
        ("set_voice", ("heart", "nova", "Zoe"), {"name": "Zoe"}),
        ("set_voice", (), {"name": "\n"}),
        ("end_conversation", (), {}),
    ],
)
async def test_the_program(name: str, values: Sequence[str], arguments: Mapping[str, Any]) -> None:
    await in_hidden(getattr(ProgramTools(ScriptedHost()), name), *values, **arguments)


def test_no_browser() -> None:
    def none() -> webbrowser.BaseBrowser:
        raise webbrowser.Error

    class Failing(webbrowser.BaseBrowser):
        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            return False

    for find in (none, lambda: webbrowser.GenericBrowser("lynx"), Failing):
        with pytest.raises(VoiceError) as raised:
            open_page("https://example.org", find)
        use_translations(spoken=HIDDEN, shown=HIDDEN)
        assert left(raised.value.said, ["example.org"]) == left(raised.value.hint) == []
        use_translations()


# ---------------------------------------------------------------- around a call


async def test_labels_and_questions_of_all_tools(world: World) -> None:
    archive = StoredArchive(world.database)
    tools = [*built_in(ScriptedHost(), Settings), *kept(world.reminders, world.facts, archive, world.here)]
    for info in (tool.info for tool in tools):
        call = ToolCall("1", info.name, json.dumps(dict.fromkeys(info.parameters["properties"], 5)))
        english = question_about(info, call).text
        use_translations(shown=PSEUDO, spoken=PSEUDO)
        assert info.label and own_words(info.shown_label) == ""
        text = question_about(info, call).text
        assert own_words(text) == "" and re.sub("[⟦⟧]", "", text) == english
        use_translations()


async def test_an_error_is_said_in_one_language_and_written_in_english(tmp_path: Path) -> None:
    async def fails() -> str:
        """Fails."""
        raise VoiceError(ErrorCode.OFFLINE, sentence("It is off."), hint=sentence("Wait."))

    outcome = await in_hidden(fails)
    assert outcome.text == "It is off. Wait."


@pytest.mark.parametrize("kind", SourceKind)
def test_whose_a_tool_is(kind: SourceKind) -> None:
    use_translations(shown=PSEUDO)
    assert own_words(str(ToolSource(kind, "mine"))) == ""


def test_a_sentence_that_is_not_looked_up_would_be_found() -> None:
    use_translations(spoken=HIDDEN)
    hides = sentence("That is {amount}.", amount="about 5 kilometers")
    assert left(hides.spoken()) == ["about", "kilometers"]
    assert Untranslated().gettext("a") == "a" and not Sentence("")


# ---------------------------------------------------------------- tools of the user's own

_TOOL = "from voicegui.tools import tool\n@tool\ndef x"


@pytest.mark.parametrize(
    ("content", "values"),
    [
        ("def broken(:\n  pass", ("invalid syntax",)),
        ("x = 1\n\nraise RuntimeError('bad luck')", ("RuntimeError", "bad luck")),
        ("raise SystemExit", ("SystemExit",)),
        ("x = 1", ("@tool",)),
        ("\0", ("source code string cannot contain null bytes", "SyntaxError", "ValueError")),
        (f"{_TOOL}() -> str: ...", ("x",)),
        (f"{_TOOL}(y) -> str:\n  'x'", ("x", "y")),
        (f"{_TOOL}(*y: int) -> str:\n  'x'", ("x", "y")),
        (f"{_TOOL}(y: 'no such') -> str:\n  'x'", ("x", "SyntaxError")),
        (f"{_TOOL}(y: object()) -> str:\n  'x'", ("x", "TypeError", "PydanticSchemaGenerationError")),
        (f"import threading\n{_TOOL}(y: threading.Thread) -> str:\n  'x'", ("x", "PydanticSchemaGenerationError")),
        ("#" * 1_000_001, ()),
        (DICE, ("flip_coin",)),
    ],
)
async def test_why_a_file_is_not_loaded(tmp_path: Path, content: str, values: Sequence[str]) -> None:
    def flip_coin() -> str:
        """Flips."""
        return ""

    mine = Mine(tmp_path)
    mine.registry.add([from_function(flip_coin)])
    use_translations(shown=HIDDEN)
    if len(content) > 1_000_000:
        mine.put("file.py", content)
    else:
        await mine.allow("file.py", content)
    problem = (await mine.file("file.py")).problem
    assert "·" in problem and left(problem, values) == []


async def test_why_a_file_cannot_be_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(number: int) -> Callable[[Path, bytes], None]:
        def write(path: Path, content: bytes) -> None:
            raise OSError(number, "")

        return write

    mine = Mine(tmp_path)
    digest = mine.put("dice.py", DICE)
    told = []
    for number, known in ((errno.ENOSPC, digest), (errno.EIO, digest), (errno.EIO, "other")):
        own = UserTools(mine.registry, mine.folder, tmp_path / "allowed", failing(number))
        with pytest.raises(VoiceError) as raised:
            await own.allow("dice.py", known)
        told.append(raised.value)
    use_translations(shown=HIDDEN)
    assert [left(error.message, ["dice.py"]) for error in told] == [[], [], []]
    monkeypatch.setattr(user_tools, "LOADING_S", 0.01)
    gate = threading.Event()
    monkeypatch.setattr(sys, "voicegui_test_event", gate, raising=False)
    problem = (await mine.allow("slow.py", "import sys\nsys.voicegui_test_event.wait()")).problem
    gate.set()
    assert "·" in problem and left(problem) == []
