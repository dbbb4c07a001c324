"""The engines that come with the program, an entry each: what can be chosen, what it can, how it is built.

Importing this imports no engine. A new one is a file beside these and an entry here.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from voicegui.core.events import Stage
from voicegui.core.keys import Keys
from voicegui.core.settings import Settings
from voicegui.core.wording import marked

from .engine_entry import EngineEntry, EngineModel, EngineRequest, LoadCatalogue, Provided, ServiceAccount
from .openai.service import PRESETS, ServiceConfig
from .openai.service_settings import CUSTOM, configured

COMPATIBLE_SERVER = CUSTOM.name
"""Who is asked at an address without a name."""


async def _local(request: EngineRequest) -> Provided:
    from .local.engine import build

    return await build(request)


def _local_models(catalogue: LoadCatalogue) -> Sequence[EngineModel]:
    from .local.engine import models_here

    return models_here(catalogue)


LOCAL = EngineEntry(
    "local",
    "This machine",
    _local,
    languages=("en",),
    needs_download=True,
    works_offline=True,
    judges_end_of_turn=True,
    voice_setting="voice",
    models_here=_local_models,
)
"""Moonshine, llama.cpp and hibari in a child process."""


async def _service(name: str, request: EngineRequest) -> Provided:
    from .openai.service_engine import build

    return build(name, request)


def _address(name: str, settings: Settings, stage: Stage) -> str:
    return configured(settings, name).url(stage)


def _account(name: str, settings: Settings, keys: Keys) -> ServiceAccount:
    from .openai.discovery import OpenAIAccount

    return OpenAIAccount(configured(settings, name), keys)


def _service_entry(service: ServiceConfig) -> EngineEntry:
    """A server that speaks the OpenAI API. One whose addresses are the user's fills every stage."""
    return EngineEntry(
        service.name,
        service.label,
        partial(_service, service.name),
        stages=service.stages or tuple(Stage),
        needs_key=service.needs_key,
        voices=service.voices,
        called="your server" if service is CUSTOM else "",
        address=partial(_address, service.name),
        account=partial(_account, service.name),
        called_first=marked("Your server") if service is CUSTOM else "",
    )


ENGINES: Sequence[EngineEntry] = (LOCAL, *(_service_entry(service) for service in (*PRESETS, CUSTOM)))
"""In the order in which they are offered. The first one that works offline is the second choice for a stage whose first
one fails; the first one that judges the ends of turns does so always."""


def known_engines(own: Iterable[EngineEntry] = ()) -> Mapping[str, EngineEntry]:
    """By name: those above, then `own` ones of a program that brings some."""
    known = {entry.name: entry for entry in ENGINES}
    for entry in own:
        if entry.name in known:
            raise ValueError(f"there are two engines called {entry.name!r}")
        known[entry.name] = entry
    return known


BUILT_IN = known_engines()


async def running_here() -> Mapping[str, Sequence[EngineModel]]:
    """The models of servers that answer on this machine, by the names of their entries. Takes a second at most."""
    from .openai.discovery import running_here as found

    return await found()
