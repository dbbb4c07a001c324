"""The composition root: settings become parts, parts become a conversation. The only file that knows every part.

Importing it is cheap; what a command does not use is not imported.
"""

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.ports import EndOfTurn, Engine, LanguageModel, Loading, Message, Sound, SpeechToText, TextToSpeech
from voicegui.core.presets import Preset, read_presets, with_preset
from voicegui.core.session import Choice
from voicegui.core.settings import Settings
from voicegui.resource_files import resource
from voicegui.storage import settings as settings_file
from voicegui.storage.paths import Profile, open_profile

if TYPE_CHECKING:
    from voicegui.conversation.conversation import Parts
    from voicegui.providers.catalogue import Catalogue, Model
    from voicegui.providers.local import LocalEngine, LocalModels

Progress = Callable[[Loading], None]


@dataclass(frozen=True, slots=True)
class Provided:
    """What one provider fills. Stages it does not fill are None."""

    engine: Engine
    stt: SpeechToText | None = None
    llm: LanguageModel | None = None
    tts: TextToSpeech | None = None


Provider = Callable[[Settings], Provided]


@dataclass(frozen=True, slots=True)
class EngineWatch:
    """Told when the local engine dies and when it works again."""

    trouble: Callable[[VoiceError], None] = lambda error: None
    mended: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Program:
    """What every command starts from."""

    profile: Profile
    settings: Settings
    problems: tuple[str, ...] = ()
    """Sentences about settings that could not be used."""
    providers: Mapping[str, Provider] = field(default_factory=dict)
    """Providers beside "local", by name."""


@dataclass(frozen=True, slots=True)
class Services:
    """The models or connections of one choice of settings. Whoever builds them closes them."""

    stt: SpeechToText
    llm: LanguageModel
    tts: TextToSpeech
    end_of_turn: EndOfTurn
    local: "LocalEngine"
    others: tuple[Engine, ...]

    async def start(self, progress: Progress) -> None:
        for engine in (self.local, *self.others):
            await engine.start(progress)

    async def aclose(self) -> None:
        for engine in (*self.others, self.local):
            await engine.aclose()

    def parts(self, sound: Sound) -> "Parts":
        from voicegui.conversation.conversation import Parts

        return Parts(sound, self.stt, self.llm, self.tts, self.end_of_turn)


def load_program(
    profile: Path | None,
    overrides: Mapping[str, Any] | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> Program:
    """`overrides`: settings by name that hold for this run only. Raises VoiceError(BAD_SETTINGS)."""
    try:
        where = open_profile(profile)
    except OSError as error:
        raise VoiceError(ErrorCode.BAD_SETTINGS, f"The profile folder cannot be used: {error}.") from error
    settings, problems = settings_file.load(where.settings_file)
    if overrides:
        settings = replace(settings, **overrides)
    return Program(where, settings, tuple(problems), providers or {})


def load_catalogue() -> "Catalogue":
    from voicegui.providers.catalogue import Catalogue

    return Catalogue.from_environment()


def local_models() -> Sequence[Choice]:
    """The language models of this machine. Looks at the disk: call it in a thread."""
    from voicegui.providers.catalogue import Role

    catalogue = load_catalogue()
    return tuple(
        Choice(f"local:{model.name}", catalogue.label(model), f"{model.weights.size / 1e6:,.0f} MB",
               is_here(catalogue, model))
        for model in catalogue.models(Role.LLM)
    )  # fmt: skip


@cache
def load_presets() -> Sequence[Preset]:
    return read_presets(tomllib.loads(resource("presets.toml").read_text("utf-8")))


def in_force(settings: Settings) -> Settings:
    """What a conversation goes by: instructions and first words come from the preset unless the person gave his own."""
    return with_preset(settings, load_presets())


def is_here(catalogue: "Catalogue", model: "Model") -> bool:
    """Downloaded and whole. A damaged file counts as missing: getting it again mends it."""
    try:
        return catalogue.installed(model) is not None
    except VoiceError:
        return False


# ---------------------------------------------------------------- services


async def build_services(
    program: Program, settings: Settings, watch: EngineWatch, *, download: Progress | None = None
) -> Services:
    """`download`:

    Gets models that are missing and reports to it; without it a missing model is a VoiceError(MODEL_MISSING).
    """
    from voicegui.providers.local import LocalEngine

    names = {stage: split_choice(choice) for stage, choice in _choices(settings).items()}
    given = {name: _provider(program, name)(settings) for name, _ in names.values() if name != "local"}
    local = LocalEngine(
        await _local_models(settings, names, download),
        prompt=[Message("system", in_force(settings).prompt)],
        on_trouble=watch.trouble,
        on_mended=watch.mended,
    )

    def pick(stage: str) -> Provided:
        name, _ = names[stage]
        return given[name] if name != "local" else Provided(local, local.stt, local.llm, local.tts)

    stt, llm, tts = pick("stt").stt, pick("llm").llm, pick("tts").tts
    if stt is None or llm is None or tts is None:
        missing = next(stage for stage, part in (("stt", stt), ("llm", llm), ("tts", tts)) if part is None)
        raise VoiceError(ErrorCode.BAD_SETTINGS, f"“{names[missing][0]}” cannot be used for {missing}.")
    return Services(stt, llm, tts, local.end_of_turn, local, tuple(provided.engine for provided in given.values()))


def split_choice(choice: str) -> tuple[str, str]:
    """ "PROVIDER[:MODEL]" as (provider, model); model "" means its default."""
    provider, _, model = choice.partition(":")
    return provider, model


def _choices(settings: Settings) -> dict[str, str]:
    return {"stt": settings.stt, "llm": settings.llm, "tts": settings.tts}


def _provider(program: Program, name: str) -> Provider:
    try:
        return program.providers[name]
    except KeyError:
        known = ", ".join(sorted({"local", *program.providers}))
        raise VoiceError(ErrorCode.BAD_SETTINGS, f"There is no provider “{name}”. Known: {known}.") from None


async def _local_models(
    settings: Settings, names: Mapping[str, tuple[str, str]], download: Progress | None
) -> "LocalModels":
    import asyncio

    from voicegui.providers.local import LocalModels

    catalogue = await asyncio.to_thread(load_catalogue)
    llm_provider, llm_name = names["llm"]
    judge = catalogue.find("smollm2-135m")
    model = (catalogue.find(llm_name) if llm_name else choose_model(catalogue)) if llm_provider == "local" else None
    return LocalModels(
        hearing=names["stt"][0] == "local",
        voice=settings.voice if names["tts"][0] == "local" else "",
        language_model=await _weights(catalogue, model, download) if model else None,
        end_of_turn=await _weights(catalogue, judge, download),
        language_model_name=model.name if model else "",
        end_of_turn_name=judge.name,
    )


async def _weights(catalogue: "Catalogue", model: "Model", download: Progress | None) -> Path:
    import asyncio

    path = await asyncio.to_thread(catalogue.installed, model)
    if path is not None:
        return path
    if download is None:
        raise VoiceError(
            ErrorCode.MODEL_MISSING,
            f"The model {model.label} is not on this machine yet. Get it with `voicegui models get {model.name}`.",
            hint=f"voicegui models get {model.name}",
        )
    return await catalogue.fetch(model, download)


def choose_model(catalogue: "Catalogue") -> "Model":
    """The language model that suits this machine."""
    import psutil

    return catalogue.choose(psutil.virtual_memory().total, os.cpu_count() or 1)
