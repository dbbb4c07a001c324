"""Calls in the transcript, and the card that asks."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.fake_session import FakeSession
from tests.ui.looking import click, control, name_of, press, release, text
from tests.ui.tool_scenes import FORECAST, HOSTILE, PAGE, WEATHER, calls
from voicegui.core.approval import question_about
from voicegui.core.commands import Approve, CancelCall, PressTalk
from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    NothingHeard,
    PartialHeard,
    ReplyGrew,
    ToolCalled,
    ToolFinished,
    UserSaid,
)
from voicegui.core.setting_declaration import Group
from voicegui.core.tools import ToolCall, ToolInfo
from voicegui.ui.text_formats import KIND
from voicegui.ui.theme import Theme
from voicegui.ui.transcript import Transcript
from voicegui.ui.transcript_log import TranscriptLog
from voicegui.ui.window import MainWindow

Wait = Callable[..., None]
ASKED = ApprovalAsked(1, PAGE, "Web page", "Shall I open example.org?")
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Addresses that were handed to the desktop."""
    made: list[object] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", made.append)
    return made


def place(window: MainWindow, words: str) -> QPoint:
    window.transcript.flush()
    cursor = window.transcript.document().find(words)
    assert not cursor.isNull(), f"{words} is not shown"
    return window.transcript.cursorRect(cursor).center() - QPoint(8, 0)


def touch(window: MainWindow, words: str) -> None:
    QTest.mouseClick(window.transcript.viewport(), Qt.MouseButton.LeftButton, pos=place(window, words))


def armed(window: MainWindow, wait: Wait) -> None:
    wait(lambda: window.approval.allow.isEnabled())


# ---------------------------------------------------------------- lines


def test_a_call_is_a_line_that_opens_and_closes(window: MainWindow, session: FakeSession, opened: list[object]) -> None:
    session.emit(UserSaid(1, "Weather?"), ToolCalled(1, WEATHER, "Weather"))
    assert text(window).splitlines()[-1] == "Weather  Lisbon, tomorrow  ·  running…   Cancel"
    session.emit(ToolFinished(1, "c1", True, FORECAST, 0.42), ReplyGrew(1, "It is dry."))
    assert text(window).splitlines()[-2:] == ["Weather  Lisbon, tomorrow  ·  0.4 s", "It is dry."]
    touch(window, "Lisbon, tomorrow")
    assert text(window).splitlines()[2:] == [
        "Weather  Lisbon, tomorrow  ·  0.4 s",
        "Arguments of get_weather", "{", '  "place": "Lisbon",', '  "when": "tomorrow"', "}",
        "Result after 0.42 s", *FORECAST.splitlines(),
        "It is dry.",
    ]  # fmt: skip
    touch(window, "example.org")  # what a tool answered is no link
    touch(window, "Lisbon, tomorrow")
    assert "Arguments" not in text(window) and opened == []


def test_the_frame_around_the_line_opens_it_too(window: MainWindow, session: FakeSession) -> None:
    session.emit(ToolCalled(1, WEATHER, "Weather"), ToolFinished(1, "c1", True, "Dry.", 0.4))
    icon = QPoint(14, place(window, "Weather").y())
    QTest.mouseClick(window.transcript.viewport(), Qt.MouseButton.LeftButton, pos=icon)
    assert "Dry." in text(window)
    beside = QPoint(500, place(window, "Weather").y())
    QTest.mouseClick(window.transcript.viewport(), Qt.MouseButton.LeftButton, pos=beside)
    assert "Dry." in text(window)


def test_the_keyboard_opens_and_closes(window: MainWindow, session: FakeSession) -> None:
    session.emit(ToolCalled(1, WEATHER, "Weather"), ToolFinished(1, "c1", True, "Dry.", 0.4))
    text(window)
    window.header.gear.setFocus()
    for _ in range(2):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    for shown in (True, False, True):
        QTest.keyClick(window.transcript, Qt.Key.Key_Return)
        assert ("Dry." in text(window)) is shown


def test_a_running_call_is_cancelled_once(window: MainWindow, session: FakeSession) -> None:
    session.emit(ToolCalled(1, WEATHER, "Weather"))
    touch(window, "Cancel")
    session.expect(CancelCall("c1"))
    assert "cancelling…" in text(window) and "Cancel" not in text(window)
    session.emit(ToolFinished(1, "c1", False, "It was cancelled.", 3.0))
    assert text(window).endswith("  ·  cancelled")


def test_what_comes_from_outside_shows_as_it_is(window: MainWindow, session: FakeSession, opened: list[object]) -> None:
    result = "**bold** <b>x</b> [y](https://example.org) https://example.com\n# h\n\u202eabc\x00\ufffc"
    session.emit(ToolCalled(1, HOSTILE, "<b>Label</b> [l](https://example.org)"),
                 ToolFinished(1, "c3", True, result, 0.1))  # fmt: skip
    touch(window, "Label")
    shown = text(window)
    assert "<b>Label</b> [l](https://example" in shown and "lisbon-⟨U+202E⟩gnp.exe" in shown
    assert "**bold** <b>x</b> [y](https://example.org) https://example.com\n# h\n⟨U+202E⟩abc⟨U+0000⟩" in shown
    assert "\u202e" not in shown
    for words in ("https://example.com", "[y]"):
        touch(window, words)
    assert opened == []
    session.expect()


def test_long_text_is_cut_until_all_of_it_is_wanted(window: MainWindow, session: FakeSession) -> None:
    result = "\n".join(f"line {number}" for number in range(400))
    session.emit(ToolCalled(1, WEATHER, "Weather"), ToolFinished(1, "c1", True, result, 0.1))
    touch(window, "Lisbon, tomorrow")
    assert "line 9\n" in text(window) and "line 20" not in text(window)
    touch(window, "Show all 3,489 characters")
    assert "line 399" in text(window) and "Show all" not in text(window)
    assert 0 <= window.transcript.entry_rect(window._presenter._log.entries[-1].number).top() < 40


def test_a_line_is_one_line_at_every_width(window: MainWindow, session: FakeSession, app: QApplication) -> None:
    calls(session)
    session.emit(ToolCalled(2, replace(HOSTILE, id="w"), "W" * 60))
    text(window)
    for width in (1920, 480, 1000, 440):
        window.resize(width, 720)
        app.processEvents()
        block, frames = window.transcript.document().firstBlock(), 0
        while block.isValid():
            frame = window.transcript._grounds.frame(block)
            if not frame.isEmpty():
                frames += 1
                assert frame.width() <= window.transcript._page.width
                assert block.layout().lineCount() == 1 or "W" * 20 in block.text()
            block = block.next()
        assert frames == 6


def test_calls_survive_another_theme(window: MainWindow, session: FakeSession) -> None:
    calls(session)
    touch(window, "Lisbon, tomorrow")
    before = text(window)
    window.transcript.rebuild()
    assert text(window) == before


# ---------------------------------------------------------------- the card


def test_the_card_asks_with_exactly_what_would_be_run(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    said: list[str] = []
    window._presenter.announced.connect(said.append)
    window.dock.message.setFocus()
    session.emit(ASKED)
    card = window.approval
    assert card.isVisible() and window.dock.message.hasFocus()
    assert (card.question.text(), card.origin.text()) == (
        "Shall I open example.org?", "Web page · part of voicegui"
    )  # fmt: skip
    shown = control(window, "Arguments")
    assert shown.toPlainText() == "Web address: https://example.org/lisbon/day?from=alfama&to=belem"
    click(control(window, "Show exactly"))
    exact = control(window, "Exact arguments")
    assert exact.toPlainText() == 'open_url\n{\n  "url": "https://example.org/lisbon/day?from=alfama&to=belem"\n}'
    assert not exact.scrolls()
    click(control(window, "Show in words"))
    assert shown.toPlainText().startswith("Web address: ")
    assert said == ["Shall I open example.org? Allow: Alt+Y. Don't allow: Alt+N."]
    armed(window, wait)
    click(control(window, "Allow"))
    click(control(window, "Allow"))
    session.expect(Approve("c2", True))
    session.emit(ApprovalAnswered("c2", True), ToolCalled(1, PAGE, "Web page"))
    assert not card.isVisible() and "allowed · running…" in text(window)


@pytest.mark.parametrize(
    "arguments",
    [
        '{"fact": "[I like tea](Always obey)"}',
        '{"fact": "a\\u202eb"}',
        *(f'{{"fact": "{"tea " * n}"}}' for n in (39, 99)),
    ],
)
def test_what_is_spoken_stands_on_the_card(window: MainWindow, session: FakeSession, arguments: str) -> None:
    tool = ToolInfo("remember", "Remembers.", label="Remember", question="I would remember this: {fact}.")
    call = ToolCall("c9", "remember", arguments)
    question = question_about(tool, call)
    session.emit(ApprovalAsked(1, call, "Remember", question.text, question.by_voice))
    window.resize(1000, 720)
    QApplication.processEvents()
    assert window.approval.question.text().replace("\u200b", "") == question.text


@pytest.mark.parametrize("allow", [True, False])
def test_each_answer_has_a_key(window: MainWindow, session: FakeSession, wait: Wait, allow: bool) -> None:
    window.dock.message.setFocus()
    session.emit(ASKED)
    armed(window, wait)
    QTest.keyClick(window.dock.message, Qt.Key.Key_Y if allow else Qt.Key.Key_N, ALT)
    QTest.keyClick(window.dock.message, Qt.Key.Key_Y, ALT)
    session.expect(Approve("c2", allow))
    assert window.dock.message.text() == "" and window.dock.message.hasFocus()


def test_nothing_on_its_way_elsewhere_answers(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    session.emit(ASKED)
    for touched in ("Allow", "Don't allow"):
        click(control(window, touched))
    QTest.keyClick(window.dock.talk, Qt.Key.Key_Y, ALT)
    session.expect()
    armed(window, wait)
    session.emit(replace(ASKED, call=WEATHER))  # another question in the same place
    click(control(window, "Allow"))
    session.expect()
    armed(window, wait)
    QApplication.sendEvent(window, QEvent(QEvent.Type.ActivationChange))  # the click that brings the window up
    click(control(window, "Allow"))
    session.expect()
    armed(window, wait)
    click(control(window, "Don't allow"))
    session.expect(Approve("c1", False))


def test_what_is_under_the_settings_is_not_answered(
    window: MainWindow, session: FakeSession, wait: Wait, run: Callable[..., None]
) -> None:
    session.emit(ASKED)
    armed(window, wait)

    async def steps() -> None:
        window.sheet.open(session, Group.SOUND)
        QTest.keyClick(window.sheet, Qt.Key.Key_Y, ALT)
        click(control(window, "Done"))
        click(control(window, "Allow"))

    run(steps)
    session.expect()


def test_tab_reaches_the_card_from_the_message(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    session.emit(ASKED)
    armed(window, wait)
    window.dock.message.setFocus()
    names = []
    for _ in range(4):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        names.append(name_of(window.focusWidget()))
    assert names == ["Show exactly", "Arguments", "Don't allow", "Allow"]
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    session.expect(Approve("c2", True))
    session.emit(ApprovalAnswered("c2", True))
    assert window.dock.talk.hasFocus()


def test_space_in_the_arguments_is_still_push_to_talk(window: MainWindow, session: FakeSession, wait: Wait) -> None:
    session.emit(ASKED)
    window.approval.arguments.setFocus()
    press(window, Qt.Key.Key_Space)
    session.expect(PressTalk())
    release(window, Qt.Key.Key_Space)
    wait(lambda: not window._switch.held)


@pytest.mark.parametrize(("width", "height"), [(440, 460), (480, 720), (1000, 720), (1920, 1000)])
def test_long_arguments_scroll_and_everything_else_fits(
    window: MainWindow, session: FakeSession, app: QApplication, width: int, height: int
) -> None:
    window.resize(width, height)
    arguments = '{"text": "%s", "last": "\u202e"}' % ("word " * 3000)
    session.emit(ApprovalAsked(1, ToolCall("c", "n" * 64, arguments), "L" * 200, "May it? " * 100))
    app.processEvents()
    card, exact = window.approval, window.approval.arguments
    assert exact.toPlainText().endswith("Last: ⟨U+202E⟩") and exact.scrolls()
    click(control(window, "Show exactly"))
    assert exact.toPlainText().startswith("{")
    assert exact.toPlainText().endswith('"last": "⟨U+202E⟩"\n}') and exact.scrolls()
    assert "Scroll to read all of it" in card.more.text()
    assert card.geometry().bottom() < window.dock.geometry().top() and window.dock.geometry().bottom() < height
    assert card.geometry().top() >= window.header.height() and exact.height() >= 48
    left, right = window.transcript.viewport().x(), window.transcript.viewport().x() + window.transcript._page.width
    for part in (card.question, card.origin, exact, card.raw, card.refuse, card.allow):
        assert card.rect().contains(part.geometry()), part
        assert left <= part.x() and part.geometry().right() <= right, "wider than the column"
    assert card.origin.geometry().right() <= card.raw.x()
    assert card.more.geometry().right() < card.refuse.geometry().left()


def test_the_card_goes_when_nobody_waits_any_more(window: MainWindow, session: FakeSession) -> None:
    session.emit(ASKED, ApprovalAnswered("another", True))
    assert window.approval.isVisible()
    session.emit(ToolFinished(1, "c2", False, "The turn was interrupted.", 0.0))
    assert not window.approval.isVisible()
    session.emit(ASKED)
    window.detach()
    assert not window.approval.isVisible()


# ---------------------------------------------------------------- in any order

TURNS, IDS = st.integers(1, 4), st.sampled_from(["a", "b", "c"])
TOOL_CALLS = st.builds(ToolCall, IDS, st.just("get_weather"), st.just('{"place": "Lisbon"}'))
EVENTS = st.one_of(
    st.builds(PartialHeard, TURNS, st.just("what")),
    st.builds(UserSaid, TURNS, st.sampled_from(["what", "what is it", "another"])),
    st.builds(NothingHeard, TURNS),
    st.builds(ReplyGrew, TURNS, st.sampled_from(["one ", "two\n\n", "**three** "])),
    st.builds(ToolCalled, TURNS, TOOL_CALLS, st.just("Weather")),
    st.builds(ApprovalAsked, TURNS, TOOL_CALLS, st.just("Weather"), st.just("May I?")),
    st.builds(ApprovalAnswered, IDS, st.booleans()),
    st.builds(ToolFinished, TURNS, IDS, st.booleans(), st.just("dry\nand warm"), st.just(0.5)),
    st.sampled_from(["flush", "open", "open"]),
)


@settings(deadline=None, max_examples=100)
@given(events=st.lists(EVENTS, max_size=30))
def test_what_was_written_step_by_step_is_what_is_written_at_once(app: QApplication, events: list[object]) -> None:
    log = TranscriptLog()
    transcript = Transcript(Theme(), log)
    for event in events:
        calls = [entry for entry in log.entries if entry.call]
        if event == "flush":
            transcript.flush()
        elif event == "open":
            if calls:
                transcript.show_opened(log.open_call(calls[-1].number))
        else:
            transcript.apply(event)  # type: ignore[arg-type]
    transcript.flush()
    blocks = []
    for _ in range(2):
        block = transcript.document().firstBlock()
        found = []
        while block.isValid():
            found.append((block.userState(), block.text(), block.blockFormat().stringProperty(KIND)))
            block = block.next()
        blocks.append(found)
        transcript.rebuild()
    assert blocks[0] == blocks[1]
    numbers = [number for number, _, _ in blocks[0]]
    assert numbers == sorted(numbers)
    transcript.deleteLater()
