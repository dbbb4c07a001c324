"""What the agent says: begins replies early, plays them, pauses and cuts them, and remembers what was heard."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace

from voicegui.core import inputs
from voicegui.core.approval import ApprovalQuestion
from voicegui.core.effects import StartReply
from voicegui.core.events import Event, Interrupted, Timings, TurnDone
from voicegui.core.ports import Message, ReplyText, Sound

from .background_tasks import Spawn
from .memory import ConversationMemory
from .parts import Now
from .pending_approval import PendingApproval, Verdict
from .reply import Reply
from .tool_calls import RunningCalls, ToolRound
from .tool_loop import ModelAnswer, ToolLoop
from .utterance import TurnTimes

_SPOKEN = StartReply(0, "")
"""How all that is not typed is answered."""

_REMEMBERED = 8
"""Of so many last replies it is known which words sounded when."""


class AgentSpeech:
    """At most one reply is being heard, and at most one is begun early, before its turn has ended."""

    def __init__(
        self,
        now: Now,
        sound: Sound,
        clock: Callable[[], float],
        memory: ConversationMemory,
        calls: RunningCalls,
        approvals: PendingApproval,
        *,
        tell: Callable[[Event], None],
        post: Callable[[inputs.Input], None],
        spawn: Spawn,
    ) -> None:
        self.times = TurnTimes(clock())
        """Of the turn being answered."""
        self._now, self._sound, self._clock = now, sound, clock
        self._memory, self._calls, self._approvals = memory, calls, approvals
        self._tool_loop = ToolLoop(now, calls, approvals, lambda: memory.tainted)
        self._tell = tell
        self._post = post
        self._spawn = spawn
        self._reply: Reply | None = None
        self._early: Reply | None = None
        self._wanted = _SPOKEN
        """How what was asked last is answered."""
        self._preparing: asyncio.Task[None] | None = None
        self._ended: deque[tuple[int, Reply]] = deque(maxlen=_REMEMBERED)

    @property
    def typed(self) -> bool:
        """What was asked last was typed."""
        return self._wanted.typed

    @property
    def tainted(self) -> bool:
        """The current reply holds text from outside."""
        return self._reply is not None and self._reply.acts is not None and self._reply.acts.outside

    @property
    def busy(self) -> bool:
        return self._reply is not None

    def spoken_until(self) -> int:
        """Characters of the current reply spoken so far."""
        return self._reply.spoken_until(self._sound.heard()) if self._reply else 0

    def answered_until(self) -> int:
        """Characters of the current reply that count as heard so far."""
        return self._reply.heard_until(self._sound.heard()) if self._reply else 0

    def words_until(self, turn: int, played: int) -> str | None:
        """What of the answer of a turn that is over was heard after `played` playback samples of it; None if it was
        long ago."""
        reply = next((each for number, each in self._ended if number == turn), None)
        return None if reply is None else reply.text[: reply.heard_until(played)].strip()

    # ------------------------------------------------------------ before the turn has ended

    def prepare(self, words: str) -> None:
        """The model reads what was said so far while the user still talks."""
        if self._preparing is None or self._preparing.done():
            self._preparing = self._spawn(self._now().llm.prepare(self._memory.prompt(words)))

    def begin_early(self, question: str) -> None:
        """Perhaps all that will be said. What may be the answer to a question about a call waits for its end."""
        if self._approvals.waiting is not None:
            return
        if self._early is None or self._early.question != question:
            self.drop_early()
            self._early = self._think(question, self._memory.prompt(question))

    def drop_early(self) -> None:
        if self._early is not None:
            self._spawn(self._early.cancel())
            self._early = None

    # ------------------------------------------------------------ the reply

    def start(self, wanted: StartReply, *, over_reply: bool) -> None:
        """The reply to a question: the early one if it answers just that. `over_reply`: it was begun over a reply."""
        early, self._early = self._early, None
        if early is not None and (early.question != wanted.text or wanted.typed):
            self._spawn(early.cancel())
            early = None
        self._wanted = wanted
        self._release(wanted.turn, early or self._answer(wanted, over_reply=over_reply))

    def go_on(self, wanted: StartReply) -> None:
        """The rest of an answer that broke off."""
        self.drop_early()
        self._wanted = wanted
        if waiting := self._approvals.waiting:
            self._release(wanted.turn, self._begin(wanted.text, _pieces(waiting.question), wanted))
        else:
            self._release(wanted.turn, self._think(wanted.text, self._memory.prompt_to_go_on(), wanted))

    def say(self, turn: int, line: str) -> None:
        """Says `line`, which answers nothing."""
        self._release(turn, self._begin("", _pieces(line)))

    def end(self, turn: int) -> inputs.ReplyDone | inputs.StageFailed:
        """All that there is of the reply was heard: how it ended."""
        failure = self._reply.failure if self._reply else None
        return inputs.StageFailed(turn, failure) if failure else inputs.ReplyDone(turn)

    def _release(self, turn: int, reply: Reply) -> None:
        self._reply = reply
        self._reply.release(
            turn,
            self._tell,
            on_silent_end=lambda: self._post(inputs.ReplyDone(turn)),
            on_failure=lambda error: self._post(inputs.StageFailed(turn, error)),
            on_shown=lambda: self._post(inputs.ReplyStarted(turn)),
        )

    def silence(self) -> None:
        """Its voice ends at once; what comes of it is only shown."""
        self._sound.flush()
        if self._reply is not None:
            self._spawn(self._reply.silence())

    def resume(self) -> None:
        """From the start of the last word."""
        played = self._sound.heard()
        self._sound.resume(self._reply.resume_point(played) if self._reply else played)

    def commit(self, turn: int) -> None:
        """All of it was heard."""
        self._sound.flush()
        reply, self._reply = self._reply, None
        if reply is not None:
            if reply.asks is not None and reply.asks_aloud:
                self._approvals.was_heard(reply.asks)
            said = (reply.text.strip(), reply.asks.text if reply.asks else "")
            self._end_turn(turn, reply, "\n\n".join(text for text in said if text))
            self._calls.answered()

    def cancel(self, turn: int, question: str, *, commit_heard: bool, failed: bool) -> None:
        """Silence at once; what was heard enters the history if `commit_heard`, marked if the reply `failed`."""
        played = self._sound.flush()
        self.drop_early()
        reply, self._reply = self._reply, None
        if reply is None:
            self._tell(TurnDone(turn, question, "", self.times.timings()))
            return
        self._spawn(reply.cancel())
        cut = reply.heard_until(played) if commit_heard else 0
        if commit_heard and not reply.typed:
            self._tell(Interrupted(turn, reply.text[:cut], reply.text[cut:]))
        self._end_turn(turn, reply, reply.text[:cut].strip(), broke_off=failed)

    # ------------------------------------------------------------ helpers

    def _answer(self, wanted: StartReply, *, over_reply: bool) -> Reply:
        """To a question, or to the yes or no that a call waits for."""
        approvals, question = self._approvals, wanted.text
        waiting = approvals.waiting
        verdict = approvals.hear(question, over_reply=over_reply) if waiting else Verdict.NO
        if waiting and verdict is Verdict.UNCLEAR:
            return self._begin(question, _pieces(*approvals.again()), wanted)
        resumed = waiting.round if waiting and verdict is Verdict.YES else None
        return self._think(question, self._memory.prompt(question), wanted, resumed=resumed)

    def _think(
        self,
        question: str,
        prompt: Sequence[Message],
        wanted: StartReply = _SPOKEN,
        *,
        resumed: ToolRound | None = None,
    ) -> Reply:
        if self._preparing is not None:
            self._preparing.cancel()
        answer = ModelAnswer(self._tool_loop, prompt, resumed)
        return self._begin(question, answer.pieces(), wanted, acts=answer)

    def _begin(
        self,
        question: str,
        pieces: AsyncGenerator[ReplyText | ApprovalQuestion, None],
        wanted: StartReply = _SPOKEN,
        *,
        acts: ModelAnswer | None = None,
    ) -> Reply:
        reply = Reply(
            question,
            pieces,
            self._now(),
            self._sound,
            self._clock,
            goes_on=wanted.goes_on,
            acts=acts,
            aloud=wanted.aloud,
            typed=wanted.typed,
        )
        reply.start()
        return reply

    def _end_turn(self, turn: int, reply: Reply, assistant: str, *, broke_off: bool = False) -> None:
        times = replace(self.times, first_token=reply.first_token_at, first_sentence=reply.first_sentence_at)
        timings = times.timings() if reply.question else Timings()  # nobody waited for an opening line
        acts, question = reply.acts, "" if reply.goes_on else reply.question
        if acts is not None and not acts.handed_over:  # before it is told: what is written down knows what taints it
            self._memory.acted(acts.acted(), outside=acts.outside, question=question, done=acts.done)
        self._tell(TurnDone(turn, reply.question, assistant, timings))
        self._memory.answered(assistant, turn=turn, broke_off=broke_off, goes_on=reply.goes_on)
        if acts is not None and acts.handed_over:  # the calls come last: their outcomes are still to be answered
            self._memory.acted(acts.acted(), outside=acts.outside, question="" if assistant else question)
        self._ended.append((turn, reply))


async def _pieces(*lines: str | ApprovalQuestion) -> AsyncGenerator[ReplyText | ApprovalQuestion, None]:
    for line in lines:
        yield line
