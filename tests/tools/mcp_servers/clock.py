"""A real MCP server, made with the server side of the package. `clock.py` speaks over its pipes, `clock.py http` over
HTTP on a free port of the loopback, which it prints first."""

import os
import socket
import sys

import anyio
import mcp_types as types
from mcp.server.mcpserver import Context, Image, MCPServer

server = MCPServer("clock", log_level="ERROR")
news = open(os.environ["NEWS"], "w") if "NEWS" in os.environ else None  # noqa: SIM115


def tell(word: str) -> None:
    if news:
        print(word, file=news, flush=True)


@server.tool(title="What time it is", annotations=types.ToolAnnotations(read_only_hint=True))
def get_time(zone: str) -> str:
    """Tells the time of a zone."""
    if zone == "Mars":
        raise ValueError("There is no such zone")
    return f"It is 10:30 in {zone}."


@server.tool()
def set_alarm(hour: int, minute: int = 0) -> dict[str, int]:
    """Wakes somebody."""
    return {"hour": hour, "minute": minute}


@server.tool()
def picture() -> Image:
    """Draws the clock."""
    return Image(data=b"not really", format="png")


@server.tool()
def environment(name: str) -> str:
    """Tells a variable."""
    return os.environ.get(name, "not set")


@server.tool()
async def wait(context: Context) -> str:
    """Never ends by itself."""
    tell("waiting")
    try:
        await anyio.sleep_forever()
    finally:
        tell("cancelled")
    return ""


@server.tool()
async def learn(context: Context) -> str:
    """Has one tool more from now on."""
    server.add_tool(lambda: "new", name="new_tool", description="A new one")
    await context.notify_tools_changed()
    await context.session.send_tool_list_changed()
    return "learned"


@server.tool()
async def die(context: Context) -> str:
    """Ends the server."""
    print("I am dying", file=sys.stderr, flush=True)
    os._exit(3)


def main() -> None:
    if sys.argv[1:2] != ["http"]:
        server.run("stdio")
        return
    import uvicorn

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    app = server.streamable_http_app(json_response="json" in sys.argv)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)).run(sockets=[listener])


if __name__ == "__main__":
    main()
