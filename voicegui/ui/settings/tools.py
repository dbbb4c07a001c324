"""The page about tools: which there are, where they come from, and what is remembered."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QDir, QUrl
from PySide6.QtGui import QDesktopServices

from voicegui.core.declared import Declared
from voicegui.core.records import Fact
from voicegui.core.toolbox import ToolFile, ToolServer
from voicegui.core.tools import ToolInfo

from ..buttons import Button, Face, Look
from .facts import FactLine
from .fields import Bench, SettingField, setting_field
from .lines import MOST, Lines, ListField, Section
from .servers import ServerLine, servers_field
from .tool_files import FileLine
from .tool_row import ToolLine, key_of

HEADS = ("use_tools", "mcp_servers")
"""Settings with a list below."""
T = TypeVar("T")


class ToolsPart:
    """Keeps the lists of the page true while it is shown."""

    def __init__(self, bench: Bench, relay: Callable[[], None]) -> None:
        """`relay` is called when there are other rows."""
        self._bench, self._relay = bench, relay
        self._box = bench.session.toolbox
        self._section: Section | None = None
        self._unwatch: Callable[[], None] = lambda: None
        self._asked: list[Callable[[], None]] = []
        self.folder = Button(bench.theme, Look.DIALOG, Face(text="Open the folder"), "Open the folder of your tools")
        self.folder.clicked.connect(self._open_folder)
        self.own = ListField(
            bench,
            "Your own tools",
            "Python files in a folder of yours. Such a file runs as a program with your rights, so it is used only "
            "after you have allowed it, and after each change only when you allow it again.",
            self.folder,
        )
        self.memory = ListField(bench, "What it remembers", "About you, in this profile only.")
        self._files = Lines[ToolFile](self.own, lambda file: file.name, lambda file: FileLine(bench, file, self._ask))
        self._facts = Lines[Fact](self.memory, lambda fact: fact.id, lambda fact: FactLine(bench, fact, self._ask))
        self._tools: Lines[ToolInfo] | None = None
        self._servers: Lines[ToolServer] | None = None

    def head(self, declared: Declared) -> SettingField:
        """The row of one of `HEADS`."""
        bench = self._bench
        if declared.name == "mcp_servers":
            field = servers_field(bench, declared)
            self._servers = Lines[ToolServer](field, lambda server: server.name, lambda it: ServerLine(bench, it))
        else:
            field = setting_field(bench, declared)
            self._tools = Lines[ToolInfo](field, key_of, lambda tool: ToolLine(bench, tool))
        return field

    def look(self, section: Section) -> None:
        """Fills the lists, and again whenever they change until `end`."""
        self._section = section
        self._unwatch = self._box.watch(self._fill)
        self._fill()

    def end(self) -> None:
        self._unwatch()
        self._section = None

    # ------------------------------------------------------------ what is shown

    def _fill(self) -> None:
        if self._section is not None and self._tools is not None and self._servers is not None:
            self._tools.show(self._box.all_tools(), self._section)
            self._servers.show(self._box.servers(), self._section)
            self._relay()
            self._ask()

    def _ask(self) -> None:
        """Asks for what takes a moment; an older question is not answered any more."""
        for drop in self._asked:
            drop()
        run = self._bench.background.run
        self._asked = [
            run(self._box.files(), self._show_files, self.own.fail),
            run(self._box.facts(), self._show_facts, self.memory.fail),
        ]

    def _show_files(self, files: Sequence[ToolFile]) -> None:
        self.own.row.clear_notice()
        self.own.say("" if files else "There are none yet.")
        self._put(self._files, files)

    def _show_facts(self, facts: Sequence[Fact]) -> None:
        self.memory.row.clear_notice()
        more = f"The newest {MOST} of {len(facts):,}:" if len(facts) > MOST else ""
        self.memory.say(more if facts else "Nothing yet. Say “Remember that I am vegetarian”, for example.")
        self._put(self._facts, facts)

    def _put(self, lines: Lines[T], items: Sequence[T]) -> None:
        if self._section is not None:
            lines.show(items, self._section)
            self._relay()

    def _open_folder(self) -> None:
        folder = self._box.folder
        self.own.row.clear_notice()
        if not QDir().mkpath(folder) or not QDesktopServices.openUrl(QUrl.fromLocalFile(folder)):
            self.own.row.show_notice(f"The folder cannot be opened here. It is {folder}", "error")
