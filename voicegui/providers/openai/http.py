"""Requests to one service and what comes back, bounded in bytes and in time. Lives on the client's own loop."""

import asyncio
import json
import os
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any

from voicegui.core.wording import sentence
from voicegui.web.proxies import is_proxied

from .errors import BadAnswer, BadStatus, HandshakeStalled, OnlyTls
from .service import ServiceConfig
from .sse import HEAD_S, LONGEST_ANSWER, LONGEST_ERROR, MOST_CHUNKS, TOO_LONG

if TYPE_CHECKING:
    import httpx2

CONNECT_S = 5.0

_KNOCK_S = 0.5
"""To find out whether somebody speaks TLS."""

_NO_KEY = "none"
"""What servers get that need no key: some want to see one."""


def headers_of(service: ServiceConfig) -> dict[str, str]:
    """What goes with every request; no key to a service without a name. OPENAI_CUSTOM_HEADERS are for OpenAI, and so
    are the secrets in them."""
    headers = {}
    if service.name == "openai":
        lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").splitlines()
        named = (line.partition(":") for line in lines if ":" in line)
        headers = {name.strip().lower(): value.strip() for name, _, value in named}
    if service.organization:
        headers["openai-organization"] = service.organization
    if service.project:
        headers["openai-project"] = service.project
    return headers | {
        **({"authorization": f"Bearer {service.key.reveal() if service.key else _NO_KEY}"} if service.name else {}),
        "user-agent": "voicegui",
    }


class Response:
    """An answer that is a success."""

    def __init__(
        self,
        inner: "httpx2.Response",
        patience_s: float,
        usual_s: float | None = None,
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        """`answered` is called with its first bytes."""
        self.usual_s = patience_s if usual_s is None else usual_s
        """The longest silence after its first bytes."""
        self._answered = answered
        self.headers: Mapping[str, str] = inner.headers
        self.patience_s = patience_s
        """The longest silence."""
        self.framed = "content-length" in inner.headers or "transfer-encoding" in inner.headers
        """Its end can be told from a connection that broke."""
        self._inner = inner

    async def chunks(self, longest: int) -> AsyncGenerator[bytes, None]:
        """As they come. Raises BadAnswer when they are too many, and httpx2's errors."""
        if self.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise BadAnswer(sentence("{service} compressed its answer, which was not asked for."))
        length = number = 0
        async with aclosing(self._timed(self._inner.aiter_raw())) as chunks:
            async for chunk in chunks:
                length, number = length + len(chunk), number + 1
                if length > longest or number > MOST_CHUNKS:
                    raise BadAnswer(TOO_LONG)
                yield chunk

    async def _timed(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        """Raises TimeoutError where httpx2, whose patience is that for the first bytes, would wait longer."""
        begun = False
        while True:
            async with asyncio.timeout(self.usual_s if begun and self.usual_s < self.patience_s else None):
                chunk = await anext(chunks, None)
            if chunk is None:
                return
            if chunk and not begun:
                begun = True
                self._answered()
            yield chunk

    async def read(self, longest: int = LONGEST_ANSWER) -> bytes:
        """All of it, within the time that any silence may take. Raises BadAnswer."""
        async with asyncio.timeout(self.patience_s), aclosing(self.chunks(longest)) as chunks:
            return b"".join([chunk async for chunk in chunks])


class Http:
    """The connections to one service. `http` is closed with it."""

    def __init__(self, http: "httpx2.AsyncClient") -> None:
        self._http = http
        self._plain: set[str] = set()
        """Who has answered without TLS, or does not speak it."""

    @asynccontextmanager
    async def ask(
        self,
        service: ServiceConfig,
        method: str,
        url: str,
        *,
        patience_s: float,
        usual_s: float | None = None,
        answered: Callable[[], None] = lambda: None,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[Response]:
        """`form`: fields, lists of them, and files as (name, bytes, type). Raises Status for what is no success."""
        import httpx2

        content = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        kind = {} if body is None else {"content-type": "application/json"}
        handshake = _Handshake()
        request = self._http.build_request(
            method,
            url,
            headers={"accept": "*/*", "accept-encoding": "identity", **kind, **headers_of(service)},
            content=content,
            data=None if form is None else _fields(form),
            files=None if form is None else {name: file for name, file in form.items() if isinstance(file, tuple)},
            timeout=httpx2.Timeout(patience_s, connect=min(CONNECT_S, patience_s)),
            extensions={"trace": handshake.trace},
        )
        try:
            async with asyncio.timeout(patience_s + HEAD_S):
                inner = await self._http.send(request, stream=True)
        except httpx2.ConnectTimeout as error:
            if handshake.under_way:
                raise HandshakeStalled from error
            raise
        except httpx2.RemoteProtocolError:
            if await self._is_only_tls(request.url):
                raise OnlyTls from None
            raise
        self._plain.add(request.url.netloc.decode())
        try:
            success = 200 <= inner.status_code < 300
            response = Response(inner, patience_s, usual_s, answered if success else lambda: None)
            if not success:
                raise BadStatus(inner.status_code, inner.headers, await _error_body(response))
            yield response
        finally:
            await inner.aclose()

    async def _is_only_tls(self, url: "httpx2.URL") -> bool:
        """Asked once of who hangs up on a plain request and has never answered one."""
        place = url.netloc.decode()
        if url.scheme != "http" or place in self._plain:
            return False
        only_tls = await speaks_tls(url.host, url.port or 80)
        if not only_tls:
            self._plain.add(place)
        return only_tls

    async def knock(self, service: ServiceConfig, url: str) -> None:
        """Asks for nothing, for the connection's sake. Raises httpx2's errors and TimeoutError."""
        async with asyncio.timeout(2 * CONNECT_S):
            await self._http.head(url, headers=headers_of(service), timeout=CONNECT_S)

    async def aclose(self) -> None:
        await self._http.aclose()


class _Handshake:
    """Whether TLS was begun and has not been agreed upon."""

    def __init__(self) -> None:
        self.under_way = False

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("start_tls.started"):
            self.under_way = True
        elif event.endswith("start_tls.complete"):
            self.under_way = False


async def speaks_tls(host: str, port: int) -> bool:
    """Whether TLS is answered where a plain request was not. Nothing is sent, so nobody needs to be trusted."""
    if is_proxied(f"http://{f'[{host}]' if ':' in host else host}:{port}/"):
        return False
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(_KNOCK_S):
            _, writer = await asyncio.open_connection(host, port, ssl=anybody)
    except (OSError, TimeoutError):
        return False
    writer.transport.abort()
    return True


def _fields(form: Mapping[str, Any]) -> dict[str, Any]:
    """Lists have names of their own, as the API wants them."""
    fields: dict[str, Any] = {}
    for name, value in form.items():
        if isinstance(value, list):
            fields[f"{name}[]"] = value
        elif not isinstance(value, tuple):
            fields[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return fields


async def _error_body(response: Response) -> object:
    """What an error says, as far as it is looked into; "" if it cannot be read."""
    import httpx2

    text = b""
    try:
        async with asyncio.timeout(response.patience_s), aclosing(response.chunks(LONGEST_ERROR)) as chunks:
            async for chunk in chunks:
                text += chunk
                if len(text) > LONGEST_ERROR:
                    break
    except (BadAnswer, TimeoutError, httpx2.HTTPError, httpx2.StreamError, OSError):
        pass  # its status says enough
    try:
        found: object = json.loads(text[:LONGEST_ERROR])
    except (ValueError, RecursionError):
        return text[:LONGEST_ERROR].decode("utf-8", "replace")
    return found
