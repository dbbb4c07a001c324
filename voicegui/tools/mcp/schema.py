"""The JSON schema of a server's tool, reduced to what every model and every grammar can stand. Pure.

Schemas come from outside: they may be broken, recursive, megabytes long, or hold patterns that never end to match. What
is left has no references, no patterns, and a bounded size; what a value really has to be, the server checks itself.
"""

import json
from collections.abc import Mapping
from typing import Any

from voicegui.core.text.sanitiser import HiddenAs, one_line

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
