"""What fills the stages: models and connections behind one choice of settings, built together and closed together."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicegui.conversation.conversation import Conversation
from voicegui.conversation.fallback import Fallback
from voicegui.conversation.parts import ConversationParts
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import EndOfTurn, Engine, LanguageModel, Message, ReplyPiece, Sound, SpeechToText, TextToSpeech
from voicegui.core.settings import Settings
from voicegui.core.tools import ToolInfo, Tools
from voicegui.core.wording import sentence
from voicegui.providers.engine_entry import AppliesSettings, ReportProgress, Revivable, UsesKey
from voicegui.storage.profile import Profile

if TYPE_CHECKING:
    from voicegui.providers.catalogue import Catalogue
    from voicegui.providers.catalogue.verification import Stamps


@cache
def _stamps(folder: Path | None) -> "Stamps":
    from voicegui.providers.catalogue.verification import Stamps

    return Stamps(folder)


def load_catalogue(profile: Profile) -> "Catalogue":
    from voicegui.providers.catalogue import Catalogue

    return Catalogue.from_environment(_stamps(None if profile.problem else profile.verified_models))


# ---------------------------------------------------------------- services


@dataclass(slots=True)
class Services:
    """Whoever builds them closes them. `settings` is what they go by now."""

    settings: Settings
    stt: SpeechToText
    llm: LanguageModel
    tts: TextToSpeech
    end_of_turn: EndOfTurn
    engines: Mapping[str, Engine]
    """By the names of their entries, in the order in which they are started."""
    fall_back: Fallback | None = None
    _detach: Callable[[], None] = field(default=lambda: None)

    async def start(self, progress: ReportProgress) -> None:
        """Raises VoiceError; may be called again after that."""
        for engine in self.engines.values():
            await engine.start(progress)

    async def aclose(self) -> None:
        self._detach()
        self._detach = lambda: None
        for engine in reversed(list(self.engines.values())):
            await engine.aclose()

    def parts(self, sound: Sound, tools: Tools) -> ConversationParts:
        return ConversationParts(sound, self.stt, self.llm, self.tts, self.end_of_turn, tools, write_audio=write_audio)

    def follow(self, conversation: Conversation) -> None:
        """A stage that fell back is tried again with the next turn: the conversation tells when that is."""
        if self.fall_back is not None:
            self._detach = conversation.subscribe(self.fall_back.receive)

    def apply(self, settings: Settings) -> None:
        """What can change without building them anew: voice, manner, speed, time-outs. From the next sentence on."""
        self.settings = settings
        for engine in self.engines.values():
            if isinstance(engine, AppliesSettings):
                engine.apply(settings)
        if self.fall_back is not None:
            self.fall_back.settings = settings

    def revive(self) -> None:
        """Engines that were given up are tried once more."""
        for engine in self.engines.values():
            if isinstance(engine, Revivable):
                engine.revive()

    async def use_new_key(self, name: str) -> None:
        """The key of this service was entered or deleted."""
        engine = self.engines.get(name)
        if engine is not None and isinstance(engine, UsesKey):
            await engine.use_new_key()

    def speaker(self) -> str:
        """Everything that makes the same text sound different."""
        now = self.settings
        return f"{now.tts}\n{now.tts_url}\n{now.voice}\n{now.cloud_voice}\n{now.speed}\n{now.voice_instructions}"


async def write_audio(path: str, audio: Audio) -> None:
    """Writes a WAV file off the event loop. Raises VoiceError(BAD_AUDIO_FILE | DISK_FULL)."""
    from voicegui.media.wav import write_wav

    await asyncio.to_thread(write_wav, Path(path), audio)


# ---------------------------------------------------------------- while nothing is loaded
# Stages that answer with the reason why what was chosen is not loaded: nobody else is asked in its place.

_NOT_YET = VoiceError(
    ErrorCode.ENGINE_FAILED,
    sentence("What you have chosen is not loaded yet."),
    advice=sentence("Try again in a moment."),
    retryable=True,
)


def not_loaded(parts: ConversationParts, error: VoiceError | None = None) -> ConversationParts:
    """`parts` with stages that raise `error`, by default that it takes a moment. The judge of ends of turns is of this
    machine and stays."""
    stage = _NotLoaded(error or _NOT_YET)
    return replace(parts, stt=stage, llm=stage, tts=stage)


class _NotLoaded:
    """Fills `SpeechToText`, `LanguageModel` and `TextToSpeech`."""

    def __init__(self, error: VoiceError) -> None:
        self._error = error

    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> "_NothingHeard":
        return _NothingHeard(self._error)

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        for piece in self._nothing():
            yield piece

    async def prepare(self, messages: Sequence[Message]) -> None:
        pass

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        for piece in self._nothing():
            yield piece

    def voices(self) -> Sequence[str]:
        return ()

    def _nothing(self) -> Sequence[Any]:
        raise self._error


class _NothingHeard:
    """A hearing that keeps no sound."""

    def __init__(self, error: VoiceError) -> None:
        self._error = error

    def feed(self, audio: Audio) -> None:
        pass

    async def text(self) -> str:
        raise self._error

    async def aclose(self) -> None:
        pass
