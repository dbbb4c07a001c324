"""Mute and Talk show what is; the keys are told and work."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from tests.ui.fake_session import FakeSession
from tests.ui.looking import contrast, control, name_of, named, settled
from voicegui.core.commands import SetMuted
from voicegui.core.events import Phase, StateChanged
from voicegui.core.privacy import DataFlow, DataRoute
from voicegui.core.setting_declaration import Group
from voicegui.ui import shortcuts
from voicegui.ui.buttons import ButtonLook
from voicegui.ui.status import status_of
from voicegui.ui.theme import DARK, LIGHT
from voicegui.ui.window import MainWindow

Run = Callable[..., None]


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("talking", [False, True])
@pytest.mark.parametrize("user", [False, True])
@pytest.mark.parametrize("hands_free", [False, True])
def test_muted_is_said_in_every_state(phase: Phase, talking: bool, user: bool, hands_free: bool) -> None:
    status = status_of(StateChanged(phase, user, hands_free, talking, True))
    busy = phase in (Phase.PROCESSING, Phase.SPEAKING) and not user
    assert (status.word == "Muted") is not busy
    assert "talk over" not in status.hint and "just start talking" not in status.hint and "speak now" not in status.hint
    assert "Muted" not in status_of(StateChanged(phase, user, hands_free, talking, False)).word


@pytest.mark.parametrize("muted", [False, True])
def test_the_picture_of_the_microphone_is_the_state(window: MainWindow, session: FakeSession, muted: bool) -> None:
    session.state(Phase.LISTENING, muted=muted)
    button = window.dock.mute_button
    assert button.face.icon == ("microphone-off" if muted else "microphone")
    assert button.isChecked() is muted and name_of(button) == "Mute"
    assert button.toolTip().startswith("Unmute" if muted else "Mute ") and "Ctrl+M" in button.toolTip()
    assert named(window, "State: Muted" if muted else "State: Listening")


def test_muted_before_there_is_anybody(bare_window: MainWindow, session: FakeSession) -> None:
    QTest.keyClick(bare_window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert bare_window.dock.mute_button.face.icon == "microphone-off"
    bare_window.attach(session)
    session.expect(SetMuted(True))


def test_talk_that_is_on_becomes_send(window: MainWindow, session: FakeSession) -> None:
    talk = window.dock.talk
    session.state(Phase.LISTENING)
    before = talk.geometry()
    off = talk.grab().toImage().pixelColor(12, 8)
    session.state(Phase.LISTENING, talking=True)
    assert (talk.face.text, talk.face.icon, name_of(talk)) == ("Send", "send", "Send")
    on = talk.grab().toImage().pixelColor(12, 8)
    assert abs(on.hue() - off.hue()) > 60, "clearly another colour"
    assert talk.geometry() == before and talk.accessibleDescription() == "The microphone is open"
    hint = window.dock.status.label
    assert isinstance(hint, QLabel)
    session.state(Phase.LISTENING, talking=True, user=True)
    assert "click Send" in hint.text()
    session.state(Phase.LISTENING)
    assert (talk.face.text, talk.face.icon, talk.accessibleDescription()) == ("Talk", "microphone", "")


@pytest.mark.parametrize("width", [440, 480, 639, 640, 1000, 1920])
def test_talk_and_send_take_the_same_room(window: MainWindow, session: FakeSession, width: int) -> None:
    window.resize(width, 600)
    places = []
    for talking in (False, True, False):
        session.state(Phase.LISTENING, talking=talking)
        places.append((window.dock.talk.geometry(), window.dock.message.geometry(), bool(window.dock.talk.face.key)))
    assert places[0] == places[1] == places[2]


def test_the_colours_of_talk_differ_and_can_be_read() -> None:
    for tokens in (LIGHT, DARK):
        assert tokens.recording != tokens.you
        assert contrast(tokens.on_recording, tokens.recording) >= 4.5
    assert {look.value for look in (ButtonLook.YOU, ButtonLook.AGENT, ButtonLook.RECORDING)} == {
        "you",
        "agent",
        "recording",
    }


# ---------------------------------------------------------------- signs


def test_every_reach_has_a_picture_of_its_own() -> None:
    here, tools = DataFlow({"llm": [DataRoute()]}), DataFlow({"llm": [DataRoute()]}, ["Weather"])
    near = DataFlow({"llm": [DataRoute("Ollama", "http://192.168.1.5:11434/v1")]}, ["Weather"])
    far = DataFlow({"llm": [DataRoute("OpenAI", "https://api.openai.com/v1")]})
    assert [each.icon for each in (here, tools, near, far)] == ["lock", "globe", "network", "cloud"]


@pytest.mark.parametrize("width", [440, 480, 560, 640, 700, 760, 819, 820, 1000, 1200])
@pytest.mark.parametrize(
    ("address", "tools", "sign"),
    [
        ("", (), "On this machine"),
        ("", ("Weather",), "On this machine, tools online"),
        ("http://192.168.1.5:11434/v1", (), "In your network"),
        ("https://api.openai.com/v1", ("Weather",), "In the cloud"),
    ],
)
def test_where_it_goes_is_written_at_every_width(
    bare_window: MainWindow, session: FakeSession, monkeypatch: pytest.MonkeyPatch, width: int, address: str,
    tools: tuple[str, ...], sign: str,
) -> None:  # fmt: skip
    routes = {stage: [DataRoute("Somebody", address) if address else DataRoute()] for stage in ("stt", "llm", "tts")}
    monkeypatch.setattr(session, "whereabouts", lambda: DataFlow(routes, tools))
    bare_window.resize(width, 600)
    bare_window.attach(session)
    header = bare_window.header
    shown = header.all if header.all.isVisible() else header.chips[0]
    assert shown.isVisible() and shown.face.text == sign
    text = shown.fontMetrics().horizontalAdvance(sign)
    assert shown.width() >= text + 16 + 8, "not shortened"


# ---------------------------------------------------------------- keys


def test_ctrl_comma_opens_the_settings(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        await settled(window)
        assert window.sheet.isVisible()
        before = window.sheet._before
        page = window.sheet.page
        QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        assert window.sheet.page is page and window.sheet._before is before, "it is not opened twice"
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert not window.sheet.isVisible()
        window.dock.message.setFocus()
        QTest.keyClick(window.dock.message, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        assert window.sheet.isVisible() and window.dock.message.text() == ""
        window.sheet.leave()

    run(steps)


@pytest.mark.parametrize("had", ["talk", "message", "mute_button", "gear"])
@pytest.mark.parametrize("way", ["click", "keys", "services"])
def test_after_the_settings_the_focus_is_where_it_was(
    window: MainWindow, session: FakeSession, run: Run, had: str, way: str
) -> None:
    """On the gear, Space would open them again where one wants to talk."""

    async def steps() -> None:
        part = window.header.gear if had == "gear" else getattr(window.dock, had)
        part.setFocus()
        if way == "click":
            QTest.mouseClick(window.header.gear, Qt.MouseButton.LeftButton)
        elif way == "keys":
            QTest.keyClick(part, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        else:
            window._presenter.services_wanted.emit("")
        await settled(window)
        assert window.sheet.isVisible()
        window.sheet.give_up()
        assert not window.sheet.isVisible() and part.hasFocus()

    run(steps)


def test_after_the_settings_talk_has_the_focus_where_what_had_it_is_gone(
    window: MainWindow, session: FakeSession, run: Run
) -> None:
    async def steps() -> None:
        session.state(Phase.SPEAKING)
        window.dock.interrupt_button.setFocus()
        window._open_settings()
        await settled(window)
        session.state(Phase.IDLE)
        window.sheet.leave()
        assert window.dock.talk.hasFocus()

    run(steps)


def test_ctrl_comma_before_there_are_settings(bare_window: MainWindow) -> None:
    QTest.keyClick(bare_window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert not bare_window.sheet.isVisible()


def test_the_keys_are_listed_and_searched_for(
    app: QApplication, window: MainWindow, session: FakeSession, run: Run
) -> None:
    async def steps() -> None:
        window.sheet.open(session, Group.APPEARANCE)
        await settled(window)
        [listed] = [label for label in window.sheet.findChildren(QLabel) if label.text() == shortcuts.shortcut_lines()]
        assert listed.isVisible()
        for key in shortcuts.KEYS:
            assert f"{key} – " in listed.text()
        QTest.keyClicks(control(window, "Search settings"), "ctrl+,")
        assert listed.isVisible()
        window.sheet.escape()
        window.sheet.escape()

    run(steps)
    assert window.header.gear.toolTip() == "Settings (Ctrl+,)"
