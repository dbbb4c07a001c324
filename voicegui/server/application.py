"""The routes of the server, as an ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from .api.routes import EXCEPTION_HANDLERS, api_routes
from .client_queue import ClientLost
from .guard import Access, Guard, presented_keys
from .limits import ServerLimits
from .parts import ServerParts
from .realtime.client_secrets import make_secret, session_of
from .realtime.session import RealtimeServerSession
from .sessions import Sessions
from .voice.session import VoiceSession


def build_application(parts: ServerParts, access: Access, limits: ServerLimits, sessions: Sessions) -> Guard:
    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> Response:
        draining = sessions.drains
        return JSONResponse({"status": "draining" if draining else "ok"}, 503 if draining else 200)

    async def voice(socket: WebSocket) -> None:
        await _serve_voice(socket, parts, limits, sessions)

    async def realtime(socket: WebSocket) -> None:
        await _serve_realtime(socket, parts, access, limits, sessions)

    async def secrets(request: Request) -> Response:
        return await make_secret(request, access.key, limits)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield

    routes: list[BaseRoute] = [
        Route("/healthz", health),
        Route("/readyz", ready),
        WebSocketRoute("/voice", voice),
        WebSocketRoute("/v1/realtime", realtime),
        Route("/v1/realtime/client_secrets", secrets, methods=["POST"]),
        *api_routes(parts, limits),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers=EXCEPTION_HANDLERS)
    return Guard(app, access, sessions.refusal)


async def _serve_voice(socket: WebSocket, parts: ServerParts, limits: ServerLimits, sessions: Sessions) -> None:
    number = sessions.number()
    session = VoiceSession(parts, limits, _receiver(socket), _sender(socket), query=dict(socket.query_params))
    sessions.opened(number, session)
    try:
        await socket.accept()
        lost = await session.run()
        await _close(socket, lost, limits.send_s)
    finally:
        sessions.closed(number)


async def _serve_realtime(
    socket: WebSocket, parts: ServerParts, access: Access, limits: ServerLimits, sessions: Sessions
) -> None:
    """A browser asks for the subprotocol `realtime`, beside one that holds its key: only the first is answered."""
    number = sessions.number()
    given = session_of(presented_keys(socket.headers), access.key)
    session = RealtimeServerSession(
        parts, limits, _receiver(socket), _sender(socket), query=dict(socket.query_params), session=given
    )
    sessions.opened(number, session)
    try:
        await socket.accept("realtime" if "realtime" in socket.scope["subprotocols"] else None)
        await _close(socket, await session.run(), limits.send_s)
    finally:
        sessions.closed(number)


def _receiver(socket: WebSocket) -> Callable[[], Awaitable[str | bytes | None]]:
    async def receive() -> str | bytes | None:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        text: str | None = message.get("text")
        return text if text is not None else message.get("bytes") or b""

    return receive


def _sender(socket: WebSocket) -> Callable[[str | bytes], Awaitable[None]]:
    async def send(message: str | bytes) -> None:
        try:
            if isinstance(message, str):
                await socket.send_text(message)
            else:
                await socket.send_bytes(message)
        except (WebSocketDisconnect, RuntimeError) as error:
            raise ClientLost(1006, "the connection was lost") from error

    return send


async def _close(socket: WebSocket, lost: ClientLost, within_s: float) -> None:
    """Nobody may be there any more to be told, or nobody who reads it."""
    try:
        async with asyncio.timeout(within_s):
            await socket.close(lost.code if lost.code != 1006 else 1001, lost.reason)
    except (RuntimeError, TimeoutError, WebSocketDisconnect):
        return
