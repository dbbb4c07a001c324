"""One tool: what it is called, what it does, who brought it, and whether it is asked for."""

from collections.abc import Hashable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from voicegui.core.settings import Settings
from voicegui.core.tool_help import tool_help
from voicegui.core.tools import BUILT_IN, Permission, ToolInfo

from ..foreign import breakable, one_line
from ..theme import interface_font
from .fields import Bench
from .lines import line_row
from .picker import Entry, Picker

PERMISSIONS = [
    Entry(Permission.ALWAYS, "Always"), Entry(Permission.ASK, "Ask"), Entry(Permission.NEVER, "Never"),
]  # fmt: skip


class ToolLine:
    """Its row. Names and descriptions may come from other programs: plain text, bounded."""

    name = ""

    def __init__(self, bench: Bench, tool: ToolInfo) -> None:
        title = one_line(tool.label or tool.name, 60)
        brought = "built in" if tool.source == BUILT_IN else f"from {one_line(str(tool.source), 60)}"
        does = one_line(tool_help(tool), 140)
        help = f"{does} · {brought}" if does else f"{brought[0].upper()}{brought[1:]}"
        badges = [word for word, is_so in (("changes", tool.changes), ("network", tool.network)) if is_so]
        self.picker = Picker(bench.theme, title, ", ".join([help, *badges]), lambda: PERMISSIONS)
        self.picker.setFixedWidth(104)
        self.picker.changed.connect(lambda value: bench.session.toolbox.permit(tool.name, Permission(str(value))))
        control = QWidget()
        layout = QHBoxLayout(control)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for badge in badges:
            layout.addWidget(_badge(badge))
        layout.addWidget(self.picker)
        self.row = line_row(bench, breakable(title), breakable(help), control)

    def show(self, settings: Settings) -> None:
        self.row.relevant = settings.use_tools

    def show_item(self, tool: ToolInfo) -> None:
        self.picker.show_value(tool.permission)

    def give_up(self) -> None:
        self.picker.give_up()


def key_of(tool: ToolInfo) -> Hashable:
    """Another one needs another row; the permission alone does not."""
    return (tool.name, tool.label, tool.description, tool.source, tool.changes, tool.network)


def _badge(word: str) -> QLabel:
    made = QLabel(word)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(interface_font(12))
    made.setProperty("role", "badge")
    made.setFixedHeight(22)
    return made
