from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from tests.ui.fake_session import FakeSession, speech
from tests.ui.looking import click, named, text
from tests.ui.scenes import HEARD, LONG, RICH, TIMES, UNHEARD
from voicegui.core.commands import Retry, SaveAudio
from voicegui.core.errors import ErrorCode
from voicegui.core.events import (
    AudioSaved,
    Interrupted,
    Noticed,
    Phase,
    ReplyGrew,
    Stage,
    StartedAfresh,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.settings import Settings
from voicegui.ui.transcript_entries import KEEP
from voicegui.ui.window import MainWindow

Wait = Callable[..., None]


def follow(window: MainWindow, link: str) -> None:
    cursor = window.transcript.document().find(link)
    point = window.transcript.cursorRect(cursor).center() - QPoint(8, 0)
    QTest.mouseClick(window.transcript.viewport(), Qt.MouseButton.LeftButton, pos=point)


# ---------------------------------------------------------------- transcript


def blocks(window: MainWindow) -> list[tuple[str, bool, int]]:
    """Text of each block, whether it is in a table, and whose it is."""
    block, found = window.transcript.document().firstBlock(), []
    while block.isValid():
        in_table = QTextCursor(block).currentTable() is not None
        found.append((block.text(), in_table, block.userState()))
        block = block.next()
    return found


def test_tables_tasks_code_and_formulas_grow_into_the_same(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Show"))
    for i in range(0, len(RICH), 5):
        session.emit(ReplyGrew(1, RICH[i : i + 5]))
        window.transcript.flush()
    session.emit(TurnDone(1, "", RICH, TIMES), UserSaid(2, "And then?"))
    window.transcript.flush()
    grown = blocks(window)
    window.transcript.rebuild()
    assert grown == blocks(window)
    cells = [text for text, in_table, _ in grown if in_table]
    assert cells[:6] == [
        "City", "Days", "What to see there, and why it is worth a day of your life",
        "Lisbon", "3", "The castle, tram 28 and Alfama",
    ]  # fmt: skip
    shown = text(window)
    assert "☑\tBook the train" in shown and "☐\tPack" in shown
    assert "x² = ¼" in shown and "$5" in shown and "2*3*4" in shown
    assert not any(sign in shown for sign in ("|", "\\", "```", "[x]"))


def test_an_interrupted_table_is_struck_and_can_go(window: MainWindow, session: FakeSession) -> None:
    cut = RICH.index("Bridges") + 8
    session.emit(UserSaid(1, "Show"), ReplyGrew(1, RICH))
    window.transcript.flush()
    session.emit(Interrupted(1, RICH[:cut], RICH[cut:]))
    window.transcript.flush()
    whole = blocks(window)
    window.transcript.rebuild()
    assert whole == blocks(window)
    assert "heard" in text(window)


def test_code_is_copied_as_it_was_written(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Show"), ReplyGrew(1, RICH), TurnDone(1, "", RICH, TIMES))
    window.transcript.flush()
    document = window.transcript.document()
    cursor = document.find("Copy")
    window.transcript.anchorClicked.emit(QUrl(cursor.charFormat().anchorHref()))
    code = RICH[RICH.index("@cache") : RICH.index("\n```", RICH.index("@cache"))]
    assert QGuiApplication.clipboard().text() == code
    colours = set()
    place = document.find("def area").block().begin()
    while not place.atEnd():
        colours.add(place.fragment().charFormat().foreground().color().name())
        place += 1
    assert len(colours) >= 4, "it is coloured"


def test_a_reply_grows_piece_by_piece_into_the_same_text(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Plan"))
    for i in range(0, len(LONG), 7):
        session.emit(ReplyGrew(1, LONG[i : i + 7]))
        window.transcript.flush()
    grown = text(window)
    window.transcript.rebuild()
    assert grown == text(window)
    assert "<script>alert(1)</script>" in grown
    assert "**" not in grown


def test_an_interruption_of_an_older_turn_changes_that_turn(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "One"), ReplyGrew(1, HEARD + UNHEARD))
    window.transcript.flush()
    session.emit(UserSaid(2, "Two"))
    window.transcript.flush()
    session.emit(Interrupted(1, HEARD, UNHEARD), TurnDone(1, "", "", TIMES))
    lines = text(window).splitlines()
    assert lines[1] == "One"
    assert lines[3].startswith("interrupted · heard")
    assert lines[4] == "Two"


def test_a_failed_turn_can_be_tried_again(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Hello"), TurnFailed(1, ErrorCode.ENGINE_FAILED, "It stopped.", True))
    assert text(window).endswith("▲ It stopped.  Retry")
    follow(window, "Retry")
    session.expect(Retry())


def test_what_was_said_can_be_saved_from_the_keyboard(window: MainWindow, session: FakeSession, tmp_path: Path) -> None:
    session.emit(UserSaid(1, "Hello"), TurnFailed(1, ErrorCode.OFFLINE, "Nobody answers.", True, audio_kept=True))
    assert text(window).endswith("▲ Nobody answers.  Retry  Save what you said")
    window.header.gear.setFocus()
    for _ in range(3):  # the transcript, Retry, Save
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(window.transcript, Qt.Key.Key_Return)
    [dialog] = window.findChildren(QFileDialog)
    assert dialog.selectedFiles()[0].endswith(".wav")
    session.expect()
    dialog.selectFile(str(tmp_path / "said.wav"))
    dialog.accept()
    session.expect(SaveAudio(str(tmp_path / "said.wav")))
    session.emit(AudioSaved(str(tmp_path / "said.wav")))
    assert text(window).endswith(f"What you said is saved in {tmp_path / 'said.wav'}")


def test_a_model_that_ends_is_switched_with_one_click(window: MainWindow, session: FakeSession) -> None:
    session.settings = Settings(llm="openai:gpt-4o")
    session.emit(Noticed("The model gpt-4o works until 14 January 2027.", Stage.LLM, "openai:gpt-6-luna"))
    text(window)
    follow(window, "Switch to gpt-6-luna")
    assert session.changes == [Settings(llm="openai:gpt-6-luna")]
    assert named(window, "Model: In the cloud gpt-6-luna")
    assert "Switch to" not in text(window)


def point_at(window: MainWindow, word: str) -> None:
    """Moves the mouse there from elsewhere: where it stands already, nothing is told."""
    view = window.transcript
    for point in (QPoint(2, 2), view.cursorRect(view.document().find(word)).center()):
        QTest.mouseMove(view.viewport(), point)


def test_copying(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Hello"), ReplyGrew(1, "It is **nine**."))
    window.transcript.flush()
    point_at(window, "nine")
    click(named(window, "Copy message"))
    assert QGuiApplication.clipboard().text() == "It is **nine**."


def test_what_is_copied_is_all_that_has_come(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Hello"), ReplyGrew(1, "It is nine."))
    window.transcript.flush()
    point_at(window, "nine")
    button = named(window, "Copy message")
    session.emit(ReplyGrew(1, " And sunny."))
    window.transcript.flush()
    assert button.isVisible()
    click(button)
    assert QGuiApplication.clipboard().text() == "It is nine. And sunny."


def test_nothing_offers_to_copy_what_is_gone(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Hello"), ReplyGrew(1, "It is nine."))
    window.transcript.flush()
    point_at(window, "nine")
    button = named(window, "Copy message")
    assert button.isVisible()
    session.emit(StartedAfresh(1, asked=True))
    window.transcript.flush()
    assert not button.isVisible()


def test_a_long_conversation_keeps_its_end(window: MainWindow, session: FakeSession) -> None:
    for turn in range(700):
        session.emit(UserSaid(turn, f"question {turn}"), ReplyGrew(turn, f"answer {turn}"))
    lines = text(window).splitlines()
    assert lines[-1] == "answer 699"
    assert KEEP <= len(lines) <= KEEP + 60
    assert not any(line.endswith(" 10") for line in lines)


def test_the_spoken_word_is_found(window: MainWindow, session: FakeSession) -> None:
    session.emit(UserSaid(1, "Weather?"), ReplyGrew(1, "It stays **dry** today."))
    session.state(Phase.SPEAKING)
    session.spoken = 12
    window.settle()
    window.transcript.flush()
    before = window.transcript.grab().toImage()
    session.spoken = 18
    window.settle()
    assert window.transcript.grab().toImage() != before


# ---------------------------------------------------------------- waveform


def test_silence_is_not_painted(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    wait(window.waveform_ready)
    moves: list[bool] = []
    window._levels.moved.connect(lambda: moves.append(True))
    pulls = session.levels.pulls
    session.levels.append(0.0, 0.0, 50)
    wait(lambda: session.levels.pulls > pulls + 3)
    assert moves == []
    painted = len(window.frame_ms)
    for peak in speech(30):
        session.levels.append(peak, 0.0)
    wait(lambda: len(window.frame_ms) > painted)
    assert moves


def test_nothing_is_pulled_while_hidden(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    wait(lambda: window._levels.running)
    window.hide()
    assert not window._levels.running
    window.show()
    wait(lambda: window._levels.running)
    window.showMinimized()
    wait(lambda: not window._levels.running)


@pytest.mark.parametrize("opens", [True, False])
def test_a_link_that_no_browser_opens_says_so(
    window: MainWindow, session: FakeSession, monkeypatch: pytest.MonkeyPatch, opens: bool
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: opens)
    session.emit(UserSaid(1, "Where?"), ReplyGrew(1, "See https://example.org/a for it."))
    text(window)
    follow(window, "example.org/a")
    told = "No web browser opened. The address is https://example.org/a"
    assert (text(window).splitlines()[-1] == told) is not opens
