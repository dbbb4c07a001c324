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
from .wishes import goes_on, is_weighty, parts

LONGEST_QUESTION = 3000
"""Characters: a thousand tokens, of which the model's cache has to hold the answer, too."""


@dataclass(frozen=True, slots=True)
class Choice:
    request: str
    messages: Sequence[Message]
    schema: Mapping[str, Any]
    tools: Sequence[ToolInfo]

    def call(self, answer: str) -> ToolCall | None:
        """None for talk and for what is no answer."""
        picked = chosen(answer, self.tools, self.request)
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
    return _among(request, found, before)


@dataclass(frozen=True, slots=True)
class Further:
    """A part of a request of which one call was made: another wish. If no call comes of it, that is said."""

    words: str
    choice: Choice | None


def further(asked: Choice, call: ToolCall, tools: Sequence[ToolInfo]) -> tuple[bool, Sequence[Further]]:
    """Whether `call` is of one wish, and what else the request of `asked` may wish for: "and another one for ten
    minutes"."""
    same = [tool for tool in tools if tool.name == call.name]
    found = parts(asked.request, call, lambda part: [tool.name for tool in candidates(part, tools)])
    return not found.mixed, [
        more
        for part in ([found.main, *found.others] if found.mixed else found.others)
        if (more := _further(part, same, tools, None if found.mixed else Before(found.main, call)))
    ]


def _further(part: str, same: Sequence[ToolInfo], tools: Sequence[ToolInfo], before: Before | None) -> Further | None:
    own = list(candidates(part, tools))
    likely = own or ([*same] if goes_on(part) else [])
    if not own and not is_weighty(part):
        return None
    after = before if same and same[0] in likely else None
    return Further(part, _among(part, likely, after) if likely else None)


def _among(request: str, tools: Sequence[ToolInfo], before: Before | None) -> Choice | None:
    found = list(tools)
    while found and _length(asked := question(request, found, before)) > LONGEST_QUESTION:
        found.pop()
    return Choice(request, asked, schema(request, found, before), tuple(found)) if found else None


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
