"""Clients for HTTP. Importing this loads `httpx2`, for 0.2 s: import it where a request is made."""

from typing import TYPE_CHECKING, Any

import httpx2

from .proxies import Proxies, missing_socks

if TYPE_CHECKING:
    import ssl


def async_client(*, verify: bool = True, limits: httpx2.Limits | None = None, **options: Any) -> httpx2.AsyncClient:
    """With the proxies of now. A request whose proxy cannot be used raises VoiceError(BAD_SETTINGS) before anything is
    sent. `options`: of httpx2.AsyncClient; its `transport` replaces the network."""
    if options.get("transport") is None:
        options["transport"] = _AsyncRoutes(verify, limits or httpx2.Limits(max_connections=32))
    return httpx2.AsyncClient(**options)


def client(**options: Any) -> httpx2.Client:
    """The same for a thread."""
    return httpx2.Client(transport=_Routes(), **options)


def _of_proxy(error: httpx2.ConnectError, proxy: str, request: httpx2.Request) -> httpx2.ProxyError | None:
    """Who cannot be reached is the proxy, if there is one: through it nobody else is looked up or connected to. What
    went wrong with TLS behind it stays what it is."""
    cause: BaseException | None = error
    while cause is not None:
        if type(cause).__module__ == "ssl":
            return None
        cause = cause.__cause__ or cause.__context__
    return httpx2.ProxyError("The proxy cannot be reached", request=request) if proxy else None


class _AsyncRoutes(httpx2.AsyncBaseTransport):
    """Sends each request on its way, directly or to a proxy. The ways are made when they are needed first."""

    def __init__(self, verify: bool, limits: httpx2.Limits) -> None:
        self._proxies = Proxies.of_system()
        self._trust = httpx2.create_ssl_context(verify=verify)
        self._limits = limits
        self._ways: dict[str, httpx2.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        proxy = self._proxies.of(str(request.url))
        if proxy not in self._ways:
            self._ways[proxy] = self._way(proxy)
        try:
            return await self._ways[proxy].handle_async_request(request)
        except httpx2.ConnectError as error:
            if (of_proxy := _of_proxy(error, proxy, request)) is None:
                raise
            raise of_proxy from error

    def _way(self, proxy: str) -> httpx2.AsyncHTTPTransport:
        try:
            return httpx2.AsyncHTTPTransport(verify=self._trust, limits=self._limits, proxy=proxy or None)
        except ImportError:  # the only package that is asked for so late
            raise missing_socks() from None

    async def aclose(self) -> None:
        for way in self._ways.values():
            await way.aclose()


class _Routes(httpx2.BaseTransport):
    def __init__(self) -> None:
        self._proxies = Proxies.of_system()
        self._trust: ssl.SSLContext = httpx2.create_ssl_context()
        self._ways: dict[str, httpx2.HTTPTransport] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        proxy = self._proxies.of(str(request.url))
        if proxy not in self._ways:
            self._ways[proxy] = self._way(proxy)
        try:
            return self._ways[proxy].handle_request(request)
        except httpx2.ConnectError as error:
            if (of_proxy := _of_proxy(error, proxy, request)) is None:
                raise
            raise of_proxy from error

    def _way(self, proxy: str) -> httpx2.HTTPTransport:
        try:
            return httpx2.HTTPTransport(verify=self._trust, proxy=proxy or None)
        except ImportError:
            raise missing_socks() from None

    def close(self) -> None:
        for way in self._ways.values():
            way.close()
