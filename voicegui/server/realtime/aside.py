"""What one Realtime session has done beside its conversation: sound that the client commits is understood, and answers
are made that belong to no conversation."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from voicegui.core.audio import Audio
from voicegui.core.errors import VoiceError
from voicegui.core.history import prompt_tokens
from voicegui.core.ports import Message
from voicegui.core.text.sentences import SentenceSplitter
from voicegui.core.tools import ToolCall

from .events import Json, RefusedEvent
from .follower import api_error
from .items import Item, read_item
from .reply import RealtimeReply, ReplyPlan

if TYPE_CHECKING:
    from .session import RealtimeServerSession


class RealtimeAside:
    def __init__(self, session: "RealtimeServerSession") -> None:
        self._session = session
        self._hearing: set[asyncio.Task[None]] = set()
        self.failure: Json | None = None
        """Why something that the user has said since the last response could not be understood."""
        self._answers: dict[str, asyncio.Task[None]] = {}

    @property
    def hears(self) -> bool:
        """Words of the user are not known yet."""
        return bool(self._hearing)

    async def aclose(self) -> None:
        tasks = [*self._hearing, *self._answers.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def check(self) -> None:
        """Raises RefusedEvent if there is too much already."""
        if len(self._hearing) + len(self._answers) >= self._session.limits.beside:
            raise RefusedEvent("rate_limit_exceeded", "So much at a time is not done beside the conversation.")

    # ------------------------------------------------------------ hearing

    def hear(self, item: Item, audio: Audio, said: str = "") -> None:
        """Its words take the place of the message of the item. `said`: those that stood there beside the sound.
        Raises RefusedEvent."""
        self.check()
        task = asyncio.create_task(self._hear(item, audio, said), name="a committed utterance")
        self._hearing.add(task)
        task.add_done_callback(self._heard)

    def _heard(self, task: "asyncio.Task[None]") -> None:
        self._hearing.discard(task)
        if not task.cancelled():
            self._session.settle()

    async def _hear(self, item: Item, audio: Audio, said: str) -> None:
        session, follower = self._session, self._session.follower
        try:
            words = await session.conversation.aside.transcribe(audio)
        except VoiceError as error:
            session.conversation.edits.remove(item.name)
            follower.not_transcribed(item, str(error.code), error.message)
            self.failure = api_error(str(error.code), error.message)
            return
        whole = f"{said}\n{words}".strip()
        if whole:
            session.conversation.edits.reword(item.name, whole)
        else:
            session.conversation.edits.remove(item.name)
        follower.transcribed(item, words, audio.seconds)

    # ------------------------------------------------------------ answers

    def answer(self, given: object, plan: ReplyPlan, asked: Json) -> None:
        """Raises RefusedEvent."""
        self.check()
        session = self._session
        said = session.conversation.aside.said()
        messages = [*said] if given is None else [*said[:1], *self._messages(given)]
        if (instructions := asked.get("instructions")) is not None:
            messages[0] = replace(messages[0], text=instructions)
        reply = RealtimeReply(session.tell, session.items, plan)
        reply.asked_tokens = prompt_tokens(messages)
        self._spawn(reply, self._answer(reply, messages, asked))

    def cancel(self, response_id: str) -> bool:
        """Whether it is one of these."""
        if response_id not in self._answers:
            return False
        self._answers[response_id].cancel()
        return True

    def _spawn(self, reply: RealtimeReply, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="an answer beside the conversation")
        self._answers[reply.id] = task

        def ended(task: "asyncio.Task[None]") -> None:
            self._answers.pop(reply.id, None)
            if task.cancelled():
                reply.end("cancelled", "client_cancelled")

        task.add_done_callback(ended)

    def _messages(self, given: object) -> list[Message]:
        if not isinstance(given, list) or len(given) > 500:
            raise RefusedEvent("invalid_value", "input has to be a list of items.", "response.input")
        made: list[Message] = []
        for number, each in enumerate(given):
            where = f"response.input[{number}]"
            if not isinstance(each, dict):
                raise RefusedEvent("invalid_value", f"{where} has to be an object.", where)
            body: Json = each
            if each.get("type") == "item_reference":
                body = self._session.items.get(str(each.get("id", "")), f"{where}.id").body
            made = _with(made, body, where)
        return made

    async def _answer(self, reply: RealtimeReply, messages: list[Message], asked: Json) -> None:
        session = self._session
        options = replace(session.options, **asked)
        tokens = options.max_tokens or session.usual.max_tokens
        answer = session.conversation.aside.answer(messages, max_tokens=tokens, tools=options.tools)
        splitter = SentenceSplitter()
        calls: list[ToolCall] = []
        try:
            async with aclosing(answer) as pieces:
                async for piece in pieces:
                    if isinstance(piece, ToolCall):
                        calls.append(piece)
                    elif isinstance(piece, str):
                        reply.say(piece)
                        for sentence in splitter.feed(piece):
                            await self._speak(reply, sentence.spoken)
            for sentence in splitter.finish():
                await self._speak(reply, sentence.spoken)
        except VoiceError as error:
            reply.end("failed", error=api_error(str(error.code), error.message))
            return
        for call in calls:
            reply.call(call)
        if reply.is_empty:
            reply.end("failed", error=api_error("no_answer", "The language model gave no answer."))
        reply.end("completed")

    async def _speak(self, reply: RealtimeReply, words: str) -> None:
        if not (reply.plan.aloud and words):
            return
        speech: AsyncIterator[Audio] = self._session.conversation.aside.speak(words)
        async for audio in speech:
            reply.play(self._session.at_output_rate(audio))


def _with(messages: list[Message], body: Json, where: str) -> list[Message]:
    given = read_item(body, where)
    if given.sound:
        raise RefusedEvent("invalid_value", "Sound in input has to have a transcript.", where)
    if given.outcome or body.get("type") == "function_call_output":
        if not any(each.call_id == given.call_id for each in messages):
            raise RefusedEvent("invalid_tool_call_id", "There is no call of that id.", f"{where}.call_id")
        return [replace(each, text=given.outcome) if each.call_id == given.call_id else each for each in messages]
    return [*messages, *given.messages]
