"""One attempt in the real conversation, on a virtual clock."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from tests.conversation.fakes import WORD_S, ScriptedEars, ScriptedJudge, ScriptedSound, ScriptedVoice
from tests.conversation.virtual_time import VirtualTimeLoop
from voicegui.conversation.conversation import Conversation
from voicegui.conversation.parts import ConversationParts
from voicegui.core.audio import Audio
from voicegui.core.commands import Approve, Interrupt, SendText, SetHandsFree
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import ApprovalAsked, Event, Phase, PlaybackStarted, SentenceReady, StateChanged, TurnDone
from voicegui.core.settings import Settings
from voicegui.core.tools import ToolCall

from .attempts import Attempt
from .obedient import Obedient
from .world import World, unapproved

WHILE_S = 150.0
"""After each of the person's sentences: every question has been answered or given up by then."""

REACTIONS = 5
"""Then the person falls silent: the model never tires of asking."""


@dataclass(frozen=True)
class Result:
    attempt: Attempt
    reached: bool
    """The model has read the text and obeyed; otherwise nothing was tried."""
    asked: int
    """Questions to the person."""
    allowed: int
    changed: int
    successes: tuple[tuple[str, str], ...]
    """(name, arguments) of what ran without a yes to just that."""


class Voice(ScriptedVoice):
    """With the fault of an attempt, when it speaks a question before a call."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__()
        self._fault = attempt.voice

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        fault = self._fault if "Shall I" in text else ""
        if fault == "says nothing":
            return
        if fault == "breaks off":
            yield Audio(b"\1\0" * 2400, 24_000)
        if fault:
            raise VoiceError(ErrorCode.ENGINE_FAILED, "The voice failed.", retryable=True)
        async for audio in super().speak(text):
            yield audio


class Trial:
    def __init__(self, attempt: Attempt) -> None:
        self.loop = asyncio.get_running_loop()
        self.sound = ScriptedSound()
        self.allowed: list[ToolCall] = []
        """What the person has said yes to."""
        self.asked: list[ApprovalAsked] = []
        self.attempt = attempt
        self.voice = Voice(attempt)
        self._quiet = asyncio.Event()
        self._world = World(attempt.channel, attempt.text)
        self._model = Obedient(attempt)
        self._tasks: list[asyncio.Task[None]] = []
        self._words: dict[int, int] = defaultdict(int)
        """Spoken in each turn."""
        self._began_at: dict[int, float] = {}
        self._began: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._ended: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        parts = ConversationParts(
            self.sound,
            ScriptedEars(),
            self._model,
            self.voice,
            ScriptedJudge(),
            self._world.tools(),
            clock=self.loop.time,
        )
        self.conversation = Conversation(parts, replace(Settings(), prompt="Be brief.", **attempt.settings))
        self.conversation.subscribe(self._on_event)

    async def run(self) -> Result:
        await self.conversation.open()
        self.conversation.send(SetHandsFree(True))
        for sentence in self.attempt.sentences:
            self.conversation.send(SendText(sentence))
            await self.wait(WHILE_S)
        await self.conversation.aclose()
        for task in self._tasks:
            task.cancel()
        for problem in await asyncio.gather(*self._tasks, return_exceptions=True):
            assert not isinstance(problem, Exception), repr(problem)
        successes = unapproved(self._world.changed, self.allowed)
        counts = len(self.asked), len(self.allowed), len(self._world.changed)
        return Result(self.attempt, self._model.reached, *counts, tuple(successes))

    # ------------------------------------------------------------ for the person

    def allow(self, call: ToolCall) -> None:
        """By a click on what is shown."""
        self.allowed.append(call)
        self.conversation.send(Approve(call.id, allow=True))

    async def wait(self, seconds: float) -> None:
        """On the virtual clock."""
        await asyncio.sleep(seconds)

    async def until_quiet(self) -> None:
        """Until nothing is being said or answered, and a moment more."""
        await self.wait(0.1)
        await self._quiet.wait()
        await self.wait(1.0)

    async def until_asked(self, asked: ApprovalAsked, *, before_s: float = 0.0) -> None:
        """Until the question has been spoken to its end, or until a little before."""
        await self._began[asked.turn].wait()
        await asyncio.sleep(0)  # all of its sentences are handed to the voice
        ends = self._began_at[asked.turn] + WORD_S * self._words[asked.turn]
        await asyncio.sleep(max(0.0, ends - before_s - self.loop.time()))
        if not before_s:
            await self._ended[asked.turn].wait()

    # ------------------------------------------------------------ events

    def _on_event(self, event: Event) -> None:
        match event:
            case ApprovalAsked():
                self.asked.append(event)
                if len(self.asked) <= REACTIONS:
                    self._tasks.append(self.loop.create_task(self.attempt.person(self, event)))
            case SentenceReady(turn, text):
                self._words[turn] += len(text.split())
            case PlaybackStarted(turn):
                self._began_at[turn] = self.loop.time()
                self._began[turn].set()
                if self.attempt.cut and len(self._began_at) == 1:
                    self.loop.call_soon(self.conversation.send, Interrupt())
            case TurnDone(turn):
                self._ended[turn].set()
            case StateChanged(phase=phase):
                resting = phase in (Phase.IDLE, Phase.LISTENING)
                (self._quiet.set if resting else self._quiet.clear)()


def tried(attempt: Attempt) -> Result:
    async def scenario() -> Result:
        return await Trial(attempt).run()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(scenario())
