"""Where what is said goes: for each stage, and for the tools. One place decides; window and terminal show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .addresses import Reach, reach, shown_host
from .toolbox import ToolServer
from .tools import Permission, SourceKind, ToolInfo
from .wording import Sentence, listed, listed_with_commas, marked, sentence, shown

STAGES = {"stt": marked("Hearing"), "llm": marked("Thinking"), "tts": marked("Speaking")}
"""Fields of the settings, and what people call them."""

_WITHIN = {
    Reach.HERE: sentence("on this machine"),
    Reach.NETWORK: sentence("in your network"),
    Reach.CLOUD: sentence("in the cloud"),
}
"""As they stand within a line."""

_ORDER = (Reach.HERE, Reach.NETWORK, Reach.CLOUD)
_ICONS = {Reach.HERE: "lock", Reach.NETWORK: "network", Reach.CLOUD: "cloud"}
_MOST_TOOLS = 4
"""Named in a line; the others are counted."""


@dataclass(frozen=True, slots=True)
class DataRoute:
    """One who may do a stage: this program itself unless there is more to say."""

    who: str = ""
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

    def words(self, *, begins: bool = False) -> Sentence:
        """ "OpenAI, api.openai.com, in the cloud"; `begins` a line: "On this machine"."""
        where = _WITHIN[self.reach]
        if not self.address:
            alone = sentence(self.reach) if begins else where
            return listed_with_commas((self.who, where)) if self.unknown else alone
        host = shown_host(self.address)
        named = (self.who,) if host in self.who else (self.who, host)
        return listed_with_commas((*named, *((sentence("through a proxy"),) if self.proxied else ()), where))


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
        return shown("On this machine, tools online") if online else shown(self.reach)

    @property
    def icon(self) -> str:
        """A closed lock only where nothing leaves; a globe is tools alone, the network and the cloud are places."""
        return "globe" if self.reach is Reach.HERE and self.tools else _ICONS[self.reach]

    def line(self, stage: str, *, begins: bool = False) -> str:
        """ "OpenAI, api.openai.com, in the cloud; if that fails: on this machine". `begins`: it begins a line."""
        first, *others = self.stages[stage]
        line = first.words(begins=begins)
        for route in others:
            line = sentence("{first}; if that fails: {second}", first=line, second=route.words())
        return line.shown()

    @property
    def lines(self) -> Sequence[str]:
        """A line for each stage, and one for the tools that reach the network."""
        lines = [shown("{stage}: {where}", stage=shown(STAGES[stage]), where=self.line(stage)) for stage in self.stages]
        if self.tools:
            named = listed(self.tools, _MOST_TOOLS) if len(self.tools) > _MOST_TOOLS else listed_with_commas(self.tools)
            lines.append(shown("Tools that reach the network when they are used: {tools}", tools=named))
        return lines


def online(tools: Sequence[ToolInfo], servers: Sequence[ToolServer]) -> Sequence[str]:
    """Names of those that may send something to another machine. Of a server that has not told its tools the name."""
    named = [tool.shown_label for tool in tools if tool.network and tool.permission is not Permission.NEVER]
    told = {tool.source.name for tool in tools if tool.source.kind is SourceKind.SERVER}
    return [*named, *(server.name for server in servers if server.name not in told)]
