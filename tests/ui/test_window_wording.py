"""Whatever the window shows or tells a screen reader comes from the catalogue: all widgets, menus and the transcript,
in every state."""

import asyncio
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import product

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QContextMenuEvent, QHelpEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QToolTip,
    QWidget,
)

from tests.pseudo_language import PSEUDO, own_words
from tests.ui.foreign_session import NOT_WORDS, ForeignSession, foreign
from tests.ui.gallery import SCENES, SHEETS
from tests.ui.looking import name_of
from tests.ui.scenes import TIMES
from voicegui.core.approval import question_about
from voicegui.core.backchannel import Passed
from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    ApprovalAsked,
    AudioSaved,
    Continued,
    Event,
    FellBack,
    LastConversationFound,
    LoadingProgressed,
    NothingHeard,
    Noticed,
    NotTaken,
    Phase,
    ProblemAppeared,
    Ready,
    ReplyGrew,
    Stage,
    StartedAfresh,
    StateChanged,
    Timings,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.ports import LoadingProgress
from voicegui.core.records import PastConversation, PastMessage
from voicegui.core.tools import BUILT_IN, SourceKind, ToolCall, ToolInfo, ToolSource
from voicegui.core.wording import use_translations
from voicegui.ui.actions import ExplainNote, ToggleCall
from voicegui.ui.approval_text import ArgumentPart, card_text
from voicegui.ui.buttons import Button
from voicegui.ui.desktop_services import ask_where
from voicegui.ui.gauges import StillWaveform, describe
from voicegui.ui.missing_glyphs import Fonts, what_is_missing
from voicegui.ui.previous_conversation import earlier_entries
from voicegui.ui.shortcuts import shortcut_lines
from voicegui.ui.tool_entries import CallState, ShownCall
from voicegui.ui.welcome import Standing
from voicegui.ui.window import MainWindow


@pytest.fixture(autouse=True)
def _pseudo() -> Iterator[None]:
    use_translations(shown=PSEUDO, spoken=PSEUDO)
    yield
    use_translations()


@pytest.fixture
def told(bare_window: MainWindow) -> list[str]:
    """What a screen reader is told."""
    made: list[str] = []
    bare_window._presenter.announced.connect(made.append)
    return made


@pytest.fixture
def session(bare_window: MainWindow, told: list[str]) -> ForeignSession:
    made = ForeignSession()
    bare_window.attach(made)
    return made


def ours(text: str, window: MainWindow | None = None) -> str:
    """Words of the program in it that were not looked up."""
    session = window._presenter.session if window is not None else None
    if isinstance(session, ForeignSession):
        for line in sorted(session.places, key=len, reverse=True):
            text = text.replace(line, "")
    text = html.unescape(re.sub(r"</?p[^>]*>", "", text)).replace("\u200b", "")
    for pattern in NOT_WORDS.values():
        text = pattern.sub("", text)
    return "".join(letter for letter in own_words(text) if letter.isascii())


def texts(window: MainWindow) -> Iterator[tuple[QWidget | QAction, str]]:
    """All that can be read of it, hidden widgets too; the settings have a test of their own."""
    sheet = {window.sheet, *window.sheet.findChildren(QWidget)}
    for widget in [each for each in (window, *window.findChildren(QWidget)) if each not in sheet]:
        for text in (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.statusTip(),
                     widget.whatsThis(), widget.windowTitle(), name_of(widget)):  # fmt: skip
            yield widget, text
        yield from ((widget, text) for text in _own_text(widget))
        for action in widget.actions():
            yield action, action.text()
            yield action, action.toolTip()


def _own_text(widget: QWidget) -> Iterator[str]:
    match widget:
        case Button():
            yield from (widget.face.text, widget.face.detail, widget.face.key)
        case QLabel():
            yield widget.text()
        case QLineEdit():
            yield from (widget.text(), widget.placeholderText())
        case QPlainTextEdit():
            yield widget.toPlainText()
        case QTextEdit():
            yield widget.toPlainText()
            block = widget.document().begin()
            while block.isValid():
                yield from (found.format.toolTip() for found in block.textFormats())
                block = block.next()


def left_out(window: MainWindow, told: list[str]) -> list[str]:
    window.transcript.flush()
    status = window.dock.status.status
    painted = [status.beside.word] if status.beside else []
    found = [f"{type(widget).__name__}: {text}" for widget, text in texts(window) if ours(text, window)]
    return found + [text for text in (*painted, *told) if ours(text, window)]


def menu_texts(menu: QMenu) -> Iterator[str]:
    for action in menu.actions():
        yield from (action.text(), action.toolTip())
        if (below := action.menu()) is not None:
            assert isinstance(below, QMenu)
            yield from menu_texts(below)


# ---------------------------------------------------------------- the window in every state


@pytest.mark.parametrize("width", [480, 1000])
@pytest.mark.parametrize("scene", [*SCENES, *(name for name in SHEETS if not name.startswith("settings"))])
def test_every_scene(bare_window: MainWindow, told: list[str], app: QApplication, scene: str, width: int) -> None:
    session = ForeignSession()
    session.drawn = bare_window.settle
    bare_window.resize(width, 720)
    bare_window.attach(session)
    if scene not in ("loading", "missing-first"):
        session.emit(Ready())
    if scene in SHEETS:
        asyncio.run(SHEETS[scene](bare_window, session))
    else:
        SCENES[scene](session)
    while bare_window._presenter.previous.gradually.busy:
        app.processEvents()
    assert left_out(bare_window, told) == []


def test_the_waveform_for_who_cannot_see_it(bare_window: MainWindow, wait: Callable[..., None]) -> None:
    wait(lambda: not isinstance(bare_window.dock.waveform, StillWaveform))
    assert name_of(bare_window.dock.waveform) == "⟦Sound of the last six seconds⟧"
    assert left_out(bare_window, []) == []


def test_before_there_is_anybody_to_talk_to(bare_window: MainWindow, told: list[str]) -> None:
    assert left_out(bare_window, told) == []
    for loading in (LoadingProgress(foreign("Loading")), LoadingProgress(foreign("Qwen"), 10**8, 10**9, 10**6)):
        bare_window.show_loading(loading)
        assert left_out(bare_window, told) == []
    bare_window.show_problem(ProblemAppeared("engine", ErrorCode.DISK_FULL, foreign("The disk is full.")))
    assert left_out(bare_window, told) == []


@pytest.mark.parametrize("phase", list(Phase))
def test_every_state_of_the_conversation(
    bare_window: MainWindow, session: ForeignSession, told: list[str], phase: Phase
) -> None:
    session.emit(Ready())
    for width, flags in product((480, 1000), product([True, False], repeat=6)):
        if width != bare_window.width():
            bare_window.resize(width, 720)
        session.emit(StateChanged(phase, *flags))
    for flags in product([True, False], repeat=6):
        session.emit(StateChanged(phase, *flags))
        seen = (bare_window.dock, *bare_window.dock.findChildren(QWidget))
        assert [text for widget, text in texts(bare_window) if widget in seen and ours(text, bare_window)] == []
    assert left_out(bare_window, told) == []


PAST = [PastMessage(1, "user", foreign("Hello"), answered=False)]
PAST += [PastMessage(2, "tool", foreign("lights_on"), ok=ok) for ok in (True, False, None)]
PAST += [PastMessage(2, "user", foreign("And now?")), PastMessage(2, "assistant", foreign("word ") * 900)]
EVENTS: list[list[Event]] = [
    [NothingHeard(1)],
    [AudioSaved("/a")],
    [StartedAfresh(1), StartedAfresh(24), StartedAfresh(1, asked=True)],
    [FellBack(Stage.LLM, "It failed.")],
    [LastConversationFound(PastConversation(1, 1764266580.0, tuple(PAST), False)), Continued()],
    [UserSaid(1, "a"), NotTaken(1, "mm", Passed.UNCLEAR), NotTaken(1, "", Passed.NOT_UNDERSTOOD)],
    [UserSaid(1, "a"), TurnFailed(1, ErrorCode.NO_KEY, "b", True, True), UserSaid(2, "a")],
    [UserSaid(1, "a"), TurnFailed(1, ErrorCode.OFFLINE, "b", True), UserSaid(2, "c"), UserSaid(3, "a", typed=True)],
    [UserSaid(1, "a"), ReplyGrew(1, "b" * 400), TurnDone(1, "a", "", TIMES)],
    [UserSaid(1, "a"), ReplyGrew(1, "b"), TurnFailed(1, ErrorCode.OFFLINE, "c", True), UserSaid(2, "d")],
]


@pytest.mark.parametrize("events", EVENTS)
def test_every_note_of_the_transcript(
    bare_window: MainWindow, session: ForeignSession, told: list[str], app: QApplication, events: list[Event]
) -> None:
    session.emit(Ready(), *events)
    while bare_window._presenter.previous.gradually.busy:
        app.processEvents()
    for entry in bare_window._presenter._log.everything:
        for way in entry.ways:
            if isinstance(way.action, ExplainNote):
                bare_window.transcript.acted.emit(way.action)
    assert left_out(bare_window, told) == []


def test_a_model_that_ends_soon(bare_window: MainWindow, session: ForeignSession, told: list[str]) -> None:
    session.emit(Ready(), Noticed("It ends.", Stage.LLM, "openai:x"))
    assert left_out(bare_window, told) == []
    bare_window.transcript.acted.emit(bare_window._presenter._log.entries[-1].ways[0].action)
    assert left_out(bare_window, told) == [] and "Done: it is used" in bare_window.transcript.toPlainText()


def test_a_call_opened_with_much_text(bare_window: MainWindow, session: ForeignSession, told: list[str]) -> None:
    session.emit(UserSaid(1, "a"), ToolCalled(1, ToolCall("1", "set_reminder", ""), "b"),
                 ToolFinished(1, "1", True, "c\n" * 900, 0.02))  # fmt: skip
    bare_window.transcript.acted.emit(ToggleCall(bare_window._presenter._log.entries[-1].number))
    assert left_out(bare_window, told) == []
    assert "⟦(empty)⟧" in bare_window.transcript.toPlainText() and "⟦Show all" in bare_window.transcript.toPlainText()


@pytest.mark.parametrize("state", list(CallState))
def test_every_state_of_a_call(state: CallState) -> None:
    for allowed, seconds in product([True, False], [0.02, 3.0]):
        assert ours(ShownCall("1", "", "", "", state, allowed, seconds=seconds).words) == ""


def test_a_message_that_is_too_long_and_a_link_that_does_not_open(
    bare_window: MainWindow, session: ForeignSession, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicegui.ui.transcript.QDesktopServices.openUrl", lambda _url: False)
    bare_window.dock.message.setText("1" * 20_001)
    bare_window.dock._reject()
    bare_window.transcript.anchorClicked.emit(QUrl("https://1.2.3.4"))
    assert any("1.2.3.4" in text for text in told) and any("full" in text for text in told)
    told[:] = [text.replace("https://", "") for text in told]
    bare_window.transcript.flush()
    assert [text for text in told if ours(text)] == []


def test_fonts_that_are_missing(bare_window: MainWindow, session: ForeignSession, told: list[str]) -> None:
    bare_window.transcript.fonts.has = lambda _character: False
    session.emit(UserSaid(1, "日本語 ไทย 😀 ∑ ᚠ"))
    bare_window.transcript.flush()
    assert "can only be shown as boxes" in bare_window.transcript.toPlainText()
    assert left_out(bare_window, told) == []


@pytest.mark.parametrize("apt", ["/usr/bin/apt-get", None])
@pytest.mark.parametrize("linux", [True, False])
def test_every_way_to_a_font(monkeypatch: pytest.MonkeyPatch, linux: bool, apt: str | None) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: apt)
    fonts = Fonts()
    fonts.has = lambda _character: False
    fonts.complaint("日ไ😀∑ᚠ")
    assert (
        ours(re.sub("(sudo apt-get install )?(fonts-noto-[a-z-]+ ?)+", "", what_is_missing(fonts._told, linux))) == ""
    )


# ---------------------------------------------------------------- menus and what comes under the mouse


def test_the_menus(bare_window: MainWindow, session: ForeignSession, told: list[str]) -> None:
    session.emit(Ready())
    header = bare_window.header
    header.talks.click()
    for button in (None, header.all, *header.chips):
        if button is not None:
            button.click()
        menu = header._menu
        assert menu is not None and menu.actions()
        assert [text for text in menu_texts(menu) if ours(text, bare_window)] == []
        menu.close()


def test_the_menus_without_devices(bare_window: MainWindow, session: ForeignSession, told: list[str]) -> None:
    session.devices.microphone_list = []
    session.devices.speakers = lambda: []
    for looked in (True, False):
        session.devices.looked = looked
        bare_window._refresh()
        assert left_out(bare_window, told) == []


def test_what_a_message_offers_under_the_mouse(
    bare_window: MainWindow, session: ForeignSession, app: QApplication
) -> None:
    session.emit(UserSaid(1, "a"), ReplyGrew(1, "b"), TurnDone(1, "a", "b", TIMES))
    bare_window.transcript.flush()
    entry = bare_window._presenter._log.entries[-1]
    at = bare_window.transcript.entry_rect(entry.number).center()
    bare_window._hover._explain(QHelpEvent(QHelpEvent.Type.ToolTip, at, at))
    assert QToolTip.text() and ours(QToolTip.text()) == ""
    bare_window.transcript.copy_code(entry.number, 0)
    assert QToolTip.text() == "⟦Copied⟧"
    bare_window._hover._menu(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, at))
    [menu] = [each for each in app.topLevelWidgets() if isinstance(each, QMenu) and each.isVisible()]
    assert menu.actions()[0].text() == "⟦Copy message⟧"  # below it are Qt's own, from its own catalogue
    menu.close()


def test_where_a_file_is_to_be_saved(bare_window: MainWindow) -> None:
    dialog = ask_where(bare_window, lambda _path: None, lambda: datetime(2026, 11, 25, 14, 2))
    assert isinstance(dialog, QFileDialog)
    assert dialog.windowTitle() == "⟦Save what you said⟧" and dialog.nameFilters() == ["⟦Sound⟧ (*.wav)"]
    assert dialog.selectedFiles()[0].endswith("/⟦What I said 2026-11-25 14.02⟧.wav")
    dialog.close()


# ---------------------------------------------------------------- texts with many forms

SOURCES = [None, BUILT_IN, *(ToolSource(kind, "1") for kind in SourceKind if kind is not SourceKind.BUILT_IN)]
ARGUMENTS = ["", "{}", "{", '{"a": [], "b": {}, "c": true, "d": false, "e": null, "f": "1"}',
             '{"url": "https://xn--pple-43d.com", "max_url_ids": "2", "tz": "3", "CC": "4", "id": "5", "lngLat": "6"}',
             '{"href": ["yes", "no", "nothing", "none"]}']  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_the_question_before_a_call(source: ToolSource | None, arguments: str) -> None:
    call = ToolCall("1", "2", arguments)
    text = card_text(ApprovalAsked(1, call, "", ""), source)
    origin = text.origin.replace(str(source), "").replace("xn--pple-43d.com", "").replace("аpple.com", "")
    assert ours(text.question) == "" and ours(origin) == ""
    assert ours(text.arguments) == "" or text.arguments != "⟦(nothing)⟧"
    words = [run.text for run in text.readable if run.role is ArgumentPart.OURS]
    assert [word for word in words if ours(word)] == []
    asked = question_about(ToolInfo("2", "", label="3"), call).text
    assert asked


@pytest.mark.parametrize("value", ["⟦yes⟧", "⟦no⟧", "⟦nothing⟧", "⟦none⟧", "yes", "none", "null", "1e3"])
def test_a_text_that_looks_like_a_word_of_the_program_stands_in_quotation_marks(value: str) -> None:
    text = card_text(ApprovalAsked(1, ToolCall("1", "2", f'{{"a": "{value}"}}'), "", ""), None)
    assert [run.text for run in text.readable if run.role is ArgumentPart.VALUE] == [f' "{value}"']


@pytest.mark.parametrize("name", ["url", "CWD", "msg", "ids"])
def test_a_name_of_an_argument_begins_with_words_of_the_catalogue(name: str) -> None:
    text = card_text(ApprovalAsked(1, ToolCall("1", "2", f'{{"{name}": "1"}}'), "", ""), None)
    assert ours(text.readable[0].text) == "" and text.readable[0].text.startswith("⟦")


@pytest.mark.parametrize("month", range(1, 13))
def test_every_day_and_month(month: int) -> None:
    past = PastConversation(1, datetime(2025, month, month, 18, 3).timestamp(), (), False)
    assert all(ours(entry.text) == "" for entry in earlier_entries(past, datetime(2026, 11, 29)))


def test_the_latency_of_a_turn() -> None:
    assert describe(TIMES) and ours(describe(TIMES)) == "" and describe(Timings()) == ""


def test_the_keys() -> None:
    assert ours(shortcut_lines()) == "" and shortcut_lines().count("\n") == 10


@pytest.mark.parametrize("preset", ["assistant", "interpreter", "customer_service", "dictation", "practice"])
def test_what_it_can_do(bare_window: MainWindow, session: ForeignSession, told: list[str], preset: str) -> None:
    for prompt, use_tools, hands_free in product(["", "1"], [True, False], [True, False]):
        session.settings = replace(session.settings, preset=preset, prompt=prompt, use_tools=use_tools,
                                   hands_free=hands_free, language_a="1", language_b="2")  # fmt: skip
        session.toolbox.tools = []
        session.toolbox.tell()
        for standing in (Standing(True), Standing(False), Standing(False, True), Standing(True, True)):
            bare_window.welcome.show_standing(standing)
            assert left_out(bare_window, told) == []


def test_what_is_downloaded(bare_window: MainWindow, session: ForeignSession, told: list[str]) -> None:
    for stages in ({}, {"stt": "openai"}, {"stt": "openai", "llm": "openai:1", "tts": "openai:2"}):
        session.settings = replace(session.settings, **stages)  # type: ignore[arg-type]
        session.emit(LoadingProgressed(LoadingProgress("Qwen", 10**8, 10**9, 10**6)))
        session.toolbox.tell()
        assert left_out(bare_window, told) == []
