"""Servers to test with, and waiting for what they become."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from voicegui.core.toolbox import ServerState, ToolServer
from voicegui.core.tools import ToolCall, ToolOutcome
from voicegui.tools.mcp import McpServers, ServerConfiguration
from voicegui.tools.mcp.configuration import LocalServer, RemoteServer
from voicegui.tools.mcp.framing import Limits
from voicegui.tools.registry import Registry

SERVERS = Path(__file__).parents[1] / "mcp_servers"
QUICK = Limits(stop_s=0.3, relist_s=0.0)


def clock(name: str = "clock", **environment: str) -> ServerConfiguration:
    """A real server."""
    return ServerConfiguration(name, LocalServer(sys.executable, (str(SERVERS / "clock.py"),), environment))


def hostile(kind: str, *more: str) -> ServerConfiguration:
    return ServerConfiguration("hostile", LocalServer(sys.executable, ("-S", str(SERVERS / "hostile.py"), kind, *more)))


def at(url: str, **headers: str) -> ServerConfiguration:
    return ServerConfiguration("far", RemoteServer(url, headers))


class Desk:
    """Servers with a registry that they fill."""

    def __init__(self, *configurations: ServerConfiguration, limits: Limits = QUICK) -> None:
        self.servers = McpServers(configurations, limits)
        self.registry = Registry()
        self.servers.fill(self.registry)
        self._news = asyncio.Event()
        self.servers.watch(self._news.set)

    async def until(self, there: Callable[[], bool]) -> None:
        while not there():
            self._news.clear()
            await self._news.wait()

    @property
    def server(self) -> ToolServer:
        (server,) = self.servers.servers()
        return server

    async def state(self, *states: ServerState) -> ToolServer:
        await self.until(lambda: self.server.state in states)
        return self.server

    async def running(self) -> None:
        """Raises AssertionError if it fails instead."""
        self.servers.start()
        server = await self.state(ServerState.RUNNING, ServerState.FAILED)
        assert server.state is ServerState.RUNNING, (server.problem, self.servers.server_log(server.name))

    async def failed(self) -> str:
        self.servers.start()
        return (await self.state(ServerState.FAILED)).problem

    async def call(self, name: str, /, **arguments: object) -> ToolOutcome:
        return await self.registry.call(ToolCall("1", name, json.dumps(arguments)))


@pytest.fixture
async def desk() -> AsyncIterator[Callable[..., Desk]]:
    """Makes desks and ends what they started."""
    made: list[Desk] = []

    def make(*configurations: ServerConfiguration, limits: Limits = QUICK) -> Desk:
        made.append(Desk(*configurations, limits=limits))
        return made[-1]

    yield make
    for each in made:
        await each.servers.aclose()


class Pipe:
    """For a server to tell something of itself, or just to hold."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = str(path)
        self._file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[asyncio.StreamReader]:
        """It ends once nobody holds the pipe any more: somebody has to hold it already."""
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._file)
        try:
            yield reader
        finally:
            transport.close()

    def close(self) -> None:
        self._file.close()


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    made = Pipe(tmp_path / "pipe")
    yield made
    made.close()
