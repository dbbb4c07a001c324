"""`voicegui tools list`."""

import textwrap

from voicegui.app import Program
from voicegui.core.toolbox import ToolFile
from voicegui.core.tools import ToolInfo, fingerprint, is_unreviewed, permission_key
from voicegui.host import ProgramHost
from voicegui.toolkit import Toolkit

MCP_WITHIN_S = 15.0
"""Servers that have not told their tools by then are listed without."""


async def show(program: Program) -> int:
    """What the model may do, who brought it and what it takes. MCP servers are started for it."""
    settings = program.settings
    host = ProgramHost(lambda: settings, lambda changed: None, lambda command: None, list)
    toolkit = Toolkit(program.profile, settings, host, change=lambda changed: None, tell=lambda event: None)
    try:
        await toolkit.start()
        await toolkit.listed(MCP_WITHIN_S)
        for tool in toolkit.all_tools():
            print(_told(tool))
        for file in await toolkit.files():
            if not file.allowed or file.problem:
                print(_not_loaded(file))
        for server in toolkit.servers():
            if server.problem:
                print(f"{server.name} (MCP server): {server.problem}")
        if not settings.use_tools:
            print("Tools are switched off in the settings.")
    finally:
        await toolkit.aclose()
    return 0


def _told(tool: ToolInfo) -> str:
    marks = [str(tool.permission), "changes something" if tool.changes else "reads"]
    if tool.network:
        marks.append("network")
    if is_unreviewed(tool):
        marks.append(f"not accepted ({permission_key(tool)}=ask@{fingerprint(tool)}+ in tool_permissions accepts it)")
    about = textwrap.shorten(tool.description, 90, placeholder=" …")
    return f"{tool.name:24} {', '.join(marks):34} {str(tool.source):12} {about}"


def _not_loaded(file: ToolFile) -> str:
    return f"{file.name}: {file.problem or 'not allowed yet. Allow it in the settings, under Tools.'}"
