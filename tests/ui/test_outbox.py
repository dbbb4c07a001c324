"""Texts that wait until they can be answered."""

import pytest
from PySide6.QtTest import QTest

from voicegui.core.commands import SendText
from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    Phase,
    ProblemAppeared,
    ProblemSolved,
    Ready,
    ReplyGrew,
    StartedAfresh,
    StateChanged,
    Timings,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.ui.window import MainWindow

from .fake_session import FakeSession
from .looking import named
from .talks import Wait, follow, lines, links, said, type_in

# ---------------------------------------------------------------- texts that wait


def test_a_text_waits_where_it_is_seen_and_is_sent_when_it_can_be_answered(
    window: MainWindow, session: FakeSession, wait: Wait
) -> None:
    announced: list[str] = []
    window._presenter.announced.connect(announced.append)
    type_in(window, "first")
    type_in(window, "second")
    assert announced == ["Waiting until it can be answered"] * 2
    assert lines(window) == ["first", "Waiting until it can be answered  Take back"] + [
        "second", "Waiting until it can be answered  Take back",
    ]  # fmt: skip
    session.expect()
    session.emit(Ready())
    wait(lambda: bool(session.commands))
    session.expect(SendText("first"))
    session.emit(UserSaid(1, "first", typed=True), StateChanged(Phase.PROCESSING, False, True, False, False))
    QTest.qWait(0)
    session.expect()
    session.emit(ReplyGrew(1, "One."), TurnDone(1, "first", "One.", Timings()))
    session.state(Phase.LISTENING)
    wait(lambda: bool(session.commands))
    session.expect(SendText("second"))
    session.emit(*said(2, "second", "Two."))
    assert lines(window) == ["first", "One.", "second", "Two."]


def test_before_there_is_a_session(bare_window: MainWindow, session: FakeSession, wait: Wait) -> None:
    type_in(bare_window, "early")
    bare_window.attach(session)
    type_in(bare_window, "a bit later")
    session.expect()
    session.emit(Ready())
    wait(lambda: bool(session.commands))
    session.expect(SendText("early"))


def test_a_waiting_text_is_taken_back_into_the_field(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    type_in(window, "first")
    type_in(window, "second")
    QTest.keyClicks(named(window, "Message"), "third")
    follow(window, "Take back")
    assert window.dock.message.text() == "first third" and window.dock.message.hasFocus()
    session.emit(Ready())
    wait(lambda: bool(session.commands))
    session.expect(SendText("second"))


@pytest.mark.parametrize("then", ["solved", "sent"])
def test_while_the_engine_fails_texts_wait(ready: MainWindow, session: FakeSession, wait: Wait, then: str) -> None:
    session.emit(ProblemAppeared("engine", ErrorCode.ENGINE_FAILED, "It died."))
    type_in(ready, "hello")
    session.expect()
    if then == "solved":
        session.emit(ProblemSolved("engine"))
        wait(lambda: bool(session.commands))
    else:
        follow(ready, "Send now")
    session.expect(SendText("hello"))


def test_after_one_that_failed_the_others_wait_for_somebody(
    window: MainWindow, session: FakeSession, wait: Wait
) -> None:
    type_in(window, "first")
    type_in(window, "second")
    session.emit(Ready())
    wait(lambda: bool(session.commands))
    session.expect(SendText("first"))
    session.emit(UserSaid(1, "first"), StateChanged(Phase.PROCESSING, False, True, False, False))
    session.emit(TurnFailed(1, ErrorCode.OFFLINE, "Nobody answers.", True))
    session.state(Phase.LISTENING)
    QTest.qWait(20)
    session.expect()
    assert "Send now" in links(window)
    follow(window, "Send now")
    session.expect(SendText("second"))


@pytest.mark.parametrize("source", ["microphone", "speaker"])
def test_a_device_that_fails_keeps_no_text_waiting(ready: MainWindow, session: FakeSession, source: str) -> None:
    session.emit(ProblemAppeared(source, ErrorCode.NO_MICROPHONE, "There is none."))
    type_in(ready, "hello")
    session.expect(SendText("hello"))


def test_it_is_not_sent_into_words_that_are_being_said(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    type_in(window, "first")
    session.state(Phase.LISTENING, user=True)
    session.emit(Ready())
    QTest.qWait(20)
    session.expect()
    session.state(Phase.LISTENING)
    wait(lambda: bool(session.commands))
    session.expect(SendText("first"))


def test_a_new_conversation_keeps_what_waits(window: MainWindow, session: FakeSession) -> None:
    type_in(window, "first")
    session.emit(StartedAfresh(0, asked=True))
    assert lines(window)[0] == "first"
