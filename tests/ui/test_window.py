"""The window as it starts, and the states it shows."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit

from tests.ui.fake_session import FakeSession
from tests.ui.looking import click, control, name_of, named, settled, text
from tests.ui.scenes import TIMES
from voicegui.core.commands import PressTalk, SendText
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import (
    LoadingProgressed,
    Phase,
    ProblemAppeared,
    ProblemSolved,
    Ready,
    TurnDone,
    TurnFailed,
    UserSaid,
    problem_of,
)
from voicegui.core.keys import KeyPlace, Secret
from voicegui.core.ports import LoadingProgress
from voicegui.core.session import ServiceInfo
from voicegui.core.setting_declaration import Group
from voicegui.core.settings import Settings
from voicegui.ui.dock import LONGEST_MESSAGE
from voicegui.ui.window import MainWindow

ENTER = "Enter the key"
Wait = Callable[..., None]
SILENT = problem_of(
    "microphone",
    VoiceError(ErrorCode.MICROPHONE_SILENT, "only zeros.", heading="No sound from “USB Headset”"),
    alternative="builtin",
)


# ---------------------------------------------------------------- start


def test_importing_the_window_imports_nothing_heavy() -> None:
    heavy = ("numpy", "pyqtgraph", "asyncio", "qasync")
    code = f"import sys, voicegui.ui.window; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_before_there_is_a_session(bare_window: MainWindow, session: FakeSession) -> None:
    window = bare_window
    assert named(window, "State: Starting…")
    window.show_loading(LoadingProgress("Downloading Qwen2.5 0.5B", 95_000_000, 380_000_000, 5_000_000))
    assert window.dock.status.label.text() == (
        "Getting ready  Downloading Qwen2.5 0.5B · 25 % of 380 MB · 5.0 MB/s · 57 s left"
    )
    QTest.keyClicks(named(window, "Message"), "hello")
    QTest.keyClick(named(window, "Message"), Qt.Key.Key_Return)
    click(named(window, "Talk"))
    window.attach(session)
    session.expect(PressTalk())
    assert "hello" in text(window), "it waits where it is seen"


@pytest.mark.parametrize(
    ("there", "pasted", "told"),
    [
        ("", "a" * (LONGEST_MESSAGE + 1), True),
        ("", "word " * 200_000, True),
        ("", "two\nlines\n" * 100_000, True),
        ("", "日本語🙂" * 10_000, True),
        ("a" * LONGEST_MESSAGE, "b", True),
        ("a" * (LONGEST_MESSAGE - 10), "b" * 5, False),
        ("a" * (LONGEST_MESSAGE - 5), "b" * 6, True),
        ("hello ", "world", False),
    ],
)
def test_what_does_not_fit_into_the_message_is_told(
    window: MainWindow, session: FakeSession, there: str, pasted: str, told: bool
) -> None:
    field = named(window, "Message")
    assert isinstance(field, QLineEdit)
    field.setText(there)
    QApplication.clipboard().setText(pasted)
    for _ in range(2):  # what is told once is not told again while it stays full
        field.paste()
    window.transcript.flush()
    assert len(field.text()) <= LONGEST_MESSAGE and field.text().startswith(there)
    assert text(window).count("The message is full: 20,000 characters fit.") == told
    if told:
        end = text(window).partition("What came after “…")[2].partition("” is not in it")[0]
        assert end and end.split() == field.text()[-40:].split()
        field.clear()
        field.setText(there)
        field.paste()
        window.transcript.flush()
        assert text(window).count("The message is full") == 2


def test_a_character_that_was_cut_in_half_is_not_sent(window: MainWindow, session: FakeSession) -> None:
    field = named(window, "Message")
    assert isinstance(field, QLineEdit)
    session.emit(Ready())
    QApplication.clipboard().setText("a" + "🙂" * LONGEST_MESSAGE)
    field.paste()
    QTest.keyClick(field, Qt.Key.Key_Return)
    session.expect(SendText("a" + "🙂" * (LONGEST_MESSAGE // 2 - 1)))


def test_loading_can_be_cancelled(window: MainWindow, session: FakeSession) -> None:
    session.emit(LoadingProgressed(LoadingProgress("Downloading Qwen2.5 0.5B", 1, 4, 0.0)))
    click(named(window, "Cancel"))
    assert session.cancelled == 1
    session.emit(Ready())
    assert named(window, "State: Ready")


def test_the_waveform_comes_later(bare_window: MainWindow, wait: Wait) -> None:
    wait(bare_window.waveform_ready)
    assert type(bare_window.dock.waveform).__name__ == "Waveform"


# ---------------------------------------------------------------- states


@pytest.mark.parametrize(
    ("phase", "user", "name"),
    [
        (Phase.IDLE, False, "State: Ready"),
        (Phase.LISTENING, False, "State: Listening"),
        (Phase.LISTENING, True, "State: Hearing you"),
        (Phase.PROCESSING, False, "State: Thinking"),
        (Phase.SPEAKING, False, "State: Speaking"),
    ],
)
def test_states(window: MainWindow, session: FakeSession, phase: Phase, user: bool, name: str) -> None:
    session.state(phase, user=user)
    label = named(window, name)
    assert isinstance(label, QLabel)
    assert label.text().startswith(name.removeprefix("State: "))


def test_a_problem_is_a_state_with_ways_out(window: MainWindow, session: FakeSession) -> None:
    session.state(Phase.LISTENING)
    session.emit(SILENT)
    assert named(window, "State: Problem: No sound from “USB Headset”: only zeros.")
    click(named(window, "Use “Built-in Audio”"))
    click(named(window, "Check"))
    assert session.devices.used == [
        {"microphone": "builtin", "speaker": None},
        {"microphone": "", "speaker": None},
    ]
    session.emit(ProblemSolved("microphone"))
    assert named(window, "State: Listening")


def test_a_missing_key_is_entered_from_the_problem(
    window: MainWindow, session: FakeSession, run: Callable[..., None]
) -> None:
    session.settings = Settings(llm="openai")
    session.emit(ProblemAppeared("engine", ErrorCode.NO_KEY, "OpenAI needs a key and there is none."))
    session.key_tests.add("openai", answer="The key works.")

    async def steps() -> None:
        click(named(window, ENTER))
        assert window.sheet.isVisible() and window.sheet.side.group is Group.SERVICES
        field = control(window, "OpenAI key")
        assert field.hasFocus()
        QTest.keyClicks(field, "sk-planted")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await settled(window)
        click(named(window, "Done"))

    run(steps)
    assert session.keys.kept["openai"][0] is KeyPlace.KEYRING
    assert session.changes == []
    session.emit(ProblemSolved("engine"), Ready())
    assert named(window, "State: Ready")


def test_with_two_keys_the_page_tells_which_is_missing(
    window: MainWindow, session: FakeSession, run: Callable[..., None]
) -> None:
    session.service_list.append(ServiceInfo("groq", "Groq", needs_key=True))
    session.settings = Settings(stt="groq", llm="openai")
    session.keys.kept["openai"] = (KeyPlace.KEYRING, Secret("planted"))
    session.emit(ProblemAppeared("engine", ErrorCode.NO_KEY, "Groq needs a key and there is none."))

    async def steps() -> None:
        click(named(window, ENTER))
        await settled(window)
        assert named(window, "Groq has no key yet.")
        [link] = [
            row for row in window.sheet.findChildren(QAbstractButton) if row.isVisible() and name_of(row) == ENTER
        ]
        click(link)
        assert control(window, "Groq key").hasFocus()

    run(steps)


def test_a_state_is_announced_once(window: MainWindow, session: FakeSession) -> None:
    said: list[str] = []
    window._presenter.announced.connect(said.append)
    session.state(Phase.LISTENING)
    session.state(Phase.LISTENING)
    session.emit(UserSaid(1, "Hello"), TurnDone(1, "Hello", "Hi.", TIMES))
    assert said == ["Listening", "You said: Hello", "Hi."]


def test_a_problem_that_costs_a_turn_is_announced_once(window: MainWindow, session: FakeSession) -> None:
    said: list[str] = []
    window._presenter.announced.connect(said.append)
    ended = "The speech engine ended. It is being started again."
    session.emit(ProblemAppeared("engine", ErrorCode.ENGINE_FAILED, ended))
    session.emit(TurnFailed(1, ErrorCode.ENGINE_FAILED, ended, True))
    session.emit(TurnFailed(2, ErrorCode.TIMED_OUT, "It took too long.", True))
    assert said == [f"Problem: {ended}", "It took too long."]
