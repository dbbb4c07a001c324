"""What the templates of models refuse: the order and the roles of messages, in the words of real servers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .server import Answer, Request, as_json

Messages = Sequence[Mapping[str, Any]]

ALTERNATE = "Conversation roles must alternate user/assistant/user/assistant/..."
AFTER_SYSTEM = (
    "After the optional system message, conversation roles must alternate user and assistant roles except for tool "
    "calls and results."
)


def mistral(messages: Messages) -> str:
    """Of Mistral Small and Devstral: one system message, at the start; user and assistant alternate; calls and outcomes
    stand between a user and an assistant."""
    rest = list(messages[1:] if messages and messages[0]["role"] == "system" else messages)
    if any(message["role"] == "system" for message in rest):
        return "Only user and assistant roles are supported, with the exception of an initial optional system message!"
    turns = [message["role"] for message in rest if message["role"] != "tool" and not message.get("tool_calls")]
    if any((role == "user") != (place % 2 == 0) for place, role in enumerate(turns)):
        return AFTER_SYSTEM
    if rest and rest[0]["role"] != "user":
        return "Unexpected role 'assistant' after role 'system'"
    for before, message in zip(rest, rest[1:], strict=False):
        if before["role"] == "tool" and message["role"] == "user":
            return "Unexpected role 'user' after role 'tool'"
        if message["role"] == "tool" and not (before["role"] == "tool" or before.get("tool_calls")):
            return "Unexpected role 'tool' after role 'user'"
    if rest and rest[-1]["role"] not in ("user", "tool"):
        return "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant"
    return _empty(messages)


def gemma(messages: Messages) -> str:
    """Of Gemma 3: an optional system message, then nothing but user and assistant in turns."""
    rest = messages[1:] if messages and messages[0]["role"] == "system" else messages
    if any((message["role"] == "user") != (place % 2 == 0) for place, message in enumerate(rest)):
        return ALTERNATE
    return _empty(messages)


def old_mistral(messages: Messages) -> str:
    """Of Mistral 7B: without a role for the system, which counts as the first turn."""
    if any((message["role"] == "user") != (place % 2 == 0) for place, message in enumerate(messages)):
        return ALTERNATE
    return _empty(messages)


def gemma2(messages: Messages) -> str:
    if messages and messages[0]["role"] == "system":
        return "System role not supported"
    return gemma(messages)


def _empty(messages: Messages) -> str:
    bad = (message for message in messages if not message.get("content") and not message.get("tool_calls"))
    return "Assistant message must have either content or tool_calls, but not none." if next(bad, None) else ""


TEMPLATES: dict[str, Callable[[Messages], str]] = {
    "Mistral": mistral,
    "Gemma 3": gemma,
    "Mistral 7B": old_mistral,
    "Gemma 2": gemma2,
}


def strict(template: str, answer: Callable[[Request], Answer], *, words: str = "vLLM") -> Callable[[Request], Answer]:
    """`answer` for what the template takes, else its complaint as vLLM or llama.cpp pass it on."""

    def choose(request: Request) -> Answer:
        if request.path != "/v1/chat/completions":
            return answer(request)
        complaint = TEMPLATES[template](request.json["messages"])
        if not complaint:
            return answer(request)
        if words == "vLLM":
            return as_json({"object": "error", "message": complaint, "type": "BadRequestError", "code": 400}, 400)
        text = f"\n------------\nWhile executing CallExpression at line 47:\nError: Jinja Exception: {complaint}"
        return as_json({"error": {"code": 500, "message": text, "type": "server_error"}}, 500)

    return choose
