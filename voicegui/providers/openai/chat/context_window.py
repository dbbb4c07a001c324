"""How much one model can read at once, and a request that fits into it."""

import re
from collections.abc import Sequence

from voicegui.core.history import prompt_tokens, tool_tokens
from voicegui.core.ports import Message
from voicegui.core.tools import BUILT_IN, ToolInfo

SAFETY = 0.8
"""Of a limit that a server names: its templates and its way of counting are not known."""

NOT_TOLD = 3_400
"""What a server without such a number gets at most: many read 4,096 tokens unless they are told otherwise."""

_LIMITS = re.compile(
    r"(?:context (?:length|size|window)|max_seq_len|max(?:imum)? (?:model|prompt|input) length|max_model_len|n_ctx|"
    r"maximum number of tokens|must be <=|limit)(?! by)\D{0,30}?(\d{3,8})"
)
"""As servers write it in their refusals."""

_TOO_MANY = re.compile(r"(?:exceed\w*|over)\b[^.]{0,60} by (\d{1,8})")
"""As Ollama writes by how much it is too long."""


class ContextWindow:
    def __init__(self) -> None:
        self.tokens = 0
        """Tokens of request and answer together; 0 if it is not known."""

    def fitted(
        self, messages: Sequence[Message], tools: Sequence[ToolInfo], answer: int
    ) -> tuple[Sequence[Message], Sequence[ToolInfo]]:
        """Without the oldest turns, and then without tools, as far as that is needed: first those that others brought,
        from the last one on. The instructions and the newest turn always stay."""
        room = self.tokens - answer
        if not self.tokens or prompt_tokens(messages) + tool_tokens(tools) <= room:
            return messages, tools
        messages = _shortened(messages, max(0, room - tool_tokens(tools)))
        left = room - prompt_tokens(messages)
        kept = list[ToolInfo]()
        for tool in sorted(tools, key=lambda tool: tool.source != BUILT_IN):
            left -= tool_tokens([tool])
            if left >= 0:
                kept.append(tool)
        return messages, [tool for tool in tools if tool in kept]

    def learn(self, text: str, sent: int) -> None:
        """A request of about `sent` tokens was refused as too long; `text`: the words of the refusal, lower case."""
        told = [int(found) for found in _LIMITS.findall(text)]
        over = _TOO_MANY.search(text)
        limit = max(0, sent - int(over[1])) if over else min(told, default=0)
        self.tokens = min(int(sent * SAFETY), int(limit * SAFETY) if limit else min(sent // 2, NOT_TOLD))


def _shortened(messages: Sequence[Message], room: int) -> Sequence[Message]:
    """The newest turns that fit, whole."""
    first = next((at for at, message in enumerate(messages) if message.role != "system"), len(messages))
    begins = [at for at in range(first, len(messages)) if messages[at].role == "user"]
    head = messages[:first]
    fitting = (at for at in begins if prompt_tokens(head) + prompt_tokens(messages[at:]) <= room)
    start = next(fitting, begins[-1] if begins else first)
    return [*head, *messages[start:]]
