import json
from collections.abc import Callable
from typing import Any

from voicegui.core.tools import ToolCall, ToolOutcome
from voicegui.tools.registry import Registry, from_function

Called = Callable[..., Any]


async def called(function: Called, **arguments: Any) -> ToolOutcome:
    """As a model calls it."""
    tool = from_function(function)
    return await Registry([tool]).call(ToolCall("1", tool.info.name, json.dumps(arguments)))
