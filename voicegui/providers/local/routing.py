"""From a conversation to the question which tool its last words ask for, and from the answer to the call."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voicegui.core.history import GO_ON
from voicegui.core.ports import Message
from voicegui.core.tools import ToolCall, ToolInfo

from .choice import Before, chosen, question, schema
from .cues import candidates, follows

LONGEST_QUESTION = 3000
"""Characters: a thousand tokens, of which the model's cache has to hold the answer, too."""


@dataclass(frozen=True, slots=True)
class Choice:
    messages: Sequence[Message]
    schema: Mapping[str, Any]
    tools: Sequence[ToolInfo]

    def call(self, answer: str) -> ToolCall | None:
        """None for talk and for what is no answer."""
        picked = chosen(answer, self.tools)
        return ToolCall(f"local-{uuid.uuid4().hex[:12]}", *picked) if picked else None


def choice(messages: Sequence[Message], tools: Sequence[ToolInfo]) -> Choice | None:
    """None if the last message is no request for a tool, as far as words alone can tell."""
    if not messages or messages[-1].role != "user" or messages[-1].text == GO_ON:
        return None
    request = messages[-1].text
    found = list(candidates(request, tools))
    before = _before(messages[:-1], request)
    if before:
        found = [*(tool for tool in tools if tool.name == before.call.name and tool not in found), *found]
    while found and _length(asked := question(request, found, before)) > LONGEST_QUESTION:
        found.pop()
    return Choice(asked, schema(request, found, before), tuple(found)) if found else None


def _before(messages: Sequence[Message], request: str) -> Before | None:
    """The exchange before, if a tool was called in it and `request` may follow it."""
    last = max((index for index, message in enumerate(messages) if message.role == "user"), default=None)
    if last is None:
        return None
    answers = messages[last + 1 :]
    calls = [call for message in answers for call in message.calls]
    answer = " ".join(message.text for message in answers if message.role == "assistant")
    return Before(messages[last].text, calls[-1]) if calls and follows(request, answer) else None


def _length(messages: Sequence[Message]) -> int:
    return sum(len(message.text) + 16 for message in messages)
