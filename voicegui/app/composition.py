"""The composition root: settings become parts, parts become a conversation. The only file that knows every part.

Importing it is cheap; what a command does not use is not imported.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from voicegui.app.local_models import ReportDownload, needed_models, split_choice
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Event
from voicegui.core.keys import Keys
from voicegui.core.persona import Persona, read_personas, with_persona
from voicegui.core.ports import Engine, LanguageModel, Message, SpeechToText, TextToSpeech
from voicegui.core.settings import Settings
from voicegui.resource_files import resource
from voicegui.storage import settings_file as settings_file
from voicegui.storage.profile import Profile, open_profile

if TYPE_CHECKING:
    from voicegui.app.services import Cloud, Services
    from voicegui.providers.local import LocalEngine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Provided:
    """What one provider fills. Stages it does not fill are None."""

    engine: Engine
    stt: SpeechToText | None = None
    llm: LanguageModel | None = None
    tts: TextToSpeech | None = None


Provider = Callable[[Settings], Provided]


@dataclass(frozen=True, slots=True)
class ServiceWatch:
    """Told when the local engine dies and when it works again, and what services have to say."""

    trouble: Callable[[VoiceError], None] = lambda error: None
    mended: Callable[[], None] = lambda: None
    tell: Callable[[Event], None] = lambda event: None


@dataclass(frozen=True, slots=True)
class LoadedProgram:
    """What every command starts from."""

    profile: Profile
    settings: Settings
    problems: tuple[str, ...] = ()
    """Sentences about settings that could not be used, and about a folder where nothing can be kept."""
    providers: Mapping[str, Provider] = field(default_factory=dict)
    """Providers beside "local", by name."""
    kept: Settings | None = None
    """What is in the settings file, if that differs: the rest of `settings` holds for this run only."""


def load_program(
    profile: Path | None,
    overrides: Mapping[str, Any] | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> LoadedProgram:
    """`overrides`: settings by name that hold for this run only."""
    where = open_profile(profile)
    settings, problems = settings_file.load_settings(where.settings_file)
    kept = settings
    problems = [where.problem, *problems] if where.problem else problems
    if overrides:
        settings = replace(settings, **_for_this_run(settings, overrides))
    return LoadedProgram(where, settings, tuple(problems), providers or {}, kept)


def _for_this_run(settings: Settings, overrides: Mapping[str, Any]) -> Mapping[str, Any]:
    """A server's address, and with it a key, stays with the service it was given for. An address alone is that of the
    chosen service; where that is this machine it means a compatible server."""
    made = dict(overrides)
    for stage in ("stt", "llm", "tts"):
        before, url = split_choice(getattr(settings, stage))[0], f"{stage}_url"
        if made.get(url) and stage not in made and before == "local":
            made[stage] = "custom"
        if stage in made and url not in made and split_choice(made[stage])[0] != before:
            made[url] = ""
    return made


@cache
def load_presets() -> Sequence[Persona]:
    return read_personas(tomllib.loads(resource("presets.toml").read_text("utf-8")))


def in_force(settings: Settings) -> Settings:
    """What a conversation goes by: instructions and first words come from the preset unless the user gave their own."""
    return with_persona(settings, load_presets())


# ---------------------------------------------------------------- services


async def build_services(
    program: LoadedProgram,
    settings: Settings,
    watch: ServiceWatch,
    keys: Keys,
    *,
    download: ReportDownload | None = None,
) -> "Services":
    """`download`: gets models that are missing and reports to it; without it a missing model is a
    VoiceError(MODEL_MISSING)."""
    from voicegui.app.services import Cloud, Services
    from voicegui.conversation.fallback import Fallback
    from voicegui.providers.local import LocalEngine

    now = in_force(settings)
    local = LocalEngine(
        await needed_models(program.profile, settings, download),
        prompt=[Message("system", now.prompt)],
        on_trouble=watch.trouble,
        on_mended=watch.mended,
    )
    local.tts.use(settings.voice, settings.speed)
    cloud = Cloud(settings, keys, watch.tell)
    stages = _Stages(program, settings, local, cloud)
    stt, llm, tts = stages.stt(), stages.llm(), stages.tts()
    fall_back = Fallback(now, watch.tell) if settings.fall_back else None
    services = Services(now, stt, llm, tts, local.end_of_turn, local, cloud, stages.engines, fall_back)
    _wrap(services, stages)
    return services


def _wrap(services: "Services", stages: "_Stages") -> None:
    """Speech that is remembered and, where it is wanted, a second choice for each stage that is not local anyway."""
    from voicegui.conversation.speech_cache import CachedSpeech, SpeechCache

    services.tts = CachedSpeech(services.tts, services.speaker, SpeechCache())
    if (fall_back := services.fall_back) is None:
        return
    local = services.local
    if not stages.is_local("stt"):
        services.stt = fall_back.stt(services.stt, local.stt)
    if not stages.is_local("llm"):
        services.llm = fall_back.llm(services.llm, local.llm)
    if not stages.is_local("tts"):
        services.tts = fall_back.tts(services.tts, local.tts)


class _Stages:
    """Who fills each stage. Raises VoiceError(BAD_SETTINGS) for what nobody can fill."""

    def __init__(self, program: LoadedProgram, settings: Settings, local: "LocalEngine", cloud: "Cloud") -> None:
        from voicegui.app.services import KNOWN

        self._program, self._settings, self._local, self._cloud = program, settings, local, cloud
        self._known = KNOWN
        self._given: dict[str, Provided] = {}

    @property
    def engines(self) -> tuple[Engine, ...]:
        return tuple(provided.engine for provided in self._given.values())

    def is_local(self, stage: str) -> bool:
        return split_choice(getattr(self._settings, stage))[0] == "local"

    def stt(self) -> SpeechToText:
        name, model = split_choice(self._settings.stt)
        if name == "local":
            return self._local.stt
        return self._cloud.stt(name, model) if name in self._known else _filled(self._give(name).stt, name)

    def llm(self) -> LanguageModel:
        name, model = split_choice(self._settings.llm)
        if name == "local":
            return self._local.llm
        return self._cloud.llm(name, model) if name in self._known else _filled(self._give(name).llm, name)

    def tts(self) -> TextToSpeech:
        name, model = split_choice(self._settings.tts)
        if name == "local":
            return self._local.tts
        return self._cloud.tts(name, model) if name in self._known else _filled(self._give(name).tts, name)

    def _give(self, name: str) -> Provided:
        """Of the providers that came with the program."""
        if name not in self._program.providers:
            known = ", ".join(("local", *self._known, *self._program.providers))
            raise VoiceError(ErrorCode.BAD_SETTINGS, f"{known}.", heading=f"There is no provider “{name}”. Known")
        if name not in self._given:
            self._given[name] = self._program.providers[name](self._settings)
        return self._given[name]


def _filled(part: T | None, name: str) -> T:
    if part is None:
        raise VoiceError(ErrorCode.BAD_SETTINGS, f"“{name}” cannot be used for this stage.")
    return part
