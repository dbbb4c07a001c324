"""Answers as servers really send them: streamed or whole, with fields missing."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from .errors import BadAnswer

if TYPE_CHECKING:
    from openai import AsyncAPIResponse


def peek(value: object, *path: str | int) -> Any:
    """A field of a field; None where something is missing or is of another kind."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else getattr(value, step, None)
    return value


def is_streamed(response: "AsyncAPIResponse[Any]") -> bool:
    return "event-stream" in response.headers.get("content-type", "")


async def events(response: "AsyncAPIResponse[Any]") -> AsyncGenerator[object, None]:
    """The events of a streamed answer, as the SDK builds them. Raises openai, httpx2 and ValueError."""
    async with aclosing(await response.parse()) as stream:
        async for event in stream:
            yield event


async def whole(response: "AsyncAPIResponse[Any]") -> object:
    """An answer that was not streamed: its JSON, or its plain text. Raises BadAnswer."""
    kind = response.headers.get("content-type", "")
    if "json" in kind:
        return await response.json()
    if kind.startswith("text/plain"):
        return await response.text()
    raise BadAnswer("answered with a web page" if "html" in kind else "sent something that is no answer")
