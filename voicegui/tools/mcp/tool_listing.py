"""Asking a server for its tools. Apart from `server_tools`, because importing it loads the `mcp` package."""

from mcp import Client, MCPError
from mcp_types import METHOD_NOT_FOUND, PaginatedRequestParams, Tool

from .server_tools import MOST_TOOLS, Announced

_MOST_PAGES = 20


async def announced_tools(client: Client) -> list[Announced]:
    """All that it lists, or some more than `MOST_TOOLS`. Raises what the package raises."""
    announced: list[Announced] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        tools, cursor = await _page(client, cursor)
        announced += tools
        if not cursor or len(announced) > MOST_TOOLS:
            break
    return announced


async def _page(client: Client, cursor: str | None) -> tuple[list[Announced], str | None]:
    """A server without tools is one with none of them."""
    try:
        params = PaginatedRequestParams(cursor=cursor) if cursor else None
        page = await client.session.list_tools(params=params)
    except MCPError as error:
        if error.code != METHOD_NOT_FOUND:
            raise
        return [], None
    return [_announced(tool) for tool in page.tools], page.next_cursor


def _announced(tool: Tool) -> Announced:
    hints = tool.annotations
    read_only = hints is not None and hints.read_only_hint is True and hints.destructive_hint is not True
    title = tool.title or (hints.title if hints else None) or ""
    return Announced(tool.name, title, tool.description or "", tool.input_schema, read_only)
