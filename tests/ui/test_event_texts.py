"""What was heard over a reply and not taken leaves a note, which says why."""

import io
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from tests.ui.fake_session import FakeSession
from tests.ui.looking import text
from tests.ui.scenes import TIMES
from voicegui.core.backchannel import Passed
from voicegui.core.events import NotTaken, ReplyGrew, TurnDone, UserSaid
from voicegui.terminal.json_events import Journal
from voicegui.ui.event_texts import MOST, REASONS
from voicegui.ui.transcript_log import TranscriptLog
from voicegui.ui.window import MainWindow

ANSWER = ReplyGrew(1, "It is nine.")
AGREED = NotTaken(1, "mm-hm", Passed.AGREEMENT)


def lines(*events: object) -> list[str]:
    log = TranscriptLog()
    for event in events:
        log.apply(event)  # type: ignore[arg-type]
    return [entry.text for entry in log.entries][1:]


@pytest.mark.parametrize(
    ("told", "note"),
    [
        (NotTaken(1, "mm-hm", Passed.AGREEMENT), "heard, not taken: “mm-hm”"),
        (NotTaken(1, "The starboard.", Passed.UNCLEAR), "heard, not taken: “The starboard.”"),
        (NotTaken(1, "", Passed.NO_WORDS), "heard, not taken: a sound without words"),
        (NotTaken(1, " \n ", Passed.NO_WORDS), "heard, not taken: a sound without words"),
        (NotTaken(1, "", Passed.NOT_UNDERSTOOD), "heard, not taken: a sound without words"),
        (NotTaken(1, "подожди", Passed.NOT_UNDERSTOOD), "heard, not taken: “подожди”"),
        (NotTaken(1, "a\u202eb", Passed.UNCLEAR), "heard, not taken: “a⟨U+202E⟩b”"),
        (NotTaken(1, "**x** <b>", Passed.UNCLEAR), "heard, not taken: “**x** <b>”"),
        (NotTaken(1, "two\nlines", Passed.UNCLEAR), "heard, not taken: “two lines”"),
        (NotTaken(1, "word " * 99, Passed.UNCLEAR), f"heard, not taken: “{('word ' * 12).strip()}…”"),
    ],
)
def test_it_leaves_a_note_in_plain_words(told: NotTaken, note: str) -> None:
    assert lines(UserSaid(1, "Time?"), ANSWER, told) == ["Time?", "It is nine.", note]


def test_the_note_stays_while_the_answer_and_the_talk_go_on() -> None:
    after = lines(UserSaid(1, "Time?"), ANSWER, AGREED, ReplyGrew(1, " Sharp."), TurnDone(1, "", "", TIMES),
                  UserSaid(2, "Thanks"), ReplyGrew(2, "Welcome."))  # fmt: skip
    assert after == ["Time?", "It is nine. Sharp.", "heard, not taken: “mm-hm”", "Thanks", "Welcome."]


def test_before_the_answer_is_there_the_answer_comes_after_it() -> None:
    assert lines(UserSaid(1, "Time?"), AGREED, ANSWER) == ["Time?", "heard, not taken: “mm-hm”", "It is nine."]


def test_several_over_one_reply_are_one_note() -> None:
    cough = NotTaken(1, "", Passed.NO_WORDS)
    told = [NotTaken(1, f"word {number}", Passed.UNCLEAR) for number in range(40)]
    [*_, note] = lines(UserSaid(1, "Time?"), ANSWER, cough, AGREED, cough, AGREED)
    assert note == "heard, not taken: a sound without words · “mm-hm”"
    [*_, note] = lines(UserSaid(1, "Time?"), ANSWER, *told)
    assert note.count("“") == MOST
    assert lines(AGREED, NotTaken(2, "mm-hm", Passed.AGREEMENT))[-1] == "heard, not taken: “mm-hm”"


@pytest.mark.parametrize(
    ("first", "second"),
    [("mm-hm” · “yes", "yes"), ("say “yes” now", "yes"), ("a · b", "b"), ("a sound without words", "")],
)
def test_a_sound_counts_as_told_by_its_words_not_by_those_of_the_note(first: str, second: str) -> None:
    told = [NotTaken(1, words, Passed.UNCLEAR) for words in (first, second, first, second)]
    [*_, note] = lines(UserSaid(1, "Time?"), ANSWER, *told)
    assert note == f"heard, not taken: “{first}” · {f'“{second}”' if second else 'a sound without words'}"


@pytest.mark.parametrize("why", list(Passed))
def test_the_reason_is_told_under_the_mouse_and_to_the_keyboard(
    window: MainWindow, session: FakeSession, why: Passed
) -> None:
    session.emit(UserSaid(1, "Time?"), ANSWER, NotTaken(1, "the starboard", why))
    assert text(window).splitlines()[-1] == "heard, not taken: “the starboard”  Why?"
    viewport = window.transcript.viewport()
    point = window.transcript.cursorRect(window.transcript.document().find("not taken")).center()
    QApplication.sendEvent(viewport, QHelpEvent(QHelpEvent.Type.ToolTip, point, viewport.mapToGlobal(point)))
    assert QToolTip.text() == f"“the starboard”: {REASONS[why]}"
    QToolTip.hideText()
    window.header.gear.setFocus()
    for _ in range(2):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(window.transcript, Qt.Key.Key_Return)
    assert text(window).splitlines()[-2:] == [
        "heard, not taken: “the starboard”", f"“the starboard”: {REASONS[why]}",
    ]  # fmt: skip


def test_the_events_as_lines_have_one_more_kind() -> None:
    stream = io.StringIO()
    Journal(stream, 0.0, lambda: 0.5).receive(AGREED)
    assert json.loads(stream.getvalue()) == {
        "type": "not_taken", "t_ms": 500.0, "turn": 1, "text": "mm-hm", "reason": "agreement",
    }  # fmt: skip
