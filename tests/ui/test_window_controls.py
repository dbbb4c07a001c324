"""The controls of the window: their names, keys, places and pickers."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.fake_session import FakeSession
from tests.ui.looking import choose, click, name_of, named, press, release, text
from tests.ui.scenes import LONG, TIMES
from voicegui.core.commands import Interrupt, PressTalk, ReleaseTalk, SendText, SetMuted
from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    Phase,
    ProblemAppeared,
    ProblemSolved,
    Ready,
    ReplyGrew,
    StartedAfresh,
    TurnDone,
    UserSaid,
)
from voicegui.core.ports import DeviceInfo
from voicegui.core.setting_declaration import Group
from voicegui.core.settings import Settings
from voicegui.ui.window import MainWindow

from .test_window import SILENT, Wait

# ---------------------------------------------------------------- hands


def test_names(window: MainWindow, session: FakeSession) -> None:
    session.state(Phase.SPEAKING)
    for name in ("Talk", "Interrupt", "Mute", "Settings", "Message", "Conversation", "Conversation menu"):
        assert named(window, name)


def test_clicking_talk(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    click(named(window, "Talk"))
    session.expect(PressTalk())
    wait(lambda: not window._switch.held)
    session.state(Phase.LISTENING, talking=True)
    click(named(window, "Send"))
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
    session.emit(Ready())
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


ENDED = ProblemAppeared(
    "engine",
    ErrorCode.MODEL_SHUT_DOWN,
    "OpenAI has ended the model ft:gpt-4.1-mini-2025-04-14:a-company:customer-service. Choose another model.",
)


@pytest.mark.parametrize(("width", "lines"), [(440, 3), (480, 2), (1000, 2), (1920, 2)])
def test_a_long_problem_is_whole_and_moves_nothing(
    window: MainWindow, session: FakeSession, app: QApplication, width: int, lines: int
) -> None:
    def places() -> list[QRect]:
        app.processEvents()
        parts = (window.dock.talk, window.dock.mute_button, window.dock.message, window.dock.waveform)
        return [QRect(part.mapTo(window, QPoint(0, 0)), part.size()) for part in parts]

    window.resize(width, 500)
    session.state(Phase.IDLE)
    before = places()
    session.emit(ENDED)
    assert places() == before
    status = window.dock.status
    assert status.label.lines(status.label.width()) == lines and status.label.height() >= lines * 20
    window.grab()
    assert status.label.toolTip() == "", "nothing is left out"
    for way in status.ways:
        assert status.rect().contains(way.geometry()) and not way.geometry().intersects(status.label.geometry())
    session.emit(ProblemSolved("engine"))
    assert places() == before and window.dock.height() == 180


def test_of_an_endless_problem_three_lines_are_shown(
    window: MainWindow, session: FakeSession, app: QApplication
) -> None:
    window.resize(480, 500)
    session.emit(ProblemAppeared("engine", ErrorCode.ENGINE_FAILED, "It does not work. " * 40))
    app.processEvents()
    window.grab()
    label = window.dock.status.label
    assert label.height() == 60 and label.toolTip() == label.text() and "work. It" in label.text()


def test_ways_out_share_a_line(window: MainWindow, session: FakeSession, app: QApplication) -> None:
    session.devices.microphone_list = [DeviceInfo("builtin", "Built-in Audio Analog Stereo of a Very Long Name", True)]
    window.resize(440, 500)
    session.emit(SILENT)
    app.processEvents()
    rects = [way.geometry() for way in window.dock.status.ways]
    assert len(rects) == 2 and all(window.dock.status.rect().contains(rect) for rect in rects)
    assert not rects[0].intersects(rects[1]) and rects[1].width() >= 30


def test_a_new_conversation_has_no_latency_of_the_last_one(window: MainWindow, session: FakeSession) -> None:
    window.resize(1000, 720)
    session.emit(TurnDone(1, "", "", TIMES))
    assert window.dock.latency.isVisible()
    session.emit(StartedAfresh(1, asked=True))
    assert not window.dock.latency.isVisible()
    assert window.dock.latency.accessibleName() == "" == window.dock.latency.toolTip()
    session.emit(TurnDone(1, "", "", TIMES))
    assert window.dock.latency.isVisible()


def test_a_narrow_window(window: MainWindow, session: FakeSession) -> None:
    session.emit(TurnDone(1, "", "", TIMES))
    window.resize(480, 720)
    assert named(window, "Model and devices")
    assert not window.dock.latency.isVisible()
    window.resize(1000, 720)
    assert window.dock.latency.isVisible()
    assert named(window, "Voice: Heart")


def test_tab_reaches_everything(window: MainWindow, session: FakeSession) -> None:
    session.state(Phase.SPEAKING)
    window.header.gear.setFocus()
    seen = []
    for _ in range(7):
        seen.append(name_of(window.focusWidget()))
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert seen == ["Settings", "Conversation", "Mute", "Talk", "Interrupt", "Message", seen[6]]


def test_pickers(window: MainWindow, session: FakeSession) -> None:
    click(named(window, "Voice: Heart"))
    menu = window.header._menu
    assert menu is not None
    actions = menu.actions()
    assert [a.text() for a in actions] == [
        "Heart, American woman",
        "Bella, American woman",
        "Adam, American man\tdownload 81 MB",
    ]
    assert actions[0].isChecked()
    actions[1].trigger()
    menu.close()
    assert session.changes[-1].voice == "bella"
    assert named(window, "Voice: Bella")
    assert window.header.chips[3].toolTip() == "Voice: Bella\nAmerican woman"
    session.devices.microphone_list = [DeviceInfo("cam", "Webcam", True)]
    for changed in session.devices.watchers:
        changed()
    assert named(window, "Microphone: Webcam")


LONG_MODEL = "ft:gpt-4.1-mini-2025-04-14:a-company:customer-service-in-four-languages:Ab3dE9"


@pytest.mark.parametrize("width", [440, 480, 1000, 1920])
def test_a_long_model_name_leaves_room_for_the_rest(bare_window: MainWindow, session: FakeSession, width: int) -> None:
    session.settings = Settings(llm=f"openai:{LONG_MODEL}")
    bare_window.resize(width, 500)
    bare_window.attach(session)
    header = bare_window.header
    shown = [chip for chip in (*header.chips, header.all, header.gear) if chip.isVisible()]
    assert [chip is header.all for chip in shown][0] is (width < 700)
    lefts = [chip.geometry().left() for chip in shown]
    rights = [chip.geometry().right() for chip in shown]
    assert all(right < left for right, left in zip(rights, lefts[1:], strict=False)) and rights[-1] <= width
    assert lefts[0] > 100, "the title is whole"
    model = shown[0]
    assert LONG_MODEL in model.toolTip()
    assert LONG_MODEL in model.accessibleName() + model.accessibleDescription()
    assert (model.width() >= model.wanted_width()) is (width == 1920)


def test_the_pickers_follow_the_service(bare_window: MainWindow, session: FakeSession) -> None:
    session.settings = Settings(llm="openai:gpt-6-luna", tts="openai", cloud_voice="cedar")
    bare_window.attach(session)
    assert named(bare_window, "Model: In the cloud gpt-6-luna")
    click(named(bare_window, "Voice: Cedar"))
    menu = bare_window.header._menu
    assert menu is not None
    menu.actions()[0].trigger()
    menu.close()
    assert session.changes[-1] == Settings(llm="openai:gpt-6-luna", tts="openai", cloud_voice="marin")


def test_the_theme_changes_at_once(window: MainWindow, session: FakeSession, run: Callable[..., None]) -> None:
    session.emit(UserSaid(1, "Hello"), ReplyGrew(1, LONG))
    before = text(window)
    window._theme._forced = None  # the tests force light

    async def steps() -> None:
        window.sheet.open(session, Group.APPEARANCE)
        choose(named(window, "Theme: System"), "Dark")
        assert session.changes[-1].theme == "dark"
        assert window.palette().window().color().lightness() < 60
        assert text(window) == before

    run(steps)
