"""Keys for a short time (`ek_…`), which a page gets from its server.

They are signed with the server's key and kept nowhere, so that they hold in every process that has the same key.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import time
import zlib
from collections.abc import Sequence
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from voicegui.core.settings import Settings

from ..limits import ServerLimits
from .configuration import default_session, merged_session, read_session
from .events import Json, RefusedEvent, read_object
from .items import new_id

PREFIX = "ek_"
PATHS = ("/v1/realtime", "/voice")
"""Where such a key lets somebody in."""

_MOST_UNPACKED = 100_000


def signed(content: Json, key: str) -> str:
    packed = _letters(zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9))
    return f"{PREFIX}{packed}.{_letters(_signature(packed, key))}"


def verified(secret: str, key: str, now: float | None = None) -> Json | None:
    """What was signed; None if it was not, or is over. `now`: seconds since 1970."""
    packed, dot, signature = secret.removeprefix(PREFIX).partition(".")
    if not (secret.startswith(PREFIX) and dot and secret.isascii()):
        return None
    if not hmac.compare_digest(_letters(_signature(packed, key)), signature):
        return None
    try:
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        content: Json = json.loads(zlib.decompressobj().decompress(raw, _MOST_UNPACKED))
    except (ValueError, binascii.Error, zlib.error):
        return None
    return content if content["until"] > (time.time() if now is None else now) else None


def is_valid_secret(secret: str, key: str, path: str) -> bool:
    return path in PATHS and verified(secret, key) is not None


def session_of(keys: Sequence[str], key: str) -> Json | None:
    """The session that was asked for with one of these keys."""
    found = [content for each in keys if (content := verified(each, key)) is not None]
    session: Json | None = found[0]["session"] if found else None
    return session


def _signature(packed: str, key: str) -> bytes:
    return hmac.new(key.encode(), b"voicegui client secret\0" + packed.encode(), hashlib.sha256).digest()


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


async def make_secret(request: Request, key: str, limits: ServerLimits) -> Response:
    """`POST /v1/realtime/client_secrets`."""
    try:
        async with asyncio.timeout(limits.json_s):
            given = await _body(request, limits)
        seconds = _seconds(given.get("expires_after"), limits)
        asked = given.get("session") or {"type": "realtime"}
        if not isinstance(asked, dict):
            raise RefusedEvent("invalid_value", "session has to be an object.", "session")
        kind = "transcription" if asked.get("type") == "transcription" else "realtime"
        model = asked.get("model")
        usual = default_session(kind, model if isinstance(model, str) else "", Settings())
        session = merged_session(usual, asked, usual)
        read_session(session, Settings())
    except TimeoutError:
        late = {"message": "The request did not come to its end.", "type": "invalid_request_error", "code": "timeout"}
        return JSONResponse({"error": {**late, "param": None}}, HTTPStatus.REQUEST_TIMEOUT)
    except RefusedEvent as error:
        told = {"message": error.message, "type": "invalid_request_error", "code": error.code}
        return JSONResponse({"error": {**told, "param": error.param or None}}, HTTPStatus.BAD_REQUEST)
    until = int(time.time()) + seconds
    value = signed({"until": until, "session": asked}, key)
    described = {"id": new_id("sess"), "object": "realtime.session", **session, "expires_at": 0}
    headers = {"Cache-Control": "no-store"}
    return JSONResponse({"value": value, "expires_at": until, "session": described}, headers=headers)


async def _body(request: Request, limits: ServerLimits) -> Json:
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > limits.secret_bytes:
            raise RefusedEvent("too_large", f"At most {limits.secret_bytes} bytes.")
    if not data:
        return {}
    try:
        return read_object(data.decode())
    except UnicodeDecodeError:
        raise RefusedEvent("invalid_json", "This is not JSON.") from None


def _seconds(given: object, limits: ServerLimits) -> int:
    if given is None:
        return limits.secret_s
    seconds = given.get("seconds", limits.secret_s) if isinstance(given, dict) else None
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 10 <= seconds <= limits.longest_secret_s:
        most = limits.longest_secret_s
        raise RefusedEvent("invalid_value", f"seconds has to be from 10 to {most}.", "expires_after.seconds")
    return seconds
