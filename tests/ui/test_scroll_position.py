"""What of the conversation is in sight, what stays still, and how to come to the rest."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.fake_session import FakeSession
from tests.ui.looking import click, name_of, text
from tests.ui.scenes import TIMES
from tests.ui.tool_scenes import PAGE, WEATHER
from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    ApprovalAsked,
    AudioSaved,
    FellBack,
    Interrupted,
    NothingHeard,
    PartialHeard,
    ReplyGrew,
    ReplyShortened,
    Stage,
    ToolCalled,
    ToolFinished,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.ui.actions import ToggleCall
from voicegui.ui.scroll_position import MARGIN, PEEK
from voicegui.ui.theme import ThemeChoice
from voicegui.ui.transcript_entries import DROP, KEEP
from voicegui.ui.window import MainWindow

Act = Callable[[MainWindow], None]
FAILED = TurnFailed(90, ErrorCode.ENGINE_FAILED, "The local models stopped.", True)


def talked(session: FakeSession, window: MainWindow, turns: int = 30) -> None:
    """A conversation much higher than the window, with a call in each tenth turn."""
    for turn in range(1, turns + 1):
        session.emit(UserSaid(turn, f"question {turn}"))
        if turn % 10 == 0:
            session.emit(ToolCalled(turn, WEATHER, "Weather"), ToolFinished(turn, "c1", True, "dry\n" * 12, 0.4))
        session.emit(ReplyGrew(turn, f"answer {turn}"), TurnDone(turn, "", f"answer {turn}", TIMES))
    text(window)
    QApplication.processEvents()


def y_of(window: MainWindow, words: str) -> int:
    """Its place in the viewport."""
    text(window)
    cursor = window.transcript.document().find(words)
    assert not cursor.isNull(), f"{words} is not shown"
    return window.transcript.cursorRect(cursor).center().y()


def in_sight(window: MainWindow, words: str) -> bool:
    return 0 <= y_of(window, words) < window.transcript.viewport().height()


def at_end(window: MainWindow) -> bool:
    bar = window.transcript.verticalScrollBar()
    return bar.value() == bar.maximum()


def shown(window: MainWindow) -> str:
    """What the button below says; "" if there is none."""
    text(window)
    return next((b.face.text for b in window.transcript.in_sight.latest.buttons if b.isVisible()), "")


# ---------------------------------------------------------------- ways to leave the end


def wheel(window: MainWindow) -> None:
    viewport = window.transcript.viewport()
    at = QPointF(viewport.rect().center())
    none, no_buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.NoButton
    for _ in range(5):
        turn = QWheelEvent(at, viewport.mapToGlobal(at), QPoint(), QPoint(0, 240), no_buttons, none,
                           Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        QApplication.sendEvent(viewport, turn)


def drag(window: MainWindow) -> None:
    bar = window.transcript.verticalScrollBar()
    bar.setSliderDown(True)
    bar.setSliderPosition(bar.maximum() // 3)
    bar.setSliderDown(False)


def to_the_top(window: MainWindow) -> None:
    window.transcript.setFocus()
    QTest.keyClick(window.transcript, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)


def page_up(window: MainWindow) -> None:
    window.transcript.setFocus()
    for _ in range(3):
        QTest.keyClick(window.transcript, Qt.Key.Key_PageUp)


def caret_up(window: MainWindow) -> None:
    window.transcript.setFocus()
    for _ in range(60):
        QTest.keyClick(window.transcript, Qt.Key.Key_Up)


def select_above(window: MainWindow) -> None:
    wheel(window)
    window.transcript.setTextCursor(window.transcript.document().find("question 20"))


def open_details(window: MainWindow) -> None:
    entry = next(e for e in reversed(window._presenter._log.entries) if e.call)
    window.transcript.acted.emit(ToggleCall(entry.number))
    wheel(window)


def scroll_and_resize(window: MainWindow) -> None:
    wheel(window)
    window.resize(520, 600)
    QApplication.processEvents()


def scroll_and_theme(window: MainWindow) -> None:
    wheel(window)
    window.transcript.rebuild()


def first_link(window: MainWindow) -> None:
    window.header.gear.setFocus()
    for _ in range(2):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)


AWAY = [wheel, drag, to_the_top, page_up, caret_up, select_above, open_details, scroll_and_resize, scroll_and_theme,
        first_link]  # fmt: skip


@pytest.mark.parametrize("leave", AWAY)
@pytest.mark.parametrize("typed", [True, False])
def test_what_one_says_comes_into_sight_and_so_does_what_follows(
    window: MainWindow, session: FakeSession, leave: Act, typed: bool
) -> None:
    talked(session, window)
    leave(window)
    assert not at_end(window)
    session.emit(UserSaid(31, "my own new question", typed))
    assert in_sight(window, "my own new question")
    session.emit(ReplyGrew(31, "line\n\n" * 40), ReplyGrew(31, "the end of it"))
    assert in_sight(window, "the end of it") and at_end(window)
    session.emit(TurnFailed(31, ErrorCode.OFFLINE, "Nobody answers.", True))
    assert in_sight(window, "Nobody answers.") and shown(window) == ""


@pytest.mark.parametrize("leave", AWAY)
def test_who_reads_above_is_left_there_and_told_what_is_new_below(
    window: MainWindow, session: FakeSession, leave: Act
) -> None:
    talked(session, window)
    leave(window)
    text(window)
    top = window.transcript.cursorForPosition(QPoint(0, 0)).block().text()
    place = window.transcript.verticalScrollBar().value()
    assert shown(window) == ""
    session.emit(ReplyGrew(31, "It is time to drink. " * 30))
    assert shown(window) == "Latest ↓"
    session.emit(FAILED)
    assert shown(window) == "The local models stopped."
    assert window.transcript.verticalScrollBar().value() == place
    assert window.transcript.cursorForPosition(QPoint(0, 0)).block().text() == top
    click(next(b for b in window.transcript.in_sight.latest.buttons if b.isVisible()))
    assert at_end(window) and shown(window) == ""


@pytest.mark.parametrize(
    ("news", "told"),
    [
        ([ReplyGrew(31, "A reminder.")], True),
        ([PartialHeard(31, "I am just say")], True),
        ([ToolCalled(31, PAGE, "Web page")], True),
        ([ApprovalAsked(31, PAGE, "Web page", "Shall I?")], True),
        ([ToolFinished(30, "late", False, "Cancelled.", 0.1, True)], True),
        ([NothingHeard(31)], True),
        ([AudioSaved("/home/ana/said.wav")], True),
        ([FellBack(Stage.LLM, "OpenAI did not answer.")], True),
        ([ReplyShortened(30, "answer")], True),
        ([Interrupted(30, "answer", " 30"), TurnDone(30, "", "answer", TIMES)], False),
        ([TurnDone(30, "", "answer 30", TIMES)], False),
        ([ReplyShortened(1, "answer one")], False),
        ([ToolFinished(3, "unknown", True, "dry", 0.1)], False),
    ],
)
def test_only_what_is_new_and_below_is_told(
    window: MainWindow, session: FakeSession, news: list[object], told: bool
) -> None:
    talked(session, window)
    session.emit(ToolCalled(30, WEATHER.__class__("late", "get_weather", "{}"), "Weather"))
    text(window)
    wheel(window)
    session.emit(*news)  # type: ignore[arg-type]
    assert (shown(window) == "Latest ↓") is told


def test_opening_and_closing_details_keeps_the_place(window: MainWindow, session: FakeSession) -> None:
    talked(session, window)
    entry = [e for e in window._presenter._log.entries if e.call][1]
    bar = window.transcript.verticalScrollBar()
    for place in (0, 100, 250):
        bar.setValue(bar.value() + window.transcript.entry_rect(entry.number).top() - place)
        for _ in range(4):
            window.transcript.acted.emit(ToggleCall(entry.number))
            assert window.transcript.entry_rect(entry.number).top() == max(place, MARGIN)
            assert shown(window) == ""
    bar.setValue(bar.value() + window.transcript.entry_rect(entry.number).top() - 450)
    window.transcript.acted.emit(ToggleCall(entry.number))
    assert window.transcript.viewport().height() - window.transcript.entry_rect(entry.number).top() == PEEK


@pytest.mark.parametrize("width", [1600, 700, 480, 440])
def test_another_width_keeps_what_is_read(
    window: MainWindow, session: FakeSession, app: QApplication, width: int
) -> None:
    for turn in range(1, 20):
        session.emit(UserSaid(turn, f"question {turn}"), ReplyGrew(turn, f"start {turn} " + "of many words " * 60))
    app.processEvents()
    bar = window.transcript.verticalScrollBar()
    text(window)
    bar.setValue(bar.value() + y_of(window, "start 9 ") - 10)
    window.resize(width, 720)
    app.processEvents()
    assert abs(y_of(window, "start 9 ") - 10) <= 3


def test_another_theme_keeps_what_is_read(window: MainWindow, session: FakeSession) -> None:
    talked(session, window)
    wheel(window)
    before = y_of(window, "answer 20")
    window._theme._forced = None
    window._theme.choose(ThemeChoice.DARK)
    assert y_of(window, "answer 20") == before
    session.emit(ReplyGrew(31, "new"))
    assert y_of(window, "answer 20") == before


def test_what_leaves_at_the_top_moves_nothing(window: MainWindow, session: FakeSession, app: QApplication) -> None:
    turns = (KEEP + DROP) // 2
    for turn in range(1, turns + 1):
        session.emit(UserSaid(turn, f"question {turn}"), ReplyGrew(turn, f"answer {turn}"))
    text(window)
    app.processEvents()
    wheel(window)
    before = y_of(window, f"answer {turns - 20}")
    for turn in range(turns + 1, turns + 5):
        session.emit(ReplyGrew(turn, f"answer {turn}"))
    assert y_of(window, f"answer {turns - 20}") == before
    assert window.transcript.document().find("question 10 ").isNull()


# ---------------------------------------------------------------- the button


def test_the_button_is_reached_by_keyboard_and_screen_reader(window: MainWindow, session: FakeSession) -> None:
    talked(session, window)
    wheel(window)
    session.emit(ReplyGrew(31, "A reminder."))
    assert shown(window)
    window.dock.mute_button.setFocus()
    QTest.keyClick(window.dock.mute_button, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert name_of(window.focusWidget()) == "Latest: go to what is new below"
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert at_end(window) and window.transcript.hasFocus()
    wheel(window)
    session.emit(FAILED)
    assert shown(window)
    window.dock.mute_button.setFocus()
    QTest.keyClick(window.dock.mute_button, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert name_of(window.focusWidget()) == "The local models stopped. Go to it below"


@pytest.mark.parametrize("width", [440, 480, 1000, 1920])
def test_the_button_stays_in_the_column(
    window: MainWindow, session: FakeSession, app: QApplication, width: int
) -> None:
    window.resize(width, 700)
    app.processEvents()
    talked(session, window)
    wheel(window)
    session.emit(TurnFailed(31, ErrorCode.OFFLINE, "Nobody answers, <b>whoever</b> is asked. " * 9, True))
    assert shown(window)
    button = window.transcript.in_sight.latest.failed
    left = window.transcript.viewport().x()
    assert left <= button.x() and button.geometry().right() <= left + window.transcript._page.width
    assert button.geometry().bottom() < window.transcript.height()
    assert "&lt;b&gt;" in button.toolTip()


def test_an_error_that_was_followed_by_an_answer_is_told_no_more(window: MainWindow, session: FakeSession) -> None:
    talked(session, window)
    wheel(window)
    session.emit(FAILED)
    assert shown(window) == "The local models stopped."
    session.emit(ReplyGrew(91, "A reminder."))
    assert shown(window) == "Latest ↓"


def test_scrolling_down_oneself_ends_it(window: MainWindow, session: FakeSession) -> None:
    talked(session, window)
    wheel(window)
    session.emit(ReplyGrew(31, "A reminder."))
    bar = window.transcript.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert shown(window) == ""
    session.emit(ReplyGrew(31, "more\n\n" * 30))
    text(window)
    assert at_end(window)
