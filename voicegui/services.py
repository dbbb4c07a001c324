"""The models and connections behind one choice of settings: built together, closed together."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from voicegui.conversation.conversation import Conversation
from voicegui.conversation.fallback import FallBack
from voicegui.conversation.parts import Parts
from voicegui.core.audio import Audio
from voicegui.core.ports import EndOfTurn, Engine, LanguageModel, Loading, Sound, SpeechToText, TextToSpeech
from voicegui.core.settings import Settings
from voicegui.core.tools import Tools

if TYPE_CHECKING:
    from voicegui.cloud import Cloud
    from voicegui.providers.local import LocalEngine

Progress = Callable[[Loading], None]


@dataclass(slots=True)
class Services:
    """Whoever builds them closes them. `settings` is what they go by now."""

    settings: Settings
    stt: SpeechToText
    llm: LanguageModel
    tts: TextToSpeech
    end_of_turn: EndOfTurn
    local: "LocalEngine"
    cloud: "Cloud"
    others: tuple[Engine, ...] = ()
    fall_back: FallBack | None = None
    _detach: Callable[[], None] = field(default=lambda: None)

    async def start(self, progress: Progress) -> None:
        """Raises VoiceError; may be called again after that."""
        for engine in (self.local, *self.others, self.cloud):
            await engine.start(progress)

    async def aclose(self) -> None:
        self._detach()
        self._detach = lambda: None
        for engine in (self.cloud, *self.others, self.local):
            await engine.aclose()

    def parts(self, sound: Sound, tools: Tools) -> Parts:
        return Parts(sound, self.stt, self.llm, self.tts, self.end_of_turn, tools, write_audio=write_audio)

    def follow(self, conversation: Conversation) -> None:
        """A stage that fell back is tried again with the next turn: the conversation tells when that is."""
        if self.fall_back is not None:
            self._detach = conversation.subscribe(self.fall_back.receive)

    def apply(self, settings: Settings) -> None:
        """What can change without building them anew: voice, manner, speed, time-outs. From the next sentence on."""
        self.settings = settings
        self.local.tts.use(settings.voice, settings.speed)
        self.cloud.apply(settings)
        if self.fall_back is not None:
            self.fall_back.settings = settings

    def speaker(self) -> str:
        """Everything that makes the same text sound different."""
        now = self.settings
        return f"{now.tts}\n{now.tts_url}\n{now.voice}\n{now.cloud_voice}\n{now.speed}\n{now.voice_instructions}"


async def write_audio(path: str, audio: Audio) -> None:
    """Writes a WAV file off the event loop. Raises VoiceError(BAD_AUDIO_FILE | DISK_FULL)."""
    from voicegui.audio.wav import write_wav

    await asyncio.to_thread(write_wav, Path(path), audio)
