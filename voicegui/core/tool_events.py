"""Events of the calls of tools, and of the question before one. Imported from `core.events`, where the union is."""

from dataclasses import dataclass

from .tools import ToolCall


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """A call runs from now on; or it was refused at once (`ToolFinished` follows in any case)."""

    turn: int
    call: ToolCall
    label: str
    """Of the tool, for a person."""


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """May come after its turn is over."""

    turn: int
    call_id: str
    ok: bool
    text: str
    """What the model is told: text from outside, to be shown as it is."""
    seconds: float
    cancelled: bool = False
    """It was ended before it was done: by `CancelCall`, or because its reply was interrupted."""


@dataclass(frozen=True, slots=True)
class ApprovalAsked:
    """The call waits for a yes; `Approve` or the user's words answer. One at a time."""

    turn: int
    call: ToolCall
    label: str
    question: str
    """As it is spoken."""
    by_voice: bool = True
    """A spoken yes counts once the question was heard; otherwise only `Approve`."""


@dataclass(frozen=True, slots=True)
class ApprovalAnswered:
    """By voice, by click, by other words or by silence (both mean no)."""

    call_id: str
    allowed: bool
