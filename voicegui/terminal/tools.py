"""`voicegui tools list`, and `voicegui tools call`: runs one tool as the model would, with its permission."""

import signal
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from voicegui.app.choices import routes
from voicegui.app.composition import LoadedProgram
from voicegui.app.program_control import ProgramHost
from voicegui.app.tools import NOT_THERE_YET, Toolkit
from voicegui.core.approval import question_about
from voicegui.core.commands import Command
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import ApprovalAsked, Event, Noticed
from voicegui.core.privacy import DataFlow, online
from voicegui.core.settings import Settings
from voicegui.core.text.sanitiser import harmless as printable
from voicegui.core.text.sanitiser import one_line
from voicegui.core.text.spoken_text import speakable
from voicegui.core.toolbox import ToolFile, tool_help
from voicegui.core.tools import (
    Permission,
    ToolCall,
    ToolInfo,
    ToolOutcome,
    fingerprint,
    is_unreviewed,
    needs_approval,
    permission_key,
)
from voicegui.core.wording import listed_with_commas, marked, sentence, shown
from voicegui.tools.function_arguments import BadArguments, json_object
from voicegui.ui.approval_text import card_text

from .output import typed_yes
from .shutdown import complain

if TYPE_CHECKING:
    from voicegui.app.services import Services
    from voicegui.app.tools import Toolkit


def whereabouts(program: LoadedProgram, toolkit: "Toolkit") -> DataFlow:
    tools = online(toolkit.all_tools(), toolkit.servers()) if program.settings.use_tools else ()
    return DataFlow(routes(program.settings, program.engines), tools)


def data_flow_lines(program: LoadedProgram, toolkit: "Toolkit") -> str:
    """Where what is said goes, in lines."""
    where = whereabouts(program, toolkit)
    return "\n".join(f"       {one_line(each)}" for each in (shown("{sign}.", sign=where.sign), *where.lines))


@asynccontextmanager
async def at_hand(program: LoadedProgram) -> "AsyncIterator[Toolkit]":
    """To look at, without a conversation; nothing is started."""
    from voicegui.app.program_control import ProgramHost
    from voicegui.app.tools import Toolkit

    host = ProgramHost(lambda: program.settings, lambda changed: None, lambda command: None, list)
    toolkit = Toolkit(program.profile, program.settings, host, change=lambda changed: None, tell=lambda event: None)
    try:
        yield toolkit
    finally:
        await toolkit.aclose()


@asynccontextmanager
async def equipped(
    program: LoadedProgram, settings: Settings, services: "Services", tell: Callable[[Event], None]
) -> "AsyncIterator[Toolkit]":
    """Ready for `Toolkit.follow`. What tools change of the settings holds for this run only."""
    from voicegui.app.program_control import ProgramHost
    from voicegui.app.tools import Toolkit

    now = settings

    def change(to: Settings) -> None:
        nonlocal now
        now = to
        services.apply(now)
        toolkit.apply(now)
        if toolkit.conversation is not None:
            toolkit.conversation.change(now)

    def send(command: Command) -> None:
        if toolkit.conversation is not None:
            toolkit.conversation.send(command)

    host = ProgramHost(lambda: now, change, send, lambda: services.tts.voices(), engines=program.engines)
    toolkit = Toolkit(program.profile, settings, host, change=change, tell=tell)
    try:
        await toolkit.start()
        yield toolkit
    finally:
        await toolkit.aclose()


# ---------------------------------------------------------------- the commands

_SWITCHED_OFF = marked("Tools are switched off in the settings.")
_WAITING = marked("Waiting for {servers}: a first start may have to download something. Ctrl-C ends it.")

MCP_WITHIN_S, MCP_SLOW_S = 200.0, 8.0
"""Servers that have not told their tools by then are listed without; and it is said that they are waited for."""


async def show_tools(program: LoadedProgram) -> int:
    """What the model may do, who brought it and what it takes. MCP servers are started for it."""
    settings = program.settings
    async with at_hand(program) as toolkit:
        await toolkit.start()
        await wait_for_servers(toolkit)
        for tool in toolkit.all_tools():
            print(_told(tool))
        for file in await toolkit.files():
            if not file.allowed or file.problem:
                print(_not_loaded(file))
        for server in toolkit.servers():
            if server.problem:
                print(one_line(shown("{server} (MCP server): {problem}", server=server.name, problem=server.problem)))
        if not settings.use_tools:
            print(shown(_SWITCHED_OFF))
    return 0


async def wait_for_servers(toolkit: Toolkit) -> None:
    """Until all have told their tools or failed. Says whom it waits for."""
    await toolkit.listed(MCP_SLOW_S)
    names = [one_line(each.name) for each in toolkit.servers() if each.state in NOT_THERE_YET]
    if names:
        complain(shown(_WAITING, servers=listed_with_commas(names).shown()))
        await toolkit.listed(MCP_WITHIN_S)


def _told(tool: ToolInfo) -> str:
    marks = [shown(_PERMISSIONS[tool.permission]), shown("changes something") if tool.changes else shown("reads")]
    if tool.network:
        marks.append(shown("network"))
    if is_unreviewed(tool):
        key = f"{permission_key(tool)}=ask@{fingerprint(tool)}+"
        marks.append(shown("not accepted ({entry} in tool_permissions accepts it)", entry=key))
    about = textwrap.shorten(tool_help(tool), 90, placeholder=" …")
    how = listed_with_commas(marks).shown()
    return f"{one_line(tool.name):24} {how:34} {one_line(str(tool.source)):12} {one_line(about)}"


_PERMISSIONS = {Permission.ALWAYS: marked("always"), Permission.ASK: marked("ask"), Permission.NEVER: marked("never")}


def _not_loaded(file: ToolFile) -> str:
    if file.problem:
        return one_line(shown("{file}: {problem}", file=file.name, problem=file.problem))
    return one_line(shown("{file}: not allowed yet. Allow it in the settings, under Tools.", file=file.name))


# `voicegui tools call`: runs one tool as the model would, with its permission.

FAILED, USAGE = 1, 2


@dataclass(frozen=True, slots=True)
class Wanted:
    name: str
    arguments: str
    """JSON text."""
    yes: bool = False
    """Whoever calls says yes to it."""
    now: datetime | None = None
    """The clock that tools see."""


async def call(program: LoadedProgram, wanted: Wanted) -> int:
    """Exit code: 0 done, 1 refused or failed, 2 no such tool or no such arguments."""
    try:
        json_object(wanted.arguments)
    except BadArguments as problem:
        return _end(shown("--arguments: {problem}", problem=problem), USAGE)
    toolkit = _toolkit(program, wanted.now)
    try:
        await toolkit.start()
        tool = await _found(toolkit, wanted.name)
        if tool is None:
            return _end(shown("There is no tool named “{name}”. See: voicegui tools list", name=wanted.name), USAGE)
        asked = ToolCall("1", tool.name, wanted.arguments)
        refused = await _refused(program.settings, tool, asked, yes=wanted.yes)
        if refused:
            return _end(refused, FAILED)
        return _tell(await toolkit.call(asked))
    finally:
        await toolkit.aclose()


def _toolkit(program: LoadedProgram, now: datetime | None) -> Toolkit:
    """What tools change of the settings holds for this call only."""
    settings = program.settings

    def change(changed: Settings) -> None:
        nonlocal settings
        settings = changed
        toolkit.apply(changed)

    def tell(event: Event) -> None:
        if isinstance(event, Noticed):
            print(printable(event.message), file=sys.stderr)

    host = ProgramHost(lambda: settings, change, lambda command: None, list)
    toolkit = Toolkit(program.profile, settings, host, change=change, tell=tell, now=now)
    return toolkit


async def _found(toolkit: Toolkit, name: str) -> ToolInfo | None:
    """Waits for MCP servers only if it is not there without them."""
    for wait in (False, True):
        if wait:
            await wait_for_servers(toolkit)
        for tool in toolkit.all_tools():
            if tool.name == name:
                return tool
    return None


async def _refused(settings: Settings, tool: ToolInfo, asked: ToolCall, *, yes: bool) -> str:
    """Why it may not run; "" if it may."""
    if not settings.use_tools:
        return shown(_SWITCHED_OFF)
    if tool.permission is Permission.NEVER:
        return shown("{tool} is set to “never” in the settings.", tool=tool.name)
    if yes or not needs_approval(tool, tainted=False):
        return ""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return shown(
            "{tool} was not used: it needs a yes, and nobody can be asked here. --yes says it.", tool=tool.name
        )
    question = question_about(tool, asked).text
    card = card_text(ApprovalAsked(0, asked, tool.label or tool.name, question), tool.source)
    print(printable(f"{card.question}\n{card.origin}\n{card.arguments}"))
    return "" if typed_yes(_answer()) else shown("{tool} was not allowed.", tool=tool.name)


def _answer() -> str:
    """Blocks the event loop: nothing else goes on in it, and Ctrl-C ends the program at once, as it would not from a
    thread that waits for a line."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input(shown("Allow? [y/N] "))
    except EOFError:
        return ""
    finally:
        signal.signal(signal.SIGINT, before)


def _tell(outcome: ToolOutcome) -> int:
    print(shown("For the model:") if outcome.ok else shown("It failed. For the model:"))
    print(printable(outcome.text))
    if not outcome.ok:
        return FAILED
    said = speakable(outcome.say)
    print(f"{shown('Said:')}\n{printable(said)}" if said else shown("Said: what the model makes of it"))
    return 0


def _end(why: str, code: int) -> int:
    print(printable(why), file=sys.stderr)
    return code


def stated_now(text: str, *, has_profile: bool) -> datetime | None:
    """The value of --now; None for "". Raises VoiceError(BAD_SETTINGS): a profile that is used every day must not get
    reminders of another time."""
    if not text:
        return None
    if not has_profile:
        alone = sentence(
            "--now is only taken together with --profile: reminders of another time belong into one of their own."
        )
        raise VoiceError(ErrorCode.BAD_SETTINGS, alone)
    try:
        found = datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        found = None
    if found is None or not 1970 < found.year < 3000:
        no_time = sentence(
            "--now: “{time}” is no time between 1971 and 2999, such as 2026-11-27T22:00:00+01:00.",
            time=printable(text[:60]),
        )
        raise VoiceError(ErrorCode.BAD_SETTINGS, no_time)
    given = datetime.fromisoformat(text)
    return given if given.tzinfo is not None else found
