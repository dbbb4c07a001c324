"""The models of this machine: which there are, which the settings need, and getting those that are missing."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from voicegui.core.errors import ErrorCode, HintKind, VoiceError
from voicegui.core.ports import LoadingProgress
from voicegui.core.session import PickerChoice
from voicegui.core.settings import Settings
from voicegui.storage.profile import Profile

if TYPE_CHECKING:
    from voicegui.providers.catalogue import Catalogue, Model
    from voicegui.providers.catalogue.verification import Stamps
    from voicegui.providers.local import LocalModels

ReportDownload = Callable[[LoadingProgress], None]


def split_choice(choice: str) -> tuple[str, str]:
    """ "PROVIDER[:MODEL]" as (provider, model); model "" means its default."""
    provider, _, model = choice.partition(":")
    return provider, model


@cache
def _stamps(folder: Path | None) -> "Stamps":
    from voicegui.providers.catalogue.verification import Stamps

    return Stamps(folder)


def load_catalogue(profile: Profile) -> "Catalogue":
    from voicegui.providers.catalogue import Catalogue

    return Catalogue.from_environment(_stamps(None if profile.problem else profile.verified_models))


def local_models(profile: Profile) -> Sequence[PickerChoice]:
    """The language models of this machine. Looks at the disk: call it in a thread."""
    from voicegui.providers.catalogue import ModelRole

    catalogue = load_catalogue(profile)
    return tuple(
        PickerChoice(f"local:{model.name}", catalogue.label(model), f"{model.weights.size / 1e6:,.0f} MB",
               is_here(catalogue, model))
        for model in catalogue.models(ModelRole.LLM)
    )  # fmt: skip


def is_here(catalogue: "Catalogue", model: "Model") -> bool:
    """Downloaded and whole. A damaged file counts as missing: getting it again mends it."""
    try:
        return catalogue.installed(model) is not None
    except VoiceError:
        return False


async def needed_models(profile: Profile, settings: Settings, download: ReportDownload | None) -> "LocalModels":
    """What runs here: the stages that are local, those that may fall back, and always the judge of a turn's end."""
    from voicegui.providers.local import LocalModels

    def here(stage: str) -> bool:
        return settings.fall_back or split_choice(getattr(settings, stage))[0] == "local"

    catalogue = await asyncio.to_thread(load_catalogue, profile)
    provider, name = split_choice(settings.llm)
    judge = catalogue.find("smollm2-135m")
    chosen = _chosen_model(catalogue, name if provider == "local" else "")
    model = chosen if here("llm") else None
    found = await _weights(catalogue, [model, judge] if model else [judge], download)
    return LocalModels(
        hearing=here("stt"),
        voice=settings.voice if here("tts") else "",
        language_model=found[model.name] if model else None,
        end_of_turn=found[judge.name],
        language_model_name=model.name if model else "",
        end_of_turn_name=judge.name,
    )


def _chosen_model(catalogue: "Catalogue", name: str) -> "Model":
    """Raises VoiceError(BAD_SETTINGS) for a name that is none: nothing can be got by it."""
    try:
        return catalogue.find(name) if name else choose_model(catalogue)
    except VoiceError as unknown:
        raise unknown.as_code(ErrorCode.BAD_SETTINGS) from unknown


async def _weights(
    catalogue: "Catalogue", models: "Sequence[Model]", download: ReportDownload | None
) -> Mapping[str, Path]:
    """The file of each by name. Those that are missing are downloaded together: how much it is in all can be told."""
    found = {model.name: await asyncio.to_thread(_whole, catalogue, model, download) for model in models}
    missing = {model.name: model for model in models if found[model.name] is None}
    if missing and download is None:
        model = next(iter(missing.values()))
        raise VoiceError(
            ErrorCode.MODEL_MISSING,
            f"The model {model.label} is not on this machine yet.",
            hint=f"voicegui models get {model.name}",
            hint_kind=HintKind.COMMAND,
        )
    fetched = await catalogue.fetch_all(list(missing.values()), download) if download and missing else ()
    got = dict(zip(missing, fetched, strict=True))
    return {name: path or got[name] for name, path in found.items()}


def _whole(catalogue: "Catalogue", model: "Model", download: ReportDownload | None) -> Path | None:
    """A damaged file counts as missing where it can be downloaded again."""
    try:
        return catalogue.installed(model)
    except VoiceError:
        if download is None:
            raise
        return None


def choose_model(catalogue: "Catalogue") -> "Model":
    """The language model that suits this machine."""
    import psutil

    return catalogue.choose(psutil.virtual_memory().total, os.cpu_count() or 1)
