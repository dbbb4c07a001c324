"""The one call that waits for a yes, and what the user's words mean for it.

A spoken or typed yes counts only once the question was heard to its end; before that, and where it cannot have been
heard, only a click counts.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from voicegui.core.approval import (
    ANSWER_WITHIN_S,
    NOT_BY_VOICE,
    NOT_OVER_ME,
    QUIETEST_VOLUME,
    REFUSED,
    ApprovalQuestion,
    is_yes,
    may_be_echo,
)
from voicegui.core.events import ApprovalAnswered, ApprovalAsked, Event
from voicegui.core.tools import ToolCall, ToolInfo
from voicegui.core.wording import spoken

from .parts import Now
from .tool_calls import ToolRound


@dataclass(slots=True)
class Waiting:
    round: ToolRound
    call: ToolCall
    """Stored when the question was asked: exactly this runs after a yes."""
    tool: ToolInfo
    """As it was then: the yes is for no other definition."""
    question: ApprovalQuestion
    heard: bool = False
    """The question sounded to its end, and a speaker that works played all of it."""
    interrupted: bool = False
    """The speaker failed since it was asked last."""
    clicked: bool | None = None
    """The answer given on what is shown."""


class Verdict(Enum):
    YES = auto()
    NO = auto()
    UNCLEAR = auto()
    """A yes to something else, or that may be the echo of the agent's own voice: the question is asked again."""


class PendingApproval:
    """`refused` gets the round of a call that nobody said yes to, once."""

    def __init__(
        self,
        now: Now,
        *,
        tell: Callable[[Event], None],
        refused: Callable[[ToolRound], None],
    ) -> None:
        self.waiting: Waiting | None = None
        self._now = now
        self._tell = tell
        self._refused = refused
        self._speaker_works = True
        self._silence: asyncio.TimerHandle | None = None

    def ask(self, turn: int, round: ToolRound, call: ToolCall, tool: ToolInfo, question: ApprovalQuestion) -> None:
        self.waiting = Waiting(round, call, tool, question, interrupted=not self._speaker_works)
        self._tell(ApprovalAsked(turn, call, tool.shown_label, question.text, question.by_voice))

    def device(self, device: str, *, works: bool) -> None:
        """A microphone or speaker has failed or works again."""
        if device == "speaker":
            self._speaker_works = works
            if self.waiting is not None and not works:
                self.waiting.interrupted = True

    def was_heard(self, question: ApprovalQuestion) -> None:
        """All of the sound of `question` was played."""
        waiting = self.waiting
        if waiting is not None and waiting.question is question:
            waiting.heard = waiting.heard or (self._by_voice(waiting) and not waiting.interrupted)

    def again(self) -> tuple[str, ApprovalQuestion]:
        """What is said to a yes that does not count: why, and the question once more."""
        waiting = self.waiting
        assert waiting is not None
        reason = NOT_OVER_ME if self._by_voice(waiting) and self._speaker_works else NOT_BY_VOICE
        waiting.heard, waiting.interrupted = False, not self._speaker_works
        return spoken(reason), waiting.question

    def click(self, call_id: str, *, allow: bool) -> bool:
        """An answer on what is shown; False if it is about no call that waits."""
        if self.waiting is None or self.waiting.call.id != call_id:
            return False
        self.waiting.clicked = allow
        return True

    def hear(self, words: str, *, over_reply: bool) -> Verdict:
        """What the user's next words mean. `over_reply`: they began while the agent spoke, or before it asked."""
        waiting = self.waiting
        if waiting is None or waiting.clicked is False or not is_yes(words):
            self.refuse()
            return Verdict.NO
        sure = waiting.heard and not over_reply and not may_be_echo(words, waiting.question.text)
        if not (waiting.clicked or sure):
            return Verdict.UNCLEAR
        self._answer(allowed=True)
        waiting.round.allowed[waiting.call.id] = waiting.tool
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

    def _by_voice(self, waiting: Waiting) -> bool:
        return waiting.question.by_voice and self._now().settings.volume >= QUIETEST_VOLUME

    def _answer(self, *, allowed: bool) -> Waiting | None:
        self.wake()
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            self._tell(ApprovalAnswered(waiting.call.id, allowed))
        return waiting
