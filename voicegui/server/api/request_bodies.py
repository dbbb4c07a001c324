"""What comes with a request, read within bounds of size and time, and never written to a disk."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from ..limits import ServerLimits
from .errors import ApiError

FILE = "file"
"""The only field of a form that holds bytes."""

MOST_FIELDS = 100

MOST_DEPTH = 100
"""Objects and lists within each other: nobody means more, and much of what reads JSON goes down step by step."""


async def receive_body(request: Request, most: int, within_s: float, take: Callable[[bytes], None]) -> None:
    """Hands `take` the body piece by piece. Raises ApiError, starlette's ClientDisconnect, and what `take` raises."""
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise ApiError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Compressed requests are not read: send it as it is.")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > most):
        raise _too_large(most)
    size = 0
    try:
        async with asyncio.timeout(within_s):
            while not _is_whole(request):
                piece = await _next_piece(request)
                size += len(piece)
                if size > most:
                    raise _too_large(most)
                take(piece)
    except TimeoutError:
        message = f"The request did not come within {within_s:g} seconds."
        raise ApiError(HTTPStatus.REQUEST_TIMEOUT, message, code="request_timeout") from None


def _is_whole(request: Request) -> bool:
    return getattr(request.state, "body_is_whole", request.method not in ("POST", "PUT", "PATCH"))


async def _next_piece(request: Request) -> bytes:
    message = await request.receive()
    if message["type"] == "http.disconnect":
        request.state.body_is_whole = True
        raise ClientDisconnect
    request.state.body_is_whole = not message.get("more_body", False)
    return message.get("body") or b""


async def discard_body(request: Request, limits: ServerLimits) -> None:
    """Takes what is left of the body, for a while, and keeps nothing of it: a client that still sends when the
    connection is closed would not see why. One that waits for a word before it sends gets the answer at once."""
    if "expect" in request.headers:
        return
    left = limits.discarded_bytes
    try:
        async with asyncio.timeout(limits.discard_s):
            while left > 0 and not _is_whole(request):
                left -= len(await _next_piece(request))
    except (TimeoutError, ClientDisconnect):
        return


def _too_large(most: int) -> ApiError:
    size = f"{most / 1e6:.0f} MB" if most >= 1_000_000 else f"{most / 1e3:.0f} kB"
    return ApiError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The request is too large: at most {size}.", code="request_too_large"
    )


# ---------------------------------------------------------------- JSON


async def read_json(request: Request, limits: ServerLimits) -> Mapping[str, Any]:
    """A JSON object in UTF-8, whatever the content type says. Raises ApiError."""
    body = bytearray()
    await receive_body(request, limits.json_bytes, limits.json_s, body.extend)
    try:
        made = json.loads(body.decode("utf-8"), parse_constant=_no_number)
        json.dumps(made, ensure_ascii=False).encode()  # halves of characters ("\ud800") fail here and not later
    except (ValueError, RecursionError):
        message = "The body of the request is not JSON in UTF-8."
        raise ApiError(HTTPStatus.BAD_REQUEST, message, code="invalid_json") from None
    if _is_deep(made):
        raise ApiError(HTTPStatus.BAD_REQUEST, f"The JSON is deeper than {MOST_DEPTH} levels.", code="invalid_json")
    if not isinstance(made, dict):
        raise ApiError(HTTPStatus.BAD_REQUEST, "The body of the request is not a JSON object.", code="invalid_json")
    return made


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [part for each in level if isinstance(each, dict | list) for part in _parts(each)]
    return bool(level)


def _parts(value: dict[str, Any] | list[Any]) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value


def _no_number(name: str) -> float:
    raise ValueError(name)


# ---------------------------------------------------------------- forms


@dataclass(slots=True)
class UploadedForm:
    fields: dict[str, list[str]] = field(default_factory=dict)
    """By name, without the [] that ends the name of a list."""
    file: bytes | None = None

    def one(self, name: str) -> str:
        """The last value, "" if there is none."""
        return self.fields.get(name, [""])[-1].strip()

    def all(self, name: str) -> Sequence[str]:
        return self.fields.get(name, [])


async def read_form(request: Request, limits: ServerLimits) -> UploadedForm:
    """multipart/form-data. Raises ApiError."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise ApiError(HTTPStatus.BAD_REQUEST, "The request must be multipart/form-data with a file.")
    try:
        reader = _FormReader(boundary, limits)
        await receive_body(request, limits.upload_bytes + limits.text_bytes, limits.upload_s, reader.write)
        return reader.finish()
    except (FormParserError, UnicodeDecodeError):
        raise ApiError(HTTPStatus.BAD_REQUEST, "The form of the request is damaged.", code="invalid_form") from None


class _FormReader:
    """Starlette's own puts files on the disk; what somebody has said is never there."""

    def __init__(self, boundary: bytes, limits: ServerLimits) -> None:
        self._limits = limits
        self._form = UploadedForm()
        self._header, self._value = bytearray(), bytearray()
        self._disposition = b""
        self._name = ""
        self._part = bytearray()
        self._count, self._ended = 0, False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._take_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def write(self, data: bytes) -> None:
        self._parser.write(data)

    def finish(self) -> UploadedForm:
        self._parser.finalize()
        if not self._ended:
            raise FormParserError("the form has no end")
        return self._form

    def _begin_part(self) -> None:
        self._count += 1
        if self._count > MOST_FIELDS:
            raise FormParserError("too many fields")
        self._part, self._disposition = bytearray(), b""

    def _end_header(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8").removesuffix("[]")
        if not self._name:
            raise FormParserError("a part has no name")

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        most = self._limits.upload_bytes if self._name == FILE else self._limits.text_bytes
        if len(self._part) + end - start > most:
            raise _too_large(most)
        self._part += memoryview(data)[start:end]

    def _end_part(self) -> None:
        if self._name == FILE:
            self._form.file = bytes(self._part)
        else:
            self._form.fields.setdefault(self._name, []).append(self._part.decode("utf-8"))

    def _end(self) -> None:
        self._ended = True
