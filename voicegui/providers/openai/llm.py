"""`LanguageModel` over `/v1/chat/completions`."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from typing import Any

from voicegui.core.ports import LimitReached, Message, ReplyPiece
from voicegui.core.tools import ToolInfo

from .answers import events, is_streamed, peek, whole
from .asked import Asked
from .characters import Characters
from .client import OpenAIClient
from .dialect import Dialect
from .errors import BadAnswer, translated
from .refusals import content_refused
from .retry import Retry
from .service import Stage

log = logging.getLogger(__name__)

_REST_S = 0.2
"""A server that has said how it ended has nothing more to tell, but its connection is only free when all was read."""


class OpenAILanguageModel:
    """One request for each reply; closing it closes the request. `model` "" is filled in by the engine's start."""

    def __init__(self, client: OpenAIClient, model: str, *, retry: Retry | None = None) -> None:
        self.model = model
        self._client = client
        self._retry = retry or Retry()
        self._dialect = Dialect(
            {
                "max_completion_tokens": lambda limit: {"max_tokens": limit},
                "max_tokens": lambda limit: {"max_completion_tokens": limit},
            },
            on_lack=lambda name: log.info("%s refuses %s", client.service.name, name),
        )

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        asked = self._client.asked(Stage.LLM, self.model)
        wanted = {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.text} for message in messages],
            "stream": True,
            self._client.service.max_tokens_name: max_tokens,
        }
        with translated(asked):
            await self._client.start()
            async with aclosing(self._retry.stream(lambda: self._attempt(wanted, asked))) as pieces:
                async for piece in pieces:
                    yield piece

    async def prepare(self, messages: Sequence[Message]) -> None:
        """Opens the connections of a reply, to the voice too, if none are warm."""
        await self._client.prepare(Stage.LLM)

    async def _attempt(self, wanted: dict[str, Any], asked: Asked) -> AsyncGenerator[ReplyPiece, None]:
        create = self._client.sdk(Stage.LLM).chat.completions.with_streaming_response.create
        async with self._dialect.ask(create, wanted) as response:
            answer = _Answer(asked)
            if is_streamed(response):
                async with aclosing(events(response)) as chunks:
                    async for chunk in chunks:
                        if text := answer.add(peek(chunk, "choices", 0), "delta"):
                            yield text
                        if answer.finish:
                            await _read_rest(chunks)
                            break
            else:
                text = answer.add(peek(await whole(response), "choices", 0), "message")
                if text:
                    yield text
            for piece in answer.end():
                yield piece


async def _read_rest(chunks: AsyncGenerator[object, None]) -> None:
    """What follows the end is not wanted, and whatever goes wrong there changes nothing."""
    from httpx2 import HTTPError
    from openai import OpenAIError

    with suppress(TimeoutError, OpenAIError, HTTPError, OSError, ValueError):
        async with asyncio.timeout(_REST_S):
            async for _ in chunks:
                pass


class _Answer:
    """What came so far, and how it ended."""

    def __init__(self, asked: Asked) -> None:
        self.finish = ""
        self._asked = asked
        self._characters = Characters()
        self._any = False
        self._tools = False

    def add(self, choice: object, part: str) -> str:
        """`choice`: the first choice of a chunk, None in chunks that only count tokens. Returns its words.

        Raises VoiceError(CONTENT_REFUSED).
        """
        said = peek(choice, part)
        if peek(said, "refusal"):
            raise content_refused(self._asked)
        finish = peek(choice, "finish_reason")
        self.finish = finish if isinstance(finish, str) else ""
        self._tools = self._tools or bool(peek(said, "tool_calls") or peek(said, "function_call"))
        content = peek(said, "content")
        text = self._characters.feed(content) if isinstance(content, str) else ""
        self._any = self._any or bool(text.strip())
        return text

    def end(self) -> Sequence[ReplyPiece]:
        """What is left. Raises VoiceError(CONTENT_REFUSED) and BadAnswer."""
        if self.finish == "content_filter":
            raise content_refused(self._asked)
        if not self._any:
            if self.finish == "length":
                raise BadAnswer("thought until the longest answer was reached and said nothing")
            if self._tools:
                raise BadAnswer("asked for a tool that nobody offered")
            raise BadAnswer("answered with nothing")
        rest = self._characters.finish()
        cut = (LimitReached(),) if self.finish == "length" else ()
        return ((rest,) if rest else ()) + cut
