"""Which MCP servers there are: the JSON that other programs use for it too, read and checked. Pure."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Never
from urllib.parse import urlsplit

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.toolbox import ServersFault
from voicegui.core.wording import Sentence, sentence, sentence_plural

from .configuration_formats import BACKSLASHES, NAMELESS, SHAPE, as_json, is_off, no_json, servers_in, usual
from .server_tools import source_slug

MOST_SERVERS = 20
_LONGEST_NAME = 60
_OURS = ("builtin", "voicegui")

_STDIO = ("stdio",)
_HTTP = ("http", "streamable-http", "streamablehttp", "streamable_http")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_NAMED = re.compile(r"(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)

Variables = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that is started here and spoken to over its standard input and output.

    Nothing of it is shown by `repr`: arguments and variables are where people put keys.
    """

    command: str = field(repr=False)
    arguments: tuple[str, ...] = field(default=(), repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Besides the harmless few that every server gets."""
    folder: str = field(default="", repr=False)
    """To run in; "" for the one this program runs in."""


@dataclass(frozen=True, slots=True)
class RemoteServer:
    """A server that runs elsewhere, reached by streamable HTTP. Nothing of it is shown by `repr`."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ServerConfiguration:
    name: str
    reach: LocalServer | RemoteServer | None
    """None if what was written cannot be used."""
    problem: Sentence = Sentence("")
    """Why it cannot, with the place in the JSON."""


class _Unusable(Exception):
    """What one server's entry lacks, said for a person. Ends that entry only."""

    def __init__(self, place: str, lack: Sentence) -> None:
        """`lack` names the {place} in the JSON."""
        super().__init__()
        self.lack = lack.filled(place=place)


def parse(text: str, variables: Variables) -> tuple[ServerConfiguration, ...]:
    """The servers of the setting `mcp_servers`, in their order; none for an empty text.

    What is wrong with one server is its `problem`; the others are usable. Raises VoiceError(BAD_SETTINGS) where the
    text as a whole cannot be read. Neither ever quotes a value.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return ()
    try:
        content = _read(text)
    except json.JSONDecodeError as error:
        _refuse(no_json(error))
    except RecursionError:
        _refuse(sentence("The MCP servers are no valid JSON: it is nested too deeply."))
    except ValueError:
        _refuse(sentence("The MCP servers are no valid JSON: a number in it is too long."))
    servers, place = _entries(content)
    if len(servers) > MOST_SERVERS:
        _refuse(
            sentence_plural(
                "There is {count} MCP server. At most {most} can be used.",
                "There are {count} MCP servers. At most {most} can be used.",
                len(servers),
                most=MOST_SERVERS,
            )
        )
    _check_names(list(servers))
    return tuple(
        _server(name, entry, f"{place}{name}", variables) for name, entry in servers.items() if not _disabled(entry)
    )


def _read(text: str) -> object:
    """As it is written, else as it was meant."""
    try:
        return json.loads(text, object_pairs_hook=_without_twins)
    except json.JSONDecodeError as error:
        meant = as_json(text)
        if meant == text:
            raise
        try:
            return json.loads(meant, object_pairs_hook=_without_twins)
        except json.JSONDecodeError as other:
            raise (other if other.lineno >= error.lineno else error) from None


def _refuse(what: Sentence) -> Never:
    raise VoiceError(ErrorCode.BAD_SETTINGS, what)


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            twice = sentence(
                "“{name}” appears twice in the same object of the MCP servers. Rename one.", name=name[:_LONGEST_NAME]
            )
            _refuse(twice)
        found[name] = value
    return found


def _entries(content: object) -> tuple[dict[str, object], str]:
    """The servers and how the way to them is written."""
    if not isinstance(content, dict):
        _refuse(SHAPE)
    if found := servers_in(content):
        return found
    if "mcpServers" in content or (content and not any(isinstance(entry, dict) for entry in content.values())):
        if isinstance(content.get("command"), str | list) or isinstance(content.get("url"), str):
            _refuse(NAMELESS)
        _refuse(SHAPE)
    if isinstance(content.get("command"), str) or isinstance(content.get("url"), str):
        _refuse(NAMELESS)
    return content, ""


def _check_names(names: list[str]) -> None:
    taken: dict[str, str] = {}
    for name in names:
        if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
            _refuse(
                sentence(
                    "The name of an MCP server has 1 to {most} ordinary characters; “{name}” has not.",
                    most=_LONGEST_NAME,
                    name=name[:20],
                )
            )
        slug = source_slug(name)
        if slug.replace("_", "") in _OURS:
            _refuse(
                sentence(
                    "No MCP server can be named “{name}”: it would look like a part of this program. Rename it.",
                    name=name,
                )
            )
        if slug in taken:
            _refuse(
                sentence(
                    "The MCP servers “{first}” and “{second}” are named too much alike. Rename one.",
                    first=taken[slug],
                    second=name,
                )
            )
        taken[slug] = name


def _disabled(entry: object) -> bool:
    return isinstance(entry, dict) and is_off(entry)


def _server(name: str, entry: object, place: str, variables: Variables) -> ServerConfiguration:
    try:
        return ServerConfiguration(name, _reach(_Entry(entry, place, variables)))
    except _Unusable as unusable:
        return ServerConfiguration(name, None, unusable.lack)


def _reach(entry: "_Entry") -> LocalServer | RemoteServer:
    kind = entry.text("type").lower()
    if kind == "sse":
        old = sentence("{place}.type: “sse” is the old way over HTTP. Only “stdio” and “http” can be used.")
        raise _Unusable(entry.place, old)
    if kind not in ("", *_STDIO, *_HTTP):
        raise _Unusable(entry.place, sentence("{place}.type has to be “stdio” or “http”."))
    if entry.has("command") == entry.has("url") or (entry.has("url") and kind in _STDIO):
        either = sentence("{place} needs either “command”, a program to start, or “url”, an address.")
        raise _Unusable(entry.place, either)
    if entry.has("url") or kind in _HTTP:
        return RemoteServer(_checked_url(entry), entry.texts("headers"))
    return LocalServer(entry.text("command"), entry.list("args"), entry.texts("env"), entry.text("cwd"))


def _checked_url(entry: "_Entry") -> str:
    url = entry.text("url").strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(letter.isspace() for letter in url):
        raise _Unusable(entry.place, sentence("{place}.url is not usable. It looks like https://example.org/mcp."))
    return url


_NOT_UNDERSTOOD = sentence(
    "{place} has a “{this}” that is not understood. Only {variable} is, a variable.", this="${…}", variable="${NAME}"
)
_ASKED_FOR = sentence(
    "{place} has a “{this}” that is not understood. Only {variable} is, a variable. Write in its place what another "
    "program would ask for.",
    this="${…}",
    variable="${NAME}",
)


class _Entry:
    """What one server's object holds, with its variables put in. Raises _Unusable."""

    def __init__(self, content: object, place: str, variables: Variables) -> None:
        if not isinstance(content, dict):
            raise _Unusable(place, sentence("{place} has to be an object with “command” or “url”."))
        if content.get("envFile"):
            raise _Unusable(place, sentence("{place}.envFile is not read. Write what is in it into “env”."))
        self.place = place
        self._content = usual(content)
        self._variables = variables

    def has(self, name: str) -> bool:
        return self._content.get(name) not in (None, "")

    def text(self, name: str) -> str:
        value = self._content.get(name)
        return "" if value is None else self._expanded(value, f"{self.place}.{name}")

    def list(self, name: str) -> tuple[str, ...]:
        values = self._content.get(name) or []
        if not isinstance(values, list):
            raise _Unusable(f"{self.place}.{name}", sentence("{place} has to be a list of texts."))
        return tuple(self._expanded(value, f"{self.place}.{name}[{index}]") for index, value in enumerate(values))

    def texts(self, name: str) -> Mapping[str, str]:
        values = self._content.get(name) or {}
        if not isinstance(values, dict):
            raise _Unusable(f"{self.place}.{name}", sentence("{place} has to be an object of texts."))
        for key in values:
            if not key or not key.isascii() or not key.isprintable() or "=" in key or ":" in key or " " in key:
                raise _Unusable(f"{self.place}.{name}", sentence("{place} has a name that cannot be used."))
        return {key: self._expanded(value, f"{self.place}.{name}.{key}") for key, value in values.items()}

    def _expanded(self, value: object, place: str) -> str:
        if not isinstance(value, str):
            raise _Unusable(place, sentence("{place} has to be a text in quotation marks."))
        if any(letter in value for letter in "\0\r\n"):
            raise _Unusable(place, sentence("{place} has to be one line."))
        if any(letter < " " or letter == "\x7f" for letter in value):  # C:\temp, which JSON reads as a tab
            control = sentence("{place} has a control character. {backslashes}", backslashes=BACKSLASHES)
            raise _Unusable(place, control)
        return _VARIABLE.sub(self._value(place), value)

    def _value(self, place: str) -> Callable[[re.Match[str]], str]:
        def value(found: re.Match[str]) -> str:
            named = _NAMED.fullmatch("HOME" if found[1] == "userHome" and "HOME" in self._variables else found[1])
            if not named:
                raise _Unusable(place, _ASKED_FOR if "input:" in found[1] else _NOT_UNDERSTOOD)
            name, default = named.groups()
            if name in self._variables:
                return self._variables[name]
            if default is None:
                unset = sentence("{place} needs the variable {name} of the environment, which is not set.", name=name)
                raise _Unusable(place, unset)
            return str(default)

        return value


def first_fault(text: str, variables: Variables) -> ServersFault | None:
    """What is wrong with the setting, or with the first of its servers that cannot be used; None if all can."""
    try:
        problems = [each.problem for each in parse(text, variables) if each.problem]
    except VoiceError as error:
        at = error.__context__  # what was found while reading
        place = (at.lineno, at.colno) if isinstance(at, json.JSONDecodeError) else (0, 0)
        return ServersFault(error.message, *place)
    return ServersFault(str(problems[0])) if problems else None
