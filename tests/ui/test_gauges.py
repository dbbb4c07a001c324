"""The meter of the voice says itself what it shows and what its line is."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from tests.ui.fake_session import FakeSession
from tests.ui.looking import named
from voicegui.core.events import Phase
from voicegui.core.setting_declaration import Group
from voicegui.core.settings import Settings, declared
from voicegui.ui.window import MainWindow


@pytest.mark.parametrize(
    ("phase", "percent", "setting"),
    [
        (Phase.IDLE, "40%", "threshold"), (Phase.LISTENING, "40%", "threshold"),
        (Phase.PROCESSING, "70%", "speaking_threshold"), (Phase.SPEAKING, "70%", "speaking_threshold"),
    ],
)  # fmt: skip
def test_it_explains_itself(window: MainWindow, session: FakeSession, phase: Phase, percent: str, setting: str) -> None:
    window._change(Settings(threshold=0.4, speaking_threshold=0.7))
    session.state(phase)
    meter = named(window, "Voice meter")
    where = meter.rect().center()
    QApplication.sendEvent(meter, QHelpEvent(QHelpEvent.Type.ToolTip, where, meter.mapToGlobal(QPoint(where))))
    told = QToolTip.text()
    QToolTip.hideText()
    assert told.replace("\n", " ") == meter.accessibleDescription()
    title = next(each.label for each in declared() if each.name == setting)
    assert f"counts as speech: {percent} now" in told
    assert told.endswith(f"Settings, {Group.TURN_TAKING.label}, {title}.")


def test_the_line_stands_where_the_threshold_in_force_is(window: MainWindow, session: FakeSession) -> None:
    window._change(Settings(threshold=0.3, speaking_threshold=0.7))
    session.state(Phase.LISTENING)
    listening = window.dock.meter.grab().toImage()
    session.state(Phase.SPEAKING)
    assert window.dock.meter.grab().toImage() != listening
    session.state(Phase.LISTENING)
    assert window.dock.meter.grab().toImage() == listening
