"""Messages and tools as `/v1/chat/completions` takes them."""

import re
from collections.abc import Sequence
from typing import Any

from voicegui.core.ports import Message
from voicegui.core.tools import ToolCall, ToolInfo

from .calls import is_object


def sent(messages: Sequence[Message], *, calls: bool = True) -> list[dict[str, Any]]:
    """`calls` False: for a server without tools, which may not understand that there were some."""
    if not calls:
        told = (message for message in messages if message.role != "tool" and (message.text or not message.calls))
        return [{"role": message.role, "content": message.text} for message in told]
    return [_message(message) for message in messages]


def _message(message: Message) -> dict[str, Any]:
    plain: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.role == "tool":
        plain["tool_call_id"] = message.call_id
    elif message.calls:
        plain["tool_calls"] = [_call(call) for call in message.calls]
    return plain


def _call(call: ToolCall) -> dict[str, Any]:
    """What the model made up is sent back in a form that every server reads: some parse the arguments, or check the
    name. What was wrong with it stands in the outcome."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", call.name)[:64] or "unnamed"
    arguments = call.arguments if is_object(call.arguments) else "{}"
    return {"id": call.id, "type": "function", "function": {"name": name, "arguments": arguments}}


def schema(tool: ToolInfo) -> dict[str, Any]:
    """Never `strict`: servers refuse it or the schemas that are too rich for it, a new schema costs seconds at its
    first use, and the arguments are checked before they are used in any case."""
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}
