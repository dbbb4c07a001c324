"""What fills the stages: models and connections behind one choice of settings, built together and closed together."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from voicegui.conversation.conversation import Conversation
from voicegui.conversation.fallback import Fallback
from voicegui.conversation.parts import ConversationParts
from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Noticed
from voicegui.core.keys import Keys, named_servers
from voicegui.core.ports import EndOfTurn, Engine, LanguageModel, LoadingProgress, Sound, SpeechToText, TextToSpeech
from voicegui.core.settings import Settings
from voicegui.core.tools import Tools
from voicegui.providers.openai.service import PRESETS, ServiceConfig, Stage, preset

if TYPE_CHECKING:
    from voicegui.providers.local import LocalEngine

ReportLoading = Callable[[LoadingProgress], None]


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
    fall_back: Fallback | None = None
    _detach: Callable[[], None] = field(default=lambda: None)

    async def start(self, progress: ReportLoading) -> None:
        """Raises VoiceError; may be called again after that."""
        for engine in (self.local, *self.others, self.cloud):
            await engine.start(progress)

    async def aclose(self) -> None:
        self._detach()
        self._detach = lambda: None
        for engine in (self.cloud, *self.others, self.local):
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
    from voicegui.media.wav import write_wav

    await asyncio.to_thread(write_wav, Path(path), audio)


# Services that speak OpenAI's API: from the settings to what fills a stage. A part of the composition root.

if TYPE_CHECKING:
    from voicegui.providers.openai.engine import OpenAIEngine
    from voicegui.providers.openai.realtime.speech import RealtimeTextToSpeech
    from voicegui.providers.openai.realtime.transcription import LiveSpeechToText
    from voicegui.providers.openai.speech import OpenAITextToSpeech

CUSTOM = ServiceConfig("custom", "A compatible server")
"""Has the addresses of the settings and no others."""

KNOWN: Mapping[str, ServiceConfig] = {service.name: service for service in (*PRESETS, CUSTOM)}

_OPENAI_ITSELF = "https://api.openai.com/"


def configured(settings: Settings, name: str) -> ServiceConfig:
    """The service with the addresses of the settings and, for OpenAI, of the environment. Raises
    VoiceError(BAD_SETTINGS)."""
    from voicegui.providers.openai.service import from_environment

    service = preset(name) or CUSTOM
    service = replace(
        from_environment().applied_to(service),
        key=None,  # keys are asked for where they are kept
        unencrypted=named_servers(settings.unencrypted_servers),
    )
    used = [stage for stage in Stage if getattr(settings, stage).partition(":")[0] == name]
    given = {stage: url for stage in used if (url := getattr(settings, f"{stage}_url"))}
    if given:  # what it is not used for goes along: its models are listed by the server that is asked
        unused = [stage for stage in service.stages if stage not in used]
        service = service.at(next(iter(given.values())), *unused) if unused else service
    for stage, url in given.items():
        service = service.at(url, stage)
    if name == CUSTOM.name and not service.stages:
        todo = "enter it in the settings, such as http://localhost:1234/v1."
        raise VoiceError(ErrorCode.BAD_SETTINGS, todo, heading="A compatible server needs its address")
    return replace(service, label=_address(service)) if name == CUSTOM.name else service


def _address(service: ServiceConfig) -> str:
    """What a server without a name is called in sentences; several have none in common."""
    hosts = {urlsplit(service.url(stage)).netloc for stage in service.stages}
    return hosts.pop() if len(hosts) == 1 else "Your server"


class Cloud:
    """The services that one choice of settings names, one engine each. Fills `core.ports.Engine`.

    `tell` hears, once each, what a person should know: what a server lacks, which model ends soon.
    """

    def __init__(self, settings: Settings, keys: Keys, tell: Callable[[Noticed], None]) -> None:
        self._settings = settings
        self._keys = keys
        self._tell = tell
        self._engines: dict[str, OpenAIEngine] = {}
        self._live: LiveSpeechToText | None = None
        self._voice: RealtimeTextToSpeech | OpenAITextToSpeech | None = None
        self._voices: Sequence[str] = ()
        """Known ones of who speaks, the usual one first."""

    # ------------------------------------------------------------ stages; each raises VoiceError

    def stt(self, name: str, model: str) -> SpeechToText:
        from voicegui.providers.openai.realtime.transcription import LIVE_MODEL, LiveSpeechToText

        engine, settings = self._engine(name), self._settings
        languages, keywords = _listed(settings.languages), _listed(settings.keywords)
        live = model == LIVE_MODEL or (not model and settings.live_transcription and _is_openai(engine, Stage.STT))
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

    def llm(self, name: str, model: str) -> LanguageModel:
        return self._engine(name).llm(model)

    def tts(self, name: str, model: str, voice: str = "") -> "RealtimeTextToSpeech | OpenAITextToSpeech":
        """`voice`: exactly this one instead of the chosen one, until `apply`."""
        from voicegui.providers.openai.realtime.speech import SPEAKING_MODEL, VOICES, RealtimeTextToSpeech

        engine, settings = self._engine(name), self._settings
        manner = {"instructions": settings.voice_instructions, "speed": settings.speed}
        if "realtime" in model or (not model and _is_openai(engine, Stage.TTS)):
            engine.expect(Stage.TTS, model or SPEAKING_MODEL)
            self._voices = VOICES
            self._voice = RealtimeTextToSpeech(
                engine.client,
                model=model or SPEAKING_MODEL,
                voice=voice or self._chosen_voice(),
                patience_s=settings.tts_timeout_s,
                **manner,  # type: ignore[arg-type]
            )
        else:
            self._voices = engine.client.service.voices
            self._voice = engine.tts(model, voice=voice or self._chosen_voice(), **manner)  # type: ignore[arg-type]
        return self._voice

    # ------------------------------------------------------------ life

    async def start(self, progress: Callable[[LoadingProgress], None]) -> None:
        for engine in self._engines.values():
            await engine.start(progress)
        connections = [part.warm() for part in self._connected()]
        await asyncio.gather(*connections)

    async def aclose(self) -> None:
        for part in self._connected():
            await part.aclose()
        for engine in self._engines.values():
            await engine.aclose()

    def apply(self, settings: Settings) -> None:
        """Voice, manner and speed: from the next sentence on."""
        self._settings = settings
        if self._voice is not None:
            self._voice.use(self._chosen_voice(), instructions=settings.voice_instructions, speed=settings.speed)

    async def use_new_key(self, name: str) -> None:
        """The key of this service was entered or deleted."""
        engine = self._engines.get(name)
        key = await self._keys.get(name) if engine is not None else None
        if engine is not None and key is not None:
            engine.client.use_key(key)
            for part in self._connected():
                part.reconnect()

    def _chosen_voice(self) -> str:
        """The first of those who speak now if the chosen one is only known elsewhere: voices have other names
        everywhere. A name that nobody knows is a person's own."""
        chosen, known = self._settings.cloud_voice, self._voices
        elsewhere = any(chosen in service.voices for service in PRESETS)
        return known[0] if known and chosen not in known and elsewhere else chosen

    def _connected(self) -> "Sequence[LiveSpeechToText | RealtimeTextToSpeech]":
        from voicegui.providers.openai.realtime.speech import RealtimeTextToSpeech

        parts = (self._live, self._voice if isinstance(self._voice, RealtimeTextToSpeech) else None)
        return [part for part in parts if part is not None]

    def _engine(self, name: str) -> "OpenAIEngine":
        from voicegui.providers.openai.client import Timeouts
        from voicegui.providers.openai.engine import OpenAIEngine

        if name not in self._engines:
            settings = self._settings
            timeouts = Timeouts(settings.stt_timeout_s, settings.llm_timeout_s, settings.tts_timeout_s)
            service = configured(settings, name)
            self._engines[name] = OpenAIEngine(service, keys=self._keys, timeouts=timeouts, tell=self._tell)
        return self._engines[name]


def _is_openai(engine: "OpenAIEngine", stage: Stage) -> bool:
    """Not a compatible server in its place: those have no Realtime."""
    return engine.client.service.url(stage).startswith(_OPENAI_ITSELF)


def _listed(text: str) -> Sequence[str]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
