"""Leaving the settings: nothing is dropped unasked, and Done leads to what is wrong."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from tests.ui.fake_session import FakeSession
from tests.ui.looking import choose, click, control, name_of, settled
from voicegui.core.setting_declaration import Group
from voicegui.ui.settings.sheet_frame import QUESTION
from voicegui.ui.window import MainWindow

Run = Callable[..., None]
CANCEL, DROP, KEEP = "Cancel: settings as before", "Drop the changes", "Keep editing"


def change_a_switch(window: MainWindow) -> None:
    click(control(window, "Hands-free"))


def turn_a_slider(window: MainWindow) -> None:
    QTest.keyClick(control(window, "Patience"), Qt.Key.Key_Right)


def type_a_number(window: MainWindow) -> None:
    box = control(window, "Silence")
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "300")


def type_instructions(window: MainWindow) -> None:
    control(window, "Instructions").setFocus()
    QTest.keyClicks(control(window, "Instructions"), "Be brief.")


def type_first_words(window: MainWindow) -> None:
    control(window, "First words").setFocus()
    QTest.keyClicks(control(window, "First words"), "Hi")


def type_languages(window: MainWindow) -> None:
    control(window, "Languages you speak").setFocus()
    QTest.keyClicks(control(window, "Languages you speak"), "Elvish")


def type_a_model(window: MainWindow) -> None:
    choose(control(window, "Speaking: This machine · Automatic"), "OpenAI", "Other…")
    while menu := QApplication.activePopupWidget():  # the one above the submenu
        menu.close()
    QTest.keyClicks(control(window, "Speaking: other"), "half")


def type_a_bad_address(window: MainWindow) -> None:
    field = control(window, "Thinking: server")
    field.setFocus()
    QTest.keyClicks(field, "localhost")
    QTest.keyClick(field, Qt.Key.Key_Tab)


def type_a_key(window: MainWindow) -> None:
    assert window.sheet.page is not None
    window.sheet.page.show_key("openai")
    QTest.keyClicks(control(window, "OpenAI key"), "sk-planted")


def choose_a_theme(window: MainWindow) -> None:
    choose(control(window, "Theme: System"), "Dark")


EDITS = [
    (Group.TURN_TAKING, change_a_switch), (Group.TURN_TAKING, turn_a_slider), (Group.TURN_TAKING, type_a_number),
    (Group.CONVERSATION, type_instructions), (Group.CONVERSATION, type_first_words),
    (Group.CONVERSATION, type_languages), (Group.SERVICES, type_a_model), (Group.SERVICES, type_a_bad_address),
    (Group.SERVICES, type_a_key), (Group.APPEARANCE, choose_a_theme),
]  # fmt: skip


@pytest.mark.parametrize(("group", "edit"), EDITS, ids=lambda each: getattr(each, "__name__", str(each)))
@pytest.mark.parametrize("narrow", [False, True])
def test_cancel_asks_before_it_drops(
    window: MainWindow, session: FakeSession, run: Run, group: Group, edit: Callable[[MainWindow], None], narrow: bool
) -> None:
    before = session.settings

    async def steps() -> None:
        window.resize(480 if narrow else 1000, 700)
        window.sheet.open(session, group)
        await settled(window)
        edit(window)
        click(control(window, CANCEL))
        keep = control(window, KEEP)
        assert window.sheet.isVisible() and keep.hasFocus() and keep.accessibleDescription() == QUESTION
        assert window.sheet.page is not None and not window.sheet.page.isEnabled()
        for button in (keep, control(window, DROP)):
            assert window.sheet.footer.rect().contains(button.geometry())
        window.activateWindow()  # a menu was open
        QApplication.processEvents()
        question = window.sheet.footer.question
        assert question.height() >= question.heightForWidth(question.width()), "it is not cut"
        QTest.keyClick(window, Qt.Key.Key_Escape)  # the careful answer
        assert window.sheet.isVisible() and window.sheet.page.isEnabled()
        assert control(window, CANCEL).hasFocus()
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
        QTest.keyClick(control(window, DROP), Qt.Key.Key_Return)
        assert not window.sheet.isVisible() and session.settings == before

    run(steps)


def test_what_was_not_touched_is_left_at_once(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        for leave in (lambda: click(control(window, CANCEL)), lambda: QTest.keyClick(window, Qt.Key.Key_Escape)):
            for group in Group:
                window.sheet.open(session, group)
                await settled(window)
                leave()
                assert not window.sheet.isVisible(), group
        window.sheet.open(session, Group.TURN_TAKING)
        click(control(window, "Hands-free"))
        click(control(window, "Hands-free"))  # as it was
        click(control(window, CANCEL))
        assert not window.sheet.isVisible()

    run(steps)


def test_the_question_goes_around_with_tab_and_a_click_beside_is_no_answer(
    window: MainWindow, session: FakeSession, run: Run
) -> None:
    async def steps() -> None:
        window.sheet.open(session, Group.TURN_TAKING)
        await settled(window)
        click(control(window, "Hands-free"))
        click(control(window, CANCEL))
        QTest.mouseClick(window.sheet, Qt.MouseButton.LeftButton, pos=window.sheet.rect().topLeft())
        assert window.sheet.isVisible()
        seen = []
        for _ in range(2):
            seen.append(name_of(window.focusWidget()))
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert seen == [KEEP, DROP]
        click(control(window, KEEP))
        click(control(window, "Done"))
        assert session.settings.hands_free is False
        window.sheet.open(session, Group.TURN_TAKING)
        assert window.sheet.page is not None and window.sheet.page.isEnabled()
        window.sheet.leave()

    run(steps)


# ---------------------------------------------------------------- what is wrong

JSON = '{"mcpServers": {\n  "time": {"command": "uvx"\n  "args": []}\n}}'
FAULTS = [
    ("The MCP servers are no valid JSON: Expecting ',' delimiter in line 3, column 3.", (3, 3), (3, 3)),
    ("The MCP servers are no valid JSON: Expecting value in line 1, column 1.", (1, 1), (1, 1)),
    ("The MCP servers are no valid JSON: Extra data in line 4, column 99.", (4, 99), (4, 3)),
    ("The MCP servers are no valid JSON: Expecting value in line 99, column 1.", (99, 1), None),
    ("The MCP servers are no valid JSON: it is nested too deeply.", (0, 0), None),
    ("“time” appears twice in the same object of the MCP servers. Rename one.", (0, 0), None),
]


@pytest.mark.parametrize(("wrong", "at", "place"), FAULTS)
@pytest.mark.parametrize("size", [(1000, 720), (480, 460), (440, 460)])
@pytest.mark.parametrize("from_group", [Group.TOOLS, Group.APPEARANCE])
def test_done_leads_to_the_fault(
    app: QApplication, window: MainWindow, session: FakeSession, run: Run, wrong: str, at: tuple[int, int],
    place: tuple[int, int] | None, size: tuple[int, int], from_group: Group,
) -> None:  # fmt: skip
    async def steps() -> None:
        window.resize(*size)
        window.sheet.open(session, Group.TOOLS)
        await settled(window)
        session.toolbox.wrong, session.toolbox.wrong_at = wrong, at
        field = control(window, "MCP servers")
        assert isinstance(field, QPlainTextEdit)
        field.setFocus()
        field.setPlainText(JSON)
        window.sheet.side.choose(from_group)
        assert window.sheet.page is not None
        window.sheet.page.verticalScrollBar().setValue(0)
        click(control(window, "Done"))
        for _ in range(3):
            app.processEvents()
        assert window.sheet.isVisible() and field.hasFocus() and session.changes == []
        row = next(row for row in window.sheet.page.section(Group.TOOLS).fields if row.name == "mcp_servers").row
        assert wrong[:20] in row.notice.text()
        assert row.notice.visibleRegion().boundingRect() == row.notice.rect(), "what is wrong is in sight"
        caret = field.textCursor()
        if place is not None:
            assert (caret.blockNumber() + 1, caret.positionInBlock() + 1) == place

    run(steps)
