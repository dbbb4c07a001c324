"""The sheet of settings: real widgets, a scripted session, asyncio on Qt's own loop."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from tests.ui.fake_session import FakeSession
from tests.ui.looking import choose, click, control, name_of, settled
from voicegui.core.commands import SetMuted
from voicegui.core.keys import KeyPlace, Secret
from voicegui.core.setting_declaration import Group
from voicegui.core.settings import Settings, declared
from voicegui.ui.window import MainWindow

Run = Callable[[Callable[[], Awaitable[None]]], None]
KEY = "sk-planted-0123456789"


async def open_at(window: MainWindow, session: FakeSession, group: Group) -> None:
    window.sheet.open(session, group)
    await settled(window)


def seen(window: MainWindow) -> list[str]:
    """Texts of the page that can be seen, in order."""
    assert window.sheet.page is not None
    return [label.text() for label in window.sheet.page.findChildren(QLabel) if label.isVisible() and label.text()]


def leave(widget: QWidget) -> None:
    QTest.keyClick(widget, Qt.Key.Key_Tab)


# ---------------------------------------------------------------- the sheet


def test_the_gear_opens_every_group(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        click(control(window, "Settings"))
        await settled(window)
        for group in Group:
            window.sheet.side.groups.setCurrentRow(list(Group).index(group))
            texts = seen(window)
            assert texts[:2] == [group.label, group.help]
            labels = [each.label for each in declared() if each.group is group]
            assert {label for label in labels if label in texts} >= set(labels) - {
                "First language", "Second language", "Voice of the service"
            }  # fmt: skip
        click(control(window, "Done"))
        assert not window.sheet.isVisible() and window.dock.talk.hasFocus()
        assert session.changes == []

    run(steps)


def test_changes_apply_at_once_and_cancel_takes_them_back(window: MainWindow, session: FakeSession, run: Run) -> None:
    before = session.settings

    async def steps() -> None:
        await open_at(window, session, Group.TURN_TAKING)
        click(control(window, "Hands-free"))
        assert session.changes[-1] == replace(before, hands_free=False)
        QTest.keyClick(control(window, "Patience"), Qt.Key.Key_Right)
        assert session.changes[-1] == replace(before, hands_free=False, patience=1.1)
        QTest.keyClick(control(window, "Silence"), Qt.Key.Key_Up)
        click(control(window, "Silence: less"))
        click(control(window, "Silence: less"))
        assert session.changes[-1].silence_ms == 140
        click(control(window, "Cancel: settings as before"))
        click(control(window, "Drop the changes"))
        assert session.settings == before and not window.sheet.isVisible()

    run(steps)


def test_escape_cancels_and_is_no_interruption(window: MainWindow, session: FakeSession, run: Run) -> None:
    before = session.settings

    async def steps() -> None:
        await open_at(window, session, Group.TURN_TAKING)
        click(control(window, "Hands-free"))
        window.sheet.side.search.setFocus()
        QTest.keyClicks(control(window, "Search settings"), "voice")
        QTest.keyClick(control(window, "Search settings"), Qt.Key.Key_Escape)
        assert window.sheet.isVisible() and control(window, "Search settings").text() == ""
        QTest.keyClick(control(window, "Search settings"), Qt.Key.Key_Escape)
        QTest.keyClick(control(window, "Drop the changes"), Qt.Key.Key_Return)
        assert not window.sheet.isVisible() and session.settings == before

    run(steps)
    session.expect()


def test_space_is_no_push_to_talk(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.TURN_TAKING)
        QTest.keyClick(control(window, "Hands-free"), Qt.Key.Key_Space)
        assert session.settings.hands_free is False
        window.sheet.setFocus()
        QTest.keyClick(window.sheet, Qt.Key.Key_Space)

    run(steps)
    session.expect()


def test_a_page_is_reset_alone(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.settings = replace(session.settings, max_tokens=400, max_turns=9, patience=2.0)

    async def steps() -> None:
        await open_at(window, session, Group.LIMITS)
        click(control(window, "Reset this page"))
        assert session.settings == replace(Settings(), llm="local:qwen2.5-0.5b", patience=2.0)
        assert control(window, "Longest answer").text() == "120 word parts"

    run(steps)


def test_tab_stays_in_the_sheet_and_reaches_all_of_it(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.VOICE)
        names = []
        for _ in range(30):
            at = window.focusWidget()
            names.append(name_of(at))
            assert window.sheet.isAncestorOf(at)
            QTest.keyClick(at, Qt.Key.Key_Tab)
        ring = names[: names.index("Search settings", 1)]
        assert ring == [
            "Search settings", "Groups of settings", "Voice on this machine: Heart, American woman",
            "Hear voice on this machine", "Speed", "Read answers aloud", "Volume", "Manner", "Reset this page",
            "Cancel: settings as before", "Done",
        ]  # fmt: skip
        control(window, "Search settings").setFocus()
        QTest.keyClick(control(window, "Search settings"), Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        assert control(window, "Done").hasFocus()

    run(steps)


@pytest.mark.parametrize("width", [480, 1000])
def test_what_lies_below_cannot_be_reached(
    window: MainWindow, session: FakeSession, run: Run, app: QApplication, width: int
) -> None:
    def within_reach() -> list[str]:
        """Of keyboard and screen reader, outside of the sheet."""
        widgets = [
            w for w in window.findChildren(QWidget) if not window.sheet.isAncestorOf(w) and w is not window.sheet
        ]
        faces = [(w, QAccessible.queryAccessibleInterface(w)) for w in widgets]
        return [
            face.text(QAccessible.Text.Name)
            for w, face in faces
            if not (face.state().invisible or face.state().disabled) and w.focusPolicy() != Qt.FocusPolicy.NoFocus
        ]

    async def steps() -> None:
        before = within_reach()
        assert {"Talk", "Message", "Settings", "Conversation"} <= set(before)
        click(control(window, "Settings"))
        await settled(window)
        assert within_reach() == []
        assert window.stage.isVisible() is (width == 1000), "what cannot be seen is not there for a screen reader"
        for _ in range(40):
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
            assert window.sheet.isAncestorOf(window.focusWidget())
        window.resize(1480 - width, 720)
        app.processEvents()
        assert within_reach() == [] and window.stage.isVisible() is (width == 480)
        window.resize(width, 720)
        app.processEvents()
        click(control(window, "Done"))
        assert within_reach() == before and window.dock.talk.hasFocus()

    window.resize(width, 720)
    app.processEvents()
    run(steps)
    session.expect()


def test_the_microphone_is_muted_from_the_sheet_too(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.VOICE)
        for on in (True, False):
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
            session.expect(SetMuted(on))

    run(steps)


def test_the_focus_is_always_in_sight(window: MainWindow, session: FakeSession, run: Run, app: QApplication) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        app.processEvents()
        assert window.sheet.page is not None
        window.sheet.footer.reset.setFocus()
        QTest.keyClick(window.sheet.footer.reset, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        last = control(window, "Speaking: server")
        assert last.hasFocus() and last.visibleRegion().boundingRect() == last.rect()

    window.resize(480, 500)
    run(steps)


@pytest.mark.parametrize("width", [440, 480, 700, 1000])
def test_every_width(window: MainWindow, session: FakeSession, run: Run, app: QApplication, width: int) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.CONVERSATION)
        for group in Group:
            window.sheet.side.choose(group)
            app.processEvents()
            page = window.sheet.page
            assert page is not None
            content = page.widget()
            assert content is not None
            assert content.width() <= page.viewport().width()
            for field in page.section(group).fields:
                row = field.row
                for part in (w for w in row.findChildren(QWidget) if w.isVisible()):
                    left = part.mapTo(row, part.rect().topLeft()).x()
                    assert left >= 0 and left + part.width() <= row.width(), f"{field.name} does not fit"
        assert window.sheet.side.groups.isVisible() is (width >= 640)

    window.resize(width, 720)
    run(steps)


def test_groups_can_be_chosen_in_a_narrow_window(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.VOICE)
        choose(control(window, "Group: Voice"), "Sound")
        assert seen(window)[0] == "Sound"

    window.resize(480, 720)
    run(steps)


# ---------------------------------------------------------------- search


def test_searching_finds_labels_and_helps_of_all_groups(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.SOUND)
        field = control(window, "Search settings")
        QTest.keyClicks(field, "SENSITIVITY")
        assert [text for text in seen(window) if text in [g.label for g in Group]] == ["Turn taking"]
        assert "Voice threshold" in seen(window) and "Patience" not in seen(window)
        assert not window.sheet.footer.reset.isVisible()
        field.clear()
        assert seen(window)[0] == "Sound" and window.sheet.footer.reset.isVisible()
        QTest.keyClicks(field, "xyz")
        assert seen(window) == ["No setting is called “xyz”."]
        window.sheet.side.groups.setCurrentRow(0)
        assert seen(window)[0] == "Conversation" and field.text() == ""

    run(steps)


# ---------------------------------------------------------------- text


def test_text_is_applied_when_it_is_left(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.CONVERSATION)
        field = control(window, "Words to expect")
        field.setFocus()
        QTest.keyClicks(field, "Ishikawa, PyPI ")
        assert session.changes == []
        leave(field)
        assert session.changes[-1].keywords == "Ishikawa, PyPI"
        instructions = control(window, "Instructions")
        instructions.setFocus()
        QTest.keyClicks(instructions, "Be brief.")
        click(control(window, "Done"))
        assert session.settings.prompt == "Be brief."

    run(steps)


def test_cancel_forgets_what_is_still_being_typed(window: MainWindow, session: FakeSession, run: Run) -> None:
    before = session.settings

    async def steps() -> None:
        await open_at(window, session, Group.CONVERSATION)
        for name in ("Instructions", "First words"):
            control(window, name).setFocus()
            QTest.keyClicks(control(window, name), "Hm")
        click(control(window, "Cancel: settings as before"))
        click(control(window, "Drop the changes"))
        assert session.settings == before
        window.sheet.open(session, Group.LIMITS)
        box = control(window, "Longest answer")
        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, "999")
        QTest.keyClick(box, Qt.Key.Key_Escape)
        click(control(window, "Drop the changes"))
        assert session.settings == before
        window.sheet.open(session, Group.SERVICES)
        choose(control(window, "Speaking: This machine · Automatic"), "OpenAI", "Other…")
        QTest.keyClicks(control(window, "Speaking: other"), "half")
        click(control(window, "Cancel: settings as before"))
        click(control(window, "Drop the changes"))
        assert session.settings == before

    run(steps)


def test_text_that_cannot_be_is_not_applied(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        field = control(window, "Thinking: server")
        field.setFocus()
        QTest.keyClicks(field, "localhost:1234")
        leave(field)
        assert "Not used: it should look like http://localhost:1234/v1" in seen(window)
        assert session.changes == [] and field.text() == "localhost:1234"
        window.sheet.side.choose(Group.VOICE)
        click(control(window, "Done"))
        assert window.sheet.isVisible() and control(window, "Thinking: server").hasFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(field, Qt.Key.Key_Delete)
        leave(field)
        assert not any(text.startswith("Not used") for text in seen(window)) and session.changes == []
        field.setFocus()
        field.setText("http://localhost:1234/v1")
        leave(field)
        assert session.settings.llm_url == "http://localhost:1234/v1"
        assert not any(text.startswith("Not used") for text in seen(window))

    run(steps)


def test_a_preset_suggests_its_instructions(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.CONVERSATION)
        assert "First language" not in seen(window)
        choose(control(window, "Partner: Assistant"), "Interpreter")
        assert session.settings.preset == "interpreter" and session.settings.prompt == ""
        assert "between English and Spanish" in control(window, "Instructions").placeholderText()
        language = control(window, "Second language")
        language.setFocus()
        language.setText("Thai")
        leave(language)
        assert "between English and Thai" in control(window, "First words").placeholderText()

    run(steps)


# ---------------------------------------------------------------- background


def test_a_defect_is_logged_and_said(
    window: MainWindow, session: FakeSession, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(service: str) -> str:
        raise KeyError("defect")

    session.keys.kept["openai"] = (KeyPlace.KEYRING, Secret(KEY))
    session.test_key = broken

    async def steps() -> None:
        await open_at(window, session, Group.SERVICES)
        click(control(window, "Test the OpenAI key"))
        await settled(window)
        assert any(text.startswith("Something went wrong inside voicegui.") for text in seen(window))

    run(steps)
    assert "a task of the settings failed" in caplog.text and KEY not in caplog.text
