"""A script of requests: each is expected once, in this order; anything else fails the test."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from .server import Answer, Request, Server, serving
from .tools import require_order, require_schemas


@dataclass(frozen=True)
class Step:
    """`expect` gets the request and asserts what must be in it, or returns False."""

    call: str
    """ "POST /v1/chat/completions" """
    answer: Answer
    expect: Callable[[Request], object] = lambda request: None


@asynccontextmanager
async def scripted(*steps: Step, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    left = list(steps)

    def answer(request: Request) -> Answer:
        assert left, "nobody expected this request"
        step = left.pop(0)
        assert f"{request.method} {request.path}" == step.call, f"instead of {step.call}"
        if step.call == CHAT:
            _require_chat(request)
        assert step.expect(request) is not False, "not what was expected of it"
        return step.answer

    async with serving(answer, tls) as server:
        yield server
    assert not left, f"nobody asked: {[step.call for step in left]}"


MODELS, CHAT = "GET /v1/models", "POST /v1/chat/completions"
HEARING, SPEECH = "POST /v1/audio/transcriptions", "POST /v1/audio/speech"


def _require_chat(request: Request) -> None:
    """What every request must keep to, whatever its step expects."""
    require_order(request.json["messages"])
    if "tools" in request.json:
        require_schemas(request.json["tools"])


def models(answer: Answer) -> Step:
    return Step(MODELS, answer)


def chat(answer: Answer, expect: Callable[[Request], object] = lambda request: None) -> Step:
    return Step(CHAT, answer, expect)


def hearing(answer: Answer, expect: Callable[[Request], object] = lambda request: None) -> Step:
    return Step(HEARING, answer, expect)


def speech(answer: Answer, expect: Callable[[Request], object] = lambda request: None) -> Step:
    return Step(SPEECH, answer, expect)
