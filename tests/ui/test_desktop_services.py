"""Asking where a sound is saved: Qt's own dialog, which is what there is without a desktop's."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QStandardPaths, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from tests.ui.fake_session import FakeSession
from tests.ui.looking import text
from voicegui.core.errors import ErrorCode
from voicegui.core.events import TurnFailed, UserSaid
from voicegui.ui.desktop_services import ask_where
from voicegui.ui.window import MainWindow


def at_noon() -> datetime:
    return datetime(2026, 11, 25, 12, 5)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, app: QApplication) -> Iterator[Path]:
    """A home without a folder for documents."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    app.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    yield tmp_path
    app.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs, False)


@pytest.mark.parametrize("documents", [True, False])
def test_the_name_says_what_it_is(window: MainWindow, home: Path, documents: bool) -> None:
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    assert folder.is_relative_to(home)
    if documents:
        folder.mkdir(parents=True, exist_ok=True)
    dialog = ask_where(window, pytest.fail, at_noon)
    assert dialog.isVisible() and dialog.isModal() and dialog.windowTitle() == "Save what you said"
    assert dialog.selectedFiles() == [str((folder if documents else home) / "What I said 2026-11-25 12.05.wav")]
    dialog.close()


def test_another_name_gets_its_suffix(window: MainWindow, home: Path) -> None:
    chosen: list[str] = []
    dialog = ask_where(window, chosen.append, at_noon)
    name = dialog.findChild(QLineEdit)
    assert name is not None
    name.selectAll()
    QTest.keyClicks(name, "mine")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert chosen == [str(home / "mine.wav")] and not dialog.isVisible()


def test_giving_up_does_nothing(window: MainWindow, session: FakeSession, app: QApplication, home: Path) -> None:
    session.emit(UserSaid(1, "Hello"), TurnFailed(1, ErrorCode.OFFLINE, "Nobody answers.", True, audio_kept=True))
    assert "Save what you said" in text(window)
    window.header.gear.setFocus()
    for _ in range(3):  # the transcript, Retry, Save
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(window.transcript, Qt.Key.Key_Return)
    [dialog] = window.findChildren(QFileDialog)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert window.findChildren(QFileDialog) == []
    session.expect()
    assert [path.name for path in home.rglob("*.wav")] == []
