"""The composition root: settings become parts, parts become a conversation. The only file that knows every part.

Importing it is cheap; what a command does not use is not imported.
"""

import logging
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Event, Stage
from voicegui.core.keys import Keys
from voicegui.core.model_choice import ModelChoice, model_choices
from voicegui.core.persona import Persona, read_personas, with_persona
from voicegui.core.ports import Message
from voicegui.core.settings import Settings
from voicegui.core.wording import Sentence, listed_with_commas, sentence
from voicegui.providers.engine_entry import EngineEntry, EngineRequest, Provided, ReportProgress
from voicegui.providers.registry import COMPATIBLE_SERVER, known_engines
from voicegui.resource_files import resource
from voicegui.storage import settings_file as settings_file
from voicegui.storage.profile import Profile, open_profile

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from voicegui.app.services import Services
    from voicegui.providers.catalogue import Catalogue

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServiceWatch:
    """Told when an engine stops working and when it works again, and what services have to say."""

    trouble: Callable[[VoiceError], None] = lambda error: None
    mended: Callable[[], None] = lambda: None
    tell: Callable[[Event], None] = lambda event: None


@dataclass(frozen=True, slots=True)
class LoadedProgram:
    """What every command starts from."""

    profile: Profile
    settings: Settings
    problems: tuple[Sentence, ...] = ()
    """Sentences about settings that could not be used, and about a folder where nothing can be kept."""
    engines: Mapping[str, EngineEntry] = field(default_factory=known_engines)
    """Those that can be chosen, by name."""
    kept: Settings | None = None
    """What is in the settings file, if that differs: the rest of `settings` holds for this run only."""

    def catalogue(self) -> "Catalogue":
        """The models that can be downloaded. Looks at the disk. Raises VoiceError(BAD_SETTINGS)."""
        from voicegui.app import services

        return services.load_catalogue(self.profile)


def load_program(
    profile: Path | None,
    overrides: Mapping[str, Any] | None = None,
    providers: Iterable[EngineEntry] = (),
) -> LoadedProgram:
    """`overrides`: settings by name that hold for this run only. `providers`: engines beside those of the registry."""
    where = open_profile(profile)
    settings, problems = settings_file.load_settings(where.settings_file)
    kept, engines = settings, known_engines(providers)
    problems = [where.problem, *problems] if where.problem else problems
    if overrides:
        settings = replace(settings, **_for_this_run(settings, overrides, engines))
    return LoadedProgram(where, settings, tuple(problems), engines, kept)


def _for_this_run(
    settings: Settings, overrides: Mapping[str, Any], engines: Mapping[str, EngineEntry]
) -> Mapping[str, Any]:
    """A server's address, and with it a key, stays with the service it was given for. An address alone is that of the
    chosen service; where that has none, because it works offline, it means a compatible server."""
    made = dict(overrides)
    for stage, before in model_choices(settings).items():
        url, chosen = f"{stage}_url", engines.get(before.provider)
        if made.get(url) and stage not in made and chosen is not None and chosen.works_offline:
            made[stage] = COMPATIBLE_SERVER
        if stage in made and url not in made and ModelChoice.parse(made[stage]).provider != before.provider:
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
    download: ReportProgress | None = None,
) -> "Services":
    """`download`: gets models that are missing and reports to it; without it a missing model is a
    VoiceError(MODEL_MISSING). Raises VoiceError(BAD_SETTINGS) for what nobody can fill."""
    from voicegui.app.services import Services
    from voicegui.conversation.fallback import Fallback
    from voicegui.conversation.stage_calls import CachedSpeech, SpeechCache

    now = in_force(settings)
    request = EngineRequest(
        settings,
        keys,
        program.catalogue,
        {},
        prompt=[Message("system", now.prompt)],
        download=download,
        trouble=watch.trouble,
        mended=watch.mended,
        tell=watch.tell,
    )
    plan = _plan(program.engines, settings)
    built = {
        name: await _built(
            _entry(program.engines, name), replace(request, stages=stages, end_of_turn=name == plan.end_of_turn)
        )
        for name, stages in plan.wanted.items()
    }
    first, second = plan.first, plan.second
    stt = _filled(built[first[Stage.STT]].stt, first[Stage.STT])
    llm = _filled(built[first[Stage.LLM]].llm, first[Stage.LLM])
    tts = _filled(built[first[Stage.TTS]].tts, first[Stage.TTS])
    end_of_turn = _filled(built[plan.end_of_turn].end_of_turn, plan.end_of_turn)
    engines = {name: provided.engine for name, provided in built.items()}
    fall_back = Fallback(now, watch.tell) if settings.fall_back else None
    services = Services(now, stt, llm, tts, end_of_turn, engines, fall_back)
    services.tts = CachedSpeech(tts, services.speaker, SpeechCache())
    if fall_back is not None and (name := second.get(Stage.STT)):
        services.stt = fall_back.stt(services.stt, _filled(built[name].stt, name))
    if fall_back is not None and (name := second.get(Stage.LLM)):
        services.llm = fall_back.llm(services.llm, _filled(built[name].llm, name))
    if fall_back is not None and (name := second.get(Stage.TTS)):
        services.tts = fall_back.tts(services.tts, _filled(built[name].tts, name))
    return services


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which engine does what, by names; who judges the ends of turns is built first, and always."""

    first: Mapping[Stage, str]
    second: Mapping[Stage, str]
    """Who does a stage when the first one fails."""
    end_of_turn: str
    wanted: Mapping[str, Mapping[Stage, str]]
    """Of each engine the stages it fills, each with its model."""


def _plan(engines: Mapping[str, EngineEntry], settings: Settings) -> _Plan:
    choices = model_choices(settings)
    second = {
        stage: next(entry.name for entry in engines.values() if entry.works_offline and stage in entry.stages)
        for stage, choice in choices.items()
        if settings.fall_back and not (choice.provider in engines and engines[choice.provider].works_offline)
    }
    judge = next(entry.name for entry in engines.values() if entry.judges_end_of_turn)
    wanted: dict[str, dict[Stage, str]] = {judge: {}}
    for stage, name in second.items():
        wanted.setdefault(name, {})[stage] = ""
    for stage, choice in choices.items():
        wanted.setdefault(choice.provider, {})[stage] = choice.model
    return _Plan({stage: choice.provider for stage, choice in choices.items()}, second, judge, wanted)


async def _built(entry: EngineEntry, request: EngineRequest) -> Provided:
    """Whatever an engine that somebody brought does wrong is said with its name. Raises VoiceError."""
    try:
        provided = await entry.build(request)
    except VoiceError:
        raise
    except Exception as error:
        log.exception("the engine %s was not built", entry.name)
        raise _not_built(entry) from error
    if not isinstance(provided, Provided):
        raise _not_built(entry)
    return provided


def _not_built(entry: EngineEntry) -> VoiceError:
    what = sentence("“{service}” could not be started.", service=entry.label)
    advice = sentence("Choose another one in the settings, or tell who made it.")
    return VoiceError(ErrorCode.ENGINE_FAILED, what, advice=advice)


def _entry(engines: Mapping[str, EngineEntry], name: str) -> EngineEntry:
    if name not in engines:
        known = sentence("{providers}.", providers=listed_with_commas(list(engines)))
        heading = sentence("There is no provider “{name}”. Known", name=name)
        raise VoiceError(ErrorCode.BAD_SETTINGS, known, heading=heading)
    return engines[name]


def _filled(part: T | None, name: str) -> T:
    if part is None:
        raise VoiceError(ErrorCode.BAD_SETTINGS, sentence("“{name}” cannot be used for this stage.", name=name))
    return part
