"""What stands on the card that asks for permission, in the window and in the terminal. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

from voicegui.core.addresses import misleading
from voicegui.core.events import ApprovalAsked
from voicegui.core.question import LONGEST_QUESTION
from voicegui.core.tools import BUILT_IN, ToolSource

from .calls import pretty
from .foreign import harmless, one_line
from .readable import Run, readable

LONGEST = LONGEST_QUESTION
"""Characters of the question; what is asked about stands below it in full."""


@dataclass(frozen=True, slots=True)
class CardText:
    question: str
    label: str
    name: str
    """"" where the label is it, and for the program's own: people need not know how models call it."""
    brought: str
    arguments: str
    """Exactly as they were written."""
    readable: Sequence[Run]
    """In plain words; () if they cannot be shown so."""

    @property
    def origin(self) -> str:
        return " · ".join(part for part in (self.label, self.name, self.brought) if part)


def card_text(asked: ApprovalAsked, source: ToolSource | None) -> CardText:
    """`source`: who brought the tool; None if that is not known."""
    call = asked.call
    label = one_line(asked.label or call.name, 60)
    arguments = pretty(call.arguments)
    brought = "" if source is None else f"from {one_line(str(source), 60)}"
    if source == BUILT_IN:
        brought = "part of voicegui"
    warned = [f"⚠ leads to {host}" for host in misleading(arguments)]
    return CardText(
        one_line(asked.question, LONGEST) or f"May it use “{label}”?",
        label,
        "" if call.name == label or source == BUILT_IN else one_line(call.name, 64),
        " · ".join([*warned, *([brought] if brought else [])]),
        harmless(arguments) or "(nothing)",
        readable(call.arguments),
    )
