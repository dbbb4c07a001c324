"""Where what is said goes: for each stage, and for the tools. One place decides; window and terminal show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .addresses import Reach, reach, shown_host
from .toolbox import ToolServer
from .tools import Permission, SourceKind, ToolInfo

STAGES = {"stt": "Hearing", "llm": "Thinking", "tts": "Speaking"}
"""Fields of the settings, and what people call them."""

_ORDER = (Reach.HERE, Reach.NETWORK, Reach.CLOUD)
_ICONS = {Reach.HERE: "lock", Reach.NETWORK: "network", Reach.CLOUD: "cloud"}
_MOST_TOOLS = 4
"""Named in a line; the others are counted."""


@dataclass(frozen=True, slots=True)
class DataRoute:
    """One who may do a stage: this program itself unless there is more to say."""

    who: str = "this machine"
    """What people call it."""
    address: str = ""
    """The URL that is asked; "" for this program itself."""
    unknown: bool = False
    """Nobody knows where it sends: a provider that came with the program, an address that is missing."""
    proxied: bool = False
    """A proxy is asked instead, which is elsewhere."""

    @property
    def reach(self) -> Reach:
        if self.unknown or self.proxied:
            return Reach.CLOUD
        return reach(self.address) if self.address else Reach.HERE

    @property
    def words(self) -> str:
        """ "OpenAI, api.openai.com, in the cloud"."""
        where = str(self.reach)[:1].lower() + str(self.reach)[1:]
        if not self.address:
            return f"{self.who}, {where}" if self.unknown else where
        host = shown_host(self.address)
        named = self.who if host in self.who else f"{self.who}, {host}"
        return f"{named}, {'through a proxy, ' if self.proxied else ''}{where}"


@dataclass(frozen=True, slots=True)
class DataFlow:
    """`stages`: who does each, second choices after the first; `tools`: names of those that reach the network."""

    stages: Mapping[str, Sequence[DataRoute]]
    tools: Sequence[str] = ()

    @property
    def reach(self) -> Reach:
        """Of the stage whose words go farthest."""
        return max((self.of(stage) for stage in self.stages), key=_ORDER.index, default=Reach.HERE)

    def of(self, stage: str) -> Reach:
        """As far as any of those who may do it."""
        return max((route.reach for route in self.stages[stage]), key=_ORDER.index, default=Reach.HERE)

    @property
    def sign(self) -> str:
        """ "On this machine"; with tools that reach the network that is said, too."""
        online = self.reach is Reach.HERE and self.tools
        return f"{self.reach}, tools online" if online else str(self.reach)

    @property
    def icon(self) -> str:
        """A closed lock only where nothing leaves; a globe is tools alone, the network and the cloud are places."""
        return "globe" if self.reach is Reach.HERE and self.tools else _ICONS[self.reach]

    def line(self, stage: str) -> str:
        """ "OpenAI, api.openai.com, in the cloud; if that fails: on this machine"."""
        return "; if that fails: ".join(route.words for route in self.stages[stage])

    @property
    def lines(self) -> Sequence[str]:
        """A line for each stage, and one for the tools that reach the network."""
        lines = [f"{STAGES[stage]}: {self.line(stage)}" for stage in self.stages]
        if self.tools:
            more = len(self.tools) - _MOST_TOOLS
            named = ", ".join(self.tools[:_MOST_TOOLS]) + (f" and {more} more" if more > 0 else "")
            lines.append(f"Tools that reach the network when they are used: {named}")
        return lines


def online(tools: Sequence[ToolInfo], servers: Sequence[ToolServer]) -> Sequence[str]:
    """Names of those that may send something to another machine. Of a server that has not told its tools the name."""
    named = [tool.label or tool.name for tool in tools if tool.network and tool.permission is not Permission.NEVER]
    told = {tool.source.name for tool in tools if tool.source.kind is SourceKind.SERVER}
    return [*named, *(server.name for server in servers if server.name not in told)]
