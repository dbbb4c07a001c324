"""`voicegui talk`: hands-free, microphone to speaker, until Ctrl-C or SIGTERM."""

import asyncio
import signal
import sys

from voicegui.app import Program, Watch, build_services, in_force
from voicegui.conversation.conversation import Conversation
from voicegui.core.commands import SetHandsFree
from voicegui.core.events import (
    ApprovalAsked,
    Event,
    FellBack,
    NothingHeard,
    Noticed,
    ProblemAppeared,
    ProblemSolved,
    StartedAfresh,
    ToolCalled,
    TurnDone,
    TurnFailed,
    UserSaid,
)
from voicegui.core.visible import line
from voicegui.storage.keys import KeyStore

from .equipment import equipped, told
from .journal import Journal
from .screen import indented


async def talk(program: Program, journal: Journal | None) -> int:
    """Exit code 0 after a signal. Raises VoiceError when it cannot begin."""
    from voicegui.audio.live import LiveSound

    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        _on_signal(name, stopped)
    receive = journal.receive if journal else _Shown().receive
    watch = Watch(
        trouble=lambda error: receive(ProblemAppeared("engine", error.code, error.message, error.hint)),
        mended=lambda: receive(ProblemSolved("engine")),
        tell=receive,
    )
    services = await build_services(program, program.settings, watch, KeyStore())
    settings = in_force(program.settings)
    sound = LiveSound(microphone=settings.microphone, speaker=settings.speaker)
    sound.set_volume(settings.volume)
    try:
        await services.start(lambda loading: None)
        async with equipped(program, settings, services, receive) as toolkit:
            conversation = Conversation(services.parts(sound, toolkit), settings)
            conversation.subscribe(receive)
            services.follow(conversation)
            try:
                await conversation.open()
                toolkit.follow(conversation)
                conversation.send(SetHandsFree(True))
                if journal:
                    journal.write("ready")
                else:
                    print(f"Listening. Talk; Ctrl-C ends it.\n{told(program.settings, toolkit)}", flush=True)
                await stopped.wait()
            finally:
                await conversation.aclose()
    finally:
        await services.aclose()
    return 0


def _on_signal(number: signal.Signals, stopped: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(number, stopped.set)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))


class _Shown:
    """What a person sees. A trouble that costs a turn too is told once."""

    def __init__(self) -> None:
        self._trouble = ""

    def receive(self, event: Event) -> None:
        match event:
            case TurnFailed(_, _, message) | ProblemAppeared(_, _, message):
                if message != self._trouble:
                    print(line(message), file=sys.stderr, flush=True)
                self._trouble = message
            case UserSaid() | TurnDone() | ProblemSolved():
                self._trouble = ""
                _show(event)
            case _:
                _show(event)


def _show(event: Event) -> None:
    match event:
        case UserSaid(_, text):
            print(f"You:   {line(text)}", flush=True)
        case TurnDone(_, _, assistant, timings):
            speed = "" if timings.voice_to_voice is None else f"  ({timings.voice_to_voice:.0f} ms)"
            print(f"Agent: {indented(assistant)}{speed}", flush=True)
        case ToolCalled(_, call, label):
            print(f"       {line(label or call.name)} {line(call.arguments)}", flush=True)
        case ApprovalAsked(_, call, _, question, by_voice):
            print(f"       {line(question)}\n       {line(call.name)} {line(call.arguments)}", flush=True)
            if not by_voice:
                print("       It cannot be allowed here: ask for it in the window.", flush=True)
        case NothingHeard():
            print("       (no speech heard)", flush=True)
        case StartedAfresh(turns):
            print(f"       (a new conversation begins after {turns} turns)", flush=True)
        case FellBack(_, message) | Noticed(message):
            print(line(message), file=sys.stderr, flush=True)
        case ProblemSolved(source, message):
            print(line(f"{source} works again{': ' + message if message else ''}"), file=sys.stderr, flush=True)
        case _:
            pass
