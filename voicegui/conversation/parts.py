"""Everything a conversation needs from outside."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from voicegui.core.ports import EndOfTurn, LanguageModel, Sound, SpeechToText, TextToSpeech
from voicegui.core.tools import NoTools, Tools

from .kept import WriteAudio, no_writer


@dataclass(frozen=True, slots=True)
class Parts:
    sound: Sound
    stt: SpeechToText
    llm: LanguageModel
    tts: TextToSpeech
    end_of_turn: EndOfTurn
    tools: Tools = field(default_factory=NoTools)
    clock: Callable[[], float] = time.monotonic
    write_audio: WriteAudio = no_writer
