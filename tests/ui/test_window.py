import subprocess
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit

from tests.ui.fake_session import FakeSession
from tests.ui.gallery import LONG, TIMES
from tests.ui.looking import choose, click, control, name_of, named, press, release, settled, text
from voicegui.core.commands import Interrupt, PressTalk, ReleaseTalk, SendText, SetMuted
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import (
    LoadingProgressed,
    Phase,
    ProblemAppeared,
    ProblemSolved,
    Ready,
    ReplyGrew,
    TurnDone,
    TurnFailed,
    UserSaid,
    problem_of,
)
from voicegui.core.keys import KeyPlace, Secret
from voicegui.core.ports import DeviceInfo, LoadingProgress
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
