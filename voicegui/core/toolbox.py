"""What a window shows and changes of the tools, without knowing where they come from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .records import Fact
from .tools import Permission, ToolInfo


@dataclass(frozen=True, slots=True)
class ToolFile:
    """A Python file with tools, or a package that announces some: it runs only once the person has allowed just this
    content."""

    name: str
    sha256: str
    allowed: bool
    problem: str = ""
    """A sentence; "" if it works or was not tried."""
    is_package: bool = False


class ServerState(StrEnum):
    WAITING = "waiting"
    """Started when its tools are first wanted."""
    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"
    """Tried again at the next call."""


@dataclass(frozen=True, slots=True)
class ToolServer:
    """An MCP server."""

    name: str
    state: ServerState
    tools: int = 0
    problem: str = ""


class Toolbox(Protocol):
    """Lives on the event loop's thread; what is not async returns at once. The async ones raise `VoiceError`."""

    def all_tools(self) -> Sequence[ToolInfo]:
        """With the permission in force, those that are never offered included."""

    def permit(self, name: str, permission: Permission) -> None:
        """From the next call on; stored in the settings."""

    def accept(self, shown: Sequence[ToolInfo]) -> None:
        """Of `shown`, which others wrote and the person has read, each that still is the same counts as reviewed;
        stored in the settings."""

    async def files(self) -> Sequence[ToolFile]: ...

    @property
    def folder(self) -> str:
        """Where the person's own tool files are looked for."""

    async def allow(self, name: str, sha256: str) -> None:
        """Loads the file or package `name` if its content still is that."""

    async def disallow(self, name: str) -> None: ...

    def check_servers(self, text: str) -> str:
        """What is wrong with a text for the setting `mcp_servers`, as a sentence; "" if nothing is."""

    def servers(self) -> Sequence[ToolServer]: ...

    def server_log(self, name: str) -> str:
        """The newest of what it wrote to its error output: text from outside."""

    async def facts(self) -> Sequence[Fact]:
        """What it remembers of the person, the newest first."""

    async def forget(self, fact: int) -> None: ...

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """`changed` is called on the event loop's thread whenever one of the lists above is another; returns what ends
        that."""
