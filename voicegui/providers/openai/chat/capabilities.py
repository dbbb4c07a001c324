"""What one server takes of a chat (tools, parameters, forms): learned from its refusals and remembered."""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from voicegui.core.errors import ErrorCode
from voicegui.core.history import prompt_tokens, tool_tokens
from voicegui.core.ports import Message
from voicegui.core.tools import ToolInfo
from voicegui.core.wording import shown

from ..client import OpenAIClient
from ..dialect import Dialect
from ..errors import BadStatus, text_of
from ..refusals import Refusal, is_about_messages, is_slip, refusal_error
from ..service import Stage, StageTarget
from .messages import ContextWindow, Form, function_schema, sent
from .reasoning import Reasoning
from .received_fields import Echo

log = logging.getLogger(__name__)

_TOOLS = re.compile(r"\btools?\b|function.?call")
_CANNOT = re.compile(r"support|requir|enabl|not allowed|unknown|unrecogni|unexpected|extra|invalid|permitted|parse")
_HISTORY = re.compile(r"tool_call_id|role\W{1,3}tool|tool.?message|messages\W+\d")
_NUMBER = re.compile(r"\btools\W+(\d+)")
_NAMED = re.compile(r"function\W{1,3}([a-z0-9_]{1,64})\b")

_OTHER_REASONS = ("tool_use_failed", "context_length_exceeded", "rate_limit_exceeded", "insufficient_quota")
"""Codes of refusals that may mention tools and are about something else. The first: the model called them wrongly."""


class ToolSupport:
    """`on_none` is called once when the server takes no tools at all, `on_lack` with each one that it does not take."""

    def __init__(self, on_none: Callable[[], None], on_lack: Callable[[str], None]) -> None:
        self._on_none = on_none
        self._on_lack = on_lack
        self._left_out: set[str] = set()
        self.nothing = False
        """It takes none."""

    def schemas(self, tools: Sequence[ToolInfo]) -> list[dict[str, Any]]:
        if self.nothing:
            return []
        return [function_schema(tool) for tool in tools if tool.name not in self._left_out]

    def take_back(self) -> None:
        """The server takes none."""
        if not self.nothing:
            self.nothing = True
            self._on_none()

    def learn(self, status: int, code: str, param: object, text: str, names: Sequence[str]) -> bool:
        """Whether an error is about the tools that were offered, `names`, so that asking with fewer may help.

        `text`: lower case. A single schema that is not understood costs only that tool.
        """
        if not names or status not in (400, 404, 422, 500, 501) or code in _OTHER_REASONS:
            return False
        where = param if isinstance(param, str) else ""
        if where.startswith("messages") or _HISTORY.search(text):
            return False
        if named := self._named(f"{where} {text}", names):
            self._left_out.add(named)
            self._on_lack(named)
            return True
        if not (where.startswith("tool") or (_TOOLS.search(text) and _CANNOT.search(text))):
            return False
        self.take_back()
        return True

    @staticmethod
    def _named(text: str, names: Sequence[str]) -> str:
        """The one tool that an error is about, by its number or its name; "" if it is about all."""
        if (number := _NUMBER.search(text)) and int(number[1]) < len(names):
            return names[int(number[1])]
        return next((name for name in _NAMED.findall(text) if name in names), "")


# ---------------------------------------------------------------- what was learned of a server

_NOT_OURS = (
    *(ErrorCode.WRONG_KEY, ErrorCode.NO_PERMISSION, ErrorCode.QUOTA_USED_UP, ErrorCode.RATE_LIMITED),
    *(ErrorCode.CONTENT_REFUSED, ErrorCode.MODEL_SHUT_DOWN),
)
"""Whatever else such a refusal mentions, another form of the request would not be taken either."""


_LEAST_TOKENS = 500
"""What does not fit although it is shorter is too long for another reason."""


@dataclass(slots=True)
class ChatRequest:
    messages: Sequence[Message]
    max_tokens: int
    tools: Sequence[ToolInfo]
    shortened: bool = False
    """It was too long once: it is not asked a third time."""
    form_before: Form | None = None
    """Set while other forms of its messages are tried."""


class ChatCapabilities:
    """`tell` hears once of each thing that a person should know."""

    def __init__(self, client: OpenAIClient, tell: Callable[[str], None]) -> None:
        service = client.service.label
        self.echo = Echo()
        self.thoughts = Reasoning(client.service.url(Stage.LLM))
        self.room = ContextWindow()
        self.offer = ToolSupport(
            on_none=lambda: tell(
                shown(
                    "{service} cannot use tools with the model {model}: it can only talk.",
                    service=service,
                    model=self.model,
                )
            ),
            on_lack=lambda name: tell(
                shown(
                    "{service} does not understand the tool {tool}: it goes on without it.", service=service, tool=name
                )
            ),
        )
        self.model = ""
        self._client = client
        self._tell = tell
        self._dialect = Dialect(
            {
                "max_completion_tokens": lambda limit: {"max_tokens": limit},
                "max_tokens": lambda limit: {"max_completion_tokens": limit},
            },
            on_lack=lambda name: log.info("%s refuses %s", client.service.name, name),
        )
        self._form = Form()

    def body(self, question: ChatRequest) -> Mapping[str, Any]:
        limit = question.max_tokens + self.thoughts.room
        messages, tools = self.room.fitted(question.messages, question.tools, limit)
        if len(tools) < len(question.tools):
            few = shown(
                "The model {model} has no room for all tools: some are left out. Switch off in the settings what you "
                "do not use, or choose a larger model.",
                model=self.model,
            )
            self._tell(few)
        schemas = self.offer.schemas(tools)
        wanted = {
            "model": self.model,
            "messages": sent(messages, replace(self._form, calls=not self.offer.nothing), self.echo),
            "stream": True,
            self._client.service.max_tokens_name: limit,
            **({"tools": schemas} if schemas else {}),
            **self.thoughts.parameters(),
        }
        return self._dialect.put(wanted)

    def learn(self, error: BadStatus, question: ChatRequest, body: Mapping[str, Any]) -> bool:
        """Whether asking again in another form may help."""
        again = self._learn(error, question, body)
        if not again and question.form_before is not None:  # none of them was the matter
            self._form, question.form_before = question.form_before, None
        return again

    def _learn(self, error: BadStatus, question: ChatRequest, body: Mapping[str, Any]) -> bool:
        text = text_of(error.body)
        refusal = Refusal(error.status, error.code, text)
        code = refusal_error(refusal, StageTarget("", Stage.LLM, self.model)).code
        if code in _NOT_OURS or is_slip(refusal):
            return False
        if code in (ErrorCode.CONTEXT_TOO_LONG, ErrorCode.TOO_LARGE):
            return self._shorten(question, text)
        if self._dialect.learn(error.status, error.param, text, body):
            return True
        if error.status in (400, 422, 500) and self.echo.learn(text):
            return True
        if is_about_messages(refusal) and self._reshape(question, text):
            return True
        if error.status in (400, 422, 500, 501) and self.thoughts.learn(text, error.param, body):
            return True
        names = [tool["function"]["name"] for tool in body.get("tools", ())]
        if self.offer.learn(error.status, error.code, error.param, text, names):
            return True
        return error.status in (400, 422) and self.thoughts.give_up(body)

    def _shorten(self, question: ChatRequest, text: str) -> bool:
        """Once for each question. Room for thoughts goes first."""
        if self.thoughts.no_room():
            return True
        before = self.room.fitted(question.messages, question.tools, question.max_tokens)
        tokens = prompt_tokens(before[0]) + tool_tokens(before[1]) + question.max_tokens
        if question.shortened or tokens < _LEAST_TOKENS:
            return False
        question.shortened = True
        self.room.learn(text, tokens)
        after = self.room.fitted(question.messages, question.tools, question.max_tokens)
        return (len(before[0]), len(before[1])) != (len(after[0]), len(after[1]))

    def _reshape(self, question: ChatRequest, text: str) -> bool:
        """Sends outcomes or instructions in another way, if that changes anything."""
        forms = [replace(self._form, told=True)]
        if "system" in text or "alternate" in text:  # some templates know no system, and count it as the first turn
            forms = [replace(self._form, system=False), *forms, replace(self._form, told=True, system=False)]
        if "alternate" in text:
            forms.sort(key=lambda form: form.system, reverse=True)
        for form in forms:
            if sent(question.messages, form) != sent(question.messages, self._form):
                question.form_before = question.form_before or self._form
                self._form = form
                return True
        return False
