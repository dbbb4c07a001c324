"""Conversations that are begun, come back and go on; texts that wait; questions without an answer."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from voicegui.core.commands import ContinueConversation, Interrupt, NewConversation, Retry, SendText
from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    Continued,
    Event,
    LastConversationFound,
    NotAnswered,
    NothingHeard,
    PartialHeard,
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
from voicegui.core.records import PastConversation, PastMessage
from voicegui.ui.previous_conversation import AT_ONCE_S
from voicegui.ui.settings.sheet_frame import SheetCover
from voicegui.ui.transcript_log import KEEP, Kind
from voicegui.ui.window import MainWindow

from .fake_session import FakeSession
from .looking import click, named, text

Wait = Callable[..., None]
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def said(turn: int, question: str, answer: str) -> list[Event]:
    return [UserSaid(turn, question), ReplyGrew(turn, answer), TurnDone(turn, question, answer, Timings())]


def past(turns: int = 2, *more: PastMessage) -> LastConversationFound:
    messages = [
        PastMessage(turn, role, f"{words} {turn}")  # type: ignore[arg-type]
        for turn in range(1, turns + 1)
        for role, words in (("user", "Question"), ("assistant", "Answer"))
    ]
    began = datetime(2026, 11, 27, 18, 3).timestamp()
    return LastConversationFound(PastConversation(7, began, (*messages, *more), False))


def type_in(window: MainWindow, words: str) -> None:
    message = named(window, "Message")
    QTest.keyClicks(message, words)
    QTest.keyClick(message, Qt.Key.Key_Return)


def links(window: MainWindow) -> list[str]:
    """The words of the links, from the top."""
    window.transcript.flush()
    found: list[str] = []
    block = window.transcript.document().begin()
    while block.isValid():
        fragments = block.begin()
        while not fragments.atEnd():
            fragment = fragments.fragment()
            if fragment.charFormat().isAnchor():
                found.append(fragment.text())
            fragments += 1
        block = block.next()
    return found


def follow(window: MainWindow, label: str, which: int = 0) -> None:
    """As a screen reader or the keyboard would: what the link says is done."""
    window.transcript.flush()
    at = [e for e in window._presenter._log.everything for way in e.ways if way.label == label][which]
    window.transcript.acted.emit(next(way.action for way in at.ways if way.label == label))


def lines(window: MainWindow) -> list[str]:
    return [line for line in text(window).split("\n") if not line.startswith("Today")]


@pytest.fixture
def ready(window: MainWindow, session: FakeSession) -> MainWindow:
    session.emit(Ready(), StateChanged(Phase.LISTENING, False, True, False, False))
    return window


# ---------------------------------------------------------------- a new conversation


def test_a_new_conversation_by_key_and_by_menu(ready: MainWindow, session: FakeSession) -> None:
    session.emit(*said(1, "Hello?", "Hi."))
    QTest.keyClick(ready, Qt.Key.Key_N, CONTROL)
    session.expect(NewConversation())
    session.emit(StartedAfresh(1, asked=True))
    assert text(ready) == ""
    click(named(ready, "Conversation menu"))
    menu = ready.header._menu
    assert menu is not None
    [action] = [each for each in menu.actions() if each.text().startswith("New conversation")]
    action.trigger()
    menu.close()
    session.expect(NewConversation())
    session.emit(*said(5, "Again?", "Yes."))
    assert lines(ready) == ["Again?", "Yes."]


def test_the_menu_is_reached_by_keyboard_and_has_a_name(ready: MainWindow) -> None:
    button = named(ready, "Conversation menu")
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert ready.header._menu is not None and ready.header._menu.isVisible()
    ready.header._menu.close()


def test_a_long_conversation_is_cleared_at_once(ready: MainWindow, session: FakeSession, wait: Wait) -> None:
    session.emit(*(event for turn in range(1, KEEP // 2) for event in said(turn, f"Question {turn}", "Answer.")))
    ready.transcript.flush()
    session.emit(StartedAfresh(KEEP // 2, asked=True))
    assert text(ready) == "" and ready.transcript.document().blockCount() == 1


def test_in_the_settings_the_key_does_nothing(ready: MainWindow, session: FakeSession) -> None:
    ready._cover(SheetCover.ALL)
    QTest.keyClick(ready, Qt.Key.Key_N, CONTROL)
    session.expect()


@pytest.mark.parametrize("width", [440, 480, 640, 820, 1000, 1400])
def test_the_menu_and_the_sign_both_have_room(ready: MainWindow, width: int) -> None:
    ready.resize(width, 700)
    ready.header.arrange()
    talks, others = ready.header.talks, [*ready.header.chips, ready.header.all, ready.header.gear]
    assert talks.isVisible() and talks.width() >= 32
    for other in others:
        if other.isVisible():
            assert not other.geometry().intersects(talks.geometry()), other.accessibleName()


# ---------------------------------------------------------------- the last one


def shown(window: MainWindow, wait: Wait) -> None:
    wait(lambda: not window._presenter.previous.gradually.busy)


def test_the_last_conversation_is_there_in_grey_and_can_be_continued(
    ready: MainWindow, session: FakeSession, wait: Wait
) -> None:
    session.emit(past())
    shown(ready, wait)
    assert lines(ready)[0].startswith("Last conversation, ")
    assert lines(ready)[1:5] == ["Question 1", "Answer 1", "Question 2", "Answer 2"]
    assert "Continue this one" in links(ready)
    faint = {colour(ready, words) for words in ("Question 1", "Answer 1")}
    assert faint == {ready._theme.color("secondary").name()}
    follow(ready, "Continue this one")
    session.expect(ContinueConversation())
    session.emit(Continued())
    shown(ready, wait)
    assert links(ready) == [] and colour(ready, "Question 1") == ready._theme.color("text").name()
    session.emit(*said(1, "And now?", "Now this."))
    assert lines(ready)[-2:] == ["And now?", "Now this."] and "Question 1" in text(ready)


def colour(window: MainWindow, words: str) -> str:
    cursor = window.transcript.document().find(words)
    assert isinstance(cursor, QTextCursor) and not cursor.isNull()
    return cursor.charFormat().foreground().color().name()


def test_the_key_continues_it(ready: MainWindow, session: FakeSession, wait: Wait) -> None:
    announced: list[str] = []
    ready._presenter.announced.connect(announced.append)
    session.emit(past())
    assert announced == ["The last conversation is shown. To continue it: Ctrl+Shift+N."]
    QTest.keyClick(ready, Qt.Key.Key_N, CONTROL | SHIFT)
    session.expect(ContinueConversation())


def test_what_is_said_next_begins_a_new_one_and_the_grey_one_stays_until_it_is_cleared(
    ready: MainWindow, session: FakeSession, wait: Wait
) -> None:
    session.emit(past())
    shown(ready, wait)
    type_in(ready, "Something else")
    session.expect(SendText("Something else"))
    session.emit(*said(1, "Something else", "Yes."))
    shown(ready, wait)
    assert "Continue this one" not in links(ready) and not ready._presenter.previous.can_go_on
    assert lines(ready)[1] == "Question 1" and lines(ready)[-2:] == ["Something else", "Yes."]
    session.emit(StartedAfresh(1, asked=True))
    assert text(ready) == ""


def test_it_comes_above_what_was_typed_meanwhile(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    type_in(window, "early")
    session.emit(past())
    shown(window, wait)
    assert lines(window)[-2] == "early" and lines(window)[1] == "Question 1"


def test_a_new_conversation_while_it_is_still_being_shown(ready: MainWindow, session: FakeSession, wait: Wait) -> None:
    session.emit(past(30), StartedAfresh(0, asked=True))
    shown(ready, wait)
    assert text(ready) == ""


@pytest.mark.parametrize(
    "answer", ["Short.", "Words of some length. " * 60, "```python\n" + "x = 1\n" * 400 + "```", "日本語の文章。" * 400]
)
def test_five_hundred_messages_come_a_few_at_a_time(
    ready: MainWindow, session: FakeSession, wait: Wait, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step ends after the first message that takes it over its time: there is no step with all of them."""
    ticks = count()
    monkeypatch.setattr("voicegui.ui.previous_conversation.time.perf_counter", lambda: next(ticks) * AT_ONCE_S)
    flushes: list[int] = []
    before = ready.transcript.flush
    monkeypatch.setattr(ready.transcript, "flush", lambda: (flushes.append(len(ready.transcript._dirty)), before()))
    session.emit(past(250, PastMessage(251, "user", "Last?"), PastMessage(251, "assistant", answer)))
    shown(ready, wait)
    assert flushes and max(flushes) <= 1
    users = [e for e in ready._presenter._log.earlier if e.kind is Kind.USER]
    assert len(users) <= 30 and users[-1].text == "Last?"


def test_unanswered_questions_of_it_can_be_asked(ready: MainWindow, session: FakeSession, wait: Wait) -> None:
    session.emit(past(1, PastMessage(2, "user", "Lost?", answered=False), PastMessage(3, "user", "Other?"),
                      PastMessage(3, "assistant", "Yes.")))  # fmt: skip
    shown(ready, wait)
    assert lines(ready)[3:5] == ["Lost?", "Not answered  Retry"]
    follow(ready, "Retry")
    session.expect(ContinueConversation(), SendText("Lost?", aloud=True))


def test_what_came_of_an_answer_that_broke_off_stands_above_its_mark(
    ready: MainWindow, session: FakeSession, wait: Wait
) -> None:
    session.emit(past(1, PastMessage(2, "user", "Half?", answered=False), PastMessage(2, "tool", "get_weather"),
                      PastMessage(2, "assistant", "It beg"), PastMessage(3, "user", "Tool?", answered=False),
                      PastMessage(3, "tool", "calculate", ok=True), PastMessage(4, "user", "Other?"),
                      PastMessage(4, "assistant", "Yes."), PastMessage(5, "user", "Last?", answered=False),
                      PastMessage(5, "assistant", "Of cour")))  # fmt: skip
    shown(ready, wait)
    broke = "The answer broke off  Retry"
    assert lines(ready)[3:-1] == [
        "Half?", "Used get weather · not finished", "It beg", broke, "Tool?", "Used calculate", "Not answered  Retry",
        "Other?", "Yes.", "Last?", "Of cour", broke,
    ]  # fmt: skip
    follow(ready, "Retry", 2)
    session.expect(ContinueConversation(), SendText("Last?", aloud=True))


def test_tools_of_it_are_named_and_hostile_names_are_plain_text(
    ready: MainWindow, session: FakeSession, wait: Wait
) -> None:
    evil = PastMessage(2, "tool", "x\u202eevil", ok=False)
    session.emit(past(1, PastMessage(2, "tool", "get_weather", ok=True), evil))
    shown(ready, wait)
    assert "Used get weather" in text(ready) and "\u202e" not in text(ready)


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


# ---------------------------------------------------------------- questions without an answer

OFFLINE = TurnFailed(1, ErrorCode.OFFLINE, "Nobody answers.", True)


def test_a_failed_turn_keeps_its_mark_after_later_turns(ready: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "First?"), OFFLINE)
    assert lines(ready) == ["First?", "▲ Nobody answers.  Retry"]
    session.emit(*said(2, "Second?", "Yes."), *said(3, "Third?", "No."))
    assert lines(ready) == ["First?", "Not answered  Retry", "Second?", "Yes.", "Third?", "No."]
    follow(ready, "Retry")
    session.expect(SendText("First?", aloud=True))
    session.emit(*said(4, "First?", "At last."))
    assert lines(ready)[1] == "Not answered · asked again below" and lines(ready)[-2:] == ["First?", "At last."]


def test_a_typed_one_is_asked_again_as_typed(ready: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "First?", typed=True), OFFLINE, *said(2, "Second?", "Yes."))
    follow(ready, "Retry")
    session.expect(SendText("First?"))


def test_the_newest_one_is_tried_again_as_far_as_it_had_come(ready: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "First?"), OFFLINE)
    follow(ready, "Retry")
    session.expect(Retry())
    assert lines(ready) == ["First?"]
    session.emit(*said(3, "First?", "Yes."))
    assert lines(ready) == ["First?", "Yes."]


def test_several_that_failed_each_keep_theirs(ready: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "A?"), OFFLINE, UserSaid(2, "B?"), TurnFailed(2, ErrorCode.OFFLINE, "Nobody.", True),
                 *said(3, "C?", "Yes."))  # fmt: skip
    assert lines(ready) == ["A?", "Not answered  Retry", "B?", "Not answered  Retry", "C?", "Yes."]
    follow(ready, "Retry", which=1)
    session.expect(SendText("B?", aloud=True))


def test_an_answer_that_broke_off_says_so(ready: MainWindow, session: FakeSession) -> None:
    session.emit(*said(1, "A?", "One"), OFFLINE, *said(2, "B?", "Yes."))
    assert lines(ready) == ["A?", "One", "The answer broke off  Retry", "B?", "Yes."]


def test_what_was_stopped_before_an_answer_is_marked(ready: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "A?"), NotAnswered(1), TurnDone(1, "A?", "", Timings()))
    assert lines(ready) == ["A?", "Not answered  Retry"]
    follow(ready, "Retry")
    session.expect(Retry())


def test_what_goes_on_before_the_answer_is_not_marked(ready: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "A"), TurnDone(1, "A", "", Timings()), PartialHeard(2, "A and"))
    session.emit(*said(2, "A and B?", "Yes."))
    assert lines(ready) == ["A and B?", "Yes."]


def test_the_same_question_said_again_takes_its_place(ready: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "A?"), OFFLINE, *said(2, "A?", "Yes."))
    assert lines(ready) == ["A?", "Yes."]


def test_words_that_were_not_understood_leave_their_line(ready: MainWindow, session: FakeSession) -> None:
    session.emit(*said(1, "A?", "Yes."), TurnFailed(2, ErrorCode.OFFLINE, "Not heard.", True, audio_kept=True),
                 *said(3, "B?", "No."))  # fmt: skip
    assert lines(ready) == ["A?", "Yes.", "▲ Not heard.", "B?", "No."]


def test_a_cough_after_a_failure_takes_nothing_away(ready: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "A?"), OFFLINE, NothingHeard(2), *said(3, "B?", "Yes."))
    assert lines(ready) == ["A?", "Not answered  Retry", "B?", "Yes."]
    session.emit(UserSaid(4, "C?"), TurnFailed(4, ErrorCode.OFFLINE, "Nobody.", True), NothingHeard(5))
    follow(ready, "Retry", which=1)
    session.expect(Retry())


def test_while_it_cannot_be_answered_a_retry_waits_like_any_text(ready: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "A?"), OFFLINE, *said(2, "B?", "Yes."))
    session.emit(ProblemAppeared("engine", ErrorCode.ENGINE_FAILED, "It died."))
    follow(ready, "Retry")
    session.expect()
    assert lines(ready)[-2:] == ["A?", "Waiting  Send now  Take back"]


# ---------------------------------------------------------------- reading aloud


def test_reading_aloud_is_switched_beside_the_text(ready: MainWindow, session: FakeSession) -> None:
    action = ready.dock._aloud
    assert action.isChecked() and action.text() == "Read answers aloud"
    action.trigger()
    assert session.settings.read_aloud is False and not action.isChecked()
    QTest.keyClick(ready, Qt.Key.Key_A, CONTROL | SHIFT)
    assert session.settings.read_aloud is True and action.isChecked()


@pytest.mark.parametrize(
    ("typed", "silent", "button", "word"),
    [
        (True, False, "Stop speaking", "Speaking"),
        (True, True, "Stop", "Writing"),
        (False, False, "Interrupt", "Speaking"),
    ],
)
def test_what_stopping_does_is_said(
    ready: MainWindow, session: FakeSession, typed: bool, silent: bool, button: str, word: str
) -> None:
    session.emit(StateChanged(Phase.SPEAKING, False, True, False, False, typed, silent))
    click(named(ready, button))
    session.expect(Interrupt())
    assert named(ready, f"State: {word}")


@pytest.mark.parametrize(
    ("phase", "typed", "silent", "stops"),
    [
        (Phase.SPEAKING, True, False, True),
        (Phase.SPEAKING, True, True, False),
        (Phase.SPEAKING, False, False, False),
        (Phase.PROCESSING, True, False, False),
        (Phase.LISTENING, True, False, False),
        (Phase.IDLE, False, False, False),
    ],
)
def test_who_switches_reading_off_stops_what_is_being_read(
    ready: MainWindow, session: FakeSession, phase: Phase, typed: bool, silent: bool, stops: bool
) -> None:
    session.emit(StateChanged(phase, False, True, False, False, typed, silent))
    ready.dock._aloud.trigger()
    session.expect(*[Interrupt()] * stops)
    ready.dock._aloud.trigger()
    session.expect()


def order(entries: Sequence[int]) -> bool:
    return list(entries) == sorted(entries)


def test_numbers_are_in_the_order_of_the_page(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    type_in(window, "waits")
    session.emit(past(3), *said(1, "A?", "Yes."))
    shown(window, wait)
    assert order([entry.number for entry in window._presenter._log.everything])


@pytest.mark.parametrize("long", ["word " * 2000, "- item\n" * 500, "日本語" * 3000])
def test_long_messages_of_it_are_cut_where_they_are_shown(
    ready: MainWindow, session: FakeSession, wait: Wait, long: str
) -> None:
    session.emit(past(0, PastMessage(1, "user", "Q?"), PastMessage(1, "assistant", long)))
    shown(ready, wait)
    [answer] = [e for e in ready._presenter._log.earlier if e.kind is Kind.AGENT]
    assert answer.text.endswith(" …") and len(answer.text) <= 2002 and answer.text.count("\n") < 40


def test_in_a_narrow_window_the_button_is_short_and_its_name_is_whole(ready: MainWindow, session: FakeSession) -> None:
    ready.resize(480, 700)
    session.emit(StateChanged(Phase.SPEAKING, False, True, False, False, True))
    assert ready.dock.interrupt_button.face.text == "Stop" and named(ready, "Stop speaking")
    ready.resize(1000, 700)
    assert ready.dock.interrupt_button.face.text == "Stop speaking"
