"""What the window says before anything was said: while it downloads, when it is ready, when something is wrong."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.fake_session import FakeSession
from tests.ui.looking import click, name_of, named
from voicegui.core.commands import Retry, SendText
from voicegui.core.errors import ErrorCode, HintKind, VoiceError
from voicegui.core.events import LoadingProgressed, Phase, ProblemAppeared, ProblemSolved, Ready, UserSaid, problem_of
from voicegui.core.ports import LoadingProgress
from voicegui.core.settings import Settings
from voicegui.core.tools import Permission, ToolInfo
from voicegui.ui.event_texts import amounts, describe_loading, size
from voicegui.ui.header import pickers
from voicegui.ui.welcome import TRIES, abilities, tries
from voicegui.ui.window import MainWindow

FIRST = LoadingProgress("Downloading Qwen2.5 1.5B (1 of 2)", 163_000_000, 1_215_000_000, 4_200_000)
MISSING = problem_of(
    "engine",
    VoiceError(ErrorCode.DOWNLOAD_FAILED, "the server cannot be reached.", heading="Qwen could not be downloaded",
               hint="voicegui models get qwen2.5-1.5b", hint_kind=HintKind.COMMAND),
    to_download=1_052_000_000,
)  # fmt: skip


def said(window: MainWindow) -> list[str]:
    """What stands in the middle, from top to bottom."""
    return [part.text() for part in window.welcome._parts() if part.isVisible() and part.text()]


def test_while_it_downloads_it_says_how_much_and_how_long(bare_window: MainWindow, session: FakeSession) -> None:
    session.settings = Settings()
    session.devices.looked = False
    session.devices.microphone_list = []
    bare_window.attach(session)
    session.emit(LoadingProgressed(FIRST))
    words = said(bare_window)
    assert words[0] == "Getting ready"
    assert "1.2 GB are downloaded: what it needs to hear, think and speak on this machine." in words[1]
    assert words[2] == "13 % of 1.2 GB · 4 min left"
    assert "talk over it at any time" in words[3] and words[4] == "When it is ready, try one of these:"
    assert len(words) == 5 + TRIES
    click(bare_window.welcome.buttons[0])
    session.expect()
    assert named(bare_window, "Microphone: looking…") and named(bare_window, "State: Getting ready")
    assert "4 min left" in bare_window.dock.status.label.text()
    assert not any("No microphone" in name_of(chip) for chip in bare_window.header.chips)
    session.devices.looked = True
    for changed in session.devices.watchers:
        changed()
    assert named(bare_window, "Microphone: No microphone")


def test_before_anything_is_known_it_gets_ready(bare_window: MainWindow) -> None:
    assert said(bare_window)[0] == "Getting ready"
    assert not any(button.isEnabled() for button in bare_window.welcome.buttons)


def test_what_can_be_tried_is_clicked(window: MainWindow, session: FakeSession) -> None:
    session.emit(Ready())
    session.state(Phase.LISTENING)
    texts = said(window)[-TRIES:]
    click(named(window, texts[1]))
    session.expect(SendText(texts[1]))
    assert window.dock.talk.hasFocus()


def test_what_can_be_tried_is_reached_by_keyboard(window: MainWindow, session: FakeSession) -> None:
    session.emit(Ready())
    window.header.gear.setFocus()
    seen = []
    for _ in range(TRIES + 1):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        seen.append(name_of(window.focusWidget()))
    assert seen == [*tries(session), "Conversation"]
    window.welcome.buttons[0].setFocus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    session.expect(SendText(tries(session)[0]))


def test_it_goes_when_something_is_said_and_comes_back(
    window: MainWindow, session: FakeSession, wait: Callable[..., None]
) -> None:
    session.emit(Ready())
    assert window.welcome.isVisible()
    session.emit(UserSaid(1, "Hello"))
    window.transcript.flush()
    wait(lambda: not window.welcome.isVisible())
    window._theme._forced = None
    window._change(replace(session.settings, theme="dark"))
    QApplication.processEvents()
    assert not window.welcome.isVisible(), "it is written again in other colours, not emptied"
    window.transcript.document().clear()
    wait(window.welcome.isVisible)


@pytest.mark.parametrize(
    ("settings", "tools", "count", "word"),
    [
        ({}, ("set_reminder", "calculate"), 3, "remind you of things and calculate"),
        ({}, ("set_reminder",), 3, "remind you of things."),
        ({}, (), 3, "remind you of things, calculate, tell the time anywhere, tell the weather and"),
        ({"use_tools": False}, ("set_reminder", "calculate"), 3, "explain, tell and discuss"),
        ({}, ("notes__append",), 3, "explain, tell and discuss"),
        ({"preset": "interpreter"}, ("set_reminder",), 0, "in Spanish what you say in English"),
        ({"preset": "dictation"}, (), 0, "writes down"),
        ({"preset": "practice"}, (), 0, "practise Spanish"),
        ({"preset": "customer_service"}, (), 0, "customer service"),
        ({"prompt": "You are a pirate."}, ("set_reminder",), 0, "answers aloud"),
        ({"llm": "openai"}, ("get_weather", "current_time", "remember"), 3, "the time anywhere, tell the weather and"),
    ],
)
def test_only_what_it_can_do_is_promised(
    session: FakeSession, settings: dict[str, object], tools: tuple[str, ...], count: int, word: str
) -> None:
    session.settings = replace(session.settings, **settings)  # type: ignore[arg-type]
    session.toolbox.tools = [ToolInfo(name, "", permission=Permission.ALWAYS) for name in tools]
    assert len(tries(session)) == count and word in abilities(session)
    assert any("Remind" in text for text in tries(session)) is (count > 0 and "remind" in word)
    if not tools or not count:  # not known yet, or of no interest
        return
    session.toolbox.tools = [replace(tool, permission=Permission.NEVER) for tool in session.toolbox.tools]
    assert "explain" in abilities(session) and not any("Remind" in text for text in tries(session))


@pytest.mark.parametrize("size", [(440, 460), (480, 720), (944, 492), (1000, 720), (1920, 1000)])
@pytest.mark.parametrize("event", [LoadingProgressed(FIRST), Ready(), MISSING])
def test_nothing_is_cut_or_overlaps(
    app: QApplication, window: MainWindow, session: FakeSession, size: tuple[int, int], event: object
) -> None:
    window.resize(*size)
    session.emit(event)  # type: ignore[arg-type]
    app.processEvents()
    shown = [part for part in window.welcome._parts() if part.isVisible()]
    assert window.welcome.title in shown and all(button in shown for button in window.welcome.buttons)
    for above, below in zip(shown, shown[1:], strict=False):
        assert above.geometry().bottom() < below.geometry().top()
    for part in shown:
        assert window.welcome.rect().contains(part.geometry())
        assert part in window.welcome.buttons or part.height() >= part.heightForWidth(part.width())
    if isinstance(event, LoadingProgressed):
        assert window.welcome.far in shown, "how much and how long is never left out"


# ---------------------------------------------------------------- a missing model


def test_a_missing_model_is_got_by_a_button_with_its_size(window: MainWindow, session: FakeSession) -> None:
    session.state(Phase.LISTENING)
    session.emit(MISSING)
    line = window.dock.status
    assert "voicegui models get" not in line.label.text() and "`" not in line.label.text()
    assert line.status.beside is not None and line.status.beside.word == "Listening"
    assert line.label.accessibleDescription() == "State: Listening"
    click(named(window, "Download 1.1 GB"))
    session.expect(Retry())
    session.emit(LoadingProgressed(FIRST))
    assert "13 % of 1.2 GB" in line.label.text() and "Problem" not in line.label.accessibleName()
    click(named(window, "Cancel"))
    assert session.cancelled == 1
    session.emit(MISSING)
    assert named(window, "Download 1.1 GB")
    session.emit(ProblemSolved("engine"), Ready())
    assert named(window, "State: Listening")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (ErrorCode.MODEL_MISSING, "voicegui models get tiny"),
        (ErrorCode.MODEL_DAMAGED, "voicegui models get tiny"),
        (ErrorCode.DISK_FULL, "voicegui models get tiny"),
        (ErrorCode.DOWNLOAD_FAILED, "voicegui models get tiny"),
        (ErrorCode.MODEL_MISSING, ""),
    ],
)
@pytest.mark.parametrize("missing", [0, 98_362_432])
def test_no_command_of_the_terminal_stands_in_the_window(
    window: MainWindow, session: FakeSession, code: ErrorCode, hint: str, missing: int
) -> None:
    session.emit(ProblemAppeared("engine", code, "It is not here.", hint, "", missing, HintKind.COMMAND))
    assert window.dock.status.label.text().strip() == "It is not here."
    assert [way.face.text for way in window.dock.status.ways] == ["Download 98 MB" if missing else "Retry"]
    assert said(window)[0] == "It cannot start yet"


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("loading", "words"),
    [
        (LoadingProgress("Loading the voice"), "Loading the voice"),
        (LoadingProgress("Downloading", 0, 98_362_432), "Downloading · 0 % of 98 MB"),
        (LoadingProgress("Downloading", 0, 98_362_432, 1e6), "Downloading · 0 % of 98 MB · 1.0 MB/s · 2 min left"),
        (LoadingProgress("Checking", 5, 5, 1e6), "Checking · 100 % of 0 MB · 1.0 MB/s"),
        (LoadingProgress("D", 1, 1_000_000_000, 1e6), "D · 0 % of 1.0 GB · 1.0 MB/s · 17 min left"),
        (LoadingProgress("D", 0, 999_600_000, 1e9), "D · 0 % of 1.0 GB · 1000.0 MB/s · 1 s left"),
        (LoadingProgress("D", 0, 10**10, 1e5), "D · 0 % of 10.0 GB · 0.1 MB/s · 28 hours left"),
    ],
)
def test_a_download_in_words(loading: LoadingProgress, words: str) -> None:
    assert describe_loading(loading) == words
    assert amounts(loading) == [] or amounts(loading)[0] in words


def test_sizes() -> None:
    assert [size(n) for n in (0, 98_362_432, 999_400_000, 999_600_000, 1_215_683_168)] == [
        "0 MB", "98 MB", "999 MB", "1.0 GB", "1.2 GB",
    ]  # fmt: skip


@pytest.mark.parametrize("llm", ["local", "local:qwen2.5-0.5b", "openai", "ollama:llama4", "nobody", "custom:"])
@pytest.mark.parametrize("models", [True, False])
def test_no_words_are_said_twice(session: FakeSession, llm: str, models: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    session.settings = replace(session.settings, llm=llm)
    if not models:
        monkeypatch.setattr(session, "stage_models", lambda stage: [])
    for picker in pickers(session):
        words = f"{picker.face.text} {picker.face.detail}".casefold()
        assert words.count("this machine") <= 1 and len(set(words.split())) == len(words.split())
