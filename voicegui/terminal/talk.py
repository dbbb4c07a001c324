"""`voicegui talk`: hands-free, microphone to speaker, until Ctrl-C, SIGTERM or the end of its terminal."""

import asyncio
import signal

from voicegui.app.composition import LoadedProgram, ServiceWatch, build_services, in_force
from voicegui.conversation.conversation import Conversation
from voicegui.core.commands import SetHandsFree
from voicegui.core.events import (
    ApprovalAsked,
    ConversationOver,
    Event,
    FellBack,
    NothingHeard,
    Noticed,
    NotTaken,
    ProblemAppeared,
    ProblemSolved,
    ReplyGrew,
    ReplyShortened,
    ToolCalled,
    TurnDone,
    TurnFailed,
    UserSaid,
    problem_of,
)
from voicegui.core.text.sanitiser import one_line
from voicegui.core.wording import marked, shown, shown_plural
from voicegui.storage.keys import KeyStore
from voicegui.storage.profile import ProfileInUse
from voicegui.ui.event_texts import not_taken

from .json_events import Journal
from .output import indented, labelled
from .shutdown import complain, ending_signals, on_signal
from .tools import data_flow_lines, equipped


async def talk(program: LoadedProgram, journal: Journal | None) -> int:
    """Exit code 0 after a signal. Raises VoiceError when it cannot begin."""
    in_use = ProfileInUse(program.profile)
    await in_use.take()
    try:
        return await _talk(program, journal)
    finally:
        in_use.release()


async def _talk(program: LoadedProgram, journal: Journal | None) -> int:
    from voicegui.audio.live_sound import LiveSound

    stopped = asyncio.Event()
    for number in (signal.SIGINT, *ending_signals()):
        on_signal(number, stopped.set)
    receive = journal.receive if journal else _Screen().show
    watch = ServiceWatch(
        trouble=lambda error: receive(problem_of("engine", error)),
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
            conversation.subscribe(lambda event: stopped.set() if isinstance(event, ConversationOver) else None)
            services.follow(conversation)
            try:
                await conversation.open()
                toolkit.follow(conversation)
                conversation.send(SetHandsFree(True))
                if journal:
                    journal.write("ready")
                else:
                    print(
                        shown("Listening. Talk; Ctrl-C ends it."),
                        data_flow_lines(program, toolkit),
                        sep="\n",
                        flush=True,
                    )
                await stopped.wait()
            finally:
                await conversation.aclose()
    finally:
        await services.aclose()
    return 0


class _Screen:
    """Shows what happens, for a person."""

    def __init__(self) -> None:
        self._received = ""
        """Of the answer so far."""
        self._failed = -1
        """The last turn that failed."""
        self._trouble = ""
        """A trouble that costs a turn, too, is told once."""

    def show(self, event: Event) -> None:
        match event:
            case UserSaid(_, text):
                self._received = self._trouble = ""
                print(labelled(shown("You:"), one_line(text)), flush=True)
            case ReplyGrew(_, text):
                self._received += text
            case ReplyShortened(_, text):
                self._received = text
            case TurnDone(turn, _, assistant, timings):
                self._show_answer(self._received if turn == self._failed else assistant, timings.voice_to_voice)
            case ToolCalled(_, call, label):
                print(f"       {one_line(label or call.name)} {one_line(call.arguments)}", flush=True)
            case ApprovalAsked(_, call, _, question, by_voice):
                print(
                    f"       {one_line(question)}\n       {one_line(call.name)} {one_line(call.arguments)}", flush=True
                )
                if not by_voice:
                    print(f"       {shown('It cannot be allowed here: ask for it in the window.')}", flush=True)
            case NothingHeard():
                print(f"       {shown('(no speech heard)')}", flush=True)
            case NotTaken(_, text):
                print(f"       {shown('({remark})', remark=not_taken(text))}", flush=True)
            case ConversationOver(turns):
                ended = shown_plural(
                    "(the conversation has ended after {count} turn)",
                    "(the conversation has ended after {count} turns)",
                    turns,
                )
                print(f"       {ended}", flush=True)
            case TurnFailed(turn, _, message):
                self._failed = turn
                self._complain_once(message)
            case ProblemAppeared(_, _, message):
                self._complain_once(message)
            case FellBack(_, message) | Noticed(message):
                complain(message)
            case ProblemSolved(source, message):
                self._trouble = ""
                complain(_mended(source, message))
            case _:
                pass

    def _complain_once(self, message: str) -> None:
        if message != self._trouble:
            complain(message)
        self._trouble = message

    def _show_answer(self, text: str, ms: float | None) -> None:
        """Of an answer that broke off, all that came. Nothing stands for words that never came."""
        self._received = self._trouble = ""
        if text.strip():
            latency = "" if ms is None else f"  {shown('({ms} ms)', ms=f'{ms:.0f}')}"
            print(labelled(shown("Agent:"), f"{indented(text.strip())}{latency}"), flush=True)


_MENDED = {
    "engine": marked("engine works again"),
    "microphone": marked("microphone works again"),
    "speaker": marked("speaker works again"),
}
_MENDED_HOW = {
    "engine": marked("engine works again: {how}"),
    "microphone": marked("microphone works again: {how}"),
    "speaker": marked("speaker works again: {how}"),
}


def _mended(source: str, how: str) -> str:
    return shown(_MENDED_HOW[source], how=how) if how else shown(_MENDED[source])
