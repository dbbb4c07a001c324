"""The messages and tools of a chat, from the form of OpenAI's API to ours."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from voicegui.core.ports import Message
from voicegui.core.tools import ToolCall, ToolInfo

from ..limits import ServerLimits
from .errors import bad_value, missing, unsupported

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")

_NOT_TEXT = {
    "image_url": "The model here sees no pictures: send text only.",
    "input_audio": "The model here hears no sound: send it to /v1/audio/transcriptions first.",
    "file": "The model here reads no files: send text only.",
}


def read_messages(given: object, limits: ServerLimits) -> Sequence[Message]:
    """Each assistant's message with calls is followed by an outcome for each, in their order. Raises ApiError."""
    if given is None:
        raise missing("messages")
    if not isinstance(given, list) or not given:
        raise bad_value("messages", "The messages must be a list that is not empty.", "invalid_type")
    if len(given) > limits.messages:
        raise bad_value("messages", f"There are {len(given)} messages: at most {limits.messages}.")
    return list(_in_order([_message(each, f"messages[{index}]") for index, each in enumerate(given)]))


def _message(given: object, at: str) -> Message:
    if not isinstance(given, dict):
        raise bad_value(at, f"{at} must be an object.", "invalid_type")
    match given.get("role"):
        case "system" | "developer":
            return Message("system", _text(given, at))
        case "user":
            return Message("user", _text(given, at))
        case "assistant":
            return _assistant(given, at)
        case "tool":
            call_id = given.get("tool_call_id")
            if not isinstance(call_id, str) or not call_id:
                raise missing(f"{at}.tool_call_id")
            return Message("tool", _text(given, at), call_id=call_id)
        case None:
            raise missing(f"{at}.role")
        case role:
            known = "system, developer, user, assistant, tool"
            raise bad_value(f"{at}.role", f"There is no role '{str(role)[:50]}'. There are: {known}.")


def _assistant(given: Mapping[str, Any], at: str) -> Message:
    if given.get("function_call") is not None:
        raise unsupported(f"{at}.function_call", "'function_call' has ended: use 'tool_calls'.")
    told = given.get("tool_calls") or []
    if not isinstance(told, list):
        raise bad_value(f"{at}.tool_calls", f"{at}.tool_calls must be a list.", "invalid_type")
    calls = tuple(_call(each, f"{at}.tool_calls[{index}]") for index, each in enumerate(told))
    return Message("assistant", _text(given, at, needed=not calls), calls)


def _call(given: object, at: str) -> ToolCall:
    function = given.get("function") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(function, dict):
        raise bad_value(at, f"{at} must be a call of a function.", "invalid_type")
    texts = given.get("id"), function.get("name"), function.get("arguments")
    id, name, arguments = (each if isinstance(each, str) else "" for each in texts)
    if not id or not name:
        raise missing(f"{at}.id" if not id else f"{at}.function.name")
    return ToolCall(id, name, arguments or "{}")


def _text(given: Mapping[str, Any], at: str, *, needed: bool = True) -> str:
    """Of a content that is a text, or a list of parts that are."""
    content = given.get("content")
    if content is None:
        if not needed or isinstance(given.get("refusal"), str):
            return given.get("refusal") or ""
        raise missing(f"{at}.content")
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise bad_value(f"{at}.content", f"{at}.content must be a text or a list of parts.", "invalid_type")
    return "\n".join(_part(part, f"{at}.content[{index}]") for index, part in enumerate(content))


def _part(part: object, at: str) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    if isinstance(part, dict) and kind in ("text", "refusal") and isinstance(part.get(kind), str):
        return str(part[kind])
    if isinstance(kind, str) and kind in _NOT_TEXT:
        raise bad_value(at, _NOT_TEXT[kind], "unsupported_content")
    raise bad_value(at, f"{at} must be a part of the type text.", "invalid_type")


def _in_order(messages: Sequence[Message]) -> Iterator[Message]:
    """Raises ApiError for calls without an outcome, and outcomes without a call."""
    at = 0
    while at < len(messages):
        message = messages[at]
        if message.role == "tool":
            text = "A message of the role 'tool' must answer one of the 'tool_calls' before it."
            raise bad_value(f"messages[{at}].role", text)
        yield message
        at += 1
        outcomes: dict[str, Message] = {}
        while message.calls and at < len(messages) and messages[at].role == "tool":
            outcomes[messages[at].call_id] = messages[at]
            at += 1
        wanted = [call.id for call in message.calls]
        if set(wanted) != set(outcomes) or len(set(wanted)) < len(wanted):
            text = "Each of the 'tool_calls' of an assistant must be answered by one message of the role 'tool'."
            raise bad_value("messages", text)
        for call in message.calls:
            yield outcomes[call.id]


# ---------------------------------------------------------------- tools


def read_tools(given: object, choice: object, limits: ServerLimits) -> Sequence[ToolInfo]:
    """Those that may be called. Raises ApiError, also for a choice that the models here cannot be held to."""
    if given is None:
        given = []
    if not isinstance(given, list):
        raise bad_value("tools", "The tools must be a list.", "invalid_type")
    if len(given) > limits.tools:
        raise bad_value("tools", f"There are {len(given)} tools: at most {limits.tools}.")
    tools = [_tool(each, f"tools[{index}]") for index, each in enumerate(given)]
    if len({tool.name for tool in tools}) < len(tools):
        raise bad_value("tools", "Two tools have the same name.")
    match choice:
        case None | "auto":
            return tools
        case "none":
            return ()
    message = "Nothing can make the model here call a tool: 'tool_choice' can be 'auto' or 'none'."
    raise bad_value("tool_choice", message, "unsupported_value")


def _tool(given: object, at: str) -> ToolInfo:
    if not isinstance(given, dict) or given.get("type") != "function" or not isinstance(given.get("function"), dict):
        raise bad_value(at, f"{at} must be of the type function.", "invalid_type")
    function = given["function"]
    name, about = function.get("name"), function.get("description") or ""
    parameters = function.get("parameters") or {"type": "object", "properties": {}}
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        message = "The name of a function has 1 to 64 letters (a to z), digits, _ and -."
        raise bad_value(f"{at}.function.name", message)
    if not isinstance(about, str):
        raise bad_value(f"{at}.function.description", "The description must be a text.", "invalid_type")
    if not isinstance(parameters, dict) or parameters.get("type", "object") != "object":
        message = "The parameters of a function must be the JSON schema of an object."
        raise bad_value(f"{at}.function.parameters", message, "invalid_function_parameters")
    if not isinstance(parameters.get("properties", {}), dict) or not isinstance(parameters.get("required", []), list):
        message = "The properties of a JSON schema are an object, and those that are required a list."
        raise bad_value(f"{at}.function.parameters", message, "invalid_function_parameters")
    return ToolInfo(name, about, {"properties": {}, **parameters, "type": "object"})
