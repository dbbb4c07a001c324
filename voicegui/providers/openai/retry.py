"""Asking again, when that can help and the listener can wait for it."""

import asyncio
import math
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import TypeVar

from voicegui.core.errors import ErrorCode

from .asked import Asked
from .errors import Dropped, causes_of, code_of, text_of
from .refusals import Refusal, refused

T = TypeVar("T")

FIRST_WAIT_S = 0.25
"""Doubled with every try, times 0.5 to 1.5."""


@dataclass(frozen=True, slots=True)
class Retry:
    """At most `tries` requests with at most `budget_s` seconds of waiting between them.

    Never after the first piece: what was spoken is not repeated. Not after a time-out, which has taken long enough, and
    not when nobody listens at the address.
    """

    tries: int = 3
    budget_s: float = 6.0
    now: Callable[[], float] = time.time
    """Seconds since 1970."""
    chance: Callable[[], float] = random.random
    """0..1."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def call(self, attempt: Callable[[], Awaitable[T]]) -> T:
        async def one() -> AsyncGenerator[T, None]:
            yield await attempt()

        async with aclosing(self.stream(one)) as results:
            return await anext(results)

    async def stream(self, attempt: Callable[[], AsyncGenerator[T, None]]) -> AsyncGenerator[T, None]:
        waited = 0.0
        for tried in count(1):
            begun = False
            try:
                async with aclosing(attempt()) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
                return
            except Exception as error:
                wait = None if begun or tried >= self.tries else self._wait(error, tried)
                if wait is None or waited + wait > self.budget_s:
                    raise
            waited += wait
            await self.sleep(wait)

    def _wait(self, error: Exception, tried: int) -> float | None:
        """Seconds before the next try; None if there should be none."""
        if not is_passing(error):
            return None
        response = getattr(error, "response", None)
        told = retry_after(response.headers, self.now()) if response is not None else None
        return FIRST_WAIT_S * 2 ** (tried - 1) * (0.5 + self.chance()) if told is None else told


def is_passing(error: Exception) -> bool:
    """Whether the same request may succeed in a moment."""
    import httpx2
    import openai

    if isinstance(error, openai.APIStatusError):
        said = error.response.headers.get("x-should-retry")
        if said in ("true", "false"):
            return bool(said == "true")
        passing = error.status_code in (408, 409, 429) or (error.status_code >= 500 and error.status_code != 501)
        return passing and _code(error, error.status_code) in _PASSING
    if isinstance(error, openai.APIError) and not isinstance(error, openai.APIConnectionError):
        return _code(error, None) in _PASSING
    dropped = (httpx2.ReadError, httpx2.WriteError, httpx2.CloseError, httpx2.RemoteProtocolError, Dropped)
    return any(isinstance(cause, dropped) for cause in causes_of(error))


_PASSING = (ErrorCode.RATE_LIMITED, ErrorCode.SERVER_FAILED, ErrorCode.TIMED_OUT, ErrorCode.BAD_REQUEST)
"""A used-up quota comes as 429 too, a context that is too long sometimes as 500; 409 has no code of its own."""


def _code(error: object, status: int | None) -> ErrorCode:
    body = getattr(error, "body", None)
    return refused(Refusal(status, code_of(body) or getattr(error, "code", None) or "", text_of(body)), Asked("")).code


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that a server asks to wait (RFC 9110, 10.2.3, and `retry-after-ms`); None if it does not say.

    A date is compared with the server's own `Date`: its clock and ours may differ.
    """
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name, "")
        try:
            seconds = float(value) / scale
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(seconds, 0.0)
    until = _moment(headers.get("retry-after", ""))
    if until is None:
        return None
    server_now = _moment(headers.get("date", ""))
    return max(until - (now if server_now is None else server_now), 0.0)


def _moment(text: str) -> float | None:
    """Seconds since 1970 of an HTTP date."""
    try:
        parsed: datetime = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
