"""What a request for a chat completion asks for, and which parts of OpenAI's API are refused here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voicegui.core.events import Stage
from voicegui.core.history import prompt_tokens, tool_tokens
from voicegui.core.ports import Message
from voicegui.core.tools import ToolInfo

from ..limits import ServerLimits
from ..parts import ServedStages
from .chat_messages import read_messages, read_tools
from .errors import bad_value, unsupported
from .models import ModelNames

TAKEN = frozenset(
    {
        "model", "messages", "tools", "tool_choice", "parallel_tool_calls", "max_tokens", "max_completion_tokens",
        "stream", "stream_options", "stop", "n",
    }
)  # fmt: skip

WITHOUT_EFFECT = frozenset(
    {
        "temperature", "top_p", "seed", "frequency_penalty", "presence_penalty", "user", "metadata", "store",
        "service_tier", "reasoning_effort", "verbosity", "prompt_cache_key", "prompt_cache_options",
        "prompt_cache_retention", "safety_identifier", "prediction",
    }
)  # fmt: skip
"""Known, and no other answer would be wrong without them: how it is drawn, billed and kept."""

REFUSED: Mapping[str, str] = {
    "audio": "The model here answers with text only: send that to /v1/audio/speech.",
    "functions": "'functions' have ended: use 'tools'.",
    "function_call": "'function_call' has ended: use 'tool_choice'.",
    "logit_bias": "The probabilities of single words cannot be changed here.",
    "logprobs": "The probabilities of words are not known here.",
    "top_logprobs": "The probabilities of words are not known here.",
    "moderation": "Nothing is moderated here.",
    "web_search_options": "The model here does not search the web.",
}
"""An answer without what they ask for would look right and be wrong. With an empty value they ask for nothing."""

_MOST_STOPS = 4
_LONGEST_STOP = 500
"""Characters."""


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    model: str
    messages: Sequence[Message]
    tools: Sequence[ToolInfo]
    max_tokens: int
    stops: Sequence[str] = ()
    """Texts before which the answer ends."""
    one_call: bool = False
    streamed: bool = False
    with_usage: bool = False
    """Of a streamed answer: its last chunk tells what it took."""

    @property
    def tokens(self) -> int:
        """Of messages and tools, estimated."""
        return prompt_tokens(self.messages) + tool_tokens(self.tools)


def read_chat(
    body: Mapping[str, Any], names: ModelNames, stages: ServedStages, limits: ServerLimits
) -> CompletionRequest:
    """Raises ApiError."""
    _refuse(body)
    model = names.for_stage(Stage.LLM, body.get("model"))
    messages = read_messages(body.get("messages"), limits)
    tools = read_tools(body.get("tools"), body.get("tool_choice"), limits)
    streamed = _is(body, "stream")
    return CompletionRequest(
        model.name,
        messages,
        tools,
        _max_tokens(body, stages.reply_room(messages), limits),
        _stops(body.get("stop")),
        one_call=not _is(body, "parallel_tool_calls", usual=True),
        streamed=streamed,
        with_usage=_with_usage(body.get("stream_options"), streamed=streamed),
    )


def _refuse(body: Mapping[str, Any]) -> None:
    for name, value in body.items():
        if name in REFUSED:
            if value not in (None, False, 0, {}, [], "none"):
                raise unsupported(name, REFUSED[name])
        elif name == "modalities":
            if value not in (None, ["text"]):
                raise unsupported(name, REFUSED["audio"])
        elif name == "response_format":
            if value is not None and (not isinstance(value, dict) or value.get("type") != "text"):
                raise unsupported(name, "The model here cannot be held to a form: 'response_format' can be 'text'.")
        elif name not in TAKEN and name not in WITHOUT_EFFECT:
            raise bad_value(name[:100], f"Unknown parameter: '{name[:100]}'.", "unknown_parameter")
    if body.get("n") not in (None, 1) or isinstance(body.get("n"), bool):
        raise bad_value("n", "One answer is given to a request: 'n' can be 1.", "unsupported_value")


def _max_tokens(body: Mapping[str, Any], room: int | None, limits: ServerLimits) -> int:
    most = limits.reply_tokens
    for name in ("max_completion_tokens", "max_tokens"):
        given = body.get(name)
        if given is None:
            continue
        if isinstance(given, bool) or not isinstance(given, int):
            raise bad_value(name, f"'{name}' must be a whole number.", "invalid_type")
        if given < 1:
            raise bad_value(name, f"'{name}' must be at least 1.", "integer_below_min_value")
        most = min(most, given)
    if room is not None and room < min(most, _LEAST_ROOM):
        message = "The messages are longer than the model here can read: leave out older ones."
        raise bad_value("messages", message, "context_length_exceeded")
    return most if room is None else min(most, room)


_LEAST_ROOM = 16
"""Tokens: less is no answer."""


def _stops(given: object) -> Sequence[str]:
    if given is None:
        return ()
    stops = [given] if isinstance(given, str) else given
    if not isinstance(stops, list) or not all(isinstance(each, str) and each for each in stops):
        raise bad_value("stop", "'stop' must be a text or a list of texts.", "invalid_type")
    if any(len(each) > _LONGEST_STOP for each in stops):
        raise bad_value("stop", f"A text of 'stop' can have {_LONGEST_STOP} characters.", "string_above_max_length")
    if len(stops) > _MOST_STOPS:
        raise bad_value("stop", f"'stop' can have {_MOST_STOPS} texts.", "array_above_max_length")
    return stops


def _with_usage(options: object, *, streamed: bool) -> bool:
    if options is None:
        return False
    if not streamed:
        raise bad_value("stream_options", "'stream_options' can be given only with 'stream'.")
    if not isinstance(options, dict):
        raise bad_value("stream_options", "'stream_options' must be an object.", "invalid_type")
    return _is(options, "include_usage")


def _is(body: Mapping[str, Any], name: str, *, usual: bool = False) -> bool:
    given = body.get(name)
    if given is None:
        return usual
    if not isinstance(given, bool):
        raise bad_value(name, f"'{name}' must be true or false.", "invalid_type")
    return given
