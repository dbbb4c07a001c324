"""Everything the model can do besides talk, put together. A part of the composition root.

Fills `core.tools.Tools` for the conversation and `core.toolbox.Toolbox` for the window.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from voicegui.conversation.conversation import Conversation
from voicegui.core.errors import VoiceError
from voicegui.core.events import Event, Noticed
from voicegui.core.history import told_again
from voicegui.core.keys import check_way, named_servers
from voicegui.core.records import Fact, PastConversation
from voicegui.core.settings import Settings
from voicegui.core.toolbox import ProgramControl, ServersFault, ServerState, ToolFile, ToolServer
from voicegui.core.tools import (
    Permission,
    ToolCall,
    ToolInfo,
    ToolOutcome,
    ToolSource,
    fingerprint,
    is_unreviewed,
    permission_key,
    read_grants,
    write_grants,
)
from voicegui.core.wording import marked, shown
from voicegui.storage.conversations import StoredArchive, last_conversation
from voicegui.storage.database import Database
from voicegui.storage.facts import StoredFacts
from voicegui.storage.profile import Profile, write_atomically
from voicegui.storage.recorder import Recorder
from voicegui.storage.reminders import StoredReminders
from voicegui.tools.due_reminders import DueReminders
from voicegui.tools.mcp import McpServers, ServerConfiguration, first_fault, parse
from voicegui.tools.mcp.configuration import RemoteServer
from voicegui.tools.notifications import DesktopNotifications
from voicegui.tools.registry import Registry
from voicegui.tools.user_tools import UserTools

if TYPE_CHECKING:
    from voicegui.tools.function_tools import Tool

log = logging.getLogger(__name__)

_NEW_TOOLS = marked(
    "The tools of “{server}” are new or have changed. Read and accept them in the settings, under Tools; until then I "
    "ask before anything is changed or sent."
)
NOT_THERE_YET = (ServerState.WAITING, ServerState.STARTING)


class Toolkit:
    """Lives on the event loop's thread. There at once; nothing is offered before `start`.

    `change` stores settings and applies them; `tell` gets what a person should know. `now`: the clock that tools see,
    standing still, in place of the system's.
    """

    def __init__(
        self,
        profile: Profile,
        settings: Settings,
        host: ProgramControl,
        *,
        change: Callable[[Settings], None],
        tell: Callable[[Event], None],
        now: datetime | None = None,
    ) -> None:
        self._now = now
        self._settings = settings
        self._host = host
        self._change = change
        self._tell = tell
        self._registry = Registry()
        self._database = Database(profile.database, lambda sentence: tell(Noticed(sentence)), kept=not profile.problem)
        self._reminders = StoredReminders(self._database)
        self._facts = StoredFacts(self._database)
        self._recorder = Recorder(
            self._database, lambda error: tell(Noticed(error.message)), keep=settings.keep_history
        )
        self._own = UserTools(self._registry, profile.tools_folder, profile.allowed_tools_file, write_atomically)
        self._servers = McpServers()
        self._due = DueReminders(self._reminders, self._announce, DesktopNotifications().notify)
        self._started = False
        self._told_new: set[ToolSource] = set()
        """Sources with definitions that nobody has accepted, of which the user knows."""
        self._watchers: list[Callable[[], None]] = []
        self.conversation: Conversation | None = None
        self._endings: list[Callable[[], object]] = []

    # ------------------------------------------------------------ life

    async def start(self, *, servers: bool = True) -> None:
        """Loads what the tools are made of, off the event loop. MCP servers start in the background, or are only named.

        Once is enough.
        """
        if self._started:
            return
        self._started = True
        self._registry.add(await asyncio.to_thread(self._made))
        self._endings += [self._servers.fill(self._registry), self._servers.watch(self._servers_changed)]
        if servers:
            self.apply(self._settings)
        else:
            self._registry.use(read_grants(self._settings.tool_permissions))
            self._use_servers(self._settings.mcp_servers)
        await self._own.files()
        self.changed()  # now it is known what there is

    def _made(self) -> "list[Tool]":
        from voicegui.tools.builtin import built_in, kept
        from voicegui.tools.times.local_time import Here, standing

        archive = StoredArchive(self._database)
        here = Here() if self._now is None else standing(self._now)
        return [
            *built_in(self._host, lambda: self._settings, here=here),
            *kept(self._reminders, self._facts, archive, here),
        ]

    def follow(self, conversation: Conversation, *, tells: bool = True) -> None:
        """Writes it down and, if it `tells`, says in it what is due. Once is enough."""
        if self.conversation is not None:
            return
        self.conversation = conversation
        self._recorder.heard_so_far = conversation.answered_until
        self._recorder.tainted = lambda: conversation.tainted
        self._endings.append(conversation.subscribe(self._recorder.receive))
        if tells:
            self._due.start()

    async def last_conversation(self) -> PastConversation | None:
        """None where nothing is kept, by the setting too. Raises VoiceError."""
        return await last_conversation(self._database) if self._settings.keep_history else None

    def go_on(self, past: PastConversation, conversation: Conversation) -> None:
        """What comes next belongs to `past`, which is remembered."""
        self._recorder.resume(past)
        conversation.restore(told_again(past.messages), tainted=past.tainted)

    def apply(self, settings: Settings) -> None:
        """From the next call on."""
        before, self._settings = self._settings, settings
        self._registry.use(read_grants(settings.tool_permissions))
        self._recorder.keep(settings.keep_history)
        known = (before.mcp_servers, before.unencrypted_servers)
        if (settings.mcp_servers, settings.unencrypted_servers) != known or not self._servers.servers():
            self._use_servers(settings.mcp_servers)
        if settings.use_tools:
            self._servers.start()

    async def aclose(self) -> None:
        """After the conversation is closed."""
        for end in self._endings:
            end()
        await self._due.aclose()
        await self._servers.aclose()
        await self._recorder.aclose()
        await self._database.aclose()
        self._reminders.close()

    async def is_due_within(self, seconds: float) -> bool:
        """A reminder is pending that is due by then. Raises VoiceError."""
        pending = await self._reminders.pending()
        return any(each.due <= time.time() + seconds and not self._due.has_told(each.id) for each in pending)

    async def listed(self, seconds: float) -> None:
        """Until every MCP server has told its tools or failed, at most so long."""
        changed = asyncio.Event()
        end = self._servers.watch(changed.set)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while any(each.state in NOT_THERE_YET for each in self._servers.servers()):
                        changed.clear()
                        await changed.wait()
        finally:
            end()

    # ------------------------------------------------------------ Tools

    def offered(self) -> Sequence[ToolInfo]:
        return self._registry.offered() if self._settings.use_tools else ()

    async def call(self, call: ToolCall) -> ToolOutcome:
        return await self._registry.call(call)

    # ------------------------------------------------------------ Toolbox

    def all_tools(self) -> Sequence[ToolInfo]:
        return self._registry.all_tools()

    def permit(self, name: str, permission: Permission) -> None:
        self._permit({name: permission}, accepted=False)

    def accept(self, shown: Sequence[ToolInfo]) -> None:
        now = {tool.name: tool for tool in self.all_tools() if is_unreviewed(tool)}
        same = [now[tool.name] for tool in shown if tool.name in now and _is_same(tool, now[tool.name])]
        self._permit({tool.name: tool.permission for tool in same}, accepted=True)

    async def files(self) -> Sequence[ToolFile]:
        return await self._own.files()

    @property
    def folder(self) -> str:
        return str(self._own.folder)

    async def allow(self, name: str, sha256: str) -> None:
        await self._own.allow(name, sha256)
        self.changed()

    async def disallow(self, name: str) -> None:
        await self._own.disallow(name)
        self.changed()

    def servers(self) -> Sequence[ToolServer]:
        return self._servers.servers()

    def server_log(self, name: str) -> str:
        return self._servers.server_log(name)

    def check_servers(self, text: str) -> ServersFault | None:
        return first_fault(text, os.environ)

    async def facts(self) -> Sequence[Fact]:
        return await self._facts.recall()

    async def forget(self, fact: int) -> None:
        await self._facts.forget(fact)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    def changed(self) -> None:
        """Tells those who watch: what a tool has changed of the settings is shown, too."""
        for changed in tuple(self._watchers):
            changed()

    # ------------------------------------------------------------ helpers

    def _permit(self, permissions: Mapping[str, Permission], *, accepted: bool) -> None:
        """For what these tools are now."""
        keys = {tool.name: permission_key(tool) for tool in self.all_tools()}
        made = {
            keys.get(name, name): self._registry.grant(name, each, accepted=accepted)
            for name, each in permissions.items()
        }
        text = write_grants({**read_grants(self._settings.tool_permissions), **made})
        self._change(replace(self._settings, tool_permissions=text))
        self.changed()

    def _servers_changed(self) -> None:
        new = {tool.source for tool in self.all_tools() if is_unreviewed(tool)}
        for source in sorted(new - self._told_new, key=str):
            self._tell(Noticed(shown(_NEW_TOOLS, server=source.name)))
        self._told_new = new
        self.changed()

    def _use_servers(self, text: str) -> None:
        try:
            unencrypted = named_servers(self._settings.unencrypted_servers)
            self._servers.use(tuple(_without_open_keys(each, unencrypted) for each in parse(text, os.environ)))
        except VoiceError as error:  # a file that was edited by hand: those of before go on
            self._tell(Noticed(error.message))

    async def _announce(self, line: str, outside: bool) -> None:
        assert self.conversation is not None
        await self.conversation.announce(line, outside=outside)


def _is_same(one: ToolInfo, other: ToolInfo) -> bool:
    return fingerprint(one) == fingerprint(other)


def _without_open_keys(server: ServerConfiguration, unencrypted: Collection[str]) -> ServerConfiguration:
    """Headers are where people put keys; so is an address."""
    if not isinstance(server.reach, RemoteServer) or not (server.reach.headers or "@" in server.reach.url):
        return server
    try:
        check_way(server.reach.url, unencrypted)
    except VoiceError as error:
        return ServerConfiguration(server.name, None, error.whole)
    return server
