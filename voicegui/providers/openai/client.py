"""The connection to one service: the SDK's client, its connections, its time limits."""

import asyncio
import gc
import logging
import os
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from voicegui.core.errors import VoiceError
from voicegui.core.keys import Secret, check_way
from voicegui.providers.proxies import usable_proxies

from .asked import Asked
from .refusals import no_key
from .service import ServiceConfig, Stage, is_loopback

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

log = logging.getLogger(__name__)

CONNECT_S = 5.0
KEEP_S = 120.0
"""Idle connections are kept so long; a server that closes earlier is noticed when the next request is made."""

_WARM_S = 45.0
"""A connection used within this time counts as warm."""

_WARM_CONNECTIONS = 2
"""The answer still streams while its first sentence is spoken."""

_NO_KEY = "none"
"""What servers get that need no key: the SDK would take OPENAI_API_KEY for them otherwise."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Longest silence of a service, in seconds: until it begins to answer, and between two pieces."""

    stt_s: float = 15.0
    llm_s: float = 20.0
    tts_s: float = 15.0

    def of(self, stage: Stage) -> float:
        return {Stage.STT: self.stt_s, Stage.LLM: self.llm_s, Stage.TTS: self.tts_s}[stage]


class OpenAIClient:
    """Owner of one `openai.AsyncOpenAI` and its connections; lives on the event loop's thread.

    The constructor only remembers. `start` imports the SDK and builds the client in a thread: both take too long for a
    thread that draws. `transport` replaces the network.
    """

    def __init__(
        self,
        service: ServiceConfig,
        *,
        timeouts: Timeouts | None = None,
        transport: "httpx2.AsyncBaseTransport | None" = None,
    ) -> None:
        self.service = service
        self._transport = transport
        self._timeouts = timeouts or Timeouts()
        self._clients: dict[Stage | None, AsyncOpenAI] = {}
        self._http: httpx2.AsyncClient | None = None
        self._starting: asyncio.Task[None] | None = None
        self._used_at: dict[str, float] = {}
        self._closed = False

    def use_key(self, key: Secret) -> None:
        """For this and every later request."""
        self.service = replace(self.service, key=key)
        for client in self._clients.values():
            client.api_key = key.reveal()

    async def start(self) -> None:
        """May be called again, also at the same time. Raises VoiceError(NO_KEY | NOT_SECURE | BAD_SETTINGS)."""
        if self._clients:
            return
        if self.service.needs_key and self.service.key is None:
            raise no_key(self.service.label)
        for url in {self.service.base_url, *map(self.service.url, self.service.stages)}:
            self._check_way(url)
        if self._starting is None:
            self._starting = asyncio.create_task(self._build(), name="openai: build the client")
        await asyncio.shield(self._starting)

    async def _build(self) -> None:
        try:
            self._http, self._clients = await asyncio.to_thread(_build, self.service, self._timeouts, self._transport)
        finally:
            self._starting = None

    def sdk(self, stage: Stage | None = None) -> "AsyncOpenAI":
        """The client for a stage, with its address and time limit; None: the one that lists models.

        Only after `start`. Using it counts as warming. Raises VoiceError(NOT_SECURE) for a key that came later and may
        not go there.
        """
        url = self.service.url(stage) if stage else self.service.base_url
        self._check_way(url)
        self._used_at[_origin(url)] = asyncio.get_running_loop().time()
        return self._clients[stage]

    def asked(self, stage: Stage | None = None, model: str = "") -> Asked:
        """What `errors.translated` needs."""
        return Asked.of(self.service, stage, model)

    async def prepare(self, *stages: Stage) -> None:
        """Opens connections that will be needed soon, if none are warm. Nothing to do for this machine.

        Raises nothing: whoever really asks for something meets the error.
        """
        cold = {_origin(self.service.url(stage)): stage for stage in stages or self.service.stages if self._cold(stage)}
        await asyncio.gather(*(self._open(stage) for stage in cold.values() for _ in range(_WARM_CONNECTIONS)))

    def _cold(self, stage: Stage) -> bool:
        url = self.service.url(stage)
        if not url or is_loopback(url) or self._closed:
            return False
        used_at = self._used_at.get(_origin(url))
        return used_at is None or asyncio.get_running_loop().time() - used_at > _WARM_S

    async def _open(self, stage: Stage) -> None:
        try:
            await self.start()
            client = self.sdk(stage)  # whoever prepares meanwhile need not do it again
        except VoiceError:
            return
        import httpx2

        url, opened = self.service.url(stage), False
        assert self._http is not None
        try:
            # Any answer will do: what counts is the connection, which goes back to the pool
            await self._http.head(url + "/models", headers=client.auth_headers, timeout=CONNECT_S)
            opened = True
        except (httpx2.HTTPError, OSError) as error:
            log.info("%s: no connection opened ahead (%s)", self.service.name, type(error).__name__)
        finally:
            if not opened:
                self._used_at.pop(_origin(url), None)

    def _check_way(self, url: str) -> None:
        if self.service.key is not None and url:
            check_way(url, self.service.unencrypted)

    async def aclose(self) -> None:
        """Closes all connections; requests under way fail."""
        self._closed = True
        if self._starting is not None:
            await asyncio.wait([self._starting])
        if self._http is not None:
            await self._http.aclose()


def _origin(url: str) -> str:
    return urlsplit(url).netloc


def _build(
    service: ServiceConfig, timeouts: Timeouts, transport: "httpx2.AsyncBaseTransport | None"
) -> "tuple[httpx2.AsyncClient, dict[Stage | None, AsyncOpenAI]]":
    """Runs in a thread: imports for 0.3 s, then reads the certificates."""
    _import_once()
    import httpx2
    import openai

    with usable_proxies():
        http = httpx2.AsyncClient(
            # A redirect would take the key to another host
            follow_redirects=False,
            transport=transport,
            limits=httpx2.Limits(max_connections=32, max_keepalive_connections=8, keepalive_expiry=KEEP_S),
            # A proxy cannot reach what runs on this machine
            mounts={f"all://{host}": None for host in _hosts_here(service)},
        )
    key = service.key.reveal() if service.key else _NO_KEY
    base = openai.AsyncOpenAI(
        api_key=key,
        organization=service.organization or None,
        project=service.project or None,
        base_url=service.base_url,
        timeout=httpx2.Timeout(15.0, connect=CONNECT_S),
        max_retries=0,  # `retry.Retry` knows what was already spoken
        http_client=http,
    )
    if service.name != "openai":  # the SDK uses OPENAI_ORG_ID, OPENAI_PROJECT_ID and more for any server
        base.organization, base.project = service.organization or None, service.project or None
        _keep_from_others(base, http)
    clients: dict[Stage | None, openai.AsyncOpenAI] = {None: base}
    for stage in service.stages:
        limit = httpx2.Timeout(timeouts.of(stage), connect=min(CONNECT_S, timeouts.of(stage)))
        clients[stage] = base.with_options(base_url=service.url(stage), timeout=limit)
        clients[stage].organization, clients[stage].project = base.organization, base.project
    for client in clients.values():
        _touch(client)
    return http, clients


def _hosts_here(service: ServiceConfig) -> set[str]:
    """As patterns of `httpx2` name them."""
    hosts = {urlsplit(url).hostname or "" for stage in service.stages if is_loopback(url := service.url(stage))}
    return {"localhost", "127.0.0.1", "[::1]"} | {f"[{host}]" if ":" in host else host for host in hosts}


def _import_once() -> None:
    """All that the first request would import later, too; see `_touch`.

    The SDK's types are 60,000 objects that stay as long as the program. With them the garbage collector would stop
    every thread for 60 to 90 ms whenever it looks through all there is (measured); it leaves out what is frozen.
    """
    if "openai" in sys.modules:
        return
    gc.freeze()
    import anyio
    import openai  # noqa: F401

    anyio.run(anyio.sleep, 0)  # imports what sockets need
    gc.freeze()


def _touch(client: "AsyncOpenAI") -> None:
    """Imports what the first request would otherwise import on the event loop's thread."""
    for create in (client.chat.completions, client.audio.transcriptions, client.audio.speech, client.models):
        assert create.with_streaming_response


def _keep_from_others(client: "AsyncOpenAI", http: "httpx2.AsyncClient") -> None:
    """OPENAI_CUSTOM_HEADERS are for OpenAI: the SDK would send them, and the secrets in them, to any server."""
    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").splitlines()
    names = [line.partition(":")[0].strip() for line in lines if ":" in line]

    async def take_out(request: "httpx2.Request") -> None:
        for name in names:
            request.headers.pop(name, None)
        request.headers.update(client.auth_headers)

    http.event_hooks = {"request": [take_out] if names else []}
