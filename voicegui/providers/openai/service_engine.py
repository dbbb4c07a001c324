"""The engine of one service: its stages as the settings want them, over HTTP or Realtime."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from voicegui.core.events import Noticed
from voicegui.core.keys import Keys
from voicegui.core.ports import LanguageModel, LoadingProgress, SpeechToText
from voicegui.core.settings import Settings
from voicegui.providers.engine_entry import EngineRequest, Provided

from .client import Timeouts
from .engine import OpenAIEngine
from .service import PRESETS, ServiceConfig, Stage
from .service_settings import configured
from .speech import OpenAITextToSpeech

if TYPE_CHECKING:
    from .realtime.speech import RealtimeTextToSpeech
    from .realtime.transcription import LiveSpeechToText

_OPENAI_ITSELF = "https://api.openai.com/"


def build(name: str, request: EngineRequest) -> Provided:
    """Raises VoiceError(BAD_SETTINGS | NOT_OFFERED)."""
    engine = ServiceEngine(configured(request.settings, name), request.settings, request.keys, request.tell)
    stages = request.stages
    return Provided(
        engine,
        engine.stt(stages[Stage.STT]) if Stage.STT in stages else None,
        engine.llm(stages[Stage.LLM]) if Stage.LLM in stages else None,
        engine.tts(stages[Stage.TTS], request.voice) if Stage.TTS in stages else None,
    )


class ServiceEngine:
    """Fills `core.ports.Engine`. `tell` hears, once each, what a person should know: what a server lacks, which model
    ends soon."""

    def __init__(self, service: ServiceConfig, settings: Settings, keys: Keys, tell: Callable[[Noticed], None]) -> None:
        self._settings = settings
        self._keys = keys
        timeouts = Timeouts(settings.stt_timeout_s, settings.llm_timeout_s, settings.tts_timeout_s)
        self._engine = OpenAIEngine(service, keys=keys, timeouts=timeouts, tell=tell)
        self._live: LiveSpeechToText | None = None
        self._voice: RealtimeTextToSpeech | OpenAITextToSpeech | None = None
        self._voices: Sequence[str] = ()
        """Known ones of who speaks, the usual one first."""

    # ------------------------------------------------------------ stages; each raises VoiceError

    def stt(self, model: str) -> SpeechToText:
        from .realtime.transcription import LIVE_MODEL, LiveSpeechToText

        engine, settings = self._engine, self._settings
        languages, keywords = _listed(settings.languages), _listed(settings.keywords)
        live = model == LIVE_MODEL or (not model and settings.live_transcription and self._is_openai(Stage.STT))
        if not live:
            return engine.stt(model, languages=languages, keywords=keywords)
        engine.expect(Stage.STT, model or LIVE_MODEL)
        self._live = LiveSpeechToText(
            engine.client,
            model=model or LIVE_MODEL,
            languages=languages,
            keywords=keywords,
            patience_s=settings.stt_timeout_s,
        )
        return self._live

    def llm(self, model: str) -> LanguageModel:
        return self._engine.llm(model)

    def tts(self, model: str, voice: str = "") -> "RealtimeTextToSpeech | OpenAITextToSpeech":
        """`voice`: exactly this one instead of the chosen one, until `apply`."""
        from .realtime.speech import SPEAKING_MODEL, VOICES, RealtimeTextToSpeech

        engine, settings = self._engine, self._settings
        if "realtime" in model or (not model and self._is_openai(Stage.TTS)):
            engine.expect(Stage.TTS, model or SPEAKING_MODEL)
            self._voices = VOICES
            self._voice = RealtimeTextToSpeech(
                engine.client,
                model=model or SPEAKING_MODEL,
                voice=voice or self._chosen_voice(),
                instructions=settings.voice_instructions,
                speed=settings.speed,
                patience_s=settings.tts_timeout_s,
            )
        else:
            self._voices = engine.client.service.voices
            self._voice = engine.tts(
                model,
                voice=voice or self._chosen_voice(),
                instructions=settings.voice_instructions,
                speed=settings.speed,
            )
        return self._voice

    # ------------------------------------------------------------ life

    async def start(self, progress: Callable[[LoadingProgress], None]) -> None:
        await self._engine.start(progress)
        await asyncio.gather(*(part.warm() for part in self._connected()))

    async def aclose(self) -> None:
        for part in self._connected():
            await part.aclose()
        await self._engine.aclose()

    def apply(self, settings: Settings) -> None:
        """Voice, manner and speed: from the next sentence on."""
        self._settings = settings
        if self._voice is not None:
            self._voice.use(self._chosen_voice(), instructions=settings.voice_instructions, speed=settings.speed)

    async def use_new_key(self) -> None:
        key = await self._keys.get(self._engine.client.service.name)
        if key is not None:
            self._engine.client.use_key(key)
            for part in self._connected():
                part.reconnect()

    def _chosen_voice(self) -> str:
        """The first of those who speak now if the chosen one is only known elsewhere: voices have other names
        everywhere. A name that nobody knows is a person's own."""
        chosen, known = self._settings.cloud_voice, self._voices
        elsewhere = any(chosen in service.voices for service in PRESETS)
        return known[0] if known and chosen not in known and elsewhere else chosen

    def _connected(self) -> "Sequence[LiveSpeechToText | RealtimeTextToSpeech]":
        from .realtime.speech import RealtimeTextToSpeech

        parts = (self._live, self._voice if isinstance(self._voice, RealtimeTextToSpeech) else None)
        return [part for part in parts if part is not None]

    def _is_openai(self, stage: Stage) -> bool:
        """Not a compatible server in its place: those have no Realtime."""
        return self._engine.client.service.url(stage).startswith(_OPENAI_ITSELF)


def _listed(text: str) -> Sequence[str]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
