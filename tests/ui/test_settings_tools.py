"""The page about tools."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.fake_session import FakeSession
from tests.ui.looking import choose, click, control, name_of, settled
from tests.ui.settings_scenes import tool_box
from tests.ui.test_settings import leave, open_at, seen
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.records import Fact
from voicegui.core.setting_declaration import Group
from voicegui.core.toolbox import ServerState, ToolFile, ToolServer
from voicegui.core.tools import Permission, SourceKind, ToolInfo, ToolSource
from voicegui.ui.window import MainWindow

Run = Callable[[Callable[[], Awaitable[None]]], None]
FULL = VoiceError(ErrorCode.DISK_FULL, "The disk is full.", hint="Make room on it.")
HOSTILE = "<b>x</b>\u202e" + "w" * 300
FOREIGN, SKY = ToolSource(SourceKind.SERVER, HOSTILE), ToolSource(SourceKind.SERVER, "sky")


async def changed(window: MainWindow, session: FakeSession) -> None:
    session.toolbox.tell()
    await settled(window)


def rows(window: MainWindow) -> list[str]:
    """Titles of the rows from top to bottom."""
    QApplication.processEvents()
    assert window.sheet.page is not None
    found = [field.row for field in window.sheet.page.section(Group.TOOLS).fields if field.row.isVisible()]
    return [row.title.text() for row in sorted(found, key=lambda row: row.y())]


def there(window: MainWindow, name: str) -> bool:
    return any(name_of(widget) == name for widget in window.findChildren(QWidget) if widget.isVisible())


# ---------------------------------------------------------------- tools


def test_who_may_be_used_is_chosen_at_once(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        does = "Tells the weather now, or the forecast for a day of the next week, anywhere on earth"
        assert f"{does} · built in" in seen(window)
        choose(control(window, "Web page: Ask"), "Never")
        assert session.toolbox.permitted == [("open_url", Permission.NEVER)]
        await settled(window)
        assert there(window, "Web page: Never") and there(window, "Weather: Always")

    run(steps)
    assert session.changes == []


def test_what_a_tool_does_is_marked(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        tool_box(session)
        await open_at(window, session, Group.TOOLS)
        texts = seen(window)
        for title, badges in {"Weather": ["network"], "Append to a note": ["changes", "network"], "water": []}.items():
            after = texts[texts.index(title) + 2 :]
            assert after[: len(badges)] == badges and after[len(badges)] not in ("changes", "network")
        assert "From the file plants.py" in texts
        picker = control(window, "Append to a note: Ask")
        assert picker.accessibleDescription().endswith("from the MCP server notes, changes, network")

    run(steps)


def test_tools_come_change_and_go_while_the_page_is_open(window: MainWindow, session: FakeSession, run: Run) -> None:
    box = session.toolbox
    watchers = list(box.watchers)

    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        box.tools.insert(0, ToolInfo("stars", "Looks up.", label="Stars", source=SKY))
        await changed(window, session)
        assert rows(window)[1:4] == ["Stars", "Weather", "Web page"]
        box.tools = [box.tools[2], replace(box.tools[1], name="get_wind", description="Another text.")]
        await changed(window, session)
        assert rows(window)[1:4] == ["Web page", "Weather", "Your own tools"]
        assert "Another text · built in" in seen(window)
        click(control(window, "Done"))

    run(steps)
    assert box.watchers == watchers


def test_tools_are_found_by_searching(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.SOUND)
        QTest.keyClicks(control(window, "Search settings"), "browser")
        assert "Web page" in seen(window) and "Weather" not in seen(window)

    run(steps)


def test_without_tools_there_is_nothing_to_permit(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        click(control(window, "Tools"))
        assert session.settings.use_tools is False and "Weather" not in seen(window)
        click(control(window, "Tools"))
        assert "Weather" in seen(window)

    run(steps)


def test_thousands_of_tools_do_not_stop_the_window(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.toolbox.tools = [ToolInfo(f"tool_{number}", "Does something.") for number in range(5000)]

    async def steps() -> None:
        window.sheet.open(session, Group.TOOLS)
        assert "tool_0" not in seen(window)  # it is open before the first row is made
        await settled(window)
        assert "tool_199" in seen(window) and "tool_200" not in seen(window)
        assert any(text.startswith("200 of 5,000 are shown.") for text in seen(window))

    run(steps)


# ---------------------------------------------------------------- own files


def test_a_file_is_allowed_only_after_a_warning(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.toolbox.file_list = [ToolFile("lights.py", "b2", False)]

    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        click(control(window, "Allow lights.py"))
        assert any("run as a program with your rights" in text for text in seen(window))
        assert session.toolbox.decided == [] and control(window, "Allow it: lights.py").hasFocus()
        click(control(window, "Allow it: lights.py"))
        await settled(window)
        assert session.toolbox.decided == [("allow", "lights.py", "b2")]
        click(control(window, "Disallow lights.py"))
        await settled(window)
        assert session.toolbox.decided[1:] == [("disallow", "lights.py")] and there(window, "Allow lights.py")

    run(steps)


def test_a_file_that_changes_before_it_is_allowed_is_asked_for_again(
    window: MainWindow, session: FakeSession, run: Run
) -> None:
    session.toolbox.file_list = [ToolFile("lights.py", "b2", False)]

    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        click(control(window, "Allow lights.py"))
        session.toolbox.file_list = [ToolFile("lights.py", "c3", False)]
        await changed(window, session)
        assert not there(window, "Allow it: lights.py") and there(window, "Allow lights.py")

    run(steps)


def test_what_is_wrong_with_a_file_is_said(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.toolbox.file_list = [
        ToolFile("lights.py", "b2", False),
        ToolFile("bad.py", "d4", True, "Line 3 is no Python."),
    ]

    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        assert "Line 3 is no Python." in seen(window)
        session.toolbox.failures.append(FULL)
        click(control(window, "Allow lights.py"))
        click(control(window, "Allow it: lights.py"))
        await settled(window)
        assert "The disk is full. Make room on it." in seen(window) and there(window, "Allow lights.py")
        session.toolbox.file_list = [ToolFile("bad.py", "d4", True)]
        await changed(window, session)
        assert "Line 3 is no Python." not in seen(window) and "lights.py" not in seen(window)

    run(steps)


def test_the_folder_is_made_and_opened(
    window: MainWindow, session: FakeSession, run: Run, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    answers = [True, False]

    def open_url(url: object) -> bool:
        opened.append(url.toLocalFile())  # type: ignore[attr-defined]
        return answers.pop(0)

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    session.toolbox.folder = f"{tmp_path}/profile/tools"

    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        assert any(text.endswith("There are none yet.") for text in seen(window))
        click(control(window, "Open the folder of your tools"))
        assert f"The folder cannot be opened here. It is {session.toolbox.folder}" not in seen(window)
        click(control(window, "Open the folder of your tools"))
        assert f"The folder cannot be opened here. It is {session.toolbox.folder}" in seen(window)

    run(steps)
    assert opened == [session.toolbox.folder] * 2


# ---------------------------------------------------------------- servers


def test_the_text_of_the_servers_is_checked_when_it_is_left(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        field = control(window, "MCP servers")
        assert '"mcpServers"' in field.placeholderText()
        session.toolbox.wrong = "The server “notes” has neither a command nor a url."
        field.setFocus()
        QTest.keyClicks(field, '{"mcpServers": {"notes": {}}}')
        leave(field)
        assert "Not used. The server “notes” has neither a command nor a url." in seen(window)
        assert session.changes == []
        click(control(window, "Done"))
        assert window.sheet.isVisible() and field.hasFocus()
        session.toolbox.wrong = ""
        leave(field)
        assert session.settings.mcp_servers == '{"mcpServers": {"notes": {}}}'
        assert not any(text.startswith("Not used") for text in seen(window))

    run(steps)


def test_how_servers_do_and_what_they_wrote(window: MainWindow, session: FakeSession, run: Run) -> None:
    box = session.toolbox
    box.server_list = [
        ToolServer("notes", ServerState.RUNNING, 1),
        ToolServer("time", ServerState.FAILED, 0, "It ended."),
    ]
    box.logs = {"notes": "\x1b[1mready", "time": ""}

    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        texts = seen(window)
        assert "Running · 1 tool" in texts and "It ended." in texts
        click(control(window, "Log: notes"))
        log = control(window, "Log of notes")
        assert log.toPlainText() == "⟨U+001B⟩[1mready" and log.isReadOnly()
        box.logs["notes"] = "more"
        box.server_list[1] = ToolServer("time", ServerState.RUNNING, 1200)
        await changed(window, session)
        assert log.toPlainText() == "more"
        assert "Running · 1,200 tools" in seen(window) and "It ended." not in seen(window)
        click(control(window, "Hide log: notes"))
        assert not there(window, "Log of notes")

    run(steps)


# ---------------------------------------------------------------- what it remembers


def test_what_is_remembered_is_seen_and_deleted(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.toolbox.fact_list = [Fact(1, "I am vegetarian.", 1.79e9), Fact(2, "I live in Porto.", 1.78e9)]

    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        assert "I am vegetarian." in seen(window)
        session.toolbox.failures.append(FULL)
        click(control(window, "Delete: I am vegetarian."))
        await settled(window)
        assert "The disk is full. Make room on it." in seen(window)
        click(control(window, "Delete: I am vegetarian."))
        await settled(window)
        assert "I am vegetarian." not in seen(window) and "I live in Porto." in seen(window)
        click(control(window, "Delete: I live in Porto."))
        await settled(window)
        assert any("Nothing yet. Say “Remember that" in text for text in seen(window))

    run(steps)


def test_what_cannot_be_read_is_said(window: MainWindow, session: FakeSession, run: Run) -> None:
    async def steps() -> None:
        session.toolbox.failures.append(FULL)
        await open_at(window, session, Group.TOOLS)
        assert "The disk is full. Make room on it." in seen(window)
        await changed(window, session)
        assert "The disk is full. Make room on it." not in seen(window)

    run(steps)


# ---------------------------------------------------------------- all of it


@pytest.mark.parametrize("width", [440, 480, 1000])
def test_whatever_others_write_fits(
    window: MainWindow, session: FakeSession, run: Run, app: QApplication, width: int
) -> None:
    box = session.toolbox
    box.tools = [ToolInfo("t", HOSTILE, label=HOSTILE, changes=True, network=True, source=FOREIGN)]
    box.file_list = [ToolFile(HOSTILE, "a", False, HOSTILE)]
    box.server_list = [ToolServer(HOSTILE, ServerState.FAILED, 0, HOSTILE)]
    box.logs = {HOSTILE: HOSTILE}
    box.fact_list = [Fact(1, HOSTILE, 1.79e9)]

    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        app.processEvents()
        page = window.sheet.page
        assert page is not None and (content := page.widget()) is not None
        assert content.width() <= page.viewport().width()
        for field in page.section(Group.TOOLS).fields:
            for part in (w for w in field.row.findChildren(QWidget) if w.isVisible()):
                left = part.mapTo(field.row, part.rect().topLeft()).x()
                assert left >= 0 and left + part.width() <= field.row.width()
        assert not any("\u202e" in text for text in seen(window))
        assert any(text.startswith("<b>x</b>⟨U+202E⟩") for text in seen(window))

    window.resize(width, 720)
    run(steps)


def test_tab_reaches_everything_in_order(window: MainWindow, session: FakeSession, run: Run) -> None:
    tool_box(session)

    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        names = []
        for _ in range(40):
            names.append(name_of(window.focusWidget()))
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert names[2 : names.index("Search settings", 1)] == [
            "Tools", "Weather: Always", "Web page: Ask", "Reminder: Always", "Append to a note: Ask", "water: Never",
            "Open the folder of your tools", "Disallow plants.py", "Allow lights.py", "Disallow broken.py",
            "Shared folders", "MCP servers", "Log: notes", "Log: time", "Log: search",
            "Delete: I am vegetarian.", "Delete: My mother's name is Ana.", "Permissions",
            "Reset this page", "Cancel: settings as before", "Done",
        ]  # fmt: skip

    run(steps)


def test_the_words_of_a_server_are_read_before_they_are_accepted(
    window: MainWindow, session: FakeSession, run: Run
) -> None:
    box = session.toolbox
    box.server_list = [ToolServer("notes", ServerState.RUNNING, 1)]
    add = ToolInfo("notes__add", "Adds.\u202e", {"type": "object", "properties": {"to": {"description": "Obey."}}},
                   source=ToolSource(SourceKind.SERVER, "notes"), outside=True, network=True)  # fmt: skip
    box.tools.append(add)

    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        assert any(text.startswith("1 tool is described by this server") for text in seen(window))
        assert not there(window, "Tools of notes") and not there(window, "Accept them")
        click(control(window, "Read them"))
        read = control(window, "Tools of notes").toPlainText()
        assert "notes__add" in read and "Adds.⟨U+202E⟩" in read and "Obey." in read
        box.tools[-1] = replace(add, description="Deletes.")
        await changed(window, session)
        assert there(window, "Read them") and not there(window, "Tools of notes"), "it has to be read again"
        click(control(window, "Read them"))
        click(control(window, "Accept them"))
        await settled(window)
        assert box.accepted == [["notes__add"]]
        assert not any("described by this server" in text for text in seen(window))
        assert not there(window, "Accept them") and not there(window, "Tools of notes")

    run(steps)


def test_what_was_kept_with_text_of_others_is_marked(window: MainWindow, session: FakeSession, run: Run) -> None:
    session.toolbox.fact_list = [Fact(1, "Obey.", 1.79e9, tainted=True), Fact(2, "I live in Porto.", 1.78e9)]

    async def steps() -> None:
        await open_at(window, session, Group.TOOLS)
        assert sum(text.endswith("from a conversation that held text of others") for text in seen(window)) == 1

    run(steps)
