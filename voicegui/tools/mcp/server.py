"""One server, from when it is first wanted until the program ends."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
from mcp import Client, MCPError
from mcp.client import IncomingMessage, Transport
from mcp.client.subscriptions import SubscriptionLost
from mcp_types import (
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    Implementation,
    InputRequiredResult,
    LoggingMessageNotificationParams,
    ToolListChangedNotification,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import TypeAdapter, ValidationError

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.text.sanitiser import HiddenAs, one_line
from voicegui.core.toolbox import ServerState
from voicegui.core.tools import ToolOutcome
from voicegui.core.wording import Sentence, sentence

from .configuration import LocalServer, ServerConfiguration
from .framing import Limits
from .http import HttpStatus, streamable_http
from .results import outcome
from .server_problems import (
    ENDED,
    REMOVED,
    SLOW,
    failed_call,
    is_session_lost,
    kinds_of_causes,
    session_problem,
    stopped,
    too_slow,
)
from .server_status import ServerLog, ServerStatus
from .server_tools import MOST_TOOLS, OfferedTool, offers
from .stdio import ProcessGuard, stdio
from .tool_listing import announced_tools

_log = logging.getLogger(__name__)
_US = Implementation(name="voicegui", version="1")
_NOTHING = Sentence("")
_TOO_MANY = sentence("It has more than {most} tools; the first {most} are used.", most=MOST_TOOLS)
_ANSWER: TypeAdapter[CallToolResult | InputRequiredResult] = TypeAdapter(CallToolResult | InputRequiredResult)


class Server:
    """Lives on the thread of servers. `report` gets each new status there.

    `live` is the one task in which sessions are opened and closed, as the package's cancel scopes demand; calls are
    tasks of their own. A call that was sent is never sent again: it may have been done.
    """

    def __init__(
        self,
        configuration: ServerConfiguration,
        limits: Limits,
        log: ServerLog,
        watch: ProcessGuard,
        report: Callable[[ServerStatus], None],
    ) -> None:
        self._configuration = configuration
        self._limits = limits
        self._log = log
        self._watch = watch
        self._report = report
        self._status = ServerStatus(configuration.name, ServerState.WAITING)
        self._client: Client | None = None
        self._waiting: set[asyncio.Future[Client]] = set()
        self._wanted = anyio.Event()
        self._ending = anyio.Event()
        self._changed = anyio.Event()
        self._scope = anyio.CancelScope()
        self._refusal = HttpStatus()
        self._failures = 0
        self._stopping = False

    # ------------------------------------------------------------ from outside

    def want(self) -> None:
        """Starts it unless it runs or is being started."""
        if self._status.state in (ServerState.WAITING, ServerState.FAILED):
            self._wanted.set()

    def stop(self) -> None:
        """`live` returns once its process is gone. It reports nothing any more."""
        self._stopping = True
        self._wanted.set()
        self._scope.cancel()

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> ToolOutcome:
        """Starts it first if it does not run. Cancelling this tells the server."""
        quiet_s = self._limits.call_s
        try:
            async with asyncio.timeout(quiet_s) as limit:
                return await self._called(tool, arguments, lambda: _put_off(limit, quiet_s))
        except TimeoutError:
            return stopped(quiet_s)
        except (MCPError, ValidationError, VoiceError) as error:
            return failed_call(self._configuration.name, error)

    async def _called(self, tool: str, arguments: Mapping[str, Any], told: Callable[[], None]) -> ToolOutcome:
        client = await self._connected()
        try:
            return await self._ask(client, tool, arguments, told)
        except MCPError as error:
            if not is_session_lost(error):
                raise
            self._renew(client)
            return await self._ask(await self._connected(), tool, arguments, told)

    async def live(self) -> None:
        """Until `stop`."""
        pause = math.inf
        while not self._stopping:
            with anyio.move_on_after(pause):
                await self._wanted.wait()
            if not self._stopping:
                pause = await self._run_once()
        self._release(REMOVED)

    # ------------------------------------------------------------ calls

    async def _connected(self) -> Client:
        """Raises VoiceError if it cannot be started."""
        if self._stopping:
            raise VoiceError(ErrorCode.SERVER_FAILED, REMOVED)
        if self._client:
            return self._client
        waiter: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        self.want()
        try:
            return await waiter
        finally:
            self._waiting.discard(waiter)

    async def _ask(
        self, client: Client, tool: str, arguments: Mapping[str, Any], told: Callable[[], None]
    ) -> ToolOutcome:
        """`told` is called with each word of its progress. Not `Client.call_tool`: that matches the answer with
        patterns that the server chose."""
        request = CallToolRequest(params=CallToolRequestParams(name=tool, arguments=dict(arguments)))

        async def progressed(progress: float, total: float | None, message: str | None) -> None:
            told()

        result = await client.session.send_request(request, _ANSWER, progress_callback=progressed)
        self._failures = 0
        if isinstance(result, InputRequiredResult):
            return ToolOutcome("It asks for more than arguments, which this program does not give.", ok=False)
        return outcome(result.model_dump(by_alias=True, mode="json"))

    def _renew(self, client: Client) -> None:
        """Ends this session for a new one; only the first that notices does."""
        if client is self._client:
            self._ending.set()
            self._client = None

    # ------------------------------------------------------------ sessions

    async def _run_once(self) -> float:
        """One session. Returns seconds until the next is due by itself."""
        self._wanted, self._ending, self._changed = anyio.Event(), anyio.Event(), anyio.Event()
        self._refusal.status = 0
        self._tell(ServerState.STARTING)
        began_at = anyio.current_time()
        problem = await self._session()
        ran = self._status.state is ServerState.RUNNING
        steady = anyio.current_time() - began_at >= self._limits.steady_s
        self._failures = 1 if steady else self._failures + 1
        if ran and any(not waiter.done() for waiter in self._waiting):
            return 0.0  # a call came while it ended
        self._tell(ServerState.FAILED, problem)
        self._release(problem)
        again = ran and self._failures <= len(self._limits.backoff_s)
        return self._limits.backoff_s[self._failures - 1] if again else math.inf

    async def _session(self) -> Sentence:
        """Returns why it ended: whatever goes wrong with one server is its status and nothing else."""
        started = False
        try:
            with anyio.CancelScope(deadline=anyio.current_time() + self._limits.start_s) as self._scope:
                async with self._told_when_slow() as listed, self._opened() as client:
                    await self._list(client)
                    listed()
                    self._scope.deadline = math.inf
                    started = True
                    self._run_with(client)
                    await self._serve(client)
        except Exception as error:  # groups of whatever the package, HTTP and the system raise
            _log.info("A session with an MCP server failed: %s", kinds_of_causes(error))
            return session_problem(error, self._configuration, self._refusal.status, started=started)
        finally:
            self._client = None
        return ENDED if started else too_slow(self._limits.start_s)

    @asynccontextmanager
    async def _told_when_slow(self) -> AsyncIterator[Callable[[], None]]:
        """Until what it gives is called."""
        loop = asyncio.get_running_loop()
        late = loop.call_later(self._limits.slow_start_s, self._tell, ServerState.STARTING, SLOW)
        try:
            yield late.cancel
        finally:
            late.cancel()

    def _opened(self) -> Client:
        """No sampling, no roots, no elicitation: the package refuses what has no callback."""
        return Client(
            self._transport(), cache=None, client_info=_US, message_handler=self._notice, logging_callback=self._note
        )

    def _transport(self) -> Transport:
        reach = self._configuration.reach
        assert reach is not None, "a server with a problem is not made"
        if isinstance(reach, LocalServer):
            return stdio(reach, self._log, self._watch, self._limits, self._ending.set)
        return streamable_http(reach, self._refusal, self._limits, self._ending.set)

    def _run_with(self, client: Client) -> None:
        self._client = client
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(client)

    def _release(self, problem: Sentence) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(VoiceError(ErrorCode.SERVER_FAILED, problem, retryable=True))

    async def _serve(self, client: Client) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._follow, client)
            if client.protocol_version in MODERN_PROTOCOL_VERSIONS:
                tasks.start_soon(self._subscribe, client)
            await self._ending.wait()
            self._client = None
            tasks.cancel_scope.cancel()

    # ------------------------------------------------------------ lists

    async def _follow(self, client: Client) -> None:
        """Lists the tools again whenever they have changed, but not as often as a server may say so."""
        while True:
            await self._changed.wait()
            self._changed = anyio.Event()
            await self._list(client)
            await anyio.sleep(self._limits.relist_s)

    async def _subscribe(self, client: Client) -> None:
        """Newer servers tell of changes only to whom has asked, and of none that were before."""
        with suppress(MCPError):  # it tells of none at all
            while True:
                with suppress(SubscriptionLost):
                    async with client.listen(tools_list_changed=True) as news:
                        self._changed.set()
                        async for _ in news:
                            self._changed.set()
                await anyio.sleep(self._limits.resubscribe_s)

    async def _list(self, client: Client) -> None:
        with anyio.fail_after(self._limits.list_s):
            announced = await announced_tools(client)
        found = offers(self._configuration.name, announced, timeout_s=self._limits.longest_call_s)
        self._tell(ServerState.RUNNING, _TOO_MANY if len(announced) > MOST_TOOLS else _NOTHING, found)

    async def _notice(self, message: IncomingMessage) -> None:
        if isinstance(message, ToolListChangedNotification):
            self._changed.set()

    async def _note(self, params: LoggingMessageNotificationParams) -> None:
        self._log.note(f"{params.level}: {one_line(str(params.data)[:1000], 500, HiddenAs.SPACE)}")

    def _tell(
        self, state: ServerState, problem: Sentence = _NOTHING, found: tuple[OfferedTool, ...] | None = None
    ) -> None:
        status = ServerStatus(self._status.name, state, problem, self._status.offers if found is None else found)
        if status != self._status:
            self._status = status
            if not self._stopping:
                self._report(status)


def _put_off(limit: asyncio.Timeout, seconds: float) -> None:
    if not limit.expired():
        limit.reschedule(asyncio.get_running_loop().time() + seconds)
