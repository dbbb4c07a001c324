"""The tools of a server as models, users and the rules know them: stable names, schemas that every model can stand."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voicegui.core.text.sanitiser import HiddenAs, one_line, quoted
from voicegui.core.tools import Permission, SourceKind, ToolInfo, ToolSource

_TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})
_FORMATS = frozenset({"date", "time", "date-time"})
_MOST_NODES = 300
_DEEPEST = 6
_MOST_PROPERTIES = 40
_MOST_VALUES = 50
_LONGEST_TEXT = 200
_LONGEST_NAME = 64
LONGEST_SCHEMA = 8000
"""Characters of its JSON text."""


def reduced(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Always the schema of an object, at most `LONGEST_SCHEMA` characters long."""
    for describe in (True, False):
        node = _Reduction(schema, describe).node(schema, 0)
        found = {"type": "object", "properties": node.get("properties", {})}
        if node.get("required"):
            found["required"] = node["required"]
        if len(json.dumps(found)) <= LONGEST_SCHEMA:
            return found
    return {"type": "object", "properties": {}}


class _Reduction:
    def __init__(self, whole: Mapping[str, Any], describe: bool) -> None:
        self._whole = whole
        self._describe = describe
        self._nodes = _MOST_NODES

    def node(self, schema: object, depth: int) -> dict[str, Any]:
        """`{}`, which allows anything, for what is broken, too deep or too much."""
        schema = self._resolved(schema)
        self._nodes -= 1
        if not isinstance(schema, Mapping) or depth > _DEEPEST or self._nodes < 0:
            return {}
        found = _plain_parts(schema, self._describe)
        if properties := self._properties(schema.get("properties"), depth):
            found["properties"] = properties
            required = schema.get("required")
            if isinstance(required, list):
                found["required"] = [name for name in properties if name in required]
        if isinstance(schema.get("items"), Mapping):
            found["items"] = self.node(schema["items"], depth + 1)
        return found | self._choice(schema, depth)

    def _properties(self, properties: object, depth: int) -> dict[str, Any]:
        if not isinstance(properties, Mapping):
            return {}
        names = [name for name in properties if isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME]
        usable = [name for name in names if name.isprintable()][:_MOST_PROPERTIES]
        return {name: self.node(properties[name], depth + 1) for name in usable}

    def _choice(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        for word in ("anyOf", "oneOf"):
            several = schema.get(word)
            if isinstance(several, list) and 1 < len(several) <= 8:
                return {"anyOf": [self.node(one, depth + 1) for one in several]}
        single = next((schema[word] for word in ("allOf", "anyOf", "oneOf") if word in schema), None)
        if isinstance(single, list) and len(single) == 1:
            return self.node(single[0], depth + 1)
        return {}

    def _resolved(self, schema: object) -> object:
        """Follows references inside the document; one into the void allows anything."""
        for _ in range(_DEEPEST):
            if not (isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str)):
                return schema
            schema = self._at(schema["$ref"])
        return {}

    def _at(self, pointer: str) -> object:
        if pointer != "#" and not pointer.startswith("#/"):
            return {}
        place: object = self._whole
        for step in pointer.split("/")[1:20]:
            name = step.replace("~1", "/").replace("~0", "~")
            place = place.get(name) if isinstance(place, Mapping) else None
        return place


def _plain_parts(schema: Mapping[str, Any], describe: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    kind = schema.get("type")
    if isinstance(kind, str) and kind in _TYPES:
        found["type"] = kind
    elif isinstance(kind, list) and (kinds := [one for one in kind if isinstance(one, str) and one in _TYPES]):
        found["type"] = list(dict.fromkeys(kinds))
    if describe and isinstance(schema.get("description"), str) and (text := schema["description"].strip()):
        found["description"] = one_line(text, _LONGEST_TEXT, HiddenAs.SPACE)
    if isinstance(schema.get("format"), str) and schema["format"] in _FORMATS:
        found["format"] = schema["format"]
    values = schema.get("enum")
    if isinstance(values, list) and 0 < len(values) <= _MOST_VALUES and all(_is_scalar(value) for value in values):
        found["enum"] = values
    for word in ("default", "const"):
        if word in schema and _is_scalar(schema[word]):
            found[word] = schema[word]
    for word in ("minimum", "maximum"):
        if _is_number(schema.get(word)):
            found[word] = schema[word]
    return found


def _is_scalar(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT and value.isprintable()
    return value is None or isinstance(value, bool) or _is_number(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15  # no NaN, no infinity


# ---------------------------------------------------------------- names
# The tools of a server as models, users and the rules know them, under names that are stable and unique. Pure.

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
