"""The tools of a conversation in the terminal."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from voicegui.app.choices import routes
from voicegui.app.composition import LoadedProgram
from voicegui.core.commands import Command
from voicegui.core.events import Event
from voicegui.core.privacy import DataFlow, online
from voicegui.core.settings import Settings
from voicegui.core.text.sanitiser import one_line

if TYPE_CHECKING:
    from voicegui.app.services import Services
    from voicegui.app.tools import Toolkit


def whereabouts(program: LoadedProgram, toolkit: "Toolkit") -> DataFlow:
    tools = online(toolkit.all_tools(), toolkit.servers()) if program.settings.use_tools else ()
    return DataFlow(routes(program.settings, program.engines), tools)


def data_flow_lines(program: LoadedProgram, toolkit: "Toolkit") -> str:
    """Where what is said goes, in lines."""
    where = whereabouts(program, toolkit)
    return "\n".join(f"       {one_line(each)}" for each in (f"{where.sign}.", *where.lines))


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
