"""Model servers that run on this machine: found when somebody asks, never used unasked."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voicegui.loops.loop_thread import run_aside

from .chat.stream import peek
from .errors import BadAnswer, HandshakeStalled, OnlyTls, Told
from .http import Http
from .models import RemoteModel, parse_models
from .service import PRESETS, ServiceConfig

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
    by_name = (service for service in services if owners & set(service.listed_as) or service.label.lower() == server)
    unknown = (service for service in services if not service.listed_as)
    return next(by_name, None) or next(unknown, services[0])
