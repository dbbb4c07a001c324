"""MCP servers: the text that names them, how each is doing, what it says of its tools, and what it wrote to its log."""

import json
from collections.abc import Sequence

from PySide6.QtGui import QFont, QFontDatabase, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from voicegui.core.setting_declaration import SettingDeclaration
from voicegui.core.settings import Settings
from voicegui.core.text.sanitiser import breakable, harmless, one_line
from voicegui.core.toolbox import ServerState, ToolServer
from voicegui.core.tools import SourceKind, ToolInfo, ToolSource, is_unreviewed
from voicegui.core.wording import marked, shown, shown_plural

from ..buttons import Button, ButtonLook, Face
from .controls import LongControl
from .list_rows import list_row
from .setting_fields import Bench, SettingField
from .setting_row import ControlPlace, beside

EXAMPLE = """{"mcpServers": {
  "time": {"command": "uvx", "args": ["mcp-server-time"]},
  "notes": {"url": "http://localhost:8000/mcp"}
}}"""
STATES = {
    ServerState.WAITING: marked("Starts when its tools are first wanted"),
    ServerState.STARTING: marked("Starting…"),
    ServerState.RUNNING: marked("Running"),
    ServerState.FAILED: marked("Not running; tried again at the next call"),
}
LOG_HEIGHT = 160


def servers_field(bench: Bench, declared: SettingDeclaration) -> SettingField:
    """The row of `mcp_servers`: its text is checked when it is left."""
    control = LongControl(declared)
    control.suggest(EXAMPLE)
    control.field.setFont(_mono())

    def check(text: str) -> str:
        fault = bench.session.toolbox.check_servers(text)
        control.fault = (fault.line, fault.column) if fault else (0, 0)
        return breakable(shown("Not used. {problem}", problem=one_line(fault.message, 400))) if fault else ""

    return SettingField(bench, declared, control, ControlPlace.BELOW, check=check)


class ServerRow:
    """The row of one server."""

    name = ""

    def __init__(self, bench: Bench, server: ToolServer) -> None:
        self._bench, self._server = bench, server
        self._title = one_line(server.name, 60)
        self.button = Button(bench.theme, ButtonLook.DIALOG, Face(), "")
        self.button.clicked.connect(self._toggle)
        self.row = list_row(bench, breakable(self._title), "", self.button)
        self._shown: Sequence[ToolInfo] = ()
        """Whose definitions can be read now."""
        self.definitions = self._text(shown("Tools of {server}", server=self._title))
        self.log = self._text(shown("Log of {server}", server=self._title))
        self._show_button()

    def show(self, settings: Settings) -> None:
        self.row.relevant = settings.use_tools

    def show_item(self, server: ToolServer) -> None:
        tools = shown_plural("{tools} tool", "{tools} tools", server.tools, tools=f"{server.tools:,}")
        self.row.show_help(beside(shown(STATES[server.state]), tools if server.tools else ""))
        if server.problem and server.state is ServerState.STARTING:
            self.row.show_help(server.problem)
            self.row.clear_notice()
        elif server.problem:
            self.row.show_notice(breakable(one_line(server.problem, 400)), "error")
        else:
            self._show_unreviewed()
        if not self.log.isHidden():
            self._fill()

    def give_up(self) -> None:
        pass

    def _text(self, name: str) -> QPlainTextEdit:
        """To be read, below the row; hidden at first."""
        made = QPlainTextEdit()
        made.setAccessibleName(name)
        made.setReadOnly(True)
        made.setTabChangesFocus(True)
        made.setFont(_mono())
        made.setFixedHeight(LOG_HEIGHT)
        self.row.extra.addWidget(made)
        made.hide()
        return made

    def _show_unreviewed(self) -> None:
        """What has changed since it was read has to be read again."""
        tools = self._bench.session.toolbox.all_tools()
        source = ToolSource(SourceKind.SERVER, self._server.name)
        unreviewed = [tool for tool in tools if tool.source == source and is_unreviewed(tool)]
        if not unreviewed:
            self.row.clear_notice()
        if unreviewed != self._shown:
            self._shown = ()
            self.definitions.hide()
        if unreviewed and not self._shown:
            told = shown_plural(
                "{tools} tool is described by this server, in words that you have not read. They may hold orders to "
                "the model: until you accept them, whatever changes something or reaches the network asks.",
                "{tools} tools are described by this server, in words that you have not read. They may hold orders to "
                "the model: until you accept them, whatever changes something or reaches the network asks.",
                len(unreviewed),
                tools=f"{len(unreviewed):,}",
            )
            self.row.show_notice(told, "warning", shown("Read them"), lambda: self._show_definitions(unreviewed))

    def _show_definitions(self, tools: Sequence[ToolInfo]) -> None:
        self._shown = tools
        self.definitions.setPlainText(harmless("\n\n".join(_definition(tool) for tool in tools)))
        self.definitions.show()
        self.row.show_notice(
            shown("This is all that the model is told of them."),
            "warning",
            shown("Accept them"),
            lambda: self._bench.session.toolbox.accept(self._shown),
        )

    def _toggle(self) -> None:
        self.log.setVisible(self.log.isHidden())
        self._show_button()
        if not self.log.isHidden():
            self._fill()

    def _fill(self) -> None:
        """Keeps to the end, unless somebody has scrolled up to read."""
        text = harmless(self._bench.session.toolbox.server_log(self._server.name))
        if text != self.log.toPlainText():
            bar = self.log.verticalScrollBar()
            at_end, at = bar.value() >= bar.maximum(), bar.value()
            self.log.setPlainText(text)
            self.log.moveCursor(QTextCursor.MoveOperation.End) if at_end else bar.setValue(at)
        self.log.setPlaceholderText(shown("It has written nothing."))

    def _show_button(self) -> None:
        if self.log.isHidden():
            face, name = shown("Log"), shown("Log: {server}", server=self._title)
        else:
            face, name = shown("Hide log"), shown("Hide log: {server}", server=self._title)
        self.button.show_face(Face(text=face))
        self.button.name(name)


def _definition(tool: ToolInfo) -> str:
    """All that the model is told of it."""
    return f"{tool.name}\n{tool.description}\n{json.dumps(tool.parameters, ensure_ascii=False, indent=2)}"


def _mono() -> QFont:
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    made.setPixelSize(13)
    return made
