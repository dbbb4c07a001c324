"""All tools put together: whose definitions count, and since when."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from voicegui.app.program_control import ProgramHost
from voicegui.app.tools import Toolkit
from voicegui.core.commands import Command
from voicegui.core.events import Event, Noticed
from voicegui.core.settings import Settings
from voicegui.core.tools import Permission, SourceKind, ToolInfo, ToolSource, is_unreviewed, read_grants
from voicegui.storage.profile import Profile

SERVERS = Path(__file__).parents[1] / "tools" / "mcp_servers"


class Desk:
    def __init__(self, profile: Path, settings: Settings) -> None:
        self.settings = settings
        self.told: list[Event] = []
        host = ProgramHost(lambda: self.settings, self.change, _ignore, list)
        self.toolkit = Toolkit(Profile(profile), settings, host, change=self.change, tell=self.told.append)

    def change(self, settings: Settings) -> None:
        self.settings = settings
        self.toolkit.apply(settings)

    @property
    def theirs(self) -> list[ToolInfo]:
        return [tool for tool in self.toolkit.all_tools() if tool.source.name == "clock"]

    @property
    def notices(self) -> list[str]:
        return [event.message for event in self.told if isinstance(event, Noticed)]


def _ignore(command: Command) -> None:
    pass


@asynccontextmanager
async def desk(profile: Path, permissions: str = "") -> AsyncIterator[Desk]:
    command = {"command": sys.executable, "args": [str(SERVERS / "clock.py")]}
    servers = json.dumps({"mcpServers": {"clock": command}})
    made = Desk(profile, Settings(mcp_servers=servers, tool_permissions=permissions))
    await made.toolkit.start()
    await _until(made.toolkit.watch, lambda: bool(made.theirs))
    try:
        yield made
    finally:
        await made.toolkit.aclose()


async def _until(watch: Callable[[Callable[[], None]], Callable[[], None]], there: Callable[[], bool]) -> None:
    changed = asyncio.Event()
    end = watch(changed.set)
    while not there():
        changed.clear()
        await changed.wait()
    end()


async def test_definitions_of_a_server_are_accepted_once(tmp_path: Path) -> None:
    async with desk(tmp_path) as first:
        assert all(is_unreviewed(tool) for tool in first.theirs)
        assert len(first.notices) == 1 and "“clock” are new or have changed" in first.notices[0]
        first.toolkit.accept(first.theirs)
        assert not any(is_unreviewed(tool) for tool in first.theirs)
        assert {tool.permission for tool in first.theirs} == {Permission.ASK}
        kept = first.settings.tool_permissions
        assert {grant.permission for grant in read_grants(kept).values()} == {Permission.ASK}
    async with desk(tmp_path, kept) as later:
        assert not any(is_unreviewed(tool) for tool in later.theirs) and later.notices == []
    other = kept[:-2] + ("0+" if kept[-2] != "0" else "1+")
    async with desk(tmp_path, other) as changed:
        assert sum(is_unreviewed(tool) for tool in changed.theirs) == 1 and len(changed.notices) == 1


async def test_only_what_was_read_is_accepted(tmp_path: Path) -> None:
    async with desk(tmp_path) as there:
        [shown, *_] = there.theirs
        there.toolkit.accept(
            [ToolInfo(shown.name, "Another text.", source=ToolSource(SourceKind.SERVER, "clock"), outside=True)]
        )
        there.toolkit.accept([ToolInfo("get_weather", "Another text.")])
        assert all(is_unreviewed(tool) for tool in there.theirs) and there.settings.tool_permissions == ""
        there.toolkit.permit(shown.name, Permission.ALWAYS)
        [now, *_] = there.theirs
        assert now.permission is Permission.ALWAYS and is_unreviewed(now), "it was not read"
        there.toolkit.accept([now])
        there.toolkit.permit(shown.name, Permission.ASK)
        there.toolkit.permit(shown.name, Permission.ALWAYS)
        [now, *_] = there.theirs
        assert now.permission is Permission.ALWAYS and now.reviewed
        there.toolkit.permit("get_weather", Permission.ASK)
        assert there.settings.tool_permissions.startswith("get_weather=ask, server/clock/")
