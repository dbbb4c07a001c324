"""The way to a Realtime server: the WebSocket of the `openai` package, its errors translated where they enter."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.request import getproxies, proxy_bypass

from voicegui.core.errors import ErrorCode, VoiceError

from .asked import Asked
from .client import OpenAIClient
from .errors import code_of, text_of, translated
from .realtime_faults import lost
from .refusals import Refusal, refused
from .service import Stage

if TYPE_CHECKING:
    from openai.resources.realtime.realtime import AsyncRealtimeConnection

OPEN_S = 10.0
CLOSE_S = 1.0
"""How long the goodbye of a server is waited for."""

_PROTOCOL_LOG = "voicegui.providers.openai.websocket"


@dataclass(frozen=True, slots=True)
class Address:
    """What to connect to: a transcription session gets its model with its configuration, a speaking one in the URL."""

    client: OpenAIClient
    stage: Stage
    model: str

    @property
    def asked(self) -> Asked:
        return self.client.asked(self.stage, self.model)

    async def dial(self) -> "Socket":
        """Raises VoiceError; cancelling it is safe."""
        await self.client.start()
        options = await asyncio.to_thread(_options, self.client.service.url(self.stage), self.asked)
        query: dict[str, object] = {"model": self.model}
        if self.stage is Stage.STT:
            query = {"intent": "transcription"}
        manager = self.client.sdk(self.stage).realtime.connect(
            extra_query=query, websocket_connection_options=cast(Any, options)
        )
        with _translated(self.asked):
            return Socket(await manager.enter(), self.asked)


class Socket:
    """One open WebSocket."""

    def __init__(self, connection: "AsyncRealtimeConnection", asked: Asked) -> None:
        self._connection = connection
        self.asked = asked

    async def send(self, message: str) -> None:
        """Raises VoiceError once the connection is lost."""
        with _translated(self.asked):
            await self._connection.send_raw(message)

    async def receive(self) -> bytes:
        """Raises VoiceError once the connection is lost."""
        with _translated(self.asked):
            return await self._connection.recv_bytes()

    async def aclose(self) -> None:
        await self._connection.close()


def _options(url: str, asked: Asked) -> dict[str, object]:
    """Runs in a thread: imports, and reads the certificates, both too slow for a thread that draws.

    The package hands the options to `websockets`, whose own debug messages hold the key and what was said.
    """
    import httpx2

    import_module("openai.resources.realtime.realtime")  # its package is lazy
    import_module("websockets.asyncio.client")
    quiet = logging.getLogger(_PROTOCOL_LOG)
    quiet.setLevel(logging.INFO)
    timeouts = {"open_timeout": OPEN_S, "close_timeout": CLOSE_S}
    options: dict[str, object] = {**timeouts, "logger": quiet, "proxy": _proxy(asked)}
    if url.startswith("https:"):  # trusts whom requests over HTTP trust
        options["ssl"] = httpx2.create_ssl_context()
    return options


def _proxy(asked: Asked) -> str | Literal[True] | None:
    """As for requests over HTTP. True: what `websockets` finds in the environment, which is all but ALL_PROXY."""
    if asked.local or proxy_bypass(asked.host):  # a proxy cannot reach what runs on this machine
        return None
    proxies = getproxies()
    known = any(scheme in proxies for scheme in ("wss", "socks", "https"))
    return True if known else proxies.get("all", True)


@contextmanager
def _translated(asked: Asked) -> Iterator[None]:
    from websockets.exceptions import WebSocketException

    try:
        with translated(asked):
            yield
    except (WebSocketException, ImportError) as error:
        raise _voice_error(error, asked) from None  # a goodbye may quote the key


def _voice_error(error: Exception, asked: Asked) -> VoiceError:
    from websockets.exceptions import InvalidProxy, InvalidStatus, ProxyError, SecurityError

    match error:
        case InvalidStatus(response=response) if not 300 <= response.status_code < 400:
            body = _json(response.body)
            return refused(Refusal(response.status_code, code_of(body), text_of(body)), asked)
        case InvalidStatus() | SecurityError():
            return _redirected(asked)
        case ImportError():  # the only one that can come this late: what SOCKS needs
            sentence = f"{asked.service} cannot be reached live through a SOCKS proxy. Set HTTPS_PROXY to one for HTTP."
            return VoiceError(ErrorCode.OFFLINE, sentence)
        case ProxyError() | InvalidProxy():
            sentence = f"{asked.service} cannot be reached: the proxy did not let the request through. Check the proxy."
            return VoiceError(ErrorCode.OFFLINE, sentence, retryable=True)
    return lost(asked)


def _redirected(asked: Asked) -> VoiceError:
    """Not followed: the key would go along."""
    sentence = (
        f"{asked.service} wants to send the connection on to another address. It was not followed, so that your key "
        "and your words stay where you meant them to go. Check the address in the settings."
    )
    return VoiceError(ErrorCode.REDIRECTED, sentence)


def _json(body: bytes | None) -> object:
    try:
        return json.loads(body or b"")
    except ValueError:
        return ""
