"""Runs calls of tools beside the replies that made them."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from voicegui.core.approval import CANCELLED, INTERRUPTED, STILL_RUNNING, UNREADABLE, parsed
from voicegui.core.events import Event, ToolCalled, ToolFinished
from voicegui.core.ports import Message
from voicegui.core.tools import HANDED_OVER, TAINTED, ToolCall, ToolInfo, ToolOutcome

from .parts import Now


@dataclass(slots=True)
class ToolRound:
    """The calls that a model made at once, and what has come of them so far."""

    calls: tuple[ToolCall, ...]
    said: str = ""
    """The model's words before the calls."""
    outcomes: dict[str, ToolOutcome] = field(default_factory=dict)
    """By the id of the call."""
    allowed: dict[str, ToolInfo] = field(default_factory=dict)
    """By the id of each call that the user has said yes to: the tool as it was then."""
    outside: bool = False
    """An outcome holds text from outside."""

    @property
    def succeeded(self) -> bool:
        """All of it was done."""
        return all(call.id in self.outcomes and self.outcomes[call.id].ok for call in self.calls)

    def messages(self, unfinished: Callable[[ToolCall], ToolOutcome], *, said: str = "") -> list[Message]:
        """As the model gets them. `unfinished` gives what is told of a call that has no outcome."""
        outcomes = [(call, self.outcomes.get(call.id) or unfinished(call)) for call in self.calls]
        answers = [Message("tool", outcome.text, call_id=call.id, say=outcome.say) for call, outcome in outcomes]
        return [Message("assistant", said, self.calls), *answers]


class RunningCalls:
    """Owner of all running calls.

    `late` gets the id and the outcome of a call that ended after its reply was cut, and whether it brings text from
    outside; once.
    """

    def __init__(
        self,
        now: Now,
        clock: Callable[[], float],
        *,
        tell: Callable[[Event], None],
        late: Callable[[str, ToolOutcome, bool], None],
    ) -> None:
        self._now = now
        self._clock = clock
        self._tell = tell
        self._late = late
        self._running: dict[str, asyncio.Task[ToolOutcome]] = {}
        self._done: dict[tuple[str, str], tuple[int, asyncio.Task[ToolOutcome]]] = {}
        """What has changed something since a turn was last answered in full, and in which turn: a retry does not do it
        again."""
        self._seen: set[str] = set()

    def offered(self) -> Sequence[ToolInfo]:
        return self._now().tools.offered()

    def find(self, name: str) -> ToolInfo | None:
        return next((tool for tool in self.offered() if tool.name == name), None)

    def named(self, call: ToolCall) -> ToolCall:
        """With an id of its own, even if the model has used it before."""
        name, count = call.id, 1
        while name in self._seen:
            count += 1
            name = f"{call.id}-{count}"
        self._seen.add(name)
        return ToolCall(name, call.name, call.arguments)

    async def run(self, turn: int, call: ToolCall, *, tainted: bool = False) -> ToolOutcome:
        """Its outcome. Cancelling this cancels the call, unless its tool is declared to finish. `tainted`: text from
        outside is in the conversation."""
        tool = self.find(call.name)
        task = self._known(turn, call) or self._begin(turn, call, tool, tainted)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not (tool and tool.finishes):
                task.cancel()
            raise

    def _known(self, turn: int, call: ToolCall) -> asyncio.Task[ToolOutcome] | None:
        earlier, task = self._done.get(_same(call), (turn, None))
        return task if earlier != turn else None

    def _begin(self, turn: int, call: ToolCall, tool: ToolInfo | None, tainted: bool) -> asyncio.Task[ToolOutcome]:
        task = asyncio.create_task(self._carry_out(turn, call, tool, tainted), name=f"tool {call.name[:64]}")
        self._running[call.id] = task
        task.add_done_callback(lambda _: self._running.pop(call.id, None))
        if tool and tool.changes:
            self._done[_same(call)] = (turn, task)
        return task

    def unfinished(self, call: ToolCall) -> ToolOutcome:
        """What is told of a call whose reply is being cut, until it has come to its end."""
        task, tool = self._running.get(call.id), self.find(call.name)
        if task is None or tool is None:
            return INTERRUPTED
        task.add_done_callback(
            lambda task: task.cancelled() or self._late(call.id, task.result(), tool.outside or task.result().outside)
        )
        return STILL_RUNNING if tool.finishes else INTERRUPTED

    def cancel(self, call_id: str) -> None:
        """The user does not want to wait for it: the reply goes on without."""
        if task := self._running.get(call_id):
            task.cancel()

    def answered(self) -> None:
        """A turn was answered in full: the same call means something new from now on."""
        self._done = {key: (turn, task) for key, (turn, task) in self._done.items() if not task.done()}

    async def aclose(self) -> None:
        running = tuple(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _carry_out(self, turn: int, call: ToolCall, tool: ToolInfo | None, tainted: bool) -> ToolOutcome:
        TAINTED.set(tainted)  # of this task and what it begins
        began = self._clock()
        self._tell(ToolCalled(turn, call, tool.shown_label if tool else call.name[:64]))
        try:
            readable = tool is None or parsed(call) is not None
            outcome = await self._now().tools.call(call) if readable else UNREADABLE
        except asyncio.CancelledError:  # the task is ours: whoever waits for it gets an outcome
            outcome = CANCELLED
        if not outcome.ok:
            self._done.pop(_same(call), None)
        if outcome is HANDED_OVER:
            return outcome
        seconds = self._clock() - began
        self._tell(ToolFinished(turn, call.id, outcome.ok, outcome.text, seconds, cancelled=outcome is CANCELLED))
        return outcome


def _same(call: ToolCall) -> tuple[str, str]:
    arguments = parsed(call)
    return call.name, call.arguments if arguments is None else json.dumps(arguments, sort_keys=True)
