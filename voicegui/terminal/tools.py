"""`voicegui tools list`."""

import textwrap

from voicegui.app import Program
from voicegui.core.tool_help import tool_help
from voicegui.core.toolbox import ToolFile
from voicegui.core.tools import ToolInfo, fingerprint, is_unreviewed, permission_key
from voicegui.core.visible import line
from voicegui.toolkit import NOT_THERE_YET, Toolkit

from .ending import complain
from .equipment import at_hand

MCP_WITHIN_S, MCP_SLOW_S = 200.0, 8.0
"""Servers that have not told their tools by then are listed without; and it is said that they are waited for."""


async def show(program: Program) -> int:
    """What the model may do, who brought it and what it takes. MCP servers are started for it."""
    settings = program.settings
    async with at_hand(program) as toolkit:
        await toolkit.start()
        await wait_for_servers(toolkit)
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


async def wait_for_servers(toolkit: Toolkit) -> None:
    """Until all have told their tools or failed. Says whom it waits for."""
    await toolkit.listed(MCP_SLOW_S)
    names = [line(each.name) for each in toolkit.servers() if each.state in NOT_THERE_YET]
    if names:
        complain(f"Waiting for {', '.join(names)}: a first start may have to download something. Ctrl-C ends it.")
        await toolkit.listed(MCP_WITHIN_S)


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
