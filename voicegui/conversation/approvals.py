"""The one call that waits for a yes, and what the user's words mean for it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from voicegui.core.approval import ANSWER_WITHIN_S, REFUSED, is_yes
from voicegui.core.events import ApprovalAnswered, ApprovalAsked, Event
from voicegui.core.tools import ToolCall

from .calls import Round


@dataclass(frozen=True, slots=True)
class Waiting:
    round: Round
    call: ToolCall
    """Stored when the question was asked: exactly this runs after a yes."""
    question: str


class Verdict(Enum):
    YES = auto()
    NO = auto()
    UNCLEAR = auto()
    """A yes that may be the echo of the agent's own voice."""


class Approvals:
    """`refused` gets the round of a call that nobody said yes to, once."""

    def __init__(self, *, tell: Callable[[Event], None], refused: Callable[[Round], None]) -> None:
        self.waiting: Waiting | None = None
        self._tell = tell
        self._refused = refused
        self._silence: asyncio.TimerHandle | None = None

    def ask(self, turn: int, round: Round, call: ToolCall, label: str, question: str) -> None:
        self.waiting = Waiting(round, call, question)
        self._tell(ApprovalAsked(turn, call, label, question))

    def hear(self, words: str, *, over_reply: bool) -> Verdict:
        """What the user's next words mean. `over_reply`: they began while the agent spoke."""
        if not is_yes(words):
            self.refuse()
            return Verdict.NO
        if over_reply:
            return Verdict.UNCLEAR
        waiting = self._answer(allowed=True)
        if waiting is None:
            return Verdict.NO
        waiting.round.allowed.add(waiting.call.id)
        return Verdict.YES

    def refuse(self) -> None:
        """No to what is asked, and to what would have been asked next of the same round."""
        if waiting := self._answer(allowed=False):
            for call in waiting.round.calls:
                waiting.round.outcomes.setdefault(call.id, REFUSED)
            self._refused(waiting.round)

    def rest(self) -> None:
        """The question was asked and nobody talks."""
        if self.waiting is not None and self._silence is None:
            self._silence = asyncio.get_running_loop().call_later(ANSWER_WITHIN_S, self.refuse)

    def wake(self) -> None:
        """Somebody talks."""
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _answer(self, *, allowed: bool) -> Waiting | None:
        self.wake()
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            self._tell(ApprovalAnswered(waiting.call.id, allowed))
        return waiting
