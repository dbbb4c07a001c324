"""`LanguageModel` over `/v1/chat/completions`."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

from voicegui.core.ports import Message, ReplyPiece
from voicegui.core.text.line_calls import wants_code
from voicegui.core.tools import ToolCall, ToolInfo
from voicegui.core.wording import shown

from ..client import OpenAIClient
from ..errors import BadAnswer, BadStatus, Dropped, Told, text_of, translated
from ..http import Response
from ..refusals import Refusal, cannot_chat, is_slip
from ..retry import RetryPolicy
from ..service import ServiceConfig, Stage, StageTarget
from ..sse import LONGEST_WORDS, MOST_PIECES, TOO_LONG
from .answer import CollectedAnswer
from .capabilities import ChatCapabilities, ChatRequest
from .stream import AnswerEvents, ends_a_sentence, is_streamed, peek, whole

_MOST_ASKED = 5
"""Times that one answer is asked for because of what came of the one before."""

_REST_S = 2.0
"""After an end was told more may come, if it was not the end."""

_REST_WITH_WORDS_S = 5.0
"""The same after an end that came with words: such servers tell it with every piece."""

_REST_OF_SILENT_S = 0.2
"""The same of a server that has left an answer open before."""


class OpenAILanguageModel:
    """One request for each reply; closing it closes the request. `model` "" is filled in by the engine's start. `tell`
    hears once of each thing that the server lacks."""

    def __init__(
        self, client: OpenAIClient, model: str, *, retry: RetryPolicy | None = None, tell: Callable[[str], None]
    ) -> None:
        self.model = model
        self.others: list[str] = []
        """Models to take instead if this one turns out not to be for talk; nobody has chosen it then."""
        self._client = client
        self._retry = retry or RetryPolicy()
        self._told: set[str] = set()
        self._tell = tell
        self._agreed = ChatCapabilities(client, self._say)
        self._ids: set[str] = set()
        """Of all calls so far."""
        self._thinks_ahead = False
        """See `ReplyFilter`."""
        self._marks_ends = False
        """The server has said how an answer ended; see `AnswerEvents`."""
        self._stays_open = False
        """The server does not close its answers."""

    def use_context(self, tokens: int) -> None:
        """The model can read so many tokens at once; 0 if that is not known."""
        self._agreed.room.tokens = tokens

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        question = ChatRequest(tuple(messages), max_tokens, tuple(tools))
        async with aclosing(self._client.stream(lambda: self._answer(question))) as pieces:
            async for piece in pieces:
                yield piece

    async def prepare(self, messages: Sequence[Message]) -> None:
        """Opens the connections of a reply, to the voice too, if none are warm."""
        await self._client.prepare(Stage.LLM)

    def patience_s(self, usual_s: float) -> float:
        return self._client.patience_s(Stage.LLM, self.model, usual_s)

    def _say(self, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            self._client.tell(self._tell, message)

    # ------------------------------------------------------------ on the client's loop

    async def _answer(self, question: ChatRequest) -> AsyncGenerator[ReplyPiece, None]:
        asked = self._client.asked(Stage.LLM, self.model)
        with translated(asked):
            async with aclosing(self._retry.stream(lambda: self._attempt(question, asked))) as pieces:
                async for piece in pieces:
                    yield piece

    async def _attempt(self, question: ChatRequest, asked: StageTarget) -> AsyncGenerator[ReplyPiece, None]:
        slipped = False
        for _ in range(_MOST_ASKED):
            answer: CollectedAnswer | None = None
            try:
                async with self._opened(question) as (response, offered):
                    answer = self._expected(question, asked, offered)
                    async with aclosing(self._texts(response, answer)) as texts:
                        async for text in texts:
                            yield text
            except Told as error:
                if slipped or (answer is not None and answer.said) or not _is_slip(error):
                    raise
                slipped = True
                continue
            if answer.malformed and not slipped:
                slipped = True
                continue
            self._thinks_ahead = answer.thinks_ahead
            no_room = answer.crowded_out and self._agreed.thoughts.crowded_out()
            if answer.thought:
                self._agreed.thoughts.saw()
            if answer.called_in_words:
                if not self._ids:  # otherwise it is a slip of the model's
                    self._agreed.offer.take_back()
                if not answer.said:
                    question = replace(question, tools=())
                    continue
            if not no_room:
                break
        assert answer is not None
        for piece in answer.end(self._agreed.echo):
            if isinstance(piece, ToolCall):
                self._ids.add(piece.id)
            yield piece

    def _expected(self, question: ChatRequest, asked: StageTarget, offered: Sequence[str]) -> CollectedAnswer:
        taken = self._ids.union(call.id for message in question.messages for call in message.calls)
        longest = question.max_tokens if self._agreed.thoughts.room else 0
        needing = frozenset(tool.name for tool in question.tools if tool.parameters.get("required"))
        return CollectedAnswer(
            asked, taken, offered=offered, thinks_ahead=self._thinks_ahead, longest=longest, needing=needing,
            shows_code=wants_code([message.text for message in question.messages if message.role == "user"]),
        )  # fmt: skip

    @asynccontextmanager
    async def _opened(self, question: ChatRequest) -> AsyncIterator[tuple[Response, Sequence[str]]]:
        """The answer and the names of the tools that were offered, asked for in another form as long as the server
        refuses something."""
        async with AsyncExitStack() as stack:
            while True:
                self._agreed.model = self.model
                body = self._agreed.body(question)
                try:
                    response = await stack.enter_async_context(self._ask(body))
                    break
                except BadStatus as error:
                    if not (self._take_another(error) or self._agreed.learn(error, question, body)):
                        raise
            yield response, [tool["function"]["name"] for tool in body.get("tools", ())]

    def _ask(self, body: Mapping[str, Any]) -> AbstractAsyncContextManager[Response]:
        return self._client.ask(Stage.LLM, "/chat/completions", body=body)

    def _take_another(self, error: BadStatus) -> bool:
        """The model is not for talk, and nobody has chosen it."""
        if not self.others or not cannot_chat(Refusal(error.status, error.code, text_of(error.body))):
            return False
        refused, self.model = self.model, self.others.pop(0)
        self._say(passed_over(refused, self._client.service, self.model))
        return True

    async def _texts(self, response: Response, answer: CollectedAnswer) -> AsyncGenerator[str, None]:
        """The words of an answer, streamed or not. Raises Dropped for one that is not whole."""
        if not is_streamed(response):
            choice = peek(await whole(response), "choices", 0)
            text = answer.add(choice) + answer.rest()
        else:
            try:
                async with aclosing(self._streamed(AnswerEvents(response), answer)) as texts:
                    async for text in texts:
                        yield text
            except Exception:
                if text := answer.broken_off():
                    yield text
                raise
            text = answer.rest()
        if text:
            yield text

    async def _streamed(self, stream: AnswerEvents, answer: CollectedAnswer) -> AsyncGenerator[str, None]:
        number = length = 0
        async with aclosing(stream.each()) as chunks:
            async for chunk in chunks:
                if text := answer.add(peek(chunk, "choices", 0)):
                    number, length = number + 1, length + len(text)
                    if number > MOST_PIECES or length > LONGEST_WORDS:
                        raise BadAnswer(TOO_LONG)
                    yield text
                if answer.long_enough:
                    break
                stream.rest_s = self._rest_s(answer, with_words=bool(text))
        self._require_whole(stream, answer)

    def _rest_s(self, answer: CollectedAnswer, *, with_words: bool) -> float | None:
        """How long more is waited for after the end was told; None: as long as ever."""
        if not answer.ended or not (answer.said or answer.calls):
            return None
        if self._stays_open:
            return _REST_OF_SILENT_S
        return _REST_WITH_WORDS_S if with_words else _REST_S

    def _require_whole(self, stream: AnswerEvents, answer: CollectedAnswer) -> None:
        self._stays_open = self._stays_open or stream.stayed_open
        if answer.ended or stream.done:
            self._marks_ends = True
        elif answer.long_enough or (answer.finish and stream.framed):
            return
        elif self._marks_ends or answer.calls or not stream.framed or not ends_a_sentence(answer.last_words):
            raise Dropped


def passed_over(model: str, service: ServiceConfig, other: str) -> str:
    """A sentence about a model that another one stands in for."""
    return shown(
        "The model {model} of {service} is no model to talk with: {other} answers.",
        model=model, service=service.label, other=other,
    )  # fmt: skip


def _is_slip(error: Told) -> bool:
    status = error.status if isinstance(error, BadStatus) else None
    return is_slip(Refusal(status, error.code, text_of(error.body)))
