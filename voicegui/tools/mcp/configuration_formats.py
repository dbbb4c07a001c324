"""Configurations of MCP servers as other programs have them and as people paste them, in the shape most share. Pure.

Comments, commas too many, curly quotation marks and a fence around the JSON are taken.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from voicegui.core.wording import Sentence, sentence, verbatim

_TOKENS = re.compile(
    r"""
      (?P<text>"(?:[^"\\\n]|\\.)*(?:"|\\?(?=\n)|\\?\Z))    # left as it is
    | [“”„‟″](?P<curly>(?:[^"“”„‟″\\\n]|\\.)*)(?:["“”„‟″]|\\?(?=\n)|\\?\Z)   # a word processor's quotation marks
    | (?P<remark>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))
    | (?P<space>[\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff]+)
    """,
    re.VERBOSE,
)
_COMMAS = re.compile(r"""(?P<text>"(?:[^"\\\n]|\\.)*(?:"|\\?(?=\n)|\\?\Z))|,(?P<space>\s*)(?=[}\]])""")


def as_json(text: str) -> str:
    """The same as strict JSON, as far as it is known what was meant; everything stays in its line."""
    first, _, rest = text.strip().partition("\n")
    if first.startswith("```") and rest.endswith("```"):
        text = "\n" + rest.removesuffix("```")
    text = _COMMAS.sub(_without_comma, _TOKENS.sub(_plain, text))
    start = text.lstrip()
    # a piece out of the middle of a file: its braces are missing
    return f"{{{text.rstrip().rstrip(',')}}}" if start.startswith('"') else text


def _plain(found: re.Match[str]) -> str:
    if found["text"] is not None:
        return found["text"]
    if found["curly"] is not None:
        return f'"{found["curly"]}"'
    return re.sub(r"[^\n]", " ", found[0])


def _without_comma(found: re.Match[str]) -> str:
    return found["text"] if found["text"] is not None else " " + found["space"]


# ---------------------------------------------------------------- what is wrong with a text

_EXAMPLE = '{"mcpServers": {"time": {"command": "uvx", "args": ["mcp-server-time"]}}}'
SHAPE = sentence("The MCP servers have to look like {example}.", example=_EXAMPLE)
NAMELESS = sentence("This MCP server has no name. {shape}", shape=SHAPE)
BACKSLASHES = sentence(r'Write each backslash of a path twice: "C:\\Users\\me".')
_SHAPE = sentence("They have to look like {example}.", example=_EXAMPLE)
_HELP = {"Invalid \\escape": BACKSLASHES, "Invalid \\uXXXX escape": BACKSLASHES}
_JSON_PROBLEMS = {
    each.text: each
    for each in (
        sentence("Expecting value"),
        sentence("Expecting property name enclosed in double quotes"),
        sentence("Expecting ':' delimiter"),
        sentence("Expecting ',' delimiter"),
        sentence("Illegal trailing comma before end of object"),
        sentence("Illegal trailing comma before end of array"),
        sentence("Extra data"),
        sentence("Unterminated string starting at"),
        sentence("Invalid control character at"),
        sentence("Invalid \\escape"),
        sentence("Invalid \\uXXXX escape"),
    )
}
"""What Python's `json` says of a text that is none."""


def no_json(error: json.JSONDecodeError) -> Sentence:
    """Why a text cannot be read, and where."""
    return sentence(
        "The MCP servers are no valid JSON: {problem} in line {line}, column {column}. {help}",
        problem=_JSON_PROBLEMS.get(error.msg, verbatim(error.msg)),
        line=error.lineno,
        column=error.colno,
        help=_HELP.get(error.msg, _SHAPE),
    )


# ---------------------------------------------------------------- one shape for all

SECTIONS = ("mcpServers", "servers", "context_servers", "mcp_servers", "mcp.servers", "mcp")
"""Under which programs keep their servers: Claude, Cursor, Windsurf and others; VS Code; Zed; some that write TOML,
too; VS Code in its settings; opencode, and VS Code in its settings, where "servers" is in it."""

_NAMES = {
    "environment": "env",
    "httpUrl": "url",
    "serverUrl": "url",
    "workingDirectory": "cwd",
    "working_directory": "cwd",
    "transport": "type",
    "transportType": "type",
}
"""Of opencode, Gemini CLI, Windsurf and others."""

_KINDS = {"local": "stdio", "remote": "http"}


def servers_in(content: Mapping[str, Any]) -> tuple[dict[str, object], str] | None:
    """The servers by name, and how the way to them is written; None if there is no section of them."""
    for section in SECTIONS:
        if section in content and not _is_server(content[section]):
            found, place = content[section], section
            if section == "mcp" and isinstance(found, dict) and isinstance(found.get("servers"), dict):
                found, place = found["servers"], "mcp.servers"
            if isinstance(found, list):
                found = _named(found)
            if isinstance(found, dict):
                return found, f"{place}."
    return None


def usual(entry: dict[str, Any]) -> dict[str, Any]:
    """One server as Claude's desktop program would have it."""
    made = {_NAMES.get(name, name): value for name, value in entry.items()}
    command = made.get("command")
    if isinstance(command, dict):  # Zed, before 2025
        made |= {"command": command.get("path"), "args": command.get("args"), "env": command.get("env")}
    elif isinstance(command, list) and command:  # opencode
        made |= {"command": command[0], "args": [*command[1:], *(made.get("args") or [])]}
    kind = made.get("type")
    if isinstance(kind, str):
        made["type"] = _KINDS.get(kind.lower(), kind)
    request = made.get("requestInit")
    if isinstance(request, dict) and "headers" not in made:
        made["headers"] = request.get("headers")
    return made


def is_off(entry: Mapping[str, Any]) -> bool:
    return entry.get("disabled") is True or entry.get("enabled") is False


def _is_server(value: object) -> bool:
    """Somebody may call a server "servers"."""
    return isinstance(value, dict) and any(isinstance(value.get(name), str) for name in ("command", "url"))


def _named(entries: list[Any]) -> dict[str, object] | None:
    """Of a list of servers with a name in each, as Continue has them."""
    names = [entry.get("name") for entry in entries if isinstance(entry, dict)]
    if not entries or len(names) != len(entries) or not all(isinstance(name, str) for name in names):
        return None
    if len(set(names)) != len(names):
        return None
    return {str(name): entry for name, entry in zip(names, entries, strict=True)}
