"""`voicegui ask`: one turn in the terminal. A WAV is a microphone in real time; no sound device is used."""

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voicegui.app.composition import LoadedProgram, ServiceWatch, build_services, in_force
from voicegui.conversation.conversation import Conversation
from voicegui.core.addresses import misleading
from voicegui.core.audio import Audio
from voicegui.core.commands import Approve, SendText, SetHandsFree
from voicegui.core.errors import VoiceError
from voicegui.core.event_json import JsonFields, turn_line
from voicegui.core.events import (
    ApprovalAnswered,
    ApprovalAsked,
    Event,
    FellBack,
    Noticed,
    Phase,
    ReplyGrew,
    ReplyShortened,
    StateChanged,
    Timings,
    TurnDone,
    TurnFailed,
)
from voicegui.core.text.sanitiser import one_line
from voicegui.core.wording import shown
from voicegui.storage.keys import KeyStore
from voicegui.storage.profile import ProfileInUse
from voicegui.tools.execution import in_thread

from .json_events import Journal
from .output import indented, labelled, typed_yes
from .shutdown import ENGINE_FAILED, NO_SPEECH, complain, exit_code
from .tools import equipped

if TYPE_CHECKING:
    from voicegui.app.tools import Toolkit
    from voicegui.audio.simulated_sound import PacedSound

NO_SPEECH_AFTER_S = 3.0
"""Silence after the end of the file after which nothing more is expected."""


@dataclass(frozen=True, slots=True)
class AskRequest:
    """`wav` or `text`; `save` gets the answer, `timeline` both sides on one clock (stereo, 16 kHz)."""

    wav: Path | None = None
    text: str = ""
    save: Path | None = None
    timeline: Path | None = None
    wait_s: float = 0.0
    """Stays so long for what is due."""


async def ask(program: LoadedProgram, question: AskRequest, journal: Journal | None) -> int:
    """Exit code: 0 answered, 3 no speech heard, 2 or 4 when something failed after the start, which was said. Raises
    VoiceError for what fails before."""
    from voicegui.audio.simulated_sound import PacedSound
    from voicegui.media.wav import check_target, read_wav

    for target in (question.save, question.timeline):
        if target:
            await asyncio.to_thread(check_target, target)
    asked = await asyncio.to_thread(read_wav, question.wav) if question.wav else None
    sound = PacedSound(asked)
    turn = _OneTurn(sound, asked.seconds if asked else 0.0, journal)
    services = await build_services(program, program.settings, ServiceWatch(tell=turn.receive), KeyStore())
    settings = replace(in_force(program.settings), opening_line="")
    try:
        await services.start(lambda loading: None)
        async with equipped(program, settings, services, turn.receive) as toolkit:
            conversation = Conversation(services.parts(sound, toolkit), settings)
            conversation.subscribe(turn.receive)
            services.follow(conversation)
            await conversation.open()
            turn.begun = True
            try:
                told_there = not question.wait_s and await ProfileInUse(program.profile).by_another()
                toolkit.follow(conversation, tells=not told_there)
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
        if question.save and turn.begun:
            await turn.save(question.save, sound.answer())
        if question.timeline and turn.begun:
            await turn.save(question.timeline, sound.timeline(), channels=2)
    return turn.report()


class _OneTurn:
    """Follows the conversation until the question is answered, whatever pauses it had."""

    def __init__(self, sound: "PacedSound", seconds: float, journal: Journal | None) -> None:
        self._sound = sound
        self._seconds = seconds
        self._journal = journal
        self.begun = False
        """There may be something to save: before, a file that is there stays as it is."""
        self._done: TurnDone | None = None
        self._failures: list[TurnFailed] = []
        self._unsaid = 0
        """How many of the failures a person was not told yet."""
        self._received: dict[int, str] = {}
        """By turn, what was to be said."""
        self._unsaved: VoiceError | None = None
        self._asked: ApprovalAsked | None = None
        self._quiet = asyncio.Event()
        self._announced = asyncio.Event()

    def receive(self, event: Event) -> None:
        match event:
            case TurnDone(turn, "", said) if text := said or self._received.get(turn):
                self._tell_announcement(text)
            case TurnDone():
                self._done = event
            case ReplyGrew(turn, text):
                self._received[turn] = self._received.get(turn, "") + text
            case ReplyShortened(turn, text):
                self._received[turn] = text
            case ApprovalAsked():
                self._asked = event
            case ApprovalAnswered():
                self._asked = None
            case TurnFailed():
                self._failures.append(event)
            case StateChanged(phase, user_speaking):
                resting = phase in (Phase.LISTENING, Phase.IDLE) and not user_speaking
                (self._quiet.set if resting else self._quiet.clear)()
        if self._journal and not isinstance(event, TurnDone):
            self._journal.receive(event)
        elif isinstance(event, Noticed | FellBack):
            complain(event.message)

    def _failed(self, turn: int) -> TurnFailed | None:
        return next((failure for failure in self._failures if failure.turn == turn), None)

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
            if self._done or self._failures:
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
                complain(shown("{tool} was not used: it needs a yes, and nobody can be asked here.", tool=asked.label))
                return
            print(f"{one_line(asked.call.name)} {one_line(asked.call.arguments)}")
            for host in misleading(asked.call.arguments):
                print(shown("⚠ leads to {host}", host=host))
            # `input` would write to the terminal itself
            print(shown("{question} [y/N] ", question=one_line(asked.question)), end="", flush=True)
            answer = await in_thread(_typed, limited=False)
            self._quiet.clear()
            conversation.send(Approve(asked.call.id, typed_yes(answer)))
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
            print(labelled(shown("Agent:"), indented(text)), flush=True)

    def tell(self) -> None:
        """For a person, as soon as it is over."""
        if self._journal is None and (done := self._done) is not None:
            _print_turn(done, self._received.get(done.turn, "") if self._failed(done.turn) else done.assistant)
        self._tell_failures()

    def _tell_failures(self) -> None:
        for failure in self._failures[self._unsaid :]:
            complain(failure.message)
        self._unsaid = len(self._failures)

    async def save(self, path: Path, sound: Audio, *, channels: int = 1) -> None:
        """What cannot be saved is said: the answer is there nevertheless."""
        from voicegui.media.wav import write_wav

        try:
            await asyncio.to_thread(write_wav, path, sound, channels=channels)
        except VoiceError as error:
            self._unsaved = error
            complain(error.message)
            if self._journal:
                self._journal.error(error)

    def report(self) -> int:
        """The exit code. For programs, the turn as the last line."""
        self._tell_failures()  # of what was said later
        done = self._done or TurnDone(0, "", "", Timings())
        failure = self._failures[-1] if self._failures else None
        if self._journal:
            self._journal.write("turn", **turn_line(done), **self._how_it_failed(done))
        if failure is not None:
            return ENGINE_FAILED
        if not done.user:
            complain(shown("No speech was heard."))
            return NO_SPEECH
        return exit_code(self._unsaved.code) if self._unsaved else 0

    def _how_it_failed(self, done: TurnDone) -> JsonFields:
        if not self._failures:
            return {}
        unheard = self._received.get(done.turn, "").removeprefix(done.assistant).strip()
        return {"failed": str(self._failures[-1].code), "unheard": unheard}


def _typed() -> str:
    """A line; "" when the terminal was closed. May block for ever."""
    try:
        return sys.stdin.readline()
    except (OSError, ValueError):
        return ""


def _print_turn(done: TurnDone, answer: str) -> None:
    """Nothing stands for words that never came."""
    said = ((shown("You:"), one_line(done.user)), (shown("Agent:"), indented(answer.strip())))
    lines = [labelled(who, words) for who, words in said if words.strip()]
    if done.timings.voice_to_voice is not None:
        ms = f"{done.timings.voice_to_voice:.0f}"
        lines.append(f"       {shown('{ms} ms from your last word to the first sound', ms=ms)}")
    if lines:
        print("\n".join(lines), flush=True)
