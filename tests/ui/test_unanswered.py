"""Questions without an answer keep their mark, and can be asked again."""

from voicegui.core.commands import Retry, SendText
from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    NotAnswered,
    NothingHeard,
    PartialHeard,
    ProblemAppeared,
    Timings,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.ui.window import MainWindow

from .fake_session import FakeSession
from .talks import follow, lines, said

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
