"""The tools of a server as models, people and the rules know them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from voicegui.core.tools import Permission, SourceKind, ToolInfo, ToolSource

from .names import model_names
from .outside import one_line, quoted
from .schema import reduced

MOST_TOOLS = 100
"""Of one server. Models take 128 in all, and choose badly long before that."""
_LONGEST_DESCRIPTION = 1000
_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class Announced:
    """A tool as its server describes it: text from outside."""

    name: str
    title: str = ""
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    info: ToolInfo
    remote_name: str
    """What the server itself calls it."""


def offers(server: str, announced: Iterable[Announced], *, timeout_s: float) -> tuple[Offer, ...]:
    """At most `MOST_TOOLS`, with names that are unique; of tools of the same name the first.

    What a server says of itself lowers no permission: each call asks until the person has allowed this very tool, and
    every tool counts as reaching another machine and as bringing text from outside. Only after that does the server's
    word that a tool just reads spare a question in a conversation that already holds text from outside.
    """
    known: dict[str, Announced] = {}
    for tool in announced:
        if len(known) < MOST_TOOLS:
            known.setdefault(tool.name, tool)
    named: dict[str, Announced] = {}
    for name, tool in zip(model_names(server, list(known)), known.values(), strict=True):
        named.setdefault(name, tool)
    return tuple(Offer(_info(server, name, tool, timeout_s), tool.name) for name, tool in named.items())


def _info(server: str, name: str, tool: Announced, timeout_s: float) -> ToolInfo:
    return ToolInfo(
        name,
        _description(server, tool),
        reduced(tool.schema),
        label=f"{one_line(tool.title, _LONGEST_LABEL) or one_line(tool.name, _LONGEST_LABEL)} ({server})",
        permission=Permission.ASK,
        changes=not tool.read_only,
        network=True,
        outside=True,
        timeout_s=timeout_s,
        source=ToolSource(SourceKind.SERVER, server),
    )


def _description(server: str, tool: Announced) -> str:
    """In quotation marks that the text cannot close: it describes, and gives no instructions."""
    text = tool.description or tool.title or tool.name
    return f"Described by the MCP server {quoted(server, 60)}: {quoted(text, _LONGEST_DESCRIPTION)}"
