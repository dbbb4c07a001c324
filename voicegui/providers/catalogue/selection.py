"""Which models of the catalogue are here, which one suits this machine, and getting those that are needed."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from voicegui.core.errors import ErrorCode, HintKind, VoiceError
from voicegui.core.ports import LoadingProgress
from voicegui.core.wording import sentence

from .catalogue import Catalogue
from .entries import Model
from .errors import command


def is_here(catalogue: Catalogue, model: Model) -> bool:
    """Downloaded and whole. A damaged file counts as missing: getting it again mends it."""
    try:
        return catalogue.installed(model) is not None
    except VoiceError:
        return False


def choose_model(catalogue: Catalogue) -> Model:
    """The language model that suits this machine."""
    import psutil

    return catalogue.choose(psutil.virtual_memory().total, os.cpu_count() or 1)


async def needed_files(
    catalogue: Catalogue, models: Sequence[Model], download: Callable[[LoadingProgress], None] | None
) -> Mapping[str, Path]:
    """The file of each by name. Those that are missing are downloaded together: how much it is in all can be told.

    Raises VoiceError, among others MODEL_MISSING without `download`.
    """
    found = {model.name: await asyncio.to_thread(_whole, catalogue, model, download) for model in models}
    missing = {model.name: model for model in models if found[model.name] is None}
    if missing and download is None:
        model = next(iter(missing.values()))
        raise VoiceError(
            ErrorCode.MODEL_MISSING,
            sentence("The model {model} is not on this machine yet.", model=model.label),
            hint=command(model.name),
            hint_kind=HintKind.COMMAND,
        )
    fetched = await catalogue.fetch_all(list(missing.values()), download) if download and missing else ()
    got = dict(zip(missing, fetched, strict=True))
    return {name: path or got[name] for name, path in found.items()}


def _whole(catalogue: Catalogue, model: Model, download: Callable[[LoadingProgress], None] | None) -> Path | None:
    """A damaged file counts as missing where it can be downloaded again."""
    try:
        return catalogue.installed(model)
    except VoiceError:
        if download is None:
            raise
        return None
