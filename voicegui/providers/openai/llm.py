"""`LanguageModel` over `/v1/chat/completions`."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from voicegui.core.ports import Message, ReplyPiece
from voicegui.core.tools import ToolCall, ToolInfo

from .answered import Answered
from .answers import Events, ends_a_sentence, is_streamed, peek, whole
from .asked import Asked
from .client import OpenAIClient
from .dialect import Dialect
from .errors import BadAnswer, Dropped, Status, text_of, translated
from .http import Response
from .limits import LONGEST_WORDS, MOST_PIECES, TOO_LONG
from .messages import sent
from .offer import Offer
from .retry import Retry
from .service import Stage

log = logging.getLogger(__name__)


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
            on_none=lambda: client.tell(
                tell, f"{label} cannot use tools with the model {self.model}: it can only talk."
            ),
            on_lack=lambda name: client.tell(
                tell, f"{label} does not understand the tool {name}: it goes on without it."
            ),
        )
        self._ids: set[str] = set()
        """Of all calls so far."""
        self._thinks_ahead = False
        """See `Unspoken`."""
        self._marks_ends = False
        """The server has said how an answer ended; see `Events`."""

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        question = _Question(tuple(messages), max_tokens, tuple(tools))
        async with aclosing(self._client.stream(lambda: self._answer(question))) as pieces:
            async for piece in pieces:
                yield piece

    async def prepare(self, messages: Sequence[Message]) -> None:
        """Opens the connections of a reply, to the voice too, if none are warm."""
        await self._client.prepare(Stage.LLM)

    def patience_s(self, usual_s: float) -> float:
        return self._client.patience_s(Stage.LLM, self.model, usual_s)

    # ------------------------------------------------------------ on the client's loop

    async def _answer(self, question: "_Question") -> AsyncGenerator[ReplyPiece, None]:
        asked = self._client.asked(Stage.LLM, self.model)
        with translated(asked):
            async with aclosing(self._retry.stream(lambda: self._attempt(question, asked))) as pieces:
                async for piece in pieces:
                    yield piece

    async def _attempt(self, question: "_Question", asked: Asked) -> AsyncGenerator[ReplyPiece, None]:
        taken = self._ids.union(call.id for message in question.messages for call in message.calls)
        async with self._opened(question) as response:
            offered = _names(self._offer.schemas(question.tools))
            answer = Answered(asked, taken, offered=offered, thinks_ahead=self._thinks_ahead)
            async with aclosing(self._texts(response, answer)) as texts:
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
    async def _opened(self, question: "_Question") -> AsyncIterator[Response]:
        """The answer, asked for again with fewer tools as long as the server refuses some."""
        async with AsyncExitStack() as stack:
            while True:
                wanted = self._wanted(question)
                try:
                    response = await stack.enter_async_context(self._dialect.ask(self._ask, wanted))
                    break
                except Status as error:
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

    def _ask(self, **body: Any) -> AbstractAsyncContextManager[Response]:
        return self._client.ask(Stage.LLM, "/chat/completions", body=body)

    def _learn(self, error: Status, wanted: Mapping[str, Any]) -> bool:
        names = _names(wanted.get("tools", ()))
        return self._offer.learn(error.status, error.code, error.param, text_of(error.body), names)

    async def _texts(self, response: Response, answer: Answered) -> AsyncGenerator[str, None]:
        """The words of an answer, streamed or not. Raises Dropped for one that is not whole."""
        if not is_streamed(response):
            choice = peek(await whole(response), "choices", 0)
            text = answer.add(choice) + answer.rest()
        else:
            stream, number, length = Events(response), 0, 0
            async with aclosing(stream.each()) as chunks:
                async for chunk in chunks:
                    if text := answer.add(peek(chunk, "choices", 0)):
                        number, length = number + 1, length + len(text)
                        if number > MOST_PIECES or length > LONGEST_WORDS:
                            raise BadAnswer(TOO_LONG)
                        yield text
                    if answer.finish:
                        await stream.rest()
                        break
            self._require_whole(stream, answer)
            text = answer.rest()
        if text:
            yield text

    def _require_whole(self, stream: Events, answer: Answered) -> None:
        if answer.finish or stream.done:
            self._marks_ends = True
        elif self._marks_ends or answer.calls or not stream.framed or not ends_a_sentence(answer.last_words):
            raise Dropped


@dataclass(frozen=True, slots=True)
class _Question:
    messages: Sequence[Message]
    max_tokens: int
    tools: Sequence[ToolInfo]


def _names(schemas: Sequence[Mapping[str, Any]]) -> list[str]:
    return [tool["function"]["name"] for tool in schemas]
