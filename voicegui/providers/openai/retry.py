"""Asking again, when that can help and the listener can wait for it."""

import asyncio
import math
import random
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from voicegui.core.errors import ErrorCode

from .errors import BadStatus, Dropped, OnlyTls, Told, causes_of, text_of
from .model_loading import LONGEST_S, says_loading
from .refusals import Refusal, refusal_error
from .service import Stage, StageTarget

T = TypeVar("T")

LOADING_WAIT_S, LONGEST_LOADING_WAIT_S = 1.0, 10.0
"""Before a server that loads its model is asked again; what it asks for is between them."""

FIRST_WAIT_S = 0.25
"""Doubled with every try, times 0.5 to 1.5."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `tries` requests with at most `budget_s` seconds of waiting between them.

    Never after the first piece: what was spoken is not repeated. Not after a time-out, which has taken long enough, and
    not when nobody listens at the address. A server that says that it loads its model is asked again for `loading_s`.
    """

    tries: int = 3
    budget_s: float = 6.0
    loading_s: float = LONGEST_S
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
        waited = loading = 0.0
        tried = 0
        while True:
            begun = False
            try:
                async with aclosing(attempt()) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
                return
            except Exception as error:
                wait = None if begun else self._wait_for_model(error)
                if wait is not None and loading + wait <= self.loading_s:
                    loading += wait
                else:
                    tried += 1
                    wait = None if begun or tried >= self.tries else self._wait(error, tried)
                    if wait is None or waited + wait > self.budget_s:
                        raise
                    waited += wait
            await self.sleep(wait)

    def _wait_for_model(self, error: Exception) -> float | None:
        if not isinstance(error, BadStatus):
            return None
        told = retry_after(error.headers, self.now())
        asks = "retry-after" in error.headers
        if not says_loading(error.status, text_of(error.body), asks_to_wait=asks):
            return None
        return min(max(told or 0.0, LOADING_WAIT_S), LONGEST_LOADING_WAIT_S)

    def _wait(self, error: Exception, tried: int) -> float | None:
        """Seconds before the next try; None if there should be none."""
        if not is_passing(error):
            return None
        usual: float = FIRST_WAIT_S * 2 ** (tried - 1) * (0.5 + self.chance())
        told = retry_after(error.headers, self.now()) if isinstance(error, BadStatus) else None
        return usual if told is None else max(told, usual)  # a server that says "at once" has trouble nevertheless


def is_passing(error: Exception) -> bool:
    """Whether the same request may succeed in a moment."""
    import httpx2

    if isinstance(error, BadStatus):
        said = error.headers.get("x-should-retry")
        if said in ("true", "false"):
            return said == "true"
        passing = error.status in (408, 409, 429) or (error.status >= 500 and error.status != 501)
        code = _code(error, error.status)
        return passing and code in _PASSING and not (code is ErrorCode.BAD_REQUEST and error.status >= 500)
    if isinstance(error, OnlyTls):
        return False
    if isinstance(error, Told):
        return _code(error, None) in _PASSING
    dropped = (httpx2.ReadError, httpx2.WriteError, httpx2.CloseError, httpx2.RemoteProtocolError, Dropped)
    return any(isinstance(cause, dropped) for cause in causes_of(error))


_PASSING = (ErrorCode.RATE_LIMITED, ErrorCode.SERVER_FAILED, ErrorCode.TIMED_OUT, ErrorCode.BAD_REQUEST)
"""A used-up quota comes as 429 too, a context that is too long sometimes as 500; 409 has no code of its own."""


_ANY = StageTarget("", Stage.LLM)
"""Of a chat most is known: what will not pass there does not pass elsewhere."""


def _code(error: Told, status: int | None) -> ErrorCode:
    return refusal_error(Refusal(status, error.code, text_of(error.body)), _ANY).code


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that a server asks to wait, never negative; None if it does not say or makes no sense.

    `retry-after-ms`, else `retry-after` (RFC 9110, 10.2.3), else what is left of a rate limit that is used up. A date
    is compared with the server's own `Date`: its clock and ours may differ.
    """
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        seconds = _number(headers.get(name, ""))
        if seconds is not None:
            return max(seconds / scale, 0.0)
    until = _moment(headers.get("retry-after", ""))
    if until is None:
        return _rate_limit_reset(headers, now)
    return max(until - _server_now(headers, now), 0.0)


def _rate_limit_reset(headers: Mapping[str, str], now: float) -> float | None:
    """Of the limits that are used up, the longest. Services give a duration ("6m0s"), seconds, or a time of Unix in
    seconds or milliseconds."""
    waits = []
    for kind in ("", "-requests", "-tokens"):
        if headers.get(f"x-ratelimit-remaining{kind}", "") != "0":
            continue
        text = headers.get(f"x-ratelimit-reset{kind}", "")
        seconds = _duration(text) if _number(text) is None else _number(text)
        if seconds is not None:
            seconds = seconds / 1000 if seconds > 1e11 else seconds
            waits.append(max(seconds - _server_now(headers, now) if seconds > 1e9 else seconds, 0.0))
    return max(waits, default=None)


def _number(text: str) -> float | None:
    """inf for digits without end; None for what is no number."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) or text.strip().isdigit() else None


_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _duration(text: str) -> float | None:
    """As Go writes durations: "2m59.56s", "120ms"."""
    if not re.fullmatch(r"(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h|d))+", text):
        return None
    return sum(float(number) * _UNITS_S[unit] for number, unit in re.findall(r"([\d.]+)(ms|s|m|h|d)", text))


def _server_now(headers: Mapping[str, str], now: float) -> float:
    server_now = _moment(headers.get("date", ""))
    return now if server_now is None else server_now


def _moment(text: str) -> float | None:
    """Seconds since 1970 of an HTTP date."""
    try:
        parsed: datetime = parsedate_to_datetime(text)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
