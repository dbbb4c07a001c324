"""What is selected stays selected while text is written; the caret is there for the keyboard alone."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from tests.ui.fake_session import FakeSession
from tests.ui.looking import text
from tests.ui.scenes import TIMES
from tests.ui.tool_scenes import WEATHER
from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    AudioSaved,
    Interrupted,
    NothingHeard,
    PartialHeard,
    ReplyGrew,
    ToolCalled,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.ui.window import MainWindow

from .test_scroll_position import at_end, drag, talked, y_of

# ---------------------------------------------------------------- selection


def select(window: MainWindow, words: str, *, backwards: bool = False) -> None:
    text(window)
    cursor = window.transcript.document().find(words)
    if backwards:
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        cursor.setPosition(end)
        cursor.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
    window.transcript.setTextCursor(cursor)


def selected(window: MainWindow) -> str:
    text(window)
    return window.transcript.textCursor().selectedText()


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    "event",
    [
        ReplyGrew(1, " and more"),
        ReplyGrew(1, "\n\nand a paragraph"),
        ReplyGrew(1, " **and bold**"),
        ReplyGrew(1, "\n- a list"),
        UserSaid(2, "the next question"),
        PartialHeard(2, "the next"),
        NothingHeard(2),
        ToolCalled(1, WEATHER, "Weather"),
        ToolCalled(2, WEATHER, "Weather"),
        TurnFailed(2, ErrorCode.OFFLINE, "Nobody answers.", True),
        AudioSaved("/home/ana/said.wav"),
        Interrupted(1, "It is", " nine o'clock"),
        TurnDone(1, "", "It is nine o'clock", TIMES),
        UserSaid(1, "What time is it now, please?"),
    ],
)
def test_a_selection_stays_what_it_is(window: MainWindow, session: FakeSession, event: object, backwards: bool) -> None:
    session.emit(UserSaid(1, "What time is it?"), ReplyGrew(1, "It is nine o'clock"))
    for words in ("nine o'clock", "is nine", "It is nine o'clock"):
        select(window, words, backwards=backwards)
        session.emit(event)  # type: ignore[arg-type]
        assert selected(window) in (words, "")
        if not isinstance(event, Interrupted):
            assert selected(window) == words
        session.emit(ReplyGrew(3, "Later."), TurnFailed(3, ErrorCode.OFFLINE, "Nobody.", True))
        assert selected(window) in (words, "")


def test_everything_selected_does_not_select_what_comes(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "What time is it?"), ReplyGrew(1, "It is nine o'clock"))
    text(window)
    window.transcript.selectAll()
    before = selected(window)
    for piece in (" sharp", "\n\nIndeed", "."):
        session.emit(ReplyGrew(1, piece))
        assert selected(window) == before
    session.emit(UserSaid(2, "Thanks"), ReplyGrew(2, "Welcome."))
    assert selected(window) == before


def test_selecting_with_the_mouse_nothing_moves_under_it(window: MainWindow, session: FakeSession) -> None:
    talked(session, window)
    viewport = window.transcript.viewport()
    point = QPoint(10, y_of(window, "answer 29"))
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=point)
    session.emit(ReplyGrew(31, "line\n\n" * 30))
    assert y_of(window, "answer 29") == point.y()
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=point)
    assert at_end(window)


# ---------------------------------------------------------------- caret


def test_a_caret_is_only_there_for_the_keyboard(window: MainWindow, session: FakeSession) -> None:
    talked(session, window)
    transcript = window.transcript
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(10, 100))
    assert transcript.cursorWidth() == 0
    drag(window)
    QTest.keyClick(transcript, Qt.Key.Key_Down)
    assert transcript.cursorWidth() > 0
    assert transcript.viewport().rect().intersects(transcript.cursorRect())
    QTest.keyClick(transcript, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert transcript.textCursor().hasSelection()
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(10, 100))
    assert transcript.cursorWidth() == 0
    QTest.keyClick(transcript, Qt.Key.Key_Up)
    window.dock.message.setFocus()
    assert transcript.cursorWidth() == 0
