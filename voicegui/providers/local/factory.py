"""From what is wanted of this machine to the local engine, with the models it needs for that."""

import asyncio
from collections.abc import Sequence

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Stage
from voicegui.providers.catalogue import Catalogue, Model, ModelRole
from voicegui.providers.catalogue.selection import choose_model, is_here, needed_files
from voicegui.providers.engine_entry import EngineModel, EngineRequest, LoadCatalogue, Provided

from .engine import LocalEngine
from .rpc_messages import LocalModels

_JUDGE = "smollm2-135m"
"""Judges the ends of turns."""


async def build(request: EngineRequest) -> Provided:
    engine = LocalEngine(
        await needed_models(request),
        prompt=request.prompt,
        on_trouble=request.trouble,
        on_mended=request.mended,
    )
    engine.tts.use(request.voice or request.settings.voice, request.settings.speed)
    return Provided(engine, engine.stt, engine.llm, engine.tts, engine.end_of_turn)


def models_here(load: LoadCatalogue) -> Sequence[EngineModel]:
    """The language models: what hears and speaks has no choice of models."""
    catalogue = load()
    return tuple(
        EngineModel(
            model.name,
            catalogue.label(model),
            (Stage.LLM,),
            f"{model.weights.size / 1e6:,.0f} MB",
            is_here(catalogue, model),
        )
        for model in catalogue.models(ModelRole.LLM)
    )


async def needed_models(request: EngineRequest) -> LocalModels:
    """Those of the stages that are wanted, and the judge of a turn's end."""
    hearing = Stage.STT in request.stages
    voice = (request.voice or request.settings.voice) if Stage.TTS in request.stages else ""
    if Stage.LLM not in request.stages and not request.end_of_turn:
        return LocalModels(hearing=hearing, voice=voice)
    catalogue = await asyncio.to_thread(request.catalogue)
    model = _chosen_model(catalogue, request.stages[Stage.LLM]) if Stage.LLM in request.stages else None
    judge = catalogue.find(_JUDGE) if request.end_of_turn else None
    found = await needed_files(catalogue, [each for each in (model, judge) if each], request.download)
    return LocalModels(
        hearing=hearing,
        voice=voice,
        language_model=found[model.name] if model else None,
        end_of_turn=found[judge.name] if judge else None,
        language_model_name=model.name if model else "",
        end_of_turn_name=judge.name if judge else "",
    )


def _chosen_model(catalogue: Catalogue, name: str) -> Model:
    """Raises VoiceError(BAD_SETTINGS) for a name that is none: nothing can be got by it."""
    try:
        return catalogue.find(name) if name else choose_model(catalogue)
    except VoiceError as unknown:
        raise unknown.as_code(ErrorCode.BAD_SETTINGS) from unknown
