"""Tools that the client of a conversation runs itself: a call of one ends the answer, its outcome is brought later."""

from collections.abc import Sequence

from voicegui.core.tools import HANDED_OVER, ToolCall, ToolInfo, ToolOutcome, unknown_tool


class ClientTools:
    """Which they are may change at any time."""

    def __init__(self) -> None:
        self.tools: Sequence[ToolInfo] = ()

    def offered(self) -> Sequence[ToolInfo]:
        return self.tools

    async def call(self, call: ToolCall) -> ToolOutcome:
        return HANDED_OVER if self.has(call.name) else unknown_tool(call.name)

    def has(self, name: str) -> bool:
        return any(tool.name == name for tool in self.tools)
