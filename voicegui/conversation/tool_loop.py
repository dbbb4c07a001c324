"""An answer with everything the model does for it: words, calls of tools, more words."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from voicegui.core.approval import REFUSED, ApprovalQuestion, parsed, question_about
from voicegui.core.events import Stage
from voicegui.core.ports import Message, ReplyText
from voicegui.core.tools import HANDED_OVER, ToolCall, ToolInfo, ToolOutcome, is_unreviewed, needs_approval
from voicegui.core.wording import marked, spoken

from .parts import Now
from .pending_approval import PendingApproval
from .stage_calls import flowing
from .tool_calls import RunningCalls, ToolRound

MOST_ROUNDS = 6
"""Of calls in one answer; then the model has to answer with what it has."""

FILLER_AFTER_S = 1.5
"""A call that takes longer is not waited for in silence."""

FILLERS = (marked("One moment."), marked("Let me see."), marked("Just a second."), marked("I am on it."))


@dataclass(slots=True)
class ToolLoop:
    """What all answers of a conversation share."""

    now: Now
    calls: RunningCalls
    approvals: PendingApproval
    tainted: Callable[[], bool]
    """Text from outside is in the conversation."""
    fillers: int = 0
    """Said so far: they vary."""


class ModelAnswer:
    """To one prompt. May be begun before the turn has ended: no tool runs before `release`.

    `resumed` is a round of which the user has just allowed a call: the answer begins with it.
    """

    def __init__(self, acting: ToolLoop, prompt: Sequence[Message], resumed: ToolRound | None = None) -> None:
        self._acting = acting
        self._prompt = tuple(prompt)
        self._rounds = [resumed] if resumed else []
        self._resumed = resumed
        self._released = asyncio.Event()
        self._turn = 0
        self._told_outside = False
        """The model was told of a tool in words that somebody else wrote and nobody has accepted."""
        self.handed_over = False
        """It ended with calls that are somebody else's to run."""
        self._filled = False
        self._spoke = self._breaks = False

    def release(self, turn: int) -> None:
        self._turn = turn
        self._released.set()

    def acted(self) -> list[Message]:
        """The calls so far with their outcomes, for the history. What still runs says so."""
        return [message for round in self._rounds for message in round.messages(self._acting.calls.unfinished)]

    @property
    def done(self) -> bool:
        """Every call so far has succeeded."""
        return all(round.succeeded for round in self._rounds)

    @property
    def outside(self) -> bool:
        return self._told_outside or any(round.outside for round in self._rounds)

    async def pieces(self) -> AsyncGenerator[ReplyText | ApprovalQuestion, None]:
        """The words of the answer; a question comes last. Raises VoiceError."""
        round, self._resumed = self._resumed, None
        while True:
            if round is None:
                round, calls, now = ToolRound(()), list[ToolCall](), self._acting.now()
                answer = now.llm.reply(self._messages(), max_tokens=now.settings.max_tokens, tools=self._offered())
                async with aclosing(flowing(Stage.LLM, answer, now.settings.llm_timeout_s, now.llm)) as said:
                    async for piece in said:
                        if isinstance(piece, ToolCall):
                            if not self._last_round:  # made although none are offered: there would be no end of it
                                calls.append(self._acting.calls.named(piece))
                        elif isinstance(piece, str):
                            round.said += piece
                            yield self._spaced(piece)
                        else:
                            yield piece
                round.calls = tuple(calls)
                if not calls:
                    return
                self._rounds.append(round)
            await self._released.wait()
            self._breaks = True
            running = self._run_allowed(round)
            try:
                done, _ = await asyncio.wait((running,), timeout=None if self._filled else FILLER_AFTER_S)
                if not done:
                    yield self._filler()
                    self._breaks = True
                await running
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
            if any(outcome is HANDED_OVER for outcome in round.outcomes.values()):
                self.handed_over = True
                return
            if question := self._ask(round):
                yield question
                return  # the answer is the question; the round goes on with what the user says to it
            round = None

    def _offered(self) -> Sequence[ToolInfo]:
        """None in the last round: then the model has to answer."""
        tools: Sequence[ToolInfo] = () if self._last_round else self._acting.calls.offered()
        self._told_outside = self._told_outside or any(is_unreviewed(tool) for tool in tools)
        return tools

    @property
    def _last_round(self) -> bool:
        return len(self._rounds) >= MOST_ROUNDS

    def _messages(self) -> list[Message]:
        done = [message for round in self._rounds for message in round.messages(_unknown, said=round.said)]
        return [*self._prompt, *done]

    def _run_allowed(self, round: ToolRound) -> "asyncio.Future[list[None]]":
        """Runs what needs no yes."""
        ready = [call for call in round.calls if call.id not in round.outcomes and not self._must_ask(call, round)]
        return asyncio.gather(*(self._run(call, round) for call in ready))

    def _filler(self) -> str:
        self._filled = True
        self._acting.fillers += 1
        return self._spaced(spoken(FILLERS[(self._acting.fillers - 1) % len(FILLERS)]))

    def _ask(self, round: ToolRound) -> ApprovalQuestion | None:
        """Asks for the first call that may not run without a yes."""
        waiting = [call for call in round.calls if call.id not in round.outcomes]
        if not waiting or not (tool := self._acting.calls.find(waiting[0].name)):
            return None
        self._rounds.remove(round)
        question = question_about(tool, waiting[0])
        self._acting.approvals.ask(self._turn, round, waiting[0], tool, question)
        return question

    async def _run(self, call: ToolCall, round: ToolRound) -> None:
        tool = self._acting.calls.find(call.name)
        outcome = await self._acting.calls.run(self._turn, call, tainted=self._tainted)
        round.outcomes[call.id] = outcome
        round.outside = round.outside or outcome.outside or bool(tool and tool.outside)

    def _must_ask(self, call: ToolCall, round: ToolRound) -> bool:
        """What cannot run anyway (no such tool, no arguments) needs no permission to say so."""
        tool = self._acting.calls.find(call.name)
        if tool is None or parsed(call) is None or round.allowed.get(call.id) == tool:
            return False
        return needs_approval(tool, tainted=self._tainted)

    @property
    def _tainted(self) -> bool:
        return self._acting.tainted() or self.outside

    def _spaced(self, text: str) -> str:
        """Words after a call begin a paragraph of their own."""
        if not text:
            return text
        starts = self._spoke and self._breaks
        self._spoke, self._breaks = True, False
        return f"\n\n{text}" if starts else text


def _unknown(call: ToolCall) -> ToolOutcome:
    return REFUSED
