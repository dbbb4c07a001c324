"""The way to a Realtime server: a WebSocket, its errors translated where they enter, and what is tried again."""

import json
import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.wording import sentence
from voicegui.web.proxies import Proxies

from ..client import OpenAIClient
from ..errors import (
    NO_ANSWER,
    HandshakeStalled,
    OnlyTls,
    bad_answer,
    broke_off,
    code_of,
    proxy_failed,
    text_of,
    translate,
    translated,
)
from ..http import headers_of, speaks_tls
from ..refusals import Refusal, refusal_error
from ..retry import FIRST_WAIT_S, RetryPolicy
from ..service import Stage, StageTarget
from ..sse import LONGEST_MESSAGE, TOO_LONG
from .events import Fault, Refused, ServerEvent, read_event

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection, connect

_ENDED = ("session_expired",)
"""The server hangs up, and a new session will do."""

_STATUS = {"server_error": 500, "rate_limit_error": 429, "invalid_request_error": 400}
"""By the kind of a fault, whose code says something finer or nothing."""


def fault_error(fault: Fault, asked: StageTarget) -> VoiceError:
    if fault.code in _ENDED:
        return lost(asked)
    status = 429 if fault.code == "rate_limit_exceeded" else _STATUS.get(fault.kind)
    return refusal_error(Refusal(status, fault.code or fault.kind, text_of(fault.message)), asked)


def lost(asked: StageTarget) -> VoiceError:
    return broke_off(asked)


def closed(asked: StageTarget) -> VoiceError:
    return VoiceError(ErrorCode.ENGINE_FAILED, asked.fill(sentence("The connection to {service} is closed.")))


# ---------------------------------------------------------------- another try

_BUSY = (ErrorCode.RATE_LIMITED, ErrorCode.SERVER_FAILED)


async def again(retry: RetryPolicy, tried: int, error: VoiceError) -> bool:
    """False if another try is of no use. A lost connection is replaced at once, a busy server gets time.

    As over HTTP there is no other try after a time-out, which has taken long enough.
    """
    if not error.retryable or error.code is ErrorCode.TIMED_OUT or tried >= retry.tries:
        return False
    if error.code in _BUSY or tried > 1:
        await retry.sleep(FIRST_WAIT_S * 2 ** (tried - 1) * (0.5 + retry.chance()))
    return True


# ---------------------------------------------------------------- the socket

OPEN_S = 10.0
CLOSE_S = 1.0
"""How long the goodbye of a server is waited for."""

_TOO_BIG = 1009
"""What we close with when a message was too long (RFC 6455, 7.4.1)."""

_PROTOCOL_LOG = "voicegui.providers.openai.websocket"


@dataclass(frozen=True, slots=True)
class RealtimeAddress:
    """What to connect to: a transcription session gets its model with its configuration, a speaking one in the URL."""

    client: OpenAIClient
    stage: Stage
    model: str

    @property
    def asked(self) -> StageTarget:
        return self.client.asked(self.stage, self.model)

    async def dial(self) -> "Socket":
        """Raises VoiceError; cancelling it is safe."""
        socket = Socket(self.client, self.asked)
        await self.client.call(lambda: socket.open(self._url))
        return socket

    @property
    def _url(self) -> str:
        query = {"intent": "transcription"} if self.stage is Stage.STT else {"model": self.model}
        base = self.client.service.url(self.stage)
        return f"ws{base.removeprefix('http')}/realtime?{urlencode(query)}"


class Socket:
    """One WebSocket. It lives on the client's loop, where what comes is read; all but `open` is for the program's."""

    def __init__(self, client: OpenAIClient, asked: StageTarget) -> None:
        self.asked = asked
        self._client = client
        self._connection: ClientConnection | None = None

    async def open(self, url: str) -> None:
        """On the client's loop. Raises VoiceError."""
        connect = _connect()
        try:
            with _translated(self.asked):
                self._connection = await connect(
                    url, additional_headers=headers_of(self._client.service), **_options(url)
                )
        except VoiceError as error:
            raise await _mixed_up(url, error, self.asked) or error from None

    async def send(self, message: str) -> None:
        """Raises VoiceError once the connection is lost."""

        async def send() -> None:
            with _translated(self.asked):
                await self._open.send(message)

        await self._client.call(send)

    def events(self) -> AsyncGenerator[ServerEvent | None, None]:
        """What the program listens to, until the connection is lost: then VoiceError is raised. None: something
        of no use followed a complaint."""
        return self._client.stream(self._events)

    async def aclose(self) -> None:
        if not self._client.closed:
            await self._client.call(self._open.close)

    @property
    def _open(self) -> "ClientConnection":
        assert self._connection is not None, "after `open`"
        return self._connection

    async def _events(self) -> AsyncGenerator[ServerEvent | None, None]:
        complained = False
        while True:
            with _translated(self.asked):
                message = await self._open.recv(decode=False)
            try:
                event = read_event(message)
            except ValueError:
                raise bad_answer(self.asked, NO_ANSWER) from None
            if event is not None or complained:
                yield event
            complained = isinstance(event, Refused)


async def _mixed_up(url: str, error: VoiceError, asked: StageTarget) -> VoiceError | None:
    """TLS to who speaks none, or none to who speaks nothing else: what that looks like is no reason to try again."""
    if error.code not in (ErrorCode.OFFLINE, ErrorCode.TIMED_OUT):
        return None
    parts = urlsplit(url)
    secure, host = parts.scheme == "wss", parts.hostname or ""
    if secure and not (asked.local and error.code is ErrorCode.TIMED_OUT):
        return None
    if secure == await speaks_tls(host, parts.port or (443 if secure else 80)):
        return None
    return translate(HandshakeStalled() if secure else OnlyTls(), asked)


def _connect() -> "type[connect]":
    """Imports what is needed, and follows no redirect: the key would go along."""
    from websockets.asyncio.client import connect

    class Straight(connect):
        def process_redirect(self, exc: Exception) -> Exception | str:
            return exc

    return Straight


def _options(url: str) -> dict[str, Any]:
    """For `websockets`, whose own debug messages hold the key and what was said."""
    import httpx2

    quiet = logging.getLogger(_PROTOCOL_LOG)
    quiet.setLevel(logging.INFO)
    timeouts = {"open_timeout": OPEN_S, "close_timeout": CLOSE_S}
    bounds = {"max_size": LONGEST_MESSAGE, "compression": None}
    options: dict[str, Any] = {**timeouts, **bounds, "logger": quiet, "proxy": Proxies.of_system().of(url) or None}
    if url.startswith("wss:"):  # trusts whom requests over HTTP trust
        options["ssl"] = httpx2.create_ssl_context()
    return options


@contextmanager
def _translated(asked: StageTarget) -> Iterator[None]:
    from websockets.exceptions import WebSocketException

    try:
        with translated(asked):
            yield
    except (WebSocketException, ImportError) as error:
        raise _voice_error(error, asked) from None  # a goodbye may quote the key


def _voice_error(error: Exception, asked: StageTarget) -> VoiceError:
    from websockets.exceptions import ConnectionClosed, InvalidProxy, InvalidStatus, ProxyError, SecurityError

    match error:
        case ConnectionClosed(sent=sent) if sent is not None and sent.code == _TOO_BIG:
            return bad_answer(asked, TOO_LONG)
        case InvalidStatus(response=response) if not 300 <= response.status_code < 400:
            body = _json(response.body)
            return refusal_error(Refusal(response.status_code, code_of(body), text_of(body)), asked)
        case InvalidStatus() | SecurityError():
            return _redirected(asked)
        case ImportError():  # the only one that can come this late: what SOCKS needs
            what = sentence("{service} cannot be reached live through a SOCKS proxy. Set HTTPS_PROXY to one for HTTP.")
            return VoiceError(ErrorCode.OFFLINE, asked.fill(what))
        case ProxyError() | InvalidProxy():
            return proxy_failed(asked)
    return lost(asked)


def _redirected(asked: StageTarget) -> VoiceError:
    """Not followed: the key would go along."""
    what = sentence(
        "{service} wants to send the connection on to another address. It was not followed, so that your key and your "
        "words stay where you meant them to go. Check the address in the settings."
    )
    return VoiceError(ErrorCode.REDIRECTED, asked.fill(what))


def _json(body: bytes | None) -> object:
    try:
        return json.loads(body or b"")
    except (ValueError, RecursionError):
        return ""
