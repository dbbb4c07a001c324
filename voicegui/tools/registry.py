"""All tools by name, and what happens around a call: time, length and whatever goes wrong."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from voicegui.core.tools import (
    BUILT_IN,
    LONGEST_OUTCOME,
    Granted,
    Permission,
    ToolCall,
    ToolInfo,
    ToolOutcome,
    ToolSource,
    fingerprint,
    grant_of,
    is_unreviewed,
    permission_key,
    unknown_tool,
)

from .execution import inside_tool
from .function_tools import Tool, failure, from_function, tool

__all__ = ["Registry", "Tool", "from_function", "tool"]

_LONGEST_NAME = 64
_GRACE_S = 1.0
"""Given to a tool that was cancelled; one that does not end is left alone."""


class Registry:
    """Fills `core.tools.Tools`. Lives on the event loop's thread.

    Tools of others may be called as they like: their names are made valid, and where one is taken already they are
    called after their source, so that what came first keeps its name and the permission that goes with it. A permission
    is for the definition it was given for: a tool of others that has changed since asks again.
    """

    def __init__(self, tools: Iterable[Tool] = (), permissions: Mapping[str, Permission] | None = None) -> None:
        self._tools: dict[str, Tool] = {}
        self._definitions: dict[str, str] = {}
        """Fingerprint of each tool of others."""
        self._first_names: dict[str, str] = {}
        """What each is called by itself; its name in force is another one where that was taken."""
        self._grants = {name: Granted(permission) for name, permission in (permissions or {}).items()}
        self._stubborn: set[asyncio.Task[ToolOutcome]] = set()
        self.add(tools)

    # ------------------------------------------------------------ which there are

    def add(self, tools: Iterable[Tool]) -> Sequence[ToolInfo]:
        """As they are called now."""
        added = []
        for each in tools:
            info = replace(each.info, name=self._free_name(each.info))
            self._first_names[info.name] = _valid(each.info.name)
            self._tools[info.name] = replace(each, info=info)
            self._definitions[info.name] = fingerprint(info) if info.source != BUILT_IN else ""
            added.append(self._in_force(info))
        return added

    def remove(self, source: ToolSource) -> None:
        """All of that source; calls that run go on."""
        self._tools = {name: each for name, each in self._tools.items() if each.info.source != source}

    def use(self, grants: Mapping[str, Granted]) -> None:
        """From the next call on, instead of those before: where they differ from the tools' own."""
        self._grants = dict(grants)

    def permit(self, name: str, permission: Permission) -> None:
        """From the next call on, for what the tool is now."""
        self._grants[self._key(name)] = self.grant(name, permission)

    def grant(self, name: str, permission: Permission, *, accepted: bool = False) -> Granted:
        """Bound to what the tool is now; what was `accepted` stays so while it is the same."""
        definition, before = self._definitions.get(name, ""), self._grants.get(self._key(name))
        same = before is not None and before.accepted and before.definition == definition
        return Granted(permission, definition, bool(definition) and (accepted or same))

    def _key(self, name: str) -> str:
        return permission_key(self._tools[name].info) if name in self._tools else name

    def all_tools(self) -> Sequence[ToolInfo]:
        """With the permission in force, those that are never offered included."""
        return [self._in_force(each.info) for each in self._tools.values()]

    def offered(self) -> Sequence[ToolInfo]:
        return [info for info in self.all_tools() if info.permission is not Permission.NEVER]

    def _in_force(self, info: ToolInfo) -> ToolInfo:
        grant = grant_of(info, self._grants) or self._withheld(info)
        if grant is None:
            return info
        if info.source == BUILT_IN:
            return replace(info, permission=grant.permission)
        meant = grant.definition == self._definitions[info.name]
        unbound = not grant.definition and not is_unreviewed(info)
        if meant or unbound or grant.permission is not Permission.ALWAYS:
            return replace(info, permission=grant.permission, reviewed=info.reviewed or (meant and grant.accepted))
        return replace(info, permission=Permission.ASK)

    def _withheld(self, info: ToolInfo) -> Granted | None:
        """What was set while its name was free, unless that allows it."""
        grant = self._grants.get(permission_key(replace(info, name=self._first_names[info.name])))
        return None if grant is None or grant.permission is Permission.ALWAYS else grant

    def _free_name(self, info: ToolInfo) -> str:
        name = _valid(info.name)
        if name not in self._tools:
            return name
        name = stem = _valid(f"{info.source.name}_{name}" if info.source.name else name)
        number = 1
        while name in self._tools:
            number += 1
            name = f"{stem[: _LONGEST_NAME - 8]}_{number}"
        return name

    # ------------------------------------------------------------ a call

    async def call(self, call: ToolCall) -> ToolOutcome:
        return _passable(await self._called(call))

    async def _called(self, call: ToolCall) -> ToolOutcome:
        found = self._tools.get(call.name)
        if found is None or self._in_force(found.info).permission is Permission.NEVER:
            return unknown_tool(call.name)
        task = asyncio.create_task(_run(found, call.arguments), name="tool")
        try:
            done, _ = await asyncio.wait({task}, timeout=found.info.timeout_s)
        finally:
            if not task.done():
                await self._end(task)
        if not done:
            return _too_late(found.info)
        return _shortened(task.result()) if not task.cancelled() else ToolOutcome("It was cancelled.", ok=False)

    async def _end(self, task: "asyncio.Task[ToolOutcome]") -> None:
        task.cancel()
        self._stubborn.add(task)  # the event loop itself keeps tasks weakly
        task.add_done_callback(self._stubborn.discard)
        await asyncio.wait({task}, timeout=_GRACE_S)


async def _run(found: Tool, arguments: str) -> ToolOutcome:
    with inside_tool():
        try:
            return await found.run(arguments)
        except (Exception, SystemExit) as error:  # SystemExit would end the program
            return failure(found.info.name, error)


def _too_late(info: ToolInfo) -> ToolOutcome:
    seconds = f"{info.timeout_s:g} second{'' if info.timeout_s == 1 else 's'}"
    return ToolOutcome(f"It was stopped: it did not end within {seconds}.", ok=False)


def _shortened(outcome: ToolOutcome) -> ToolOutcome:
    if len(outcome.text) <= LONGEST_OUTCOME:
        return outcome
    note = "\n(The rest is left out: it is too long.)"
    return replace(outcome, text=outcome.text[: LONGEST_OUTCOME - len(note)] + note)


def _passable(outcome: ToolOutcome) -> ToolOutcome:
    """Without halves of characters, as names of files have them: no service and no database takes those."""
    text, say = (part.encode("utf-8", "replace").decode() for part in (outcome.text, outcome.say))
    return outcome if (text, say) == (outcome.text, outcome.say) else replace(outcome, text=text, say=say)


def _valid(name: str) -> str:
    """Letters of other alphabets are no names to services; two of them may become the same."""
    return re.sub(r"[^a-z0-9_]+", "_", name.lower())[:_LONGEST_NAME] or "tool"
