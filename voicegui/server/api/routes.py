"""The routes of the OpenAI API, and the form of whatever goes wrong below /v1."""

import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from voicegui.core.errors import VoiceError

from ..limits import ServerLimits
from ..parts import ServerParts
from .answers import Handler
from .chat import Chats
from .errors import ApiError, stage_failed
from .models import ModelNames
from .request_bodies import discard_body
from .speech import Speeches
from .stage_places import StagePlaces
from .transcriptions import Transcriptions

log = logging.getLogger(__name__)

_GONE = 499
"""Of an answer that nobody gets: the client has closed the connection (nginx's number)."""


def api_routes(parts: ServerParts, limits: ServerLimits) -> Sequence[BaseRoute]:
    """None without stages."""
    if parts.stages is None:
        return ()
    names, places = ModelNames(parts.stages.models, int(time.time())), StagePlaces(limits)
    transcriptions = Transcriptions(parts, parts.stages, limits, places, names)
    speeches = Speeches(parts.stages, limits, places, names)
    chats = Chats(parts.stages, limits, places, names)

    async def models(request: Request) -> Response:
        return JSONResponse(names.listed())

    async def model(request: Request) -> Response:
        return JSONResponse(names.described(request.path_params["name"]))

    def answering(handler: Handler) -> Handler:
        return _answering(handler, limits)

    return [
        Route("/v1/models", answering(models), methods=["GET"]),
        Route("/v1/models/{name:path}", answering(model), methods=["GET"]),
        Route("/v1/audio/transcriptions", answering(transcriptions.answer), methods=["POST"]),
        Route("/v1/audio/speech", answering(speeches.answer), methods=["POST"]),
        Route("/v1/chat/completions", answering(chats.answer), methods=["POST"]),
    ]


def _answering(handler: Handler, limits: ServerLimits) -> Handler:
    """Whatever goes wrong is answered in the API's form; nothing of the request enters the log."""

    async def answer(request: Request) -> Response:
        try:
            response = await handler(request)
        except ApiError as error:
            await discard_body(request, limits)
            response = error.response()
        except VoiceError as error:
            log.info("a request failed: %s", error.code)
            response = stage_failed(error).response()
        except ClientDisconnect:
            response = Response(status_code=_GONE)
        response.headers["x-request-id"] = f"req_{uuid.uuid4().hex}"
        return response

    return answer


async def _no_route(request: Request, error: Exception) -> Response:
    """No such path (404), or no such method (405)."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    found = ApiError(status, f"{status.phrase}: {request.method} {request.url.path[:200]}.", code="unknown_url")
    response = found.response()
    response.headers.update(error.headers or {})
    return response


async def _defect(request: Request, error: Exception) -> Response:
    return ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed.", code="internal_error").response()


EXCEPTION_HANDLERS: Mapping[Any, Any] = {HTTPException: _no_route, Exception: _defect}
"""For `Starlette`."""
