"""Where the server listens, and how it comes to its end: uvicorn, with the bounds that it has not by itself."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.wording import sentence

from .guard import AsgiApp
from .limits import ServerLimits
from .sessions import Sessions

HEADER_S = 10.0
"""So long a connection may take to say what it wants."""

MOST_CONNECTIONS = 500
"""At a time, with those that have not said yet what they want; one more gets 503."""

DRAIN_S = 15.0
"""Replies that are being spoken when the server ends may take so long."""

BACKLOG = 128


@dataclass(frozen=True, slots=True)
class Address:
    host: str = "127.0.0.1"
    port: int = 0
    """0: any that is free."""
    certificate: Path | None = None
    """PEM, with those of who signed it."""
    private_key: Path | None = None

    @property
    def encrypted(self) -> bool:
        return self.certificate is not None


def listen(address: Address) -> socket.socket:
    """Before anything is loaded, what cannot work is said. Raises VoiceError(BAD_SETTINGS)."""
    _check_certificate(address)
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        return socket.create_server((address.host, address.port), family=family, backlog=BACKLOG)
    except OSError as error:
        todo = sentence("Choose another port with --port, or end what listens there.")
        what = sentence("Nothing can listen at {host}:{port} ({why}).", host=address.host, port=address.port,
                        why=error.strerror)  # fmt: skip
        raise VoiceError(ErrorCode.BAD_SETTINGS, what, advice=todo) from None


def _check_certificate(address: Address) -> None:
    if address.certificate is None:
        if address.private_key is not None:
            raise VoiceError(ErrorCode.BAD_SETTINGS, sentence("A private key is of no use without its certificate."))
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(address.certificate, address.private_key)
    except (OSError, ValueError) as error:  # also what ssl raises
        raise VoiceError(
            ErrorCode.BAD_SETTINGS, sentence("The certificate or its key cannot be used ({why}).", why=str(error))
        ) from None


async def serve(
    app: AsgiApp,
    address: Address,
    listening: socket.socket,
    limits: ServerLimits,
    sessions: Sessions,
    stop: asyncio.Event,
    started: Callable[[], None],
) -> None:
    """Until `stop` is set and what goes on then has come to its end."""
    config = uvicorn.Config(
        app,
        http=_ImpatientProtocol,
        ws="websockets-sansio",
        ws_max_size=limits.message_bytes,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=5,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.private_key,
    )
    server = _Server(config, started)
    ending = asyncio.create_task(_end(server, sessions, stop), name="end the server")
    try:
        await server.serve(sockets=[listening])
    finally:
        ending.cancel()
        await asyncio.gather(ending, return_exceptions=True)


async def _end(server: uvicorn.Server, sessions: Sessions, stop: asyncio.Event) -> None:
    await stop.wait()
    await sessions.drain(DRAIN_S)
    server.should_exit = True


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the program's: it sets `stop`."""
        yield


class _ImpatientProtocol(H11Protocol):
    """A connection on which no request becomes whole is closed, so that half a request keeps nothing (slow loris)."""

    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait_for_request()

    def data_received(self, data: bytes) -> None:
        if self._limit is None and (self.cycle is None or self.cycle.response_complete):
            self._wait_for_request()
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._forget_limit()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_limit()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: Any) -> None:
        """What is no handshake would be neither answered nor closed."""
        self._forget_limit()
        bodies = {name for name, _ in event.headers} & {b"content-length", b"transfer-encoding"}
        if event.method != b"GET" or bodies:
            self._answer(HTTPStatus.BAD_REQUEST)
            return
        super().handle_websocket_upgrade(event)
        self.loop.call_later(HEADER_S, _close_unless_begun, self.transport)

    def _wait_for_request(self) -> None:
        self._limit = self.loop.call_later(HEADER_S, self._give_up)

    def _forget_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _give_up(self) -> None:
        self._limit = None
        self._answer(HTTPStatus.REQUEST_TIMEOUT)

    def _answer(self, status: HTTPStatus) -> None:
        if self.transport is not None and not self.transport.is_closing():
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            self.transport.write(head.encode())
            self.transport.close()


def _close_unless_begun(transport: Any) -> None:
    """A WebSocket whose handshake did not even begin."""
    if not transport.is_closing() and not getattr(transport.get_protocol(), "handshake_initiated", True):
        transport.close()
