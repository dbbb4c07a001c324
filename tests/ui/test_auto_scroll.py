"""The view follows the voice, and takes nobody away from where they read."""

from PySide6.QtWidgets import QApplication

from tests.ui.fake_session import FakeSession
from tests.ui.looking import click, text
from tests.ui.scenes import TIMES
from voicegui.core.events import Interrupted, PlaybackStarted, ReplyGrew, SentenceReady, TurnDone, UserSaid
from voicegui.ui.auto_scroll import ScrollView
from voicegui.ui.window import MainWindow

from .test_scroll_position import at_end, in_sight, shown, talked, wheel, y_of

# ---------------------------------------------------------------- the voice

SPOKEN = "".join(f"Sentence number{n} tells what there is to be told of it at some length.\n\n" for n in range(80))


def speak(window: MainWindow, session: FakeSession, number: int) -> None:
    session.spoken = SPOKEN.index(f"number{number} ") + 1
    window.settle()
    QApplication.processEvents()


def begin(window: MainWindow, session: FakeSession) -> None:
    talked(session, window, 12)
    session.emit(UserSaid(13, "Tell me everything."), ReplyGrew(13, SPOKEN[:200]))
    session.emit(SentenceReady(13, "Sentence number0 tells."))
    text(window)


def test_the_view_follows_the_voice_while_the_text_runs_ahead(window: MainWindow, session: FakeSession) -> None:
    begin(window, session)
    for start in range(200, len(SPOKEN), 300):
        session.emit(ReplyGrew(13, SPOKEN[start : start + 300]))
        assert in_sight(window, "number0 ")
    session.emit(PlaybackStarted(13))
    moved = set()
    for number in range(80):
        speak(window, session, number)
        assert in_sight(window, f"number{number} "), number
        moved.add(window.transcript.verticalScrollBar().value())
        assert shown(window) == ""
    assert len(moved) < 20  # it does not move with each line
    assert at_end(window)


def test_the_voice_takes_nobody_away(window: MainWindow, session: FakeSession) -> None:
    begin(window, session)
    session.emit(ReplyGrew(13, SPOKEN[200:]), PlaybackStarted(13))
    text(window)
    speak(window, session, 3)
    wheel(window)
    place = window.transcript.verticalScrollBar().value()
    for number in range(4, 40):
        speak(window, session, number)
    assert window.transcript.verticalScrollBar().value() == place
    bar = window.transcript.verticalScrollBar()
    bar.setValue(bar.maximum())  # somebody reads ahead
    for number in range(40, 60):
        speak(window, session, number)
        assert at_end(window)
    bar.setValue(bar.value() + y_of(window, "number60 ") - 300)  # and comes back
    bar.setValue(bar.value() + 10)
    for number in range(60, 80):
        speak(window, session, number)
        assert in_sight(window, f"number{number} ")


def test_the_button_leads_back_to_the_voice(window: MainWindow, session: FakeSession) -> None:
    begin(window, session)
    session.emit(ReplyGrew(13, SPOKEN[200:3000]), PlaybackStarted(13))
    text(window)
    speak(window, session, 3)
    wheel(window)
    session.emit(ReplyGrew(13, SPOKEN[3000:]))
    assert shown(window) == "Latest ↓"
    click(window.transcript.in_sight.latest.latest)
    assert in_sight(window, "number3 ")


def test_what_is_not_read_aloud_is_told_of(window: MainWindow, session: FakeSession) -> None:
    begin(window, session)
    spoken = SPOKEN[: SPOKEN.index("Sentence number4 ")]
    session.emit(ReplyGrew(13, spoken[200:] + "```\n" + "code()\n" * 60 + "```\n"), PlaybackStarted(13))
    text(window)
    speak(window, session, 3)
    session.emit(TurnDone(13, "", spoken, TIMES))
    assert in_sight(window, "number3 ") and not at_end(window) and shown(window) == "Latest ↓"


def test_an_answer_that_is_not_spoken_is_followed_to_its_end(window: MainWindow, session: FakeSession) -> None:
    talked(session, window, 12)
    session.emit(UserSaid(13, "Show me code.", typed=True), ReplyGrew(13, "```\n"))
    for _ in range(20):
        session.emit(ReplyGrew(13, "code()\n" * 5))
        text(window)
        assert at_end(window)


def test_an_interruption_brings_the_new_question(window: MainWindow, session: FakeSession) -> None:
    begin(window, session)
    session.emit(ReplyGrew(13, SPOKEN[200:]), PlaybackStarted(13))
    text(window)
    speak(window, session, 3)
    session.emit(UserSaid(14, "And typed over it?", typed=True))
    session.emit(Interrupted(13, SPOKEN[:400], SPOKEN[400:]), TurnDone(13, "", SPOKEN[:400], TIMES))
    assert in_sight(window, "And typed over it?") and window.transcript.in_sight.following.view is ScrollView.LIVE
