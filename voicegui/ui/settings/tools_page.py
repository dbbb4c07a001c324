"""The page about tools: which there are, where they come from, and what is remembered."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QDir, QUrl
from PySide6.QtGui import QDesktopServices

from voicegui.core.errors import VoiceError
from voicegui.core.records import Fact
from voicegui.core.settings import declared
from voicegui.core.toolbox import ToolFile, ToolServer
from voicegui.core.tools import ToolInfo
from voicegui.core.wording import marked, shown

from ..buttons import Button, ButtonLook, Face
from .list_rows import MOST, FactRow, ListField, ListRows, ListSection, ToolFileRow, ToolRow, key_of
from .mcp_servers import ServerRow, servers_field
from .setting_fields import Bench, setting_field
from .setting_row import SettingRow

T = TypeVar("T")

OWN = marked(
    "Python files in a folder of yours. Such a file runs as a program with your rights, so it is used only after you "
    "have allowed it, and after each change only when you allow it again."
)


class ToolsPart:
    """Keeps the lists of the page true while it is shown."""

    def __init__(self, bench: Bench, relay: Callable[[], None]) -> None:
        """`relay` is called when there are other rows."""
        self._bench, self._relay = bench, relay
        self._box = bench.session.toolbox
        self._section: ListSection | None = None
        self._unwatch: Callable[[], None] = lambda: None
        self._asked: list[Callable[[], None]] = []
        named = {each.name: each.in_words() for each in declared()}
        self.use = setting_field(bench, named["use_tools"])
        self.servers = servers_field(bench, named["mcp_servers"])
        look, face = ButtonLook.DIALOG, Face(text=shown("Open the folder"))
        folder = Button(bench.theme, look, face, shown("Open the folder of your tools"))
        folder.clicked.connect(self._open_folder)
        self.own = ListField(bench, shown("Your own tools"), shown(OWN), folder)
        self.memory = ListField(bench, shown("What it remembers"), shown("About you, in this profile only."))
        self._tools = ListRows[ToolInfo](self.use, key_of, lambda tool: ToolRow(bench, tool))
        self._files = ListRows[ToolFile](
            self.own, lambda file: (file.is_package, file.name), lambda file: ToolFileRow(bench, file, self._ask)
        )
        self._servers = ListRows[ToolServer](self.servers, lambda it: it.name, lambda it: ServerRow(bench, it))
        self._facts = ListRows[Fact](self.memory, lambda fact: fact.id, lambda fact: FactRow(bench, fact, self._ask))

    def look(self, section: ListSection) -> None:
        """Fills the lists, and again whenever they change until `end`."""
        self._section = section
        self._unwatch = self._box.watch(self._ask)
        self._ask()

    def end(self) -> None:
        self._unwatch()
        self._section = None

    # ------------------------------------------------------------ what is shown

    def _ask(self) -> None:
        """Asks for everything; an older question is not answered any more."""
        for drop in self._asked:
            drop()
        run = self._bench.background.run
        self._asked = [
            run(self._fill(self._tools, self._list_tools), _nothing, _sayer(self.use.row)),
            run(self._fill(self._files, self._list_files), _nothing, _sayer(self.own.row)),
            run(self._fill(self._servers, self._list_servers), _nothing, _sayer(self.servers.row)),
            run(self._fill(self._facts, self._list_facts), _nothing, _sayer(self.memory.row)),
        ]

    async def _fill(self, lines: ListRows[T], members: Callable[[], Awaitable[Sequence[T]]]) -> None:
        """A few rows at a time: the window stays alive, and the conversation with it."""
        import asyncio  # takes longer to import than the window to paint

        found = await members()
        done = False
        while not done and self._section is not None:
            done = lines.show(found, self._section)
            self._relay()
            await asyncio.sleep(0)

    async def _list_tools(self) -> Sequence[ToolInfo]:
        tools = self._box.all_tools()
        if len(tools) > MOST:
            cut = shown(
                "{most} of {all} are shown. Others are set by their names, at the end of this page.",
                most=MOST,
                all=f"{len(tools):,}",
            )
            self.use.row.show_notice(cut, "warning")
        return tools

    async def _list_servers(self) -> Sequence[ToolServer]:
        return self._box.servers()

    async def _list_files(self) -> Sequence[ToolFile]:
        files = await self._box.files()
        self.own.row.clear_notice()
        self.own.say("" if files else shown("There are none yet."))
        return files

    async def _list_facts(self) -> Sequence[Fact]:
        facts = await self._box.facts()
        self.memory.row.clear_notice()
        more = shown("The newest {most} of {all}:", most=MOST, all=f"{len(facts):,}") if len(facts) > MOST else ""
        self.memory.say(more if facts else shown("Nothing yet. Say “Remember that I am vegetarian”, for example."))
        return facts

    def _open_folder(self) -> None:
        folder = self._box.folder
        self.own.row.clear_notice()
        if not QDir().mkpath(folder) or not QDesktopServices.openUrl(QUrl.fromLocalFile(folder)):
            self.own.row.show_notice(shown("The folder cannot be opened here. It is {folder}", folder=folder), "error")


def _nothing(_result: None) -> None:
    """The rows are all that was wanted."""


def _sayer(row: SettingRow) -> Callable[[VoiceError], None]:
    return row.show_error
