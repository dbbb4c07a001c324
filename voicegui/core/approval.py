"""What counts as yes to the question before a call, and what a call without one comes to."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .tools import ToolCall, ToolOutcome

REFUSED = ToolOutcome("The user did not allow this. Do not try it again unless asked to.", ok=False)
CANCELLED = ToolOutcome("The user cancelled this before it was done.", ok=False)
INTERRUPTED = ToolOutcome("The user interrupted this before it was done.", ok=False)
STILL_RUNNING = ToolOutcome("This is still running.")
UNREADABLE = ToolOutcome("The arguments are no JSON object that can be read.", ok=False)
"""Such a call never reaches its tool, whose own reader may find in it what could not be shown for approval."""

ANSWER_WITHIN_S = 30.0
"""After the question was asked; silence is no."""

NOT_OVER_ME = "Please answer once I have finished."
"""What is said over the agent's own voice may be its echo, and what is said before the question answers something
else."""

NOT_BY_VOICE = "I cannot take a yes in words for this. Please answer on the screen."
"""The question was too long to be read out, or nobody can have heard it."""

QUIETEST_VOLUME = 5
"""Percent: of a question that was spoken more quietly nobody knows whether it was heard."""

_YES = (
    r"yes|yeah|yep|yup|sure|okay|ok|alright|all right|absolutely|definitely|certainly|of course|go ahead|do it|"
    r"do that|please do|allow it|allow|allowed|i allow it|i allow that|you may|that is fine|that's fine|"
    r"confirm"
)
_POLITE = r"please|thanks|thank you|then|just|and|i do|you can|now|well|uh|um|oh"
_ONLY_YES = re.compile(rf"(?:(?:{_POLITE})\s+)*(?:{_YES})(?:\s+(?:{_YES}|{_POLITE}))*")


def is_yes(words: str) -> bool:
    """Nothing but agreement: "Yes, please." Anything else is no, and is taken for what it says."""
    return _ONLY_YES.fullmatch(_plain(words)) is not None


def _plain(words: str) -> str:
    return " ".join(re.sub(r"[^\w\s']", " ", words.lower().replace("’", "'")).split())


def may_be_echo(words: str, question: str) -> bool:
    """`words` are what the question itself ends with."""
    return f" {_plain(question)}".endswith(f" {_plain(words)}")


def parsed(call: ToolCall) -> Mapping[str, Any] | None:
    """The arguments, None if they are no JSON object that can be shown; a name that is there twice makes it none."""
    try:
        arguments = json.loads(call.arguments or "{}", object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return arguments if isinstance(arguments, dict) else None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name is there twice")
    return made


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
