"""POST /v1/chat/completions: the language model answers, at once or piece by piece, and may call the client's tools.

The numbers of `usage` are estimates and say so: vocabularies differ, and a service's is not at hand.
"""

import time
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from voicegui.conversation.stage_calls import flowing
from voicegui.core.events import Stage
from voicegui.core.history import estimated_tokens
from voicegui.core.ports import LimitReached
from voicegui.core.tools import ToolCall

from ..limits import ServerLimits
from ..parts import ServedStages
from .answers import EVENTS, events, stream_begun, while_connected
from .chat_request import CompletionRequest, read_chat
from .models import ModelNames
from .request_bodies import read_json
from .stage_places import Place, StagePlaces
from .stop_texts import StopTexts

DONE = b"data: [DONE]\n\n"
"""Ends a streamed answer."""


class Chats:
    def __init__(self, stages: ServedStages, limits: ServerLimits, places: StagePlaces, names: ModelNames) -> None:
        self._stages, self._limits, self._places, self._names = stages, limits, places, names

    async def answer(self, request: Request) -> Response:
        """Raises ApiError, VoiceError."""
        body = await read_json(request, self._limits)
        wanted = read_chat(body, self._names, self._stages, self._limits)
        if wanted.streamed:
            told = events(self._chunks(wanted))
            return await stream_begun(request, told, EVENTS, self._limits.send_s, DONE)
        return await while_connected(request, self._whole(wanted))

    async def _whole(self, wanted: CompletionRequest) -> Response:
        answer = _Answer(wanted)
        async with aclosing(self._pieces(wanted, answer)) as pieces:
            async for _ in pieces:
                pass
        message: dict[str, Any] = {
            "role": "assistant",
            "content": answer.text or (None if answer.calls else ""),
            "refusal": None,
        }
        if answer.calls:
            message["tool_calls"] = [_described(call) for call in answer.calls]
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish_reason}
        head = answer.head("chat.completion")
        return JSONResponse({**head, "choices": [choice], "usage": answer.usage()})

    async def _chunks(self, wanted: CompletionRequest) -> AsyncGenerator[Mapping[str, Any], None]:
        answer = _Answer(wanted)
        head = answer.head("chat.completion.chunk")
        usage = {"usage": None} if wanted.with_usage else {}

        def chunk(delta: Mapping[str, Any], finish_reason: str | None = None) -> Mapping[str, Any]:
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
            return {**head, "choices": [choice], **usage}

        begun = False
        async with aclosing(self._pieces(wanted, answer)) as pieces:
            async for piece in pieces:
                if not begun:
                    begun = True
                    yield chunk({"role": "assistant", "content": None if isinstance(piece, ToolCall) else ""})
                if isinstance(piece, ToolCall):
                    call = {"index": len(answer.calls) - 1, **_described(piece)}
                    yield chunk({"tool_calls": [call]})
                else:
                    yield chunk({"content": piece})
        if not begun:
            yield chunk({"role": "assistant", "content": ""})
        yield chunk({}, answer.finish_reason)
        if wanted.with_usage:
            yield {**head, "choices": [], "usage": answer.usage()}

    async def _pieces(self, wanted: CompletionRequest, answer: "_Answer") -> AsyncGenerator[str | ToolCall, None]:
        """What the model says, without what is behind a stop; `answer` keeps it. Raises ApiError(429), VoiceError.

        Closing it stops the model.
        """
        with self._places.hold(Place.THINKING):
            llm, stops = self._stages.llm, StopTexts(wanted.stops)
            reply = llm.reply(wanted.messages, max_tokens=wanted.max_tokens, tools=wanted.tools)
            try:
                async with aclosing(flowing(Stage.LLM, reply, self._limits.stage_s, llm)) as pieces:
                    async for piece in pieces:
                        match piece:
                            case LimitReached():
                                answer.cut = True
                            case ToolCall():
                                answer.calls.append(piece)
                                yield piece
                                if wanted.one_call:
                                    break
                            case str() if text := stops.feed(piece):
                                answer.text += text
                                yield text
                        if stops.found:
                            break
                if rest := stops.finish():
                    answer.text += rest
                    yield rest
            finally:
                self._stages.request_ended()


class _Answer:
    """What there is of it by now."""

    def __init__(self, wanted: CompletionRequest) -> None:
        self.wanted = wanted
        self.text = ""
        self.calls: list[ToolCall] = []
        self.cut = False
        self._id, self._created = f"chatcmpl-{uuid.uuid4().hex}", int(time.time())

    @property
    def finish_reason(self) -> str:
        if self.calls:
            return "tool_calls"
        return "length" if self.cut else "stop"

    def head(self, kind: str) -> Mapping[str, Any]:
        return {"id": self._id, "object": kind, "created": self._created, "model": self.wanted.model}

    def usage(self) -> Mapping[str, Any]:
        written = self.text + "".join(call.name + call.arguments for call in self.calls)
        prompt, made = self.wanted.tokens, estimated_tokens(written)
        numbers = {"prompt_tokens": prompt, "completion_tokens": made, "total_tokens": prompt + made}
        return {**numbers, "estimated": True}


def _described(call: ToolCall) -> Mapping[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
