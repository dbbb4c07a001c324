"""`voicegui ask`: one turn in the terminal. A WAV is a microphone in real time; no sound device is used."""

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voicegui.app import Program, Watch, build_services, in_force
from voicegui.conversation.conversation import Conversation
from voicegui.core.addresses import misleading
from voicegui.core.commands import Approve, SendText, SetHandsFree
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    Event,
    FellBack,
    Noticed,
    Phase,
    StateChanged,
    Timings,
    TurnDone,
    TurnFailed,
)
from voicegui.core.visible import line
from voicegui.storage.keys import KeyStore

from .equipment import equipped
from .journal import Journal, turn_line
from .screen import indented

if TYPE_CHECKING:
    from voicegui.audio.simulated import PacedSound
    from voicegui.toolkit import Toolkit

NO_SPEECH_AFTER_S = 3.0
"""Silence after the end of the file after which nothing more is expected."""


@dataclass(frozen=True, slots=True)
class Question:
    """`wav` or `text`; `save` gets the answer, `timeline` both sides on one clock (stereo, 16 kHz)."""

    wav: Path | None = None
    text: str = ""
    save: Path | None = None
    timeline: Path | None = None
    wait_s: float = 0.0
    """Stays so long for what is due."""


async def ask(program: Program, question: Question, journal: Journal | None) -> int:
    """Exit code: 0 answered, 3 no speech heard. Raises VoiceError for the rest."""
    from voicegui.audio.simulated import PacedSound
    from voicegui.audio.wav import read_wav, write_wav

    asked = await asyncio.to_thread(read_wav, question.wav) if question.wav else None
    sound = PacedSound(asked)
    turn = _OneTurn(sound, asked.seconds if asked else 0.0, journal)
    services = await build_services(program, program.settings, Watch(tell=turn.receive), KeyStore())
    settings = replace(in_force(program.settings), opening_line="")
    try:
        await services.start(lambda loading: None)
        async with equipped(program, settings, services, turn.receive) as toolkit:
            conversation = Conversation(services.parts(sound, toolkit), settings)
            conversation.subscribe(turn.receive)
            services.follow(conversation)
            await conversation.open()
            try:
                toolkit.follow(conversation)
                if journal:
                    journal.write("ready")
                await turn.run(conversation, question.text)
                await turn.ask_for_permission(conversation)
                turn.tell()
                await turn.stay(toolkit, question.wait_s)
            finally:
                await conversation.aclose()
    finally:
        await services.aclose()
        if question.save:
            await asyncio.to_thread(write_wav, question.save, sound.answer())
        if question.timeline:
            await asyncio.to_thread(write_wav, question.timeline, sound.timeline(), channels=2)
    return turn.report()


class _OneTurn:
    """Follows the conversation until the question is answered, whatever pauses it had."""

    def __init__(self, sound: "PacedSound", seconds: float, journal: Journal | None) -> None:
        self._sound = sound
        self._seconds = seconds
        self._journal = journal
        self._done: TurnDone | None = None
        self._failure: TurnFailed | None = None
        self._asked: ApprovalAsked | None = None
        self._quiet = asyncio.Event()
        self._announced = asyncio.Event()

    def receive(self, event: Event) -> None:
        match event:
            case TurnDone(_, ""):
                self._tell_announcement(event.assistant)
            case TurnDone():
                self._done, self._failure = event, None
            case ApprovalAsked():
                self._asked = event
            case ApprovalAnswered():
                self._asked = None
            case TurnFailed():
                self._failure = event
            case StateChanged(phase, user_speaking):
                resting = phase in (Phase.LISTENING, Phase.IDLE) and not user_speaking
                (self._quiet.set if resting else self._quiet.clear)()
        if self._journal and not isinstance(event, TurnDone):
            self._journal.receive(event)
        elif isinstance(event, Noticed | FellBack):
            print(line(event.message), file=sys.stderr)

    async def run(self, conversation: Conversation, text: str) -> None:
        if text:
            conversation.send(SendText(text))
            await self._quiet.wait()
            return
        conversation.send(SetHandsFree(True))
        self._sound.begin()
        await asyncio.sleep(self._seconds)  # the length of the file: its clock is the same
        while True:
            await self._quiet.wait()
            if self._done or self._failure:
                return
            try:
                async with asyncio.timeout(NO_SPEECH_AFTER_S):
                    await self._until_busy(conversation)
            except TimeoutError:
                return

    async def _until_busy(self, conversation: Conversation) -> None:
        busy = asyncio.Event()

        def receive(event: Event) -> None:
            if isinstance(event, StateChanged) and (event.user_speaking or event.phase is not Phase.LISTENING):
                busy.set()

        unsubscribe = conversation.subscribe(receive)
        try:
            await busy.wait()
        finally:
            unsubscribe()

    async def ask_for_permission(self, conversation: Conversation) -> None:
        """For a call that waits; where nobody can be asked, silence is no."""
        while (asked := self._asked) is not None:
            if not sys.stdin.isatty() or self._journal:
                sentence = f"{line(asked.label)} was not used: it needs a yes, and nobody can be asked here."
                print(sentence, file=sys.stderr)
                return
            print(f"{line(asked.call.name)} {line(asked.call.arguments)}")
            for host in misleading(asked.call.arguments):
                print(f"⚠ leads to {host}")
            print(f"{line(asked.question)} [y/N] ", end="", flush=True)  # `input` would write to the terminal itself
            answer = await asyncio.to_thread(input)
            self._quiet.clear()
            conversation.send(Approve(asked.call.id, answer.strip().lower() in ("y", "yes")))
            await self._quiet.wait()

    async def stay(self, toolkit: "Toolkit", seconds: float) -> None:
        """Until what is due by then has been said."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0 and await toolkit.is_due_within(left):
            self._announced.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._announced.wait()
        await self._quiet.wait()  # what is being said is said to its end

    def _tell_announcement(self, text: str) -> None:
        if not text:  # something else came before it
            return
        self._announced.set()
        if self._journal:
            self._journal.write("announced", text=text)
        else:
            print(f"Agent: {indented(text)}", flush=True)

    def tell(self) -> None:
        """For a person, as soon as it is over."""
        if not self._journal and self._done is not None and self._done.user:
            _print_turn(self._done)

    def report(self) -> int:
        """For programs, as the last line."""
        if self._failure is not None:
            raise VoiceError(self._failure.code, self._failure.message)
        done = self._done or TurnDone(0, "", "", Timings())
        if self._journal:
            self._journal.write("turn", **turn_line(done))
        if not done.user:
            error = VoiceError(ErrorCode.NO_SPEECH, "No speech was heard.")
            print(error.message, file=sys.stderr)
            return 3
        return 0


def _print_turn(done: TurnDone) -> None:
    print(f"You:   {line(done.user)}\nAgent: {indented(done.assistant)}")
    if done.timings.voice_to_voice is not None:
        print(f"       {done.timings.voice_to_voice:.0f} ms from your last word to the first sound")
