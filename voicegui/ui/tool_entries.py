"""What is shown of a tool's call: its state, step by step, and its arguments and result as text. No Qt."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from voicegui.core.events import ApprovalAnswered, ApprovalAsked, ToolCalled, ToolFinished
from voicegui.core.text.sanitiser import one_line
from voicegui.core.wording import marked, shown

SUMMARY = 120
"""Characters of the arguments in the line itself, at most."""
LABEL = 32
LONGEST_SHOWN = 20_000
"""Longer arguments are not taken apart for the summary."""

CallEvent = ApprovalAsked | ApprovalAnswered | ToolCalled | ToolFinished


class CallState(StrEnum):
    WAITING = marked("waiting for you")
    RUNNING = marked("running…")
    CANCELLING = marked("cancelling…")
    DONE = marked("done")
    FAILED = marked("failed")
    CANCELLED = marked("cancelled")
    REFUSED = marked("not allowed")


@dataclass(frozen=True, slots=True)
class ShownCall:
    id: str
    name: str
    label: str
    arguments: str
    """As the model wrote them."""
    state: CallState
    allowed: bool = False
    """Somebody was asked and said yes."""
    finished: bool = False
    result: str = ""
    """What the model was told."""
    seconds: float = 0.0
    opened: bool = False
    whole: bool = False
    """Opened, and not cut."""

    def is_other(self, event: CallEvent, turn: int) -> bool:
        """Nothing more is told of a call refused in `turn`: this one has its id in another conversation."""
        begins = isinstance(event, ApprovalAsked) or (isinstance(event, ToolCalled) and event.turn != turn)
        return begins and self.state is CallState.REFUSED

    @property
    def words(self) -> str:
        """Its state in a word or two."""
        word = _duration(self.seconds) if self.state is CallState.DONE else shown(self.state.value)
        return shown("allowed · {state}", state=word) if self.allowed else word


def begun(event: ApprovalAsked | ToolCalled) -> ShownCall:
    state = CallState.WAITING if isinstance(event, ApprovalAsked) else CallState.RUNNING
    label = one_line(event.label or event.call.name, LABEL)
    return ShownCall(event.call.id, event.call.name, label, event.call.arguments, state)


def after(call: ShownCall, event: CallEvent) -> ShownCall:
    """`call` as `event` leaves it. A refused one stays refused, whatever is told of it."""
    match event:
        case ApprovalAsked():
            return replace(call, state=CallState.WAITING)
        case ApprovalAnswered(allowed=allowed):
            return replace(call, state=CallState.RUNNING if allowed else CallState.REFUSED, allowed=allowed)
        case ToolCalled():
            return call if call.state is CallState.REFUSED else replace(call, state=CallState.RUNNING)
        case ToolFinished(text=text, seconds=seconds):
            return replace(call, state=_end(call, event), finished=True, result=text, seconds=seconds)


def being_ended(call: ShownCall) -> ShownCall:
    """`call` once somebody has asked for its end."""
    return call if call.finished else replace(call, state=CallState.CANCELLING)


def _end(call: ShownCall, event: ToolFinished) -> CallState:
    if call.state is CallState.REFUSED:
        return CallState.REFUSED
    if event.ok:
        return CallState.DONE
    cancelled = event.cancelled or call.state is CallState.CANCELLING
    return CallState.CANCELLED if cancelled else CallState.FAILED


def _duration(seconds: float) -> str:
    if seconds >= 0.1:
        return shown("{seconds} s", seconds=f"{seconds:.1f}")
    return shown("{number} ms", number=round(seconds * 1000))


# ---------------------------------------------------------------- arguments


class Number(str):
    """As it was written: 1e999 and 1.10 would be others after a way through a float."""


def summary(arguments: str) -> str:
    """The values alone, on one line."""
    value = read_arguments(arguments) if len(arguments) <= LONGEST_SHOWN else None
    if not isinstance(value, dict):
        return one_line(arguments, SUMMARY)
    try:
        return one_line(", ".join(_without_repeated([_short(each) for each in value.values()])), SUMMARY)
    except RecursionError:
        return one_line(arguments, SUMMARY)


_MOST_PARTS = 64
"""Values in one line: with their commas more than `SUMMARY` characters."""


def _without_repeated(parts: Sequence[str]) -> list[str]:
    """Without what another part says as well: "drink in 25 seconds" and "in 25 seconds". Of many only those that can be
    seen in a line are compared."""
    parts = parts[:_MOST_PARTS]
    padded = [f" {' '.join(part.casefold().split())} " for part in parts]
    kept = []
    for at, (part, words) in enumerate(zip(parts, padded, strict=True)):
        others = [other for i, other in enumerate(padded) if i < at or (i > at and other != words)]
        if part and not (" " in part.strip() and any(words in other for other in others)):
            kept.append(part)
    return kept


def pretty(arguments: str) -> str:
    """Exactly what was written, indented. What is no JSON, or has a name twice, is left as it is."""
    value = read_arguments(arguments)
    try:
        return arguments if value is None else _written(value, "")
    except RecursionError:  # what is nested so deeply nobody can read, indented or not
        return arguments


def read_arguments(arguments: str) -> Any:
    """None if it cannot be shown in another form without losing something."""
    try:
        return json.loads(
            arguments, object_pairs_hook=_once, parse_int=Number, parse_float=Number, parse_constant=Number
        )
    except (ValueError, RecursionError):
        return None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name is there twice")
    return made


def _short(value: Any) -> str:
    """Values of values alone: commas tell them apart well enough in a line that is cut anyway."""
    match value:
        case str():
            return value
        case dict() | list():
            inner = value.values() if isinstance(value, dict) else value
            return ", ".join(part for part in map(_short, inner) if part)
        case _:
            return "" if value is None else _written(value, "")


def _written(value: Any, indent: str) -> str:
    inner = indent + "  "
    match value:
        case Number():
            return value
        case dict() if value:
            lines = [f"{inner}{json_text(name)}: {_written(each, inner)}" for name, each in value.items()]
            return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
        case list() if value:
            lines = [f"{inner}{_written(each, inner)}" for each in value]
            return "[\n" + ",\n".join(lines) + f"\n{indent}]"
        case _:
            return json_text(value)


def json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
