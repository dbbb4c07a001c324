import subprocess
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from tests.ui.fake_session import FakeSession, speech
from tests.ui.gallery import HEARD, LONG, TIMES, UNHEARD
from voicegui.core.commands import Interrupt, PressTalk, ReleaseTalk, Retry, SendText, SetMuted
from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    Interrupted,
    LoadingProgressed,
    Phase,
    ProblemAppeared,
    ProblemSolved,
    Ready,
    ReplyGrew,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.ports import DeviceInfo, Loading
from voicegui.ui.messages import KEEP
from voicegui.ui.window import MainWindow

Wait = Callable[..., None]
SILENT = ProblemAppeared(
    "microphone", ErrorCode.MICROPHONE_SILENT, "No sound from “USB Headset”: only zeros.", "", "builtin"
)


def text(window: MainWindow) -> str:
    window.transcript.flush()
    return window.transcript.toPlainText().replace("\u2028", "\n")


def named(window: MainWindow, name: str) -> QWidget:
    """The one visible widget a screen reader knows by that name."""
    found = [w for w in window.findChildren(QWidget) if w.isVisible() and _name(w) == name]
    assert len(found) == 1, f"{len(found)} widgets named {name}"
    return found[0]


def _name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface else ""


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyPress(window.focusWidget() or window, key)


def release(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyRelease(window.focusWidget() or window, key)


# ---------------------------------------------------------------- start


def test_importing_the_window_imports_nothing_heavy() -> None:
    heavy = ("numpy", "pyqtgraph", "asyncio", "qasync")
    code = f"import sys, voicegui.ui.window; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_before_there_is_a_session(bare_window: MainWindow, session: FakeSession) -> None:
    window = bare_window
    assert named(window, "State: Starting…")
    window.show_loading(Loading("Downloading Qwen2.5 0.5B", 95_000_000, 380_000_000, 5_000_000))
    assert window.dock.status.label.text() == "Starting…  Downloading Qwen2.5 0.5B · 25 % · 5.0 MB/s · 57 s left"
    QTest.keyClicks(named(window, "Message"), "hello")
    QTest.keyClick(named(window, "Message"), Qt.Key.Key_Return)
    click(named(window, "Talk"))
    window.attach(session)
    session.expect(SendText("hello"), PressTalk())


def test_loading_can_be_cancelled(window: MainWindow, session: FakeSession) -> None:
    session.emit(LoadingProgressed(Loading("Downloading Qwen2.5 0.5B", 1, 4, 0.0)))
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


def test_a_state_is_announced_once(window: MainWindow, session: FakeSession) -> None:
    said: list[str] = []
    window._presenter.announced.connect(said.append)
    session.state(Phase.LISTENING)
    session.state(Phase.LISTENING)
    session.emit(UserSaid(1, "Hello"), TurnDone(1, "Hello", "Hi.", TIMES))
    assert said == ["Listening", "You said: Hello", "Hi."]


# ---------------------------------------------------------------- hands


def test_names(window: MainWindow, session: FakeSession) -> None:
    session.state(Phase.SPEAKING)
    for name in ("Talk", "Interrupt", "Mute", "Settings", "Message", "Conversation"):
        assert named(window, name)


def test_clicking_talk(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    click(named(window, "Talk"))
    session.expect(PressTalk())
    wait(lambda: not window._switch.held)
    session.state(Phase.LISTENING, talking=True)
    click(named(window, "Talk"))
    wait(lambda: not window._switch.held)
    session.expect(ReleaseTalk())


def test_space_talks_except_in_the_field(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    press(window, Qt.Key.Key_Space)
    session.expect(PressTalk())
    release(window, Qt.Key.Key_Space)
    wait(lambda: not window._switch.held)
    session.state(Phase.LISTENING)
    window.dock.message.setFocus()
    QTest.keyClick(window.dock.message, Qt.Key.Key_Space)
    session.expect()
    assert window.dock.message.text() == " "


def test_losing_the_focus_lets_go(window: MainWindow, session: FakeSession) -> None:
    press(window, Qt.Key.Key_Space)
    window.dock.message.setFocus()
    session.expect(PressTalk(), ReleaseTalk())


def test_typing_interrupting_muting(window: MainWindow, session: FakeSession) -> None:
    session.state(Phase.SPEAKING)
    message = named(window, "Message")
    QTest.keyClicks(message, "hi there")
    QTest.keyClick(message, Qt.Key.Key_Return)
    QTest.keyClick(message, Qt.Key.Key_Escape)
    QTest.keyClick(message, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    click(named(window, "Interrupt"))
    session.expect(SendText("hi there"), Interrupt(), SetMuted(True), Interrupt())
    session.state(Phase.SPEAKING, muted=True)
    click(named(window, "Mute"))
    session.expect(SetMuted(False))


def test_interrupt_appears_without_moving_talk(window: MainWindow, session: FakeSession) -> None:
    for width in (480, 1000, 1920):
        window.resize(width, 720)
        session.state(Phase.IDLE)
        before = (window.dock.talk.geometry(), window.dock.height(), window.dock.mute_button.geometry())
        session.state(Phase.SPEAKING)
        assert before == (window.dock.talk.geometry(), window.dock.height(), window.dock.mute_button.geometry())
        assert named(window, "Interrupt").geometry().left() > window.dock.talk.geometry().right()
        assert window.dock.message.width() >= 100


def test_a_narrow_window(window: MainWindow, session: FakeSession) -> None:
    session.emit(TurnDone(1, "", "", TIMES))
    window.resize(480, 720)
    assert named(window, "Model and devices")
    assert not window.dock.latency.isVisible()
    window.resize(1000, 720)
    assert window.dock.latency.isVisible()
    assert named(window, "Voice: heart")


def test_tab_reaches_everything(window: MainWindow, session: FakeSession) -> None:
    session.state(Phase.SPEAKING)
    window.header.gear.setFocus()
    seen = []
    for _ in range(7):
        seen.append(_name(window.focusWidget()))
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert seen == ["Settings", "Conversation", "Mute", "Talk", "Interrupt", "Message", seen[6]]


def test_pickers(window: MainWindow, session: FakeSession) -> None:
    click(named(window, "Voice: heart"))
    menu = window.header._menu
    assert menu is not None
    actions = menu.actions()
    assert [a.text() for a in actions] == ["heart", "bella", "adam\tdownload 81 MB"]
    assert actions[0].isChecked()
    actions[1].trigger()
    menu.close()
    assert session.changes[-1].voice == "bella"
    assert named(window, "Voice: bella")
    session.devices.microphone_list = [DeviceInfo("cam", "Webcam", True)]
    for changed in session.devices.watchers:
        changed()
    assert named(window, "Microphone: Webcam")


def test_settings_apply_at_once(window: MainWindow, session: FakeSession) -> None:
    click(named(window, "Settings"))
    assert window.panel.isVisible()
    click(window.panel.hands_free)
    assert session.changes[-1].hands_free is False
    slider = window.panel.patience
    slider.setValue(200)
    assert session.changes[-1].patience == 2.0
    QTest.keyClick(slider, Qt.Key.Key_Escape)
    assert not window.panel.isVisible()
    session.expect()


def test_the_theme_changes_at_once(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Hello"), ReplyGrew(1, LONG))
    before = text(window)
    window._theme._forced = None  # the tests force light
    click(named(window, "Settings"))
    click(named(window, "Theme: dark"))
    assert session.changes[-1].theme == "dark"
    assert window.palette().window().color().lightness() < 60
    assert text(window) == before


# ---------------------------------------------------------------- transcript


def test_a_reply_grows_piece_by_piece_into_the_same_text(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Plan"))
    for i in range(0, len(LONG), 7):
        session.emit(ReplyGrew(1, LONG[i : i + 7]))
        window.transcript.flush()
    grown = text(window)
    window.transcript.rebuild()
    assert grown == text(window)
    assert "<script>alert(1)</script>" in grown
    assert "**" not in grown


def test_an_interruption_of_an_older_turn_changes_that_turn(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "One"), ReplyGrew(1, HEARD + UNHEARD))
    window.transcript.flush()
    session.emit(UserSaid(2, "Two"))
    window.transcript.flush()
    session.emit(Interrupted(1, HEARD, UNHEARD), TurnDone(1, "", "", TIMES))
    lines = text(window).splitlines()
    assert lines[1] == "One"
    assert lines[3].startswith("interrupted · heard")
    assert lines[4] == "Two"


def test_a_failed_turn_can_be_tried_again(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Hello"), TurnFailed(1, ErrorCode.ENGINE_FAILED, "It stopped.", True))
    assert text(window).endswith("▲ It stopped.  Retry")
    cursor = window.transcript.document().find("Retry")
    point = window.transcript.cursorRect(cursor).center() - QPoint(8, 0)
    QTest.mouseClick(window.transcript.viewport(), Qt.MouseButton.LeftButton, pos=point)
    session.expect(Retry())


def test_copying(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Hello"), ReplyGrew(1, "It is **nine**."))
    window.transcript.flush()
    cursor = window.transcript.document().find("nine")
    point = window.transcript.cursorRect(cursor).center()
    QTest.mouseMove(window.transcript.viewport(), point)
    click(named(window, "Copy message"))
    assert QGuiApplication.clipboard().text() == "It is **nine**."


def test_a_long_conversation_keeps_its_end(window: MainWindow, session: FakeSession) -> None:
    for turn in range(700):
        session.emit(UserSaid(turn, f"question {turn}"), ReplyGrew(turn, f"answer {turn}"))
    lines = text(window).splitlines()
    assert lines[-1] == "answer 699"
    assert KEEP <= len(lines) <= KEEP + 60
    assert not any(line.endswith(" 10") for line in lines)


def test_the_spoken_word_is_found(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Weather?"), ReplyGrew(1, "It stays **dry** today."))
    session.state(Phase.SPEAKING)
    session.spoken = 12
    window.settle()
    window.transcript.flush()
    before = window.transcript.grab().toImage()
    session.spoken = 18
    window.settle()
    assert window.transcript.grab().toImage() != before


# ---------------------------------------------------------------- waveform


def test_silence_is_not_painted(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    wait(window.waveform_ready)
    moves: list[bool] = []
    window._levels.moved.connect(lambda: moves.append(True))
    pulls = session.levels.pulls
    session.levels.append(0.0, 0.0, 50)
    wait(lambda: session.levels.pulls > pulls + 3)
    assert moves == []
    painted = len(window.frame_ms)
    for peak in speech(30):
        session.levels.append(peak, 0.0)
    wait(lambda: len(window.frame_ms) > painted)
    assert moves


def test_nothing_is_pulled_while_hidden(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    wait(lambda: window._levels.running)
    window.hide()
    assert not window._levels.running
    window.show()
    wait(lambda: window._levels.running)
    window.showMinimized()
    wait(lambda: not window._levels.running)
