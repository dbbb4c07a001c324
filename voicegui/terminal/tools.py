"""`voicegui tools list`."""

import textwrap

from voicegui.app import Program
from voicegui.core.tool_help import tool_help
from voicegui.core.toolbox import ToolFile
from voicegui.core.tools import ToolInfo, fingerprint, is_unreviewed, permission_key
from voicegui.core.visible import line

from .equipment import at_hand

MCP_WITHIN_S = 15.0
"""Servers that have not told their tools by then are listed without."""


async def show(program: Program) -> int:
    """What the model may do, who brought it and what it takes. MCP servers are started for it."""
    settings = program.settings
    async with at_hand(program) as toolkit:
        await toolkit.start()
        await toolkit.listed(MCP_WITHIN_S)
        for tool in toolkit.all_tools():
            print(_told(tool))
        for file in await toolkit.files():
            if not file.allowed or file.problem:
                print(_not_loaded(file))
        for server in toolkit.servers():
            if server.problem:
                print(line(f"{server.name} (MCP server): {server.problem}"))
        if not settings.use_tools:
            print("Tools are switched off in the settings.")
    return 0


def _told(tool: ToolInfo) -> str:
    marks = [str(tool.permission), "changes something" if tool.changes else "reads"]
    if tool.network:
        marks.append("network")
    if is_unreviewed(tool):
        marks.append(f"not accepted ({permission_key(tool)}=ask@{fingerprint(tool)}+ in tool_permissions accepts it)")
    about = textwrap.shorten(tool_help(tool), 90, placeholder=" …")
    return f"{line(tool.name):24} {', '.join(marks):34} {line(str(tool.source)):12} {line(about)}"


def _not_loaded(file: ToolFile) -> str:
    return line(f"{file.name}: {file.problem or 'not allowed yet. Allow it in the settings, under Tools.'}")
