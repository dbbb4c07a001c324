"""`voicegui tools call`: runs one tool as the model would, with its permission."""

import signal
import sys
from dataclasses import dataclass
from datetime import datetime

from voicegui.app import Program
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import ApprovalAsked, Event, Noticed
from voicegui.core.question import question_about
from voicegui.core.settings import Settings
from voicegui.core.spoken import speakable
from voicegui.core.tools import Permission, ToolCall, ToolInfo, ToolOutcome, needs_approval
from voicegui.core.visible import harmless as printable
from voicegui.host import ProgramHost
from voicegui.toolkit import Toolkit
from voicegui.tools.arguments import BadArguments, json_object
from voicegui.ui.question import card_text

from .tools import wait_for_servers

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


async def call(program: Program, wanted: Wanted) -> int:
    """Exit code: 0 done, 1 refused or failed, 2 no such tool or no such arguments."""
    try:
        json_object(wanted.arguments)
    except BadArguments as problem:
        return _end(f"--arguments: {problem}", USAGE)
    toolkit = _toolkit(program, wanted.now)
    try:
        await toolkit.start()
        tool = await _found(toolkit, wanted.name)
        if tool is None:
            return _end(f"There is no tool named “{wanted.name}”. See: voicegui tools list", USAGE)
        asked = ToolCall("1", tool.name, wanted.arguments)
        refused = await _refused(program.settings, tool, asked, yes=wanted.yes)
        if refused:
            return _end(refused, FAILED)
        return _tell(await toolkit.call(asked))
    finally:
        await toolkit.aclose()


def _toolkit(program: Program, now: datetime | None) -> Toolkit:
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
        return "Tools are switched off in the settings."
    if tool.permission is Permission.NEVER:
        return f"{tool.name} is set to “never” in the settings."
    if yes or not needs_approval(tool, tainted=False):
        return ""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return f"{tool.name} was not used: it needs a yes, and nobody can be asked here. --yes says it."
    question = question_about(tool, asked).text
    card = card_text(ApprovalAsked(0, asked, tool.label or tool.name, question), tool.source)
    print(printable(f"{card.question}\n{card.origin}\n{card.arguments}"))
    return "" if _answer().strip().lower() in ("y", "yes") else f"{tool.name} was not allowed."


def _answer() -> str:
    """Blocks the event loop: nothing else goes on in it, and Ctrl-C ends the program at once, as it would not from a
    thread that waits for a line."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input("Allow? [y/N] ")
    except EOFError:
        return ""
    finally:
        signal.signal(signal.SIGINT, before)


def _tell(outcome: ToolOutcome) -> int:
    print(f"{'For the model' if outcome.ok else 'It failed. For the model'}:\n{printable(outcome.text)}")
    if not outcome.ok:
        return FAILED
    said = speakable(outcome.say)
    print(f"Said:\n{printable(said)}" if said else "Said: what the model makes of it")
    return 0


def _end(sentence: str, code: int) -> int:
    print(printable(sentence), file=sys.stderr)
    return code


def moment(text: str, *, has_profile: bool) -> datetime | None:
    """The value of --now; None for "". Raises VoiceError(BAD_SETTINGS): a profile that is used every day must not get
    reminders of another time."""
    if not text:
        return None
    if not has_profile:
        sentence = (
            "--now is only taken together with --profile: reminders of another time belong into one of their own."
        )
        raise VoiceError(ErrorCode.BAD_SETTINGS, sentence)
    try:
        found = datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        found = None
    if found is None or not 1970 < found.year < 3000:
        sentence = (
            f"--now: “{printable(text[:60])}” is no time between 1971 and 2999, such as 2026-11-27T22:00:00+01:00."
        )
        raise VoiceError(ErrorCode.BAD_SETTINGS, sentence)
    given = datetime.fromisoformat(text)
    return given if given.tzinfo is not None else found
