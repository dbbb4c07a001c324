"""MCP servers as the program knows them: their tools, how they are, and what they wrote to their error output."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from voicegui.core.toolbox import ServerState, ToolServer
from voicegui.core.tools import SourceKind, ToolOutcome, ToolSource
from voicegui.loops.loop_thread import loop_for_processes
from voicegui.tools.function_arguments import BadArguments, json_object
from voicegui.tools.registry import Registry, Tool

from .configuration import ServerConfiguration
from .framing import Limits
from .server_status import ServerLog, ServerStatus

if TYPE_CHECKING:
    from .hub import Hub, HubCommand

_log = logging.getLogger(__name__)


class McpServers:
    """Lives on the event loop's thread; nothing of it waits. The servers themselves are on a thread of their own, which
    begins with the first of them: whatever they send, this loop only sees what is left of it.

    The constructor only remembers. Of `use` that there are servers, and of `start` that their tools are wanted.
    """

    def __init__(self, configurations: Sequence[ServerConfiguration] = (), limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._configurations: tuple[ServerConfiguration, ...] = ()
        self._statuses: dict[str, ServerStatus] = {}
        self._logs: dict[str, ServerLog] = {}
        self._watchers: list[Callable[[], None]] = []
        self._thread: _Thread | None = None
        self._closed = False
        self.use(configurations)

    # ------------------------------------------------------------ what they are asked

    def use(self, configurations: Sequence[ServerConfiguration]) -> None:
        """These from now on. Those that are the same go on; those that are gone are ended in the background."""
        before = {configuration.name: configuration for configuration in self._configurations}
        self._configurations = tuple(configurations)
        after = {configuration.name: configuration for configuration in configurations}
        for name in before:
            if after.get(name) != before[name]:
                self._statuses.pop(name, None)
                self._logs.pop(name, None)
        for name in after:
            self._logs.setdefault(name, ServerLog(self._limits.log_bytes))
        if self._thread:
            self.start()
        self._changed()

    def start(self) -> None:
        """Starts in the background what does not run: their tools are wanted soon."""
        usable = [configuration for configuration in self._configurations if configuration.reach]
        if self._closed or not (usable or self._thread):
            return
        if self._thread is None:
            self._thread = _Thread(self._limits, self._learn)
        logs = dict(self._logs)
        self._thread.do(lambda hub: hub.use(usable, logs))
        self._thread.do(lambda hub: hub.want())

    async def aclose(self) -> None:
        """Ends all of them, within a few seconds however they behave."""
        self._closed = True
        if self._thread:
            await asyncio.to_thread(self._thread.end)

    # ------------------------------------------------------------ what is known of them

    def tools(self) -> Sequence[Tool]:
        """Those that were listed so far. Calling one of a server that ended starts it again."""
        return [
            Tool(offer.info, partial(self._call, status.name, offer.remote_name))
            for status in self._statuses.values()
            for offer in status.offers
        ]

    def servers(self) -> Sequence[ToolServer]:
        return [self._server(configuration) for configuration in self._configurations]

    def server_log(self, name: str) -> str:
        """The newest of what it wrote to its error output; "" for a server that is not there."""
        return self._logs[name].text() if name in self._logs else ""

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """`changed` is called whenever `tools` or `servers` are others; returns what ends that."""
        self._watchers.append(changed)
        return partial(self._watchers.remove, changed)

    def fill(self, registry: Registry) -> Callable[[], None]:
        """Keeps the tools of all servers in the registry; returns what ends that."""
        filled: dict[str, object] = {}

        def changed() -> None:
            offered = {name: status.offers for name, status in self._statuses.items()}
            for name in {*filled, *offered}:
                if filled.get(name, ()) != offered.get(name, ()):
                    source = ToolSource(SourceKind.SERVER, name)
                    registry.remove(source)
                    registry.add(tool for tool in self.tools() if tool.info.source == source)
            filled.clear()
            filled.update(offered)

        changed()
        return self.watch(changed)

    def _server(self, configuration: ServerConfiguration) -> ToolServer:
        if configuration.problem:
            return ToolServer(configuration.name, ServerState.FAILED, problem=configuration.problem.shown())
        status = self._statuses.get(configuration.name)
        if status is None:
            return ToolServer(configuration.name, ServerState.WAITING)
        return ToolServer(status.name, status.state, len(status.offers), status.problem.shown())

    def _learn(self, status: ServerStatus) -> None:
        if any(configuration.name == status.name for configuration in self._configurations):
            self._statuses[status.name] = status
            self._changed()

    def _changed(self) -> None:
        for watcher in list(self._watchers):
            watcher()

    # ------------------------------------------------------------ calls

    async def _call(self, server: str, tool: str, text: str) -> ToolOutcome:
        try:
            arguments = json_object(text)
        except BadArguments as problem:
            return ToolOutcome(str(problem), ok=False)
        if self._closed or self._thread is None:
            return ToolOutcome("The MCP servers have been ended.", ok=False)
        return await self._thread.call(server, tool, arguments)


class _Thread:
    """The thread "mcp" with its own event loop: what servers send is read, checked and thrown away there.

    `learn` is called on the loop of whoever makes this. A daemon: if the program ends without `end`, the guard ends
    the servers.
    """

    def __init__(self, limits: Limits, learn: Callable[[ServerStatus], None]) -> None:
        self._limits = limits
        self._learn = learn
        self._home = asyncio.get_running_loop()
        self._loop = loop_for_processes()
        self._commands: asyncio.Queue[HubCommand | None] = asyncio.Queue()
        self._hub: Hub | None = None
        self._thread = threading.Thread(target=self._run, name="mcp", daemon=True)
        self._thread.start()

    def do(self, command: "HubCommand | None") -> None:
        self._loop.call_soon_threadsafe(self._commands.put_nowait, command)

    async def call(self, server: str, tool: str, arguments: Mapping[str, Any]) -> ToolOutcome:
        assert self._hub is not None, "a tool has been listed"
        running = asyncio.run_coroutine_threadsafe(self._hub.call(server, tool, arguments), self._loop)
        return await asyncio.wrap_future(running)  # being cancelled is passed on

    def end(self) -> None:
        """Blocks until all servers have ended."""
        if self._thread.is_alive():
            self.do(None)
            self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        from .hub import Hub  # loads the package: a third of a second, here where nobody waits

        self._hub = Hub(self._limits, self._report)
        await self._hub.run(self._commands)

    def _report(self, status: ServerStatus) -> None:
        try:
            self._home.call_soon_threadsafe(self._learn, status)
        except RuntimeError:
            _log.info("Nobody listens to MCP servers any more")  # its loop was closed
