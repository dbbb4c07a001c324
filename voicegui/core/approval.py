"""How permission for a call is asked for aloud, and what counts as yes."""

import json
import re
from collections.abc import Mapping
from typing import Any

from .addresses import deceives, shown_host
from .tools import ToolCall, ToolInfo, ToolOutcome

REFUSED = ToolOutcome("The user did not allow this. Do not try it again unless asked to.", ok=False)
CANCELLED = ToolOutcome("The user cancelled this before it was done.", ok=False)
INTERRUPTED = ToolOutcome("The user interrupted this before it was done.", ok=False)
STILL_RUNNING = ToolOutcome("This is still running.")
UNREADABLE = ToolOutcome("The arguments are no JSON object that can be read.", ok=False)
"""Such a call never reaches its tool, whose own reader may find in it what could not be shown for approval."""

ANSWER_WITHIN_S = 30.0
"""After the question was asked; silence is no."""

NOT_OVER_ME = "Please answer once I have finished."
"""What is said over the agent's own voice may be its echo."""

_YES = (
    r"yes|yeah|yep|yup|sure|okay|ok|alright|all right|absolutely|definitely|certainly|of course|go ahead|do it|"
    r"do that|please do|allow it|allow|allowed|i allow it|i allow that|you may|that is fine|that's fine|"
    r"confirm"
)
_POLITE = r"please|thanks|thank you|then|just|and|i do|you can|now|well|uh|um|oh"
_ONLY_YES = re.compile(rf"(?:(?:{_POLITE})\s+)*(?:{_YES})(?:\s+(?:{_YES}|{_POLITE}))*")

_LONGEST_SPOKEN = 80
"""Characters of one argument in the spoken question; all of it stands on the card."""


def is_yes(words: str) -> bool:
    """Nothing but agreement: "Yes, please." Anything else is no, and is taken for what it says."""
    plain = re.sub(r"[^\w\s']", " ", words.lower().replace("’", "'"))
    return _ONLY_YES.fullmatch(" ".join(plain.split())) is not None


def spoken_question(tool: ToolInfo, call: ToolCall) -> str:
    """One sentence. The arguments come from the model: shortened, on one line, addresses as their host."""
    general = f"Shall I use {tool.label or tool.name.replace('_', ' ')}?"
    arguments = parsed(call)
    if not tool.question or arguments is None:
        return general
    try:
        return tool.question.format_map({name: _sayable(value) for name, value in arguments.items()})
    except (KeyError, IndexError, ValueError, AttributeError):
        return general


def parsed(call: ToolCall) -> Mapping[str, Any] | None:
    """The arguments, None if they are no JSON object that can be shown."""
    try:
        arguments = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        return None
    return arguments if isinstance(arguments, dict) else None


def _sayable(value: object) -> str:
    text = " ".join((value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).split())
    if re.match(r"https?:[/\\]", text, re.IGNORECASE):
        host = shown_host(text).removeprefix("www.")
        text = f"the unusual address {host}" if deceives(text) else host
    return text if len(text) <= _LONGEST_SPOKEN else text[:_LONGEST_SPOKEN].rstrip() + " and so on"
