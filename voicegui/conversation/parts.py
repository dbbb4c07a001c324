"""What a conversation is made of: the parts it gets from outside, and what stands behind the words of all answers."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from voicegui.core.approval import QUIETEST_VOLUME
from voicegui.core.events import Event
from voicegui.core.ports import EndOfTurn, LanguageModel, Sound, SpeechToText, TextToSpeech
from voicegui.core.settings import Settings
from voicegui.core.tools import NoTools, Tools
from voicegui.core.turn_taking import TurnTaking

from .background_tasks import Spawn
from .memory import ConversationMemory
from .pending_approval import PendingApproval
from .tool_calls import RunningCalls, ToolRound
from .tool_loop import ToolLoop
from .utterance import WriteAudio, no_writer


@dataclass(frozen=True, slots=True)
class ConversationParts:
    sound: Sound
    stt: SpeechToText
    llm: LanguageModel
    tts: TextToSpeech
    end_of_turn: EndOfTurn
    tools: Tools = field(default_factory=NoTools)
    clock: Callable[[], float] = time.monotonic
    write_audio: WriteAudio = no_writer


@dataclass(frozen=True, slots=True)
class TurnContext:
    """What whatever begins now is made with: an utterance, a reply, notes. Never changed: `Conversation.change` puts
    another one in its place, for what begins later."""

    settings: Settings
    stt: SpeechToText
    llm: LanguageModel
    tts: TextToSpeech
    end_of_turn: EndOfTurn
    tools: Tools
    turn_taking: TurnTaking

    @classmethod
    def of(cls, parts: ConversationParts, settings: Settings) -> "TurnContext":
        turn_taking = TurnTaking(
            settings.threshold,
            settings.min_speech_ms,
            settings.silence_ms,
            settings.patience,
            settings.speaking_threshold,
        )
        return cls(settings, parts.stt, parts.llm, parts.tts, parts.end_of_turn, parts.tools, turn_taking)


# What stands behind the words of all answers: what is remembered, what is done, what is asked permission for.


class AnswerContext:
    def __init__(
        self, parts: ConversationParts, settings: Settings, *, tell: Callable[[Event], None], spawn: Spawn
    ) -> None:
        self.memory = ConversationMemory(parts.llm, parts.tools, settings, tell=tell, spawn=spawn)
        self.calls = RunningCalls(parts.tools, parts.clock, tell=tell, late=self.memory.resolve)
        self.approvals = PendingApproval(
            tell=tell, refused=self._refused, audible=lambda: self.acting.settings.volume >= QUIETEST_VOLUME
        )
        self.acting = ToolLoop(parts.llm, settings, self.calls, self.approvals, lambda: self.memory.tainted)

    def change(self, parts: ConversationParts, settings: Settings) -> None:
        """From the next answer on."""
        self.memory.settings = self.acting.settings = settings
        self.memory.llm = self.acting.llm = parts.llm
        self.memory.tools = self.calls.tools = parts.tools

    def rest(self) -> None:
        """Nobody talks and nothing is being answered."""
        self.memory.rest()
        self.approvals.rest()

    def wake(self) -> None:
        self.memory.wake()
        self.approvals.wake()

    def begin_anew(self) -> None:
        """A call that waits for a yes is refused; one that was declared to finish does, and nobody is told."""
        self.approvals.refuse()
        self.calls.answered()
        self.memory.begin_anew()

    async def aclose(self) -> None:
        self.wake()
        await self.calls.aclose()

    def _refused(self, round: ToolRound) -> None:
        self.memory.acted(round.messages(self.calls.unfinished), outside=round.outside)
