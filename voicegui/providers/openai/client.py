"""The connection to one service: its connections, its time limits, and the loop they live on."""

import asyncio
import gc
import logging
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.keys import Secret, check_way
from voicegui.core.wording import sentence, shown
from voicegui.loops.loop_thread import LoopThread

from .errors import BadStatus, text_of
from .http import CONNECT_S, Http, Response
from .model_loading import NOTICE_S, ModelLoading, says_loading
from .refusals import no_key
from .service import ServiceConfig, Stage, StageTarget, is_loopback
from .sse import HEAD_S

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")

log = logging.getLogger(__name__)

KEEP_S = 120.0
"""Idle connections are kept so long; a server that closes earlier is noticed when the next request is made."""

_WARM_S = 45.0
"""A connection used within this time counts as warm."""

_WARM_CONNECTIONS = 2
"""The answer still streams while its first sentence is spoken."""

_LISTING_S = 15.0
"""For the list of models."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Longest silence of a service, in seconds: until it begins to answer, and between two pieces."""

    stt_s: float = 15.0
    llm_s: float = 20.0
    tts_s: float = 15.0

    def of(self, stage: Stage) -> float:
        return {Stage.STT: self.stt_s, Stage.LLM: self.llm_s, Stage.TTS: self.tts_s}[stage]


class OpenAIClient:
    """Owner of the connections to one service, and of the thread on whose loop they live: requests are built and
    answers are read there, so that nothing a server sends keeps a window from drawing.

    The constructor only remembers. `call`, `stream`, `prepare`, `use_key` and `aclose` are for the program's loop,
    `ask` is for what runs in `call` and `stream`. `transport` replaces the network.
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
        self._loop = LoopThread(f"service: {service.name}", self._closed_error)
        self._http: Http | None = None
        self._used_at: dict[str, float] = {}
        self._loading = ModelLoading(time.monotonic)
        self.on_loading: Callable[[str], None] = lambda message: None
        """Told, on the program's loop, that a server loads its model."""
        self.closed = False

    def use_key(self, key: Secret) -> None:
        """For this and every later request."""
        self.service = replace(self.service, key=key)

    def asked(self, stage: Stage | None = None, model: str = "") -> StageTarget:
        """What `errors.translated` needs."""
        return StageTarget.of(self.service, stage, model)

    # ------------------------------------------------------------ for the program's loop

    async def start(self) -> None:
        """May be called again, also at the same time. Raises VoiceError(NO_KEY | NOT_SECURE | BAD_SETTINGS)."""
        await self.call(self._nothing)

    async def call(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `work` gives on the client's loop, after `start`. Cancelling it cancels the work at once."""
        self._require_key()

        async def started() -> T:
            self._build()
            return await work()

        return await self._loop.call(started)

    def stream(self, make: Callable[[], AsyncGenerator[T, None]]) -> AsyncGenerator[T, None]:
        """The pieces of what `make` gives there. Closing it closes that at once."""
        self._require_key()

        def started() -> AsyncGenerator[T, None]:
            self._build()
            return make()

        return self._loop.stream(started)

    def patience_s(self, stage: Stage, model: str, usual_s: float) -> float:
        """How long an answer of this model may be waited for now: longer than usual where it may have to be loaded."""
        url = self.service.url(stage)
        own_s = self._loading.patience_s(url, model, self._timeouts.of(stage)) + HEAD_S
        return max(usual_s, own_s) if self._loading.may_load(url, model) else usual_s

    def tell(self, listener: Callable[[str], None], message: str) -> None:
        """From the client's loop to a listener on the program's."""
        self._loop.tell_home(listener, message)

    async def prepare(self, *stages: Stage) -> None:
        """Opens connections that will be needed soon, if none are warm. Nothing to do for this machine.

        Raises nothing: whoever really asks for something meets the error.
        """
        far = [stage for stage in stages or self.service.stages if not is_loopback(self.service.url(stage))]
        if not far or self.closed:
            return
        try:
            await self.call(lambda: self._warm(far))
        except VoiceError as error:
            log.info("%s: no connection opened ahead (%s)", self.service.name, error.code)

    async def aclose(self) -> None:
        """Closes all connections; requests under way fail."""
        self.closed = True
        await self._loop.aclose(self._http.aclose if self._http is not None else None)

    def _closed_error(self) -> VoiceError:
        what = sentence("The connection to {service} is closed.", service=self.service.label)
        return VoiceError(ErrorCode.ENGINE_FAILED, what)

    def _require_key(self) -> None:
        """There is one, if it needs one, and it may go there. Raises VoiceError(NO_KEY | NOT_SECURE | BAD_SETTINGS)."""
        if self.service.needs_key and self.service.key is None:
            raise no_key(self.service.label)
        for url in {self.service.base_url, *map(self.service.url, self.service.stages)}:
            self._check_way(url)

    def _check_way(self, url: str) -> None:
        if self.service.key is not None and url:
            check_way(url, self.service.unencrypted)

    # ------------------------------------------------------------ on the client's loop

    @asynccontextmanager
    async def ask(
        self,
        stage: Stage | None,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[Response]:
        """An answer of a stage; None: of what lists the models. Raises Status, BadAnswer and what httpx2 raises."""
        assert self._http is not None, "after `start`"
        url = self.service.url(stage) if stage else self.service.base_url
        self._check_way(url)  # a key may have come since
        self._used_at[_origin(url)] = asyncio.get_running_loop().time()
        method = "GET" if body is None and form is None else "POST"
        usual_s = self._timeouts.of(stage) if stage else _LISTING_S
        model = str((body or form or {}).get("model", ""))
        patience_s = self._loading.patience_s(url, model, usual_s)
        late = asyncio.get_running_loop().call_later(
            min(NOTICE_S, usual_s / 3) if patience_s > usual_s else patience_s, self._tell_loading, url, model
        )

        def answered() -> None:
            late.cancel()
            self._loading.answered(url, model)

        try:
            async with self._http.ask(
                self.service, method, url + path, patience_s=patience_s, usual_s=usual_s, answered=answered,
                body=body, form=form,
            ) as response:  # fmt: skip
                yield response
        except BadStatus as error:
            asks_to_wait = "retry-after" in error.headers
            if says_loading(error.status, text_of(error.body), asks_to_wait=asks_to_wait):
                self._tell_loading(url, model)
            raise
        finally:
            late.cancel()

    def _tell_loading(self, url: str, model: str) -> None:
        if self._loading.to_tell(url, model):
            late = shown(
                "{service} is loading its model, it seems: the first answer takes longer.", service=self.service.label
            )
            self.tell(self.on_loading, late)

    async def _nothing(self) -> None:
        """To start is enough; what sockets need is imported with the first pause."""
        import anyio

        await anyio.lowlevel.checkpoint()

    def _build(self) -> None:
        """Imports for 0.2 s, then reads the certificates."""
        if self._http is None:
            self._http = Http(_client(self._transport))

    async def _warm(self, stages: list[Stage]) -> None:
        cold = {_origin(self.service.url(stage)): stage for stage in stages if self._cold(stage)}
        self._used_at |= dict.fromkeys(cold, asyncio.get_running_loop().time())  # nobody need prepare them meanwhile
        await asyncio.gather(*(self._open(stage) for stage in cold.values() for _ in range(_WARM_CONNECTIONS)))

    def _cold(self, stage: Stage) -> bool:
        used_at = self._used_at.get(_origin(self.service.url(stage)))
        return used_at is None or asyncio.get_running_loop().time() - used_at > _WARM_S

    async def _open(self, stage: Stage) -> None:
        import httpx2

        assert self._http is not None
        url, opened = self.service.url(stage), False
        try:
            # Any answer will do: what counts is the connection, which goes back to the pool
            await self._http.knock(self.service, url + "/models")
            opened = True
        except (httpx2.HTTPError, OSError) as error:
            log.info("%s: no connection opened ahead (%s)", self.service.name, type(error).__name__)
        finally:
            if not opened:
                self._used_at.pop(_origin(url), None)


def _origin(url: str) -> str:
    return urlsplit(url).netloc


def _client(transport: "httpx2.AsyncBaseTransport | None") -> "httpx2.AsyncClient":
    _import_once()
    import httpx2

    from voicegui.web.clients import async_client

    return async_client(
        # A redirect would take the key to another host
        follow_redirects=False,
        transport=transport,
        limits=httpx2.Limits(max_connections=32, max_keepalive_connections=8, keepalive_expiry=KEEP_S),
        timeout=CONNECT_S,
    )


def _import_once() -> None:
    """What is imported stays as long as the program: the garbage collector, which stops every thread while it looks,
    leaves out what is frozen."""
    if "httpx2" in sys.modules:
        return
    gc.freeze()
    import httpx2  # noqa: F401

    gc.freeze()
