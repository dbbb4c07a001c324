"""Answers as servers really send them: streamed or whole, with fields missing, and not always to their end."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from typing import Any

from voicegui.core.wording import sentence

from ..errors import NO_ANSWER, BadAnswer, Dropped, Told
from ..http import Response
from ..sse import LONGEST_STREAM, MOST_EVENTS, TOO_LONG, EventDecoder

_REST_S = 0.2
"""A server that has said how it ended has nothing more to tell, but its connection is only free when all was read."""

_LONGEST_REST = 64 << 10


def peek(value: object, *path: str | int) -> Any:
    """A field of a field; None where something is missing or is of another kind."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def is_streamed(response: Response) -> bool:
    return "event-stream" in response.headers.get("content-type", "")


class AnswerEvents:
    """The events of a streamed answer. How such a stream ends tells whether it is whole:

    | the connection | [DONE] | the answer says how it ended | verdict |
    | --- | --- | --- | --- |
    | any, also broken afterwards | yes or no | `finish_reason`, `transcript.text.done` | whole |
    | any, also broken afterwards | yes | no | whole: servers without `finish_reason` (Cloudflare Workers AI) |
    | breaks: a chunk or bytes are missing, a reset | no | no | broken off |
    | ends in the middle of an event | no | no | broken off; a last event that only lacks its empty line counts |
    | closed, without a length or chunks | no | no | broken off: it looks the same when the server died |
    | ends properly | no | no | broken off, unless the words end a sentence and the server has never marked an end: |
    | | | | a simple server of one's own; a proxy whose model died does not end so by chance |

    All well-known servers send `finish_reason`: OpenAI, Ollama, llama.cpp, vLLM, LM Studio, Groq, Mistral, DeepSeek,
    TGI, LocalAI, text-generation-webui; some of them leave out [DONE]. Who reads the words judges by the last row. Of
    transcripts, OpenAI's own events always end with `transcript.text.done`: without it they are broken off.

    `finish_reason` is not always the end: some send it with every chunk, or when a thought has ended. So everything is
    read until [DONE] or the end, and only the patience for it is shorter.
    """

    def __init__(self, response: Response) -> None:
        self.done = False
        """[DONE] came."""
        self.rest_s: float | None = None
        """Set once the answer may be whole: how long more is waited for. What goes wrong then changes nothing."""
        self.stayed_open = False
        """Nothing more came within `rest_s`, and no end either."""
        self.framed = response.framed
        self._patience_s = response.patience_s
        self._chunks = response.chunks(LONGEST_STREAM)
        self._decoder = EventDecoder()

    async def each(self) -> AsyncGenerator[object, None]:
        """Raises Dropped, Told, BadAnswer, TimeoutError, ValueError, and httpx2's errors."""
        from httpx2 import HTTPError, StreamError

        try:
            async with aclosing(self._each()) as events:
                async for event in events:
                    yield event
        except TimeoutError:
            if self.rest_s is None:
                raise
            self.stayed_open = True
        except (HTTPError, StreamError, OSError, BadAnswer, Dropped, Told, ValueError, RecursionError):
            if self.rest_s is None:
                raise

    async def _each(self) -> AsyncGenerator[object, None]:
        number = 0
        async with aclosing(self._chunks):
            while events := await self._next():
                number += len(events)
                if number > MOST_EVENTS:
                    raise BadAnswer(TOO_LONG)
                for data in events:
                    if data.startswith(b"[DONE]"):
                        self.done = True
                        await self.rest()
                        return
                    yield _parsed(data)
            if rest := self._decoder.finish():
                self.done = rest.startswith(b"[DONE]")
                if not self.done:
                    yield _last(rest)

    async def rest(self) -> None:
        """Nothing more is wanted, and whatever goes wrong here changes nothing."""
        from httpx2 import HTTPError, StreamError

        length = 0
        with suppress(TimeoutError, HTTPError, StreamError, OSError, BadAnswer):
            async with asyncio.timeout(_REST_S):
                async for chunk in self._chunks:
                    length += len(chunk) + 1
                    if length > _LONGEST_REST:
                        return

    async def _next(self) -> list[bytes]:
        """The next whole events, none at the end. Raises TimeoutError: comments that keep a connection alive are no
        answer."""
        async with asyncio.timeout(self._patience_s if self.rest_s is None else self.rest_s):
            async for chunk in self._chunks:
                if events := self._decoder.feed(chunk):
                    return events
        return []


def _without_error(answer: object) -> object:
    """Raises Told for the error that an answer is although its status is that of a success."""
    if error := peek(answer, "error"):
        raise Told({"error": error})
    return answer


def _parsed(data: bytes) -> object:
    event = _without_error(json.loads(data.decode()))
    if (
        isinstance(event, Mapping)
        and "choices" not in event
        and (odd := [key for key in event if key.startswith("error")])
    ):
        raise Told({"error": {"message": f"{odd[0]}: {event[odd[0]]}"}})  # Ollama, of a call that it cannot read
    return event


def _last(data: bytes) -> object:
    """Without the empty line that ends it: some servers forget that, others died there."""
    try:
        return _parsed(data)
    except (ValueError, RecursionError):
        raise Dropped from None


_CLOSING = "\"'”’»)]}*_`~ \n\t"


def ends_a_sentence(text: str) -> bool:
    """Whether nothing seems to be missing after these words."""
    words = text.rstrip(_CLOSING)
    return words.endswith((".", "!", "?", "…", "。", "！", "？", "｡", "।", "؟", "۔", ":", ";")) or (
        bool(words) and ord(words[-1]) >= 0x1F000  # a picture
    )


async def whole(response: Response) -> object:
    """An answer that was not streamed: its JSON, or its plain text. Raises BadAnswer, Told and ValueError."""
    kind = response.headers.get("content-type", "")
    if "json" in kind:
        return _without_error(json.loads(await response.read()))
    if kind.startswith("text/plain"):
        return (await response.read()).decode("utf-8", "replace")
    raise BadAnswer(sentence("{service} answered with a web page.") if "html" in kind else NO_ANSWER)
