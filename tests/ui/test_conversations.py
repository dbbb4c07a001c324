"""Conversations that are begun by key and by menu, and answers that are read aloud or only shown."""

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from voicegui.core.commands import Interrupt, NewConversation
from voicegui.core.events import Phase, StartedAfresh, StateChanged
from voicegui.core.records import PastMessage
from voicegui.ui.settings.sheet_frame import SheetCover
from voicegui.ui.transcript_entries import KEEP, Kind
from voicegui.ui.window import MainWindow

from .fake_session import FakeSession
from .looking import click, named, text
from .talks import CONTROL, SHIFT, Wait, lines, past, said, shown, type_in

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
