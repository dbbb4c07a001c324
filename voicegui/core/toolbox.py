"""What a window shows and changes of the tools, and what tools can do with the program and the desktop.

Protocols and data: nobody here knows where tools come from.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .records import Fact
from .tools import BUILT_IN, Permission, ToolInfo
from .wording import marked, shown


class ProgramControl(Protocol):
    """Lives on the event loop's thread. A terminal has fewer of these than a window: what is not there raises
    `VoiceError(NOT_OFFERED)`."""

    def volume(self) -> int:
        """Loudness of replies in percent."""

    def set_volume(self, percent: int) -> None:
        """0 to 100."""

    def voices(self) -> list[str]:
        """Those that `set_voice` takes; empty when any name may do."""

    def set_voice(self, name: str) -> None:
        """From the next sentence on."""

    def end_conversation(self) -> None:
        """Once the reply that is being spoken has ended: closes the microphone."""

    async def open_url(self, url: str) -> None:
        """In the user's browser. Raises VoiceError(NOT_OFFERED) if none shows it."""

    async def read_clipboard(self) -> str:
        """Its text, "" if there is none."""

    async def copy_text(self, text: str) -> None: ...


# ---------------------------------------------------------------- the toolbox


@dataclass(frozen=True, slots=True)
class ToolFile:
    """A Python file with tools, or a package that announces some: it runs only once the user has allowed just this
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


@dataclass(frozen=True, slots=True)
class ServersFault:
    """What is wrong with a text for the setting `mcp_servers`."""

    message: str
    """A sentence."""
    line: int = 0
    column: int = 0
    """Where it is; both begin with 1 and are 0 where no single place is meant."""


class Toolbox(Protocol):
    """Lives on the event loop's thread; what is not async returns at once. The async ones raise `VoiceError`."""

    def all_tools(self) -> Sequence[ToolInfo]:
        """With the permission in force, those that are never offered included."""

    def permit(self, name: str, permission: Permission) -> None:
        """From the next call on; stored in the settings."""

    def accept(self, shown: Sequence[ToolInfo]) -> None:
        """Of `shown`, which others wrote and the user has read, each that still is the same counts as reviewed;
        stored in the settings."""

    async def files(self) -> Sequence[ToolFile]: ...

    @property
    def folder(self) -> str:
        """Where the user's own tool files are looked for."""

    async def allow(self, name: str, sha256: str) -> None:
        """Loads the file or package `name` if its content still is that."""

    async def disallow(self, name: str) -> None: ...

    def check_servers(self, text: str) -> ServersFault | None:
        """What is wrong with a text for the setting `mcp_servers`; None if nothing is."""

    def servers(self) -> Sequence[ToolServer]: ...

    def server_log(self, name: str) -> str:
        """The newest of what it wrote to its error output: text from outside."""

    async def facts(self) -> Sequence[Fact]:
        """What it remembers of the user, the newest first."""

    async def forget(self, fact: int) -> None: ...

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """`changed` is called on the event loop's thread whenever one of the lists above is another; returns what ends
        that."""


# ---------------------------------------------------------------- help
# What the built-in tools do, said to the user. Their descriptions are for the model, and speak of "the person".

_HELP: Mapping[str, str] = {
    "get_weather": marked("Tells the weather now, or the forecast for a day of the next week, anywhere on earth"),
    "current_time": marked("Tells time, weekday and date, here or elsewhere"),
    "calculate": marked("Calculates: arithmetic, percentages, powers, roots, trigonometry, conversion of units"),
    "read_file": marked("Reads a text file in your shared folders"),
    "list_files": marked("Lists the files in your shared folders"),
    "open_url": marked("Opens a web page in your browser, without reading it"),
    "read_clipboard": marked("Reads the text that you have copied"),
    "copy_text": marked("Puts text into the clipboard, in place of what was there"),
    "set_volume": marked("Sets how loud replies are"),
    "set_voice": marked("Speaks with another voice from the next sentence on"),
    "end_conversation": marked("Closes the microphone once you have said goodbye"),
    "set_reminder": marked("Reminds you once, aloud, at a time or after a while"),
    "set_timer": marked("Says aloud when a time is over"),
    "list_reminders": marked("Lists the reminders and timers that are still to come"),
    "cancel_reminder": marked("Cancels a reminder or a timer that is still to come"),
    "remember": marked("Keeps something about you for later conversations, when you ask for it"),
    "recall": marked("Looks up what you have asked it to remember"),
    "forget": marked("Forgets something that you have asked it to remember"),
    "search_conversations": marked("Finds what was said in earlier conversations and earlier in this one"),
}


def tool_help(tool: ToolInfo) -> str:
    """One sentence without a full stop; of other people's tools the first sentence of what they say of it."""
    if tool.source == BUILT_IN and tool.name in _HELP:
        return shown(_HELP[tool.name])
    return tool.description.strip().partition("\n")[0].partition(". ")[0].rstrip(".")
