"""`LanguageModel` over `/v1/chat/completions`."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voicegui.core.ports import Message, ReplyPiece
from voicegui.core.tools import ToolCall, ToolInfo

from .answered import Answered
from .answers import events, is_streamed, peek, whole
from .asked import Asked
from .client import OpenAIClient
from .dialect import Dialect
from .errors import code_of, text_of, translated
from .messages import sent
from .offer import Offer
from .retry import Retry
from .service import Stage

if TYPE_CHECKING:
    from openai import APIStatusError

log = logging.getLogger(__name__)

_REST_S = 0.2
"""A server that has said how it ended has nothing more to tell, but its connection is only free when all was read."""


class OpenAILanguageModel:
    """One request for each reply; closing it closes the request. `model` "" is filled in by the engine's start. `tell`
    hears once of each thing that the server lacks."""

    def __init__(
        self, client: OpenAIClient, model: str, *, retry: Retry | None = None, tell: Callable[[str], None]
    ) -> None:
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
        label = client.service.label
        self._offer = Offer(
            on_none=lambda: tell(f"{label} cannot use tools with the model {self.model}: it can only talk."),
            on_lack=lambda name: tell(f"{label} does not understand the tool {name}: it goes on without it."),
        )
        self._ids: set[str] = set()
        """Of all calls so far."""
        self._thinks_ahead = False
        """See `Unspoken`."""

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        asked = self._client.asked(Stage.LLM, self.model)
        question = _Question(messages, max_tokens, tools)
        with translated(asked):
            await self._client.start()
            async with aclosing(self._retry.stream(lambda: self._attempt(question, asked))) as pieces:
                async for piece in pieces:
                    yield piece

    async def prepare(self, messages: Sequence[Message]) -> None:
        """Opens the connections of a reply, to the voice too, if none are warm."""
        await self._client.prepare(Stage.LLM)

    async def _attempt(self, question: "_Question", asked: Asked) -> AsyncGenerator[ReplyPiece, None]:
        taken = self._ids.union(call.id for message in question.messages for call in message.calls)
        async with self._opened(question) as response:
            offered = _names(self._offer.schemas(question.tools))
            answer = Answered(asked, taken, offered=offered, thinks_ahead=self._thinks_ahead)
            async with aclosing(_texts(response, answer)) as texts:
                async for text in texts:
                    yield text
        self._thinks_ahead = answer.thinks_ahead
        if answer.called_in_words:
            if not self._ids:  # otherwise it is a slip of the model's
                self._offer.take_back()
            if not answer.said:
                async with aclosing(self._attempt(replace(question, tools=()), asked)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
        for piece in answer.end():
            if isinstance(piece, ToolCall):
                self._ids.add(piece.id)
            yield piece

    @asynccontextmanager
    async def _opened(self, question: "_Question") -> AsyncIterator[Any]:
        """The answer, asked for again with fewer tools as long as the server refuses some."""
        from openai import APIStatusError

        create = self._client.sdk(Stage.LLM).chat.completions.with_streaming_response.create
        async with AsyncExitStack() as stack:
            while True:
                wanted = self._wanted(question)
                try:
                    response = await stack.enter_async_context(self._dialect.ask(create, wanted))
                    break
                except APIStatusError as error:
                    if not self._learn(error, wanted):
                        raise
            yield response

    def _wanted(self, question: "_Question") -> dict[str, Any]:
        schemas = self._offer.schemas(question.tools)
        return {
            "model": self.model,
            "messages": sent(question.messages, calls=not self._offer.nothing),
            "stream": True,
            self._client.service.max_tokens_name: question.max_tokens,
            **({"tools": schemas} if schemas else {}),
        }

    def _learn(self, error: "APIStatusError", wanted: Mapping[str, Any]) -> bool:
        names = _names(wanted.get("tools", ()))
        code = code_of(error.body) or error.code or ""
        return self._offer.learn(error.status_code, code, error.param, text_of(error.body), names)


@dataclass(frozen=True, slots=True)
class _Question:
    messages: Sequence[Message]
    max_tokens: int
    tools: Sequence[ToolInfo]


def _names(schemas: Sequence[Mapping[str, Any]]) -> list[str]:
    return [tool["function"]["name"] for tool in schemas]


async def _texts(response: Any, answer: Answered) -> AsyncGenerator[str, None]:
    """The words of an answer, streamed or not."""
    if not is_streamed(response):
        choice = peek(await whole(response), "choices", 0)
        text = answer.add(choice) + answer.rest()
    else:
        async with aclosing(events(response)) as chunks:
            async for chunk in chunks:
                if text := answer.add(peek(chunk, "choices", 0)):
                    yield text
                if answer.finish:
                    await _read_rest(chunks)
                    break
        text = answer.rest()
    if text:
        yield text


async def _read_rest(chunks: AsyncGenerator[object, None]) -> None:
    """What follows the end is not wanted, and whatever goes wrong there changes nothing."""
    from httpx2 import HTTPError
    from openai import OpenAIError

    with suppress(TimeoutError, OpenAIError, HTTPError, OSError, ValueError):
        async with asyncio.timeout(_REST_S):
            async for _ in chunks:
                pass
