"""The tools of a server as models, users and the rules know them, under names that are stable and unique. Pure."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voicegui.core.text.sanitiser import HiddenAs, one_line, quoted
from voicegui.core.tools import Permission, SourceKind, ToolInfo, ToolSource

from .schema import reduced

_LONGEST = 64
_LONGEST_SOURCE = 20


def source_slug(server: str) -> str:
    """1 to 20 of `[a-z0-9_]`, without two underscores in a row: what its tools' names begin with."""
    slug = re.sub(r"[^a-z0-9]+", "_", server.lower()).strip("_")
    return slug if 0 < len(slug) <= _LONGEST_SOURCE else _hashed(slug, server, _LONGEST_SOURCE)


def model_names(server: str, names: Sequence[str]) -> list[str]:
    """One name for each: `SERVER__TOOL`, `[a-z0-9_]{1,64}`. `names` are different from each other.

    The two underscores keep servers apart from each other and from built-in tools, so that no server can take over what
    a person has allowed another tool. A name that is too long, or would be another's too, ends with digits of its hash:
    it does not depend on the order in which tools are listed.
    """
    prefix = source_slug(server) + "__"
    room = _LONGEST - len(prefix)
    slugs = [re.sub(r"[^a-z0-9_]+", "_", name.lower()) for name in names]
    used = Counter(slugs)

    def model_name(slug: str, name: str) -> str:
        own = slug == name or used[slug] == 1
        return prefix + (slug if own and slug.strip("_") and len(slug) <= room else _hashed(slug, name, room))

    return [model_name(slug, name) for slug, name in zip(slugs, names, strict=True)]


def _hashed(slug: str, name: str, room: int) -> str:
    digits = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{slug[: room - 7].strip('_') or 'x'}_{digits}"


# ---------------------------------------------------------------- announced and offered tools

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
class OfferedTool:
    info: ToolInfo
    remote_name: str
    """What the server itself calls it."""


def offers(server: str, announced: Iterable[Announced], *, timeout_s: float) -> tuple[OfferedTool, ...]:
    """At most `MOST_TOOLS`, with names that are unique; of tools of the same name the first.

    What a server says of itself lowers no permission: each call asks until the user has allowed this very tool, and
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
    return tuple(OfferedTool(_info(server, name, tool, timeout_s), tool.name) for name, tool in named.items())


def _info(server: str, name: str, tool: Announced, timeout_s: float) -> ToolInfo:
    title = _label(tool.title) or _label(tool.name)
    return ToolInfo(
        name,
        _description(server, tool),
        reduced(tool.schema),
        label=f"{title} ({server})",
        permission=Permission.ASK,
        changes=not tool.read_only,
        network=True,
        outside=True,
        timeout_s=timeout_s,
        source=ToolSource(SourceKind.SERVER, server),
        title=title,
    )


def _label(text: str) -> str:
    return one_line(text, _LONGEST_LABEL, HiddenAs.SPACE)


def _description(server: str, tool: Announced) -> str:
    """In quotation marks that the text cannot close: it describes, and gives no instructions."""
    text = tool.description or tool.title or tool.name
    return f"Described by the MCP server {quoted(server, 60)}: {quoted(text, _LONGEST_DESCRIPTION)}"
