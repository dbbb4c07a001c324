"""What a service says of itself: its models, and whether its key works."""

from collections.abc import Mapping, Sequence

from voicegui.core.keys import Keys
from voicegui.providers.engine_entry import EngineModel

from .discovery import discover
from .models import ModelUse, RemoteModel
from .service import ServiceConfig, Stage


class OpenAIAccount:
    """Fills `providers.engine_entry.ServiceAccount`."""

    def __init__(self, service: ServiceConfig, keys: Keys) -> None:
        from .engine import OpenAIEngine

        self._engine = OpenAIEngine(service, keys=keys)

    async def list_models(self) -> Sequence[EngineModel]:
        return [_listed_model(model) for model in await self._engine.list_models()]

    async def check_key(self) -> str:
        return await self._engine.check_key()

    async def aclose(self) -> None:
        await self._engine.aclose()


async def running_here() -> Mapping[str, Sequence[EngineModel]]:
    """The models of servers that answer on this machine, by the names of the services. Takes a second at most."""
    return {each.service.name: [_listed_model(model) for model in each.models] for each in await discover()}


def _listed_model(model: RemoteModel) -> EngineModel:
    day = model.shutdown.isoformat() if model.shutdown else ""
    return EngineModel(model.id, model.id, _stages(model), shutdown=day, successor=model.successor)


def _stages(model: RemoteModel) -> Sequence[Stage]:
    """A Realtime model can read aloud."""
    if model.role is ModelUse.REALTIME:
        return (Stage.TTS,) if model.id.startswith("gpt-realtime") else ()
    return () if model.role is ModelUse.OTHER else (Stage(model.role),)
