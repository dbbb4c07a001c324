"""All that the settings show goes through the catalogue, in every state of the sheet; searching reads what is shown."""

import ast
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDoubleSpinBox,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QWidget,
)

import voicegui.ui.settings
from tests.core.test_wording import German
from tests.pseudo_language import BEGIN, END, PSEUDO, own_words
from tests.ui.fake_session import DETAILS, MODELS, PRESETS, FakeSession
from tests.ui.looking import settled
from tests.ui.settings_scenes import OPENAI, tool_box
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.persona import language_filled
from voicegui.core.ports import DeviceInfo
from voicegui.core.records import Fact
from voicegui.core.session import PickerChoice, ServiceInfo
from voicegui.core.setting_declaration import Group
from voicegui.core.settings import Settings, declared
from voicegui.core.toolbox import ServerState, ToolServer
from voicegui.core.tools import Permission, SourceKind, ToolInfo, ToolSource
from voicegui.core.wording import sentence, shown, use_translations
from voicegui.ui.buttons import Button
from voicegui.ui.settings.list_rows import MOST, FactRow, ToolFileRow, ToolRow
from voicegui.ui.settings.mcp_servers import EXAMPLE, ServerRow
from voicegui.ui.settings.page import Page
from voicegui.ui.settings.pickers import MenuPicker
from voicegui.ui.settings.service_models import StageField, VoiceField
from voicegui.ui.settings.setting_fields import SettingField
from voicegui.ui.shortcuts import shortcut_lines
from voicegui.ui.window import MainWindow

Run = Callable[[Callable[[], Awaitable[None]]], None]


@pytest.fixture(autouse=True)
def _pseudo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("OPENAI_BASE_URL", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    use_translations(shown=PSEUDO, spoken=PSEUDO)
    yield
    use_translations()


# ---------------------------------------------------------------- what is read


def texts(root: QWidget) -> Iterator[str]:
    """All that a widget and what is in it show and tell a screen reader, visible or not, but for what a user typed."""
    for widget in (root, *root.findChildren(QWidget)):
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.statusTip())
        match widget:
            case QLineEdit() | QPlainTextEdit():
                yield widget.placeholderText()
            case QListWidget():
                yield from (widget.item(row).text() for row in range(widget.count()))
            case QDoubleSpinBox():
                yield from (widget.suffix(), widget.prefix())
            case QMenu() | QAbstractSpinBox():
                pass
            case Button():
                yield from (widget.face.text, widget.face.detail, widget.face.key)
            case _:
                text = getattr(widget, "text", None)
                yield text() if text is not None else ""
    for action in root.findChildren(QAction):
        yield from (action.text().replace("\t", " "), action.toolTip())


@cache
def _others() -> Sequence[str]:
    """What the scripted session and people say, which is nobody's to translate."""
    said = [
        *DETAILS.values(),
        *(text for models in MODELS.values() for model in models for text in (model.label, model.detail)),
        *(each.example for each in declared()),
        *(language_filled(preset.instructions, Settings()) for preset in PRESETS),
        "OpenAI", "Ollama", "Groq", "Heart, American woman", "Bella, American woman", "Adam, American man", "81 MB",
        "USB Headset", "Built-in Audio", "HDMI & Display", "Marin", "Cedar", "marin", "api.openai.com", "localhost",
        EXAMPLE, shortcut_lines(), "somebody", "gemma", "notes", "time", "search", "plants.py", "lights.py",
        "broken.py", "water", "Append to a note", "kokoro", "Line 3 is no Python: unexpected indent",
        "Described by the server notes: appends a line to a note in the team's folder",
        "The program “uvx” is not on this machine", "The key is empty. Paste the whole key.",
        "I am vegetarian", "My mother's name is Ana", "Adds a note",
    ]  # fmt: skip
    shown_in_menus = [text.replace("&", "&&") for text in said]
    return sorted({text for text in (*said, *shown_in_menus) if text}, key=len, reverse=True)


def left(text: str) -> str:
    """Letters of ours that are in no bracket."""
    before = ""
    while before != text:
        before, text = text, re.sub(f"{BEGIN}[^{BEGIN}{END}]*{END}", "", text)
    for other in _others() if own_words(text) else ():
        text = text.replace(other, "")
    return own_words(text)


def check(window: MainWindow, least: int = 300) -> None:
    """Nothing of ours is left out anywhere in the sheet."""
    found = [text for text in texts(window.sheet) if text]
    assert len([text for text in found if BEGIN in text]) >= least
    assert [text for text in found if left(text)] == []


def page_of(window: MainWindow) -> Page:
    assert window.sheet.page is not None
    return window.sheet.page


def fields_of(window: MainWindow, kind: type[Any]) -> list[Any]:
    return [field for section in page_of(window).sections for field in section.fields if isinstance(field, kind)]


def field_of(window: MainWindow, name: str) -> Any:
    return next(field for field in fields_of(window, object) if field.name == name)


def opened_at(run: Run, window: MainWindow, session: FakeSession, steps: Callable[[], Awaitable[None]]) -> None:
    async def all_steps() -> None:
        window.sheet.open(session, Group.SERVICES)
        await settled(window)
        await steps()
        check(window)

    run(all_steps)


@pytest.fixture
def here(session: FakeSession) -> FakeSession:
    """As the program makes its own service: in the language."""
    session.service_list[0] = replace(session.service_list[0], label=shown("This machine"))
    return session


# ---------------------------------------------------------------- every page, every menu


@pytest.mark.parametrize("size", [(1000, 720), (480, 460)])
def test_every_group_is_in_the_language(window: MainWindow, here: FakeSession, run: Run, size: tuple[int, int]) -> None:
    window.resize(*size)

    async def steps() -> None:
        for group in Group:
            window.sheet.side.choose(group)
            check(window)
        window.sheet.give_up()
        window.sheet.open(here, Group.VOICE)

    opened_at(run, window, here, steps)


@pytest.mark.parametrize("preset", [preset.name for preset in PRESETS])
def test_every_partner_is_in_the_language(window: MainWindow, here: FakeSession, run: Run, preset: str) -> None:
    here.settings = replace(here.settings, preset=preset)

    async def steps() -> None:
        suggested = field_of(window, "opening_line").control.field.placeholderText()
        assert not suggested or suggested.startswith(BEGIN)
        assert field_of(window, "preset").control.button.text().startswith(BEGIN)

    opened_at(run, window, here, steps)


@pytest.mark.parametrize(
    "values",
    [{}, OPENAI, {"llm": "ollama:llama4", "tts": "ollama:kokoro"}, {"llm": "openai:gpt-4o", "theme": "dark"}],
)
def test_every_menu_is_in_the_language(window: MainWindow, here: FakeSession, run: Run, values: dict[str, Any]) -> None:
    here.settings = replace(here.settings, **values)
    tool_box(here)

    async def steps() -> None:
        pickers = window.sheet.findChildren(MenuPicker)
        assert len(pickers) > 12
        for picker in pickers:
            picker._open()
            assert picker.menu is not None
            found = [action.text().replace("\t", " ") for action in picker.menu.findChildren(QAction)]
            assert found and [text for text in found if left(text)] == [], picker.accessibleName()
            picker.menu.close()
            for entry in picker._entries():
                if entry.ask:
                    picker._choose(entry)
                    check(window)
                    picker.give_up()

    opened_at(run, window, here, steps)


# ---------------------------------------------------------------- services and keys

STAGES: list[dict[str, Any]] = [
    {"llm": "somebody"},
    {"llm": "openai:gpt-4o"},
    {"stt": "openai:whisper-1", "fall_back": True},
    {"llm": "custom:gemma", "llm_url": "http://localhost:1234/v1"},
    {"llm": "custom:gemma"},
    {"tts": "openai:ended"},
    {"tts": "openai:ends"},
]


@pytest.mark.parametrize("values", STAGES)
def test_every_stage_is_in_the_language(
    window: MainWindow, here: FakeSession, run: Run, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = [PickerChoice("openai:ended", "gpt-4o", shutdown="2001-02-03"),
            PickerChoice("openai:ends", "gpt-4o", shutdown="2999-05-06")]  # fmt: skip
    monkeypatch.setitem(MODELS, "tts", [*MODELS["tts"], *bare])
    own = ServiceInfo("custom", shown("A compatible server"), True, called=shown("your server"),
                      called_first=shown("Your server"))  # fmt: skip
    here.service_list.append(own)
    here.settings = replace(here.settings, **values)

    async def steps() -> None:
        assert len(fields_of(window, StageField)) == 3

    opened_at(run, window, here, steps)


def test_lists_that_may_be_old_are_told_in_the_language(window: MainWindow, here: FakeSession, run: Run) -> None:
    here.refreshed = VoiceError(ErrorCode.OFFLINE, sentence("There is no network."))

    async def steps() -> None:
        assert END + END in page_of(window).section(Group.SERVICES).help.text()

    opened_at(run, window, here, steps)


def test_every_state_of_a_key_is_in_the_language(window: MainWindow, here: FakeSession, run: Run) -> None:
    here.key_tests.add("openai", answer=shown("Works."))
    here.key_tests.add("openai", answer=VoiceError(ErrorCode.WRONG_KEY, sentence("Wrong."), hint=sentence("Do this.")))
    here.keys.said = shown("The keyring is locked.")

    async def steps() -> None:
        key = page_of(window).keys[0]
        key.open_form()
        check(window)
        key._leave_form()
        key._wait(shown("Storing…"))
        key._save()
        check(window)
        key.form.field.setText("sk-planted")
        key._save()
        check(window)
        await settled(window)
        check(window)
        key.test.click()
        check(window)
        await settled(window)
        check(window)
        key.remove.click()
        check(window)
        assert key.row.link.face.text
        key.row.link.click()
        check(window)
        await settled(window)

    opened_at(run, window, here, steps)
    assert here.keys.kept == {}


def test_a_voice_is_heard_in_the_language(window: MainWindow, here: FakeSession, run: Run) -> None:
    here.settings = replace(here.settings, **OPENAI)
    here.heard.add("local", "heart", answer=VoiceError(ErrorCode.TIMED_OUT, sentence("It took too long.")))

    async def steps() -> None:
        field = next(field for field in fields_of(window, VoiceField) if field.name == "voice")
        field.hear.click()
        check(window)
        await settled(window)
        assert field.row.notice.text().startswith(BEGIN)

    opened_at(run, window, here, steps)


# ---------------------------------------------------------------- values, searching, leaving

WRONG = [("llm_url", "localhost"), ("languages", "Elvish"), ("tool_permissions", "x=perhaps"), ("mcp_servers", "{")]


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_what_is_refused_is_said_in_the_language(
    window: MainWindow, here: FakeSession, run: Run, name: str, text: str
) -> None:
    here.toolbox.wrong = shown("It is no valid JSON.")

    async def steps() -> None:
        field = field_of(window, name)
        assert isinstance(field, SettingField)
        field.control.changed.emit(text)
        assert field.refused and field.row.notice.text().startswith(BEGIN)

    opened_at(run, window, here, steps)


def test_languages_are_read_as_they_are_shown(window: MainWindow, here: FakeSession, run: Run) -> None:
    here.settings = replace(here.settings, languages="en, pt-BR")

    async def steps() -> None:
        field = field_of(window, "languages").control.field
        assert field.text() == "⟦English⟧, ⟦Portuguese⟧ (BR)"
        field.setText("⟦German⟧, ⟦Portuguese⟧ (BR), Français, italian")
        field.editingFinished.emit()
        assert here.settings.languages == "de, pt-BR, fr, it"
        assert field.text() == "⟦German⟧, ⟦Portuguese⟧ (BR), ⟦French⟧, ⟦Italian⟧"

    opened_at(run, window, here, steps)


def test_searching_and_leaving_are_in_the_language(window: MainWindow, here: FakeSession, run: Run) -> None:
    async def steps() -> None:
        for words in ("voice", "quantum", shown("Patience")):
            window.sheet.side.search.setText(words)
            check(window)
        assert field_of(window, "patience").row.isVisible()
        window.sheet.side.search.clear()
        window.sheet.footer.ask()
        check(window)
        window.sheet.footer.answer_no()

    opened_at(run, window, here, steps)


def test_what_is_found_is_what_is_shown(window: MainWindow, session: FakeSession, run: Run) -> None:
    use_translations(shown=German({"Patience": "Geduld", "Turn taking": "Abwechslung"}))

    async def steps() -> None:
        window.sheet.open(session, Group.VOICE)
        await settled(window)
        row = field_of(window, "patience").row
        for words, found in (("geduld", True), ("GEDULD", True), ("patience", False), ("unfinished", True)):
            window.sheet.side.search.setText(words)
            assert row.isVisible() is found, words
        window.sheet.side.search.clear()
        window.sheet.side.choose(Group.TURN_TAKING)
        assert page_of(window).section(Group.TURN_TAKING).title.text() == "Abwechslung"

    run(steps)


# ---------------------------------------------------------------- tools and memory


def test_every_tool_file_server_and_fact_is_in_the_language(
    window: MainWindow, here: FakeSession, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool_box(here)
    box, kinds = here.toolbox, (SourceKind.FILE, SourceKind.PACKAGE, SourceKind.SERVER)
    box.tools += [ToolInfo(f"water{n}", "", label="water", source=ToolSource(kind, "time"), changes=bool(n % 2),
                           network=n > 1, permission=Permission.ASK) for n, kind in enumerate(kinds)]  # fmt: skip
    box.tools.append(ToolInfo("water9", ""))
    box.server_list += [ToolServer(f"time{n}", state, n) for n, state in enumerate(ServerState)]
    box.server_list.append(ToolServer("time8", ServerState.STARTING, problem=shown("It is fetched.")))
    box.logs |= {server.name: "" for server in box.server_list}
    box.fact_list.append(Fact(3, "I am vegetarian", 1.78e9, tainted=True))

    async def steps() -> None:
        await settled(window)
        assert [len(fields_of(window, kind)) for kind in (ToolRow, ToolFileRow, FactRow)] == [len(box.tools), 3, 3]
        for row in fields_of(window, ServerRow):
            row.button.click()
        for row in fields_of(window, ToolFileRow):
            row._press()
            check(window)
        await settled(window)
        check(window)
        full = VoiceError(ErrorCode.STORAGE_FAILED, sentence("The disk is full."), hint=sentence("Free it."))
        box.failures.append(full)
        fact = fields_of(window, FactRow)[0]
        fact._delete()
        await settled(window)
        assert left(fact.row.notice.text()) == "" != fact.row.notice.text()
        monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
        box.folder = str(Path("/proc/1/no"))
        page_of(window)._tools._open_folder()
        assert page_of(window)._tools.own.row.notice.text().startswith(BEGIN)
        page_of(window)._tools.own.row.clear_notice()

    opened_at(run, window, here, steps)


@pytest.mark.parametrize("count", [1, 2])
def test_what_a_server_says_of_its_tools_is_asked_about_in_the_language(
    window: MainWindow, here: FakeSession, run: Run, count: int
) -> None:
    source = ToolSource(SourceKind.SERVER, "notes")
    here.toolbox.tools += [ToolInfo(f"add{n}", "Adds a note.", label="water", source=source, outside=True)
                           for n in range(count)]  # fmt: skip
    here.toolbox.server_list = [ToolServer("notes", ServerState.RUNNING, count)]

    async def steps() -> None:
        (row,) = fields_of(window, ServerRow)
        assert row.row.notice.text().startswith(f"{BEGIN}{count} tool")
        check(window)
        row.row.link.click()
        assert row.row.link.face.text == "⟦Accept them⟧"

    opened_at(run, window, here, steps)


def test_lists_that_are_cut_and_empty_ones_are_told_in_the_language(
    window: MainWindow, here: FakeSession, run: Run
) -> None:
    async def steps() -> None:
        tools = page_of(window)._tools
        assert END in tools.own.row.help.text() and END in tools.memory.row.help.text()
        check(window)
        here.toolbox.tools = [ToolInfo(f"water{n}", "") for n in range(MOST + 1)]
        here.toolbox.fact_list = [Fact(n, "I am vegetarian", 1.78e9) for n in range(MOST + 1)]
        here.toolbox.tell()
        await settled(window)
        assert tools.use.row.notice.text().startswith(f"{BEGIN}{MOST} of {MOST + 1}")

    opened_at(run, window, here, steps)


# ---------------------------------------------------------------- what stands in the code

_LOOKS_UP = {"shown", "shown_plural", "sentence", "marked"}
_WORDS = re.compile(r"[A-Za-z]{2,}.*[ …].*[A-Za-z]|^[A-Z][a-z]+\b|[a-z]…$| [A-Za-z]{2}")
_TYPES = re.compile(r"Sequence\[|Callable\[|asyncio\.")
_NO_SENTENCES = {"a task of the settings failed", EXAMPLE, "en, pt"}
"""For the log, in JSON, and codes."""
_MODULES = sorted(Path(voicegui.ui.settings.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", _MODULES, ids=lambda path: path.stem)
def test_no_sentence_of_the_sheet_is_left_out(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    looked_up = {
        id(text)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _LOOKS_UP
        for text in call.args
    }
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    places = {"where there is room", "where there is room, never wider than it needs"}  # members of an Enum
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORDS.search(node.value)
        and id(node) not in looked_up | documents
    ]  # fmt: skip
    assert [text for text in found if text not in _NO_SENTENCES | places and not _TYPES.search(text)] == []


def test_a_choice_is_called_by_one_name() -> None:
    for each in declared():
        assert len(each.choice_labels) in (0, len(each.choices))
    theme = next(each for each in declared() if each.name == "theme").in_words()
    assert theme.choice_labels == ("⟦System⟧", "⟦Light⟧", "⟦Dark⟧") and Settings().theme == "system"


def test_a_device_is_called_as_it_calls_itself(window: MainWindow, here: FakeSession, run: Run) -> None:
    here.devices.microphone_list = [DeviceInfo("x", "gemma", True)]

    async def steps() -> None:
        assert field_of(window, "microphone").control.button.text() == "⟦System default⟧"

    opened_at(run, window, here, steps)
