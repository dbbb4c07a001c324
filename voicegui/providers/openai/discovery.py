"""What a service says of itself (its models, whether its key works), and the model servers that run on this machine."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voicegui.core.keys import Keys
from voicegui.loops.loop_thread import run_aside
from voicegui.providers.engine_entry import EngineModel

from .chat.stream import peek
from .errors import BadAnswer, HandshakeStalled, OnlyTls, Told
from .http import Http
from .models import ModelUse, RemoteModel, parse_models
from .service import PRESETS, ServiceConfig, Stage


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


# ---------------------------------------------------------------- servers on this machine
# Model servers that run on this machine: found when somebody asks, never used unasked.

PATIENCE_S = 1.0
"""A server on this machine answers at once, or is busy loading a model."""


@dataclass(frozen=True, slots=True)
class FoundServer:
    service: ServiceConfig
    models: Sequence[RemoteModel]


async def discover(candidates: Sequence[ServiceConfig] | None = None) -> Sequence[FoundServer]:
    """The services that answer at their usual ports, at most one for each port. Takes a second at most; raises nothing.

    No key is sent. A server that wants one is not found.
    """
    local = [service for service in (PRESETS if candidates is None else candidates) if service.local]
    by_url: dict[str, list[ServiceConfig]] = {}
    for service in local:
        by_url.setdefault(service.base_url, []).append(service)
    return await run_aside("discovery", lambda: _found(by_url))  # strangers answer where nothing waits for it


async def _found(by_url: Mapping[str, Sequence[ServiceConfig]]) -> Sequence[FoundServer]:
    from voicegui.web.clients import async_client

    # Without TLS there are no certificates to read
    async with async_client(verify=False, timeout=PATIENCE_S) as client:
        found = await asyncio.gather(*(_ask(Http(client), url, services) for url, services in by_url.items()))
    return [one for one in found if one is not None]


async def _ask(http: Http, url: str, services: Sequence[ServiceConfig]) -> FoundServer | None:
    from httpx2 import HTTPError, StreamError

    nobody = ServiceConfig("", "")
    try:
        async with (
            asyncio.timeout(PATIENCE_S),
            http.ask(nobody, "GET", url + "/models", patience_s=PATIENCE_S) as response,
        ):
            answer = json.loads(await response.read())
        return FoundServer(recognise(services, answer, response.headers), parse_models(answer))
    except (HTTPError, StreamError, OSError, TimeoutError, HandshakeStalled, OnlyTls):
        return None  # nobody there
    except (Told, BadAnswer, ValueError, RecursionError):
        return None  # somebody else


def recognise(services: Sequence[ServiceConfig], answer: object, headers: Mapping[str, str]) -> ServiceConfig:
    """Which of the services that share a port it is: by what it calls the owner of its models, or itself."""
    entries = answer if isinstance(answer, list) else peek(answer, "data") or []
    owners = {peek(entry, "owned_by") for entry in entries}
    server = headers.get("server", "").lower()
    by_name = (
        service for service in services if owners & set(service.listed_as) or str(service.label).lower() == server
    )
    unknown = (service for service in services if not service.listed_as)
    return next(by_name, None) or next(unknown, services[0])
