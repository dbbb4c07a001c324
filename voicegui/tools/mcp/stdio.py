"""A server as a child process, spoken to in lines of JSON, and ended with this program (by `guard.py`)."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
from anyio.abc import ByteReceiveStream, Process
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.os.posix.utilities import terminate_posix_process_tree
from mcp.os.win32.utilities import (
    close_process_job,
    create_windows_process,
    get_windows_executable_command,
    terminate_windows_process_tree,
)
from mcp.shared.message import SessionMessage
from mcp_types import PARSE_ERROR, ErrorData, JSONRPCError, jsonrpc_message_adapter

from voicegui.core.text.sanitiser import HiddenAs, one_line
from voicegui.core.wording import shown

from .configuration import LocalServer
from .find_program import search_path
from .framing import Limits, MessageLines, Overlong, answered, ends_of, too_much
from .message_filter import Item, RateLimiter, Screened
from .server_status import ServerLog

if TYPE_CHECKING:
    from mcp.client._transport import TransportStreams  # it has no public name

_log = logging.getLogger(__name__)

_GUARD = Path(__file__).with_name("guard.py")


class ProcessGuard:
    """Has process groups ended when this program ends in whatever way. Started with the first of them.

    Used on one thread. Does nothing on Windows, where job objects do it.
    """

    def __init__(self) -> None:
        self._guard: subprocess.Popen[bytes] | None = None
        self._groups: set[int] = set()

    def add(self, group: int) -> None:
        if sys.platform == "win32":
            return
        self._groups.add(group)
        if self._guard is None or not self._tell(f"+{group}"):
            self._start()

    def remove(self, group: int) -> None:
        if group in self._groups:
            self._groups.discard(group)
            self._tell(f"-{group}")

    def close(self) -> None:
        """Groups that are left are ended."""
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None

    def _start(self) -> None:
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_GUARD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            bufsize=0,
        )
        for group in self._groups:
            self._tell(f"+{group}")

    def _tell(self, line: str) -> bool:
        if self._guard is None or self._guard.stdin is None:
            return False
        try:
            self._guard.stdin.write(f"{line}\n".encode())
        except OSError:
            _log.warning("The guard of MCP servers is gone")
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None
            return False
        return True


# ---------------------------------------------------------------- the transport
# The package's own `stdio_client` would hold any line, however long, parse whatever comes as fast as it comes, log what
# it cannot parse, and leave the children of a server that ended. The order of the shutdown is the protocol's
# (https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#shutdown).

_CHUNK = 65_536
_POLL_S = 0.02
_KILLED_S = 5.0
"""For the system to tell that a process that was killed has ended."""
_GONE = (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream, OSError)

_INHERITED = (
    "HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS", "NODE_USE_SYSTEM_CA", "NODE_USE_ENV_PROXY", "DENO_CERT", "DENO_TLS_CA_STORE",
    "NPM_CONFIG_CAFILE", "npm_config_cafile", "PIP_CERT", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS",
    "NVM_DIR", "VOLTA_HOME", "FNM_DIR", "ASDF_DIR", "ASDF_DATA_DIR", "PYENV_ROOT", "PNPM_HOME", "BUN_INSTALL",
    "CARGO_HOME", "JAVA_HOME", "DOTNET_ROOT",
    "APPDATA", "COMSPEC", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATHEXT", "PROCESSOR_ARCHITECTURE", "PROGRAMDATA",
    "PROGRAMFILES", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "USERNAME", "USERPROFILE", "WINDIR",
)  # fmt: skip
"""Of our environment: where things are, which way leads to the network and whom to trust on it. Not the rest: it holds
keys of services that are none of a server's business."""


@asynccontextmanager
async def stdio(
    program: LocalServer, log: ServerLog, watch: ProcessGuard, limits: Limits, ended: Callable[[], None]
) -> AsyncGenerator["TransportStreams", None]:
    """Starts the server, and ends it with all its children. Raises OSError or ValueError if it cannot be started."""
    with anyio.CancelScope(shield=True):  # a cancellation in the middle would leave the process behind,
        process = await _spawn(program)
    # and so would one between here and the task group: nothing is awaited
    watch.add(process.pid)
    incoming, received = anyio.create_memory_object_stream[Item](0)
    outgoing, to_send = anyio.create_memory_object_stream[SessionMessage](0)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_read, process, incoming, log, limits)
        tasks.start_soon(_write, process, to_send, incoming, log, limits)
        tasks.start_soon(_read_errors, process, log, limits)
        try:
            yield Screened(received, RateLimiter(limits.messages_per_s), ended), outgoing
        finally:
            with anyio.CancelScope(shield=True):
                received.close()
                outgoing.close()
                await _stop(process, limits.stop_s)
            tasks.cancel_scope.cancel()
            watch.remove(process.pid)


async def _spawn(program: LocalServer) -> Process:
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    environment["PATH"] = search_path(os.environ.get("PATH", ""), Path.home(), os.environ)
    environment |= program.environment
    folder = _at_home(program.folder) or None
    if sys.platform == "win32":
        found = shutil.which(program.command, path=environment["PATH"]) or program.command
        command = await anyio.to_thread.run_sync(get_windows_executable_command, found)
        arguments = list(program.arguments)
        # The package declares a file where asyncio takes PIPE too
        started = await create_windows_process(command, arguments, environment, subprocess.PIPE, folder)  # type: ignore
        assert isinstance(started, Process)  # anything else is for event loops without processes, which ours is not
        return started
    return await anyio.open_process(
        [_at_home(program.command), *program.arguments], env=environment, cwd=folder, start_new_session=True
    )


def _at_home(path: str) -> str:
    return os.path.expanduser(path)


async def _read(process: Process, incoming: MemoryObjectSendStream[Item], log: ServerLog, limits: Limits) -> None:
    lines = MessageLines(limits.message_bytes)
    pace = RateLimiter(limits.bytes_per_s)
    async with incoming:
        with suppress(*_GONE):
            async for chunk in _chunks(process.stdout):
                await pace.spend(len(chunk))
                for line in lines.feed(chunk):
                    message = _message(line, log)
                    if message is not None:
                        await incoming.send(message)
                    else:
                        await pace.spend(limits.bytes_per_s / limits.messages_per_s)  # as dear as a message


async def _read_errors(process: Process, log: ServerLog, limits: Limits) -> None:
    pace = RateLimiter(limits.bytes_per_s)
    with suppress(*_GONE):
        async for chunk in _chunks(process.stderr):
            log.write(chunk)
            await pace.spend(len(chunk))


async def _chunks(stream: ByteReceiveStream | None) -> AsyncGenerator[bytes, None]:
    assert stream is not None, "the process has pipes"
    while True:
        yield await stream.receive(_CHUNK)


def _message(line: bytes | Overlong, log: ServerLog) -> SessionMessage | None:
    """None for what is no message: servers print greetings, too."""
    if isinstance(line, Overlong):
        log.note(shown("a message that was too long is left out"))
        return _unusable(line)
    if too_much(line):
        log.note(shown("a message with too many parts is left out"))
        return _unusable(ends_of(line))
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError:
        if line.strip():
            written = one_line(line[:400].decode("utf-8", "replace"), 100, HiddenAs.SPACE)
            log.note(shown("no message: {line}", line=written))
        return _unusable(ends_of(line))


def _unusable(line: Overlong) -> SessionMessage | None:
    """What waits for it is told, if it can be found."""
    id = answered(line)
    if id is None:
        return None
    return SessionMessage(JSONRPCError(jsonrpc="2.0", id=id, error=ErrorData(code=PARSE_ERROR, message="unusable")))


async def _write(
    process: Process,
    to_send: MemoryObjectReceiveStream[SessionMessage],
    incoming: MemoryObjectSendStream[Item],
    log: ServerLog,
    limits: Limits,
) -> None:
    assert process.stdin is not None, "the process has pipes"
    try:
        async with to_send:
            async for message in to_send:
                text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                with anyio.fail_after(limits.write_s):
                    await process.stdin.send(text.encode("utf-8", "replace") + b"\n")
    except TimeoutError:
        log.note(shown("it does not read what it is sent"))
        await incoming.aclose()
    except _GONE:
        await incoming.aclose()


async def _stop(process: Process, grace_s: float) -> None:
    """Closes its input, `grace_s` later asks it to terminate, `grace_s` later kills; its children too."""
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    with suppress(*_GONE):
        await process.stdin.aclose()
    await _ended(process, grace_s)
    if sys.platform == "win32":
        await terminate_windows_process_tree(process)
        close_process_job(process)
    else:
        await terminate_posix_process_tree(process, grace_s)
    await _ended(process, _KILLED_S)
    for stream in (process.stdout, process.stderr):
        with suppress(*_GONE):
            await stream.aclose()
    _close_transport(process)
    await anyio.lowlevel.checkpoint()  # closing takes a turn of the event loop


async def _ended(process: Process, within_s: float) -> None:
    """Not `process.wait()`: it also waits for children that inherited the pipes."""
    with anyio.move_on_after(within_s):
        while process.returncode is None:  # noqa: ASYNC110 asyncio has no event for it
            await anyio.sleep(_POLL_S)


def _close_transport(process: Process) -> None:
    """asyncio keeps it open, and complains later, while a child that got away holds an end of a pipe."""
    transport = getattr(getattr(process, "_process", None), "_transport", None)
    if transport is not None:
        with suppress(PermissionError):
            transport.close()
