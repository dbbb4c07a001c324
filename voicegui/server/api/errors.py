"""What goes wrong with a request, in the form of the OpenAI API and with the status that its clients act on.

Clients of OpenAI try again after 408, 409, 429 and from 500 on, and wait as `Retry-After` says. So what cannot succeed
by itself is none of these.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

from voicegui.core.errors import ErrorCode, VoiceError

RESTART_S = 5
"""A client comes again so much later: a local engine that is started again is back by then."""

BUSY_S = 2
"""A client comes again so much later when all places of a stage are taken."""


class ApiError(Exception):
    """A refusal in English. `param`: the field of the request that is to blame."""

    def __init__(
        self,
        status: HTTPStatus,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        retry_after_s: int = 0,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.param = status, message, code, param
        self.retry_after_s = retry_after_s

    def body(self) -> Mapping[str, Any]:
        error = {"message": self.message, "type": _kind(self.status), "param": self.param, "code": self.code}
        return {"error": error}

    def response(self) -> Response:
        headers = {"Retry-After": str(self.retry_after_s)} if self.retry_after_s else {}
        if self.status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
            headers["Connection"] = "close"  # what is left of the body is not read
        return JSONResponse(self.body(), self.status, headers)


def _kind(status: HTTPStatus) -> str:
    match status:
        case HTTPStatus.TOO_MANY_REQUESTS:
            return "rate_limit_error"
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return "server_error"
    return "invalid_request_error"


def bad_value(param: str, message: str, code: str = "invalid_value") -> ApiError:
    return ApiError(HTTPStatus.BAD_REQUEST, message, code=code, param=param)


def missing(param: str) -> ApiError:
    return bad_value(param, f"Missing required parameter: '{param}'.", "missing_required_parameter")


def unsupported(param: str, message: str) -> ApiError:
    return bad_value(param, message, "unsupported_parameter")


_STATUS = {
    ErrorCode.BAD_AUDIO_FILE: HTTPStatus.BAD_REQUEST,
    ErrorCode.CONTEXT_TOO_LONG: HTTPStatus.BAD_REQUEST,
    ErrorCode.CONTENT_REFUSED: HTTPStatus.BAD_REQUEST,
    ErrorCode.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ErrorCode.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorCode.TIMED_OUT: HTTPStatus.GATEWAY_TIMEOUT,
    ErrorCode.ENGINE_FAILED: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.SERVER_FAILED: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.OFFLINE: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.MODEL_MISSING: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What is not here is between this server and the service that it asks, such as its key there: 502, never 401."""

_CODES = {ErrorCode.CONTEXT_TOO_LONG: "context_length_exceeded", ErrorCode.RATE_LIMITED: "rate_limit_exceeded"}


def stage_failed(error: VoiceError) -> ApiError:
    """A stage could not do its part."""
    status = _STATUS.get(error.code, HTTPStatus.BAD_GATEWAY)
    comes_back = status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS) and error.retryable
    code = _CODES.get(error.code, str(error.code))
    return ApiError(status, error.written, code=code, retry_after_s=RESTART_S if comes_back else 0)
