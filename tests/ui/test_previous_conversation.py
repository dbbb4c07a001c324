"""The conversation of before the program was started: shown, continued, or left behind."""

from itertools import count

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from voicegui.core.commands import ContinueConversation, SendText
from voicegui.core.events import Continued, StartedAfresh
from voicegui.core.records import PastMessage
from voicegui.ui.previous_conversation import AT_ONCE_S
from voicegui.ui.transcript_entries import Kind
from voicegui.ui.window import MainWindow

from .fake_session import FakeSession
from .looking import text
from .talks import CONTROL, SHIFT, Wait, follow, lines, links, past, said, shown, type_in

# ---------------------------------------------------------------- the last one


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
