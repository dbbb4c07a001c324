"""All servers on their thread. The one module that loads the `mcp` package, directly or through what it imports."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anyio
from anyio.abc import TaskGroup

from voicegui.core.tools import ToolOutcome

from .configuration import ServerConfiguration
from .framing import Limits
from .server import Server
from .server_status import ServerLog, ServerStatus
from .stdio import ProcessGuard

HubCommand = Callable[["Hub"], None]

# They log what servers and users say.
for name in ("mcp", "client"):
    logging.getLogger(name).setLevel(logging.CRITICAL)


class Hub:
    """Everything of it happens on the thread of servers."""

    def __init__(self, limits: Limits, report: Callable[[ServerStatus], None]) -> None:
        self._limits = limits
        self._report = report
        self._servers: dict[str, tuple[ServerConfiguration, Server]] = {}
        self._watch = ProcessGuard()
        self._tasks: TaskGroup | None = None

    async def run(self, commands: "asyncio.Queue[HubCommand | None]") -> None:
        """Carries out what comes until None does; then ends all servers."""
        try:
            async with anyio.create_task_group() as self._tasks:
                while command := await commands.get():
                    command(self)
                self.use((), {})
        finally:
            self._watch.close()

    def use(self, configurations: Sequence[ServerConfiguration], logs: Mapping[str, ServerLog]) -> None:
        """Those that are the same go on."""
        wanted = {configuration.name: configuration for configuration in configurations}
        for name, (configuration, server) in list(self._servers.items()):
            if wanted.get(name) != configuration:
                server.stop()
                del self._servers[name]
        for name, configuration in wanted.items():
            if name not in self._servers:
                server = Server(configuration, self._limits, logs[name], self._watch, self._report)
                self._servers[name] = configuration, server
                assert self._tasks is not None
                self._tasks.start_soon(server.live)

    def want(self) -> None:
        for _, server in self._servers.values():
            server.want()

    async def call(self, server: str, tool: str, arguments: Mapping[str, Any]) -> ToolOutcome:
        if server not in self._servers:
            return ToolOutcome("The MCP server of this tool was removed.", ok=False)
        return await self._servers[server][1].call(tool, arguments)
