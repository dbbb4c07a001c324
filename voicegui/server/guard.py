"""Who may ask this server anything: by key, by the name under which it was reached, and by the page that asks.

A server on one's own machine is reached by every page that a browser opens: one that rebinds its name to 127.0.0.1
(DNS rebinding), or one that just opens a WebSocket, which no same-origin policy forbids. So names and origins are
checked besides the key.
"""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response

from .realtime.client_secrets import is_valid_secret

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

SUBPROTOCOL_KEYS = ("openai-insecure-api-key.", "voicegui-key.")
"""A browser cannot set headers of a WebSocket: it names its key as a subprotocol, which is never answered with."""

COOKIE = "voicegui_key"


def is_own_host(host: str, named: Iterable[str] = ()) -> bool:
    """Whether a `Host` header cannot come from a rebound name: a number, localhost, .local, or one that was named."""
    name = host_name(host)
    if name is None:
        return False
    try:
        ipaddress.ip_address(name)
        return True
    except ValueError:
        own = name == "localhost" or name.endswith((".localhost", ".local"))
        return own or name in {each.lower() for each in named}


def is_local_address(host: str) -> bool:
    """Whether an address to listen at is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_name(host: str) -> str | None:
    """Without port and brackets, in small letters; None if it is no host."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    plain = parts.netloc == host and "@" not in host and not any(each.isspace() for each in host)
    return parts.hostname if plain and parts.hostname else None


def is_own_origin(origin: str | None, host: str, named: Iterable[str] = ()) -> bool:
    """Whether the page that asks came from here, or was named. Programs that are no browsers send no origin."""
    if origin is None or origin in named:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    more = parts.path or parts.query or parts.fragment
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower() and not more


def presented_keys(headers: Mapping[str, str]) -> Sequence[str]:
    """All that could be meant as the key. `headers`: names in small letters."""
    found: list[str] = []
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and rest.strip():
        found.append(rest.strip())
    protocols = [each.strip() for each in headers.get("sec-websocket-protocol", "").split(",")]
    for prefix in SUBPROTOCOL_KEYS:
        found += [each.removeprefix(prefix) for each in protocols if each.startswith(prefix)]
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        cookie = None
    return [*found, cookie.value] if cookie is not None else found


def same_key(one: str, other: str) -> bool:
    """In the same time for every wrong key."""
    return hmac.compare_digest(one.encode(), other.encode())


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in."""

    key: str
    hosts: Sequence[str] = ()
    """Names besides numbers, localhost and .local under which the server may be reached."""
    origins: Sequence[str] = ()
    """Pages of others that may ask, such as https://example.org."""
    open_paths: Sequence[str] = field(default=("/healthz", "/readyz"))
    """Need no key."""

    def refusal(self, path: str, headers: Mapping[str, str]) -> "AccessRefusal | None":
        """`headers`: names in small letters."""
        host = headers.get("host", "")
        if not is_own_host(host, self.hosts):
            return AccessRefusal(HTTPStatus.FORBIDDEN, "host_not_allowed", "This server is not known by that name.")
        if not is_own_origin(headers.get("origin"), host, self.origins):
            return AccessRefusal(
                HTTPStatus.FORBIDDEN, "origin_not_allowed", "Pages from there may not ask this server."
            )
        if path in self.open_paths:
            return None
        keys = presented_keys(headers)
        if not keys:
            return AccessRefusal(HTTPStatus.UNAUTHORIZED, "missing_key", "A key is needed: Authorization: Bearer KEY.")
        if any(is_valid_secret(each, self.key, path) for each in keys):
            return None
        if not any([same_key(each, self.key) for each in keys]):  # all of them, so that the time tells nothing
            return AccessRefusal(HTTPStatus.UNAUTHORIZED, "wrong_key", "That key is not right.")
        return None


@dataclass(frozen=True, slots=True)
class AccessRefusal:
    """An answer in the form of the OpenAI API."""

    status: HTTPStatus
    code: str
    message: str
    retry_after_s: int = 0

    def response(self) -> Response:
        headers = {"WWW-Authenticate": "Bearer"} if self.status is HTTPStatus.UNAUTHORIZED else {}
        if self.retry_after_s:
            headers["Retry-After"] = str(self.retry_after_s)
        kind = "authentication_error" if self.status is HTTPStatus.UNAUTHORIZED else "invalid_request_error"
        error = {"message": self.message, "type": kind, "param": None, "code": self.code}
        return JSONResponse({"error": error}, self.status, headers)


class Guard:
    """ASGI: what is refused is answered before anything else looks at it, a WebSocket before its upgrade."""

    def __init__(self, app: AsgiApp, access: Access, is_full: Callable[[], "AccessRefusal | None"]) -> None:
        self._app, self._access, self._is_full = app, access, is_full

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._access.refusal(scope["path"], headers)
        if refusal is None and scope["type"] == "websocket":
            refusal = self._is_full()
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await refusal.response()(scope, receive, send)
