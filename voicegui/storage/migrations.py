"""Settings files of older versions, brought to the present one step by step. Pure functions of a file's content."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from voicegui.core.tools import SourceKind, ToolInfo, ToolSource, permission_key

Content = Mapping[str, Any]
"""What a TOML file holds."""

VERSION = 3
"""Of the files written now: permissions of tools of MCP servers say which server."""


def version_of(content: Content) -> int:
    """1 if the file does not say: the first version did not."""
    version = content.get("version", 1)
    return version if type(version) is int and version > 0 else VERSION


def migrated(content: Content) -> Content:
    """The content as version `VERSION`; that of a newer version as it is."""
    for version in range(version_of(content), VERSION):
        content = _STEPS[version](content)
    return content


def _from_1(content: Content) -> Content:
    """Version 1 was flat and held every setting: what equals its default tells nothing about what a person wants.

    Its one threshold held all the time; the one during replies came later.
    """
    rest: dict[str, Any] = {}
    tables: dict[str, dict[str, Any]] = {}
    for name, value in content.items():
        if name not in _VERSION_1 or isinstance(value, Mapping):
            rest[name] = value
            continue
        group, default = _VERSION_1[name]
        if (type(value), value) != (type(default), default):
            tables.setdefault(group, {})[name] = value
            if name == "threshold" and type(value) is float and 0.1 <= value <= 0.95:
                tables[group]["speaking_threshold"] = value
    for group, table in tables.items():
        present = rest.get(group)
        rest[group] = table | dict(present if isinstance(present, Mapping) else {})
    return rest


def _from_2(content: Content) -> Content:
    """Version 2 knew permissions by the names of tools alone, so that another source could bring a tool of that name.

    Names of tools of MCP servers began with that of their server, and so still say which it is.
    """
    tools = content.get("tools")
    if not isinstance(tools, Mapping):
        tools = content
    servers, permissions = tools.get("mcp_servers"), tools.get("tool_permissions")
    if not isinstance(servers, str) or not isinstance(permissions, str):
        return content
    by_slug = {_slug_of_2(name): name for name in _servers_of_2(servers)}
    found = []
    for part in permissions.split(","):
        if not part.strip():
            continue
        name, sign, permission = part.partition("=")
        server = by_slug.get(name.strip().partition("__")[0])
        if server is not None and "__" in name:
            name = permission_key(ToolInfo(name.strip(), "", source=ToolSource(SourceKind.SERVER, server)))
        found.append(f"{name.strip()}{sign}{permission.strip()}")
    changed = {**tools, "tool_permissions": ", ".join(found)}
    return changed if tools is content else {**content, "tools": changed}


def _servers_of_2(text: str) -> list[str]:
    try:
        servers = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return []
    servers = servers.get("mcpServers", servers) if isinstance(servers, dict) else {}
    return list(servers) if isinstance(servers, dict) else []


def _slug_of_2(server: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", server.lower()).strip("_")
    if 0 < len(slug) <= 20:
        return slug
    return f"{slug[:13].strip('_') or 'x'}_{hashlib.sha256(server.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"


_STEPS: Mapping[int, Callable[[Content], Content]] = {1: _from_1, 2: _from_2}

_VERSION_1: Mapping[str, tuple[str, object]] = {
    "stt": ("services", "local"),
    "llm": ("services", "local"),
    "tts": ("services", "local"),
    "voice": ("voice", "heart"),
    "microphone": ("sound", ""),
    "speaker": ("sound", ""),
    "hands_free": ("turn_taking", True),
    "threshold": ("turn_taking", 0.5),
    "min_speech_ms": ("turn_taking", 96),
    "silence_ms": ("turn_taking", 150),
    "patience": ("turn_taking", 1.0),
    "max_tokens": ("limits", 120),
    "theme": ("appearance", "system"),
    "prompt": (
        "conversation",
        "You are a friendly voice assistant and your answers are spoken aloud. Answer in one or two short sentences of "
        "plain English, without lists.",
    ),
}
"""Every setting of version 1: where it is now, and what its default was then."""
