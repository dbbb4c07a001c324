"""What a conversation is made of: the parts it gets from outside, and those of them that whatever begins now is made
with."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from voicegui.core.ports import EndOfTurn, LanguageModel, Sound, SpeechToText, TextToSpeech
from voicegui.core.settings import Settings
from voicegui.core.tools import NoTools, Tools
from voicegui.core.turn_taking import TurnTaking

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
        turn_taking = TurnTaking.of(settings)
        return cls(settings, parts.stt, parts.llm, parts.tts, parts.end_of_turn, parts.tools, turn_taking)


Now = Callable[[], TurnContext]
"""Asked whenever something begins."""
