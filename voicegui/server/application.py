"""The routes of the server, as an ASGI application."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from .api_routes import EXCEPTION_HANDLERS, api_routes
from .client_queue import ClientLost
from .guard import Access, Guard
from .limits import ServerLimits
from .parts import ServerParts
from .sessions import Sessions
from .voice_session import VoiceSession


def build_application(parts: ServerParts, access: Access, limits: ServerLimits, sessions: Sessions) -> Guard:
    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def voice(socket: WebSocket) -> None:
        await _serve_voice(socket, parts, limits, sessions)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield

    routes = [Route("/healthz", health), WebSocketRoute("/voice", voice), *api_routes(parts, limits)]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers=EXCEPTION_HANDLERS)
    return Guard(app, access, sessions.refusal)


async def _serve_voice(socket: WebSocket, parts: ServerParts, limits: ServerLimits, sessions: Sessions) -> None:
    number = sessions.number()
    session = VoiceSession(number, parts, limits, _receiver(socket), _sender(socket))
    sessions.opened(number, session)
    try:
        await socket.accept()
        lost = await session.run(dict(socket.query_params))
        await _close(socket, lost)
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


async def _close(socket: WebSocket, lost: ClientLost) -> None:
    """Nobody may be there any more to be told."""
    try:
        await socket.close(lost.code if lost.code != 1006 else 1001, lost.reason)
    except RuntimeError:
        return
