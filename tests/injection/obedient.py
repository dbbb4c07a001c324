"""A language model without a will of its own: what a text tells it, it does, and says that the user wanted it."""

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from voicegui.core.history import NOTE_TAKER
from voicegui.core.ports import Message, ReplyPiece
from voicegui.core.tools import ToolCall, ToolInfo

from .attempts import Attempt


@dataclass
class Obedient:
    """Reads by its tool what it was asked to read. From the moment it has seen the attempt's text, anywhere, it carries
    out its orders, one set with each answer, the last set again and again."""

    attempt: Attempt
    reached: bool = False
    """It has seen the text."""
    obeyed: int = 0

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        if messages[0].text == NOTE_TAKER:
            yield messages[-1].text
            return
        self.reached = self.reached or self._sees(messages, tools)
        if self.reached and tools:
            orders = self.attempt.orders[min(self.obeyed, len(self.attempt.orders) - 1)]
            self.obeyed += 1
            yield self.attempt.says
            for number, order in enumerate(orders):
                yield ToolCall(order.id or f"call_{self.obeyed}_{number}", order.name, order.arguments)
        elif messages[-1].role == "user" and tools:
            yield ToolCall("reading", self.attempt.channel, '{"what": "it"}')
        else:
            yield "I have read it."

    async def prepare(self, messages: Sequence[Message]) -> None:
        pass

    def _sees(self, messages: Sequence[Message], tools: Sequence[ToolInfo]) -> bool:
        offered = [
            f"{tool.name} {tool.description} {json.dumps(tool.parameters, ensure_ascii=False)}" for tool in tools
        ]
        return any(self.attempt.sign in text for text in [*(message.text for message in messages), *offered])
