"""What the agent remembers: the history, and the notes that it takes of long talks while nobody talks."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from voicegui.core.errors import VoiceError
from voicegui.core.events import ConversationOver, Event, Noticed, Stage, StartedAfresh, Summarized
from voicegui.core.history import (
    LONGEST_TOKENS,
    History,
    answer_name,
    cleaned_notes,
    estimated_tokens,
    notes_prompt,
    summary_prompt,
    tool_tokens,
    user_name,
)
from voicegui.core.inputs import TurnLimitReached
from voicegui.core.ports import ChoosesApart, Message
from voicegui.core.tools import DATA_RULE, ToolOutcome
from voicegui.core.wording import marked, spoken

from .background_tasks import Spawn
from .parts import Now
from .stage_calls import flowing

log = logging.getLogger(__name__)

QUIET_S = 2.0
"""Notes are begun after so much rest: in a lively talk they would only be begun and thrown away."""

LEAST_BUDGET_TOKENS = 200
"""For what was said, however long the instructions are."""

LEAST_SHARE = 0.25
"""Of the memory, for what was said, however many tools there are."""

GOODBYE = marked("That was all we have time for. Goodbye!")
"""Said when a conversation has had as many turns as it may have."""

RESUMABLE_S = 120.0
"""So long the outcomes of a turn that failed are still true when it is tried again."""


class ConversationMemory:
    """The only writer of the history. `rest` and `wake` tell it when the language model is free for notes."""

    def __init__(
        self, now: Now, *, tell: Callable[[Event], None], spawn: Spawn, post: Callable[[TurnLimitReached], None]
    ) -> None:
        self.tainted = False
        """Text from outside is in the history, or in notes of it."""
        self._now = now
        self._tell = tell
        self._spawn = spawn
        self._post = post
        self._history = History()
        self._ended = History()
        """Of the conversation that came to its end by itself, for its summary."""
        self._asked = False
        """What is answered next is a question, not a line that nobody asked for."""
        self._noting: asyncio.Task[None] | None = None
        self._summing_up: asyncio.Task[None] | None = None
        self._open: tuple[str, float] | None = None
        """The question that comes last in the history, of which everything was done and nothing answered; since when,
        on the loop's clock."""

    def prompt(self, question: str) -> list[Message]:
        """When a question is asked again after what it asked for was done, its outcomes are there to be told."""
        return self._history.prompt(self._instructions(), "" if self._resumes(question) else question)

    def prompt_to_go_on(self) -> list[Message]:
        return self._history.prompt_to_go_on(self._instructions())

    # ------------------------------------------------------------ what was said

    def taint(self) -> None:
        """Text from outside is about to be said."""
        self.tainted = True

    def asked(self, question: str, turn: int) -> None:
        again, self._asked = self._resumes(question), True
        self._history = self._history.counted() if again else self._history.asked(question, user_name(turn))

    def acted(self, messages: Sequence[Message], *, outside: bool, question: str = "", done: bool = False) -> None:
        """Calls of tools with their outcomes; `outside`: they bring text that somebody else wrote. `question` led to
        them; `done`: all that it asked for so far has succeeded."""
        if messages:
            self._history = self._history.acted(messages, "" if self._resumes(question) else question)
            self._open = (question, asyncio.get_running_loop().time()) if done and question else None
        self.tainted = self.tainted or outside

    def _resumes(self, question: str) -> bool:
        if self._open is None or not question:
            return False
        same, since = self._open
        return question == same and asyncio.get_running_loop().time() - since <= RESUMABLE_S

    def resolve(self, call_id: str, outcome: ToolOutcome, outside: bool) -> None:
        """The outcome of a call that still ran when its turn ended; of an earlier conversation it is none of ours."""
        if any(message.call_id == call_id for message in self._history.messages):
            self._history = self._history.resolved(call_id, outcome.text)
            self.tainted = self.tainted or outside

    def answered(self, words: str, *, turn: int, broke_off: bool, goes_on: bool) -> None:
        """A turn is over: `words` were heard of its answer. One that broke off may still go on: it stays as it is."""
        self._open = None if words else self._open
        history = self._history.answered(words, broke_off=broke_off, goes_on=goes_on, name=answer_name(turn))
        self._history = history.trimmed(self._budget())
        most = self._now().settings.max_turns
        if self._asked and not broke_off and most and history.turns >= most:
            self._post(TurnLimitReached(spoken(GOODBYE)))
        self._asked = self._asked and broke_off

    def begin_anew(self, *, over: bool) -> None:
        """Somebody wants a new conversation, or this one is over by itself."""
        self.wake()
        self._ended = self._history if over else History()
        turns, self._history, self.tainted = self._history.turns, History(), False
        self._tell(ConversationOver(turns) if over else StartedAfresh(turns, asked=True))

    def summarize(self) -> None:
        """`Summarized` follows; one at a time, for all who ask meanwhile."""
        if self._summing_up is not None and not self._summing_up.done():
            return
        self._summing_up = self._spawn(self._sum_up(self._history if self._history.messages else self._ended))

    async def _sum_up(self, history: History) -> None:
        text = ""
        try:
            if history.messages or history.notes:
                text = await self._ask(summary_prompt(history.notes, history.messages))
        except VoiceError as error:
            self._tell(Noticed(error.message))
        self._tell(Summarized(cleaned_notes(text)))

    def close(self) -> None:
        """Nothing is noted or summed up any more."""
        self.wake()
        if self._summing_up is not None:
            self._summing_up.cancel()

    def edit(self, change: Callable[[History], History]) -> None:
        """Somebody else knows better what was said."""
        self.wake()
        self._history = change(self._history).trimmed(self._budget())

    @property
    def has_any(self) -> bool:
        return bool(self._history.messages or self._history.notes)

    def has(self, name: str) -> bool:
        return any(message.name == name for message in self._history.messages)

    def restore(self, messages: Sequence[Message], *, tainted: bool) -> None:
        """They came before all that was said so far. `tainted`: text from outside was among it."""
        self.wake()
        turns = self._history.turns + sum(message.role == "user" for message in messages)
        history = replace(self._history, messages=(*messages, *self._history.messages), turns=turns)
        self._history = history.trimmed(self._budget())
        self.tainted = self.tainted or tainted

    # ------------------------------------------------------------ notes

    def rest(self) -> None:
        """Nobody talks and nothing is being answered."""
        count = self._history.due(self._budget())
        if count:
            self._noting = self._spawn(self._take_notes(count))

    def wake(self) -> None:
        """Somebody talks: the language model is needed, and the history is about to change."""
        if self._noting is not None:
            self._noting.cancel()
            self._noting = None

    async def _take_notes(self, count: int) -> None:
        await asyncio.sleep(QUIET_S)
        history = self._history
        try:
            notes = cleaned_notes(await self._ask(notes_prompt(history.notes, history.messages[:count])))
        except VoiceError as error:
            log.info("no notes were taken: %s", error.code)
            return
        if notes:
            self._history = history.noted(count, notes)
            await self._now().llm.prepare(self.prompt(""))

    async def _ask(self, prompt: Sequence[Message]) -> str:
        now = self._now()
        answer = now.llm.reply(prompt, max_tokens=LONGEST_TOKENS)
        async with aclosing(flowing(Stage.LLM, answer, now.settings.llm_timeout_s, now.llm)) as pieces:
            return "".join([piece async for piece in pieces if isinstance(piece, str)])

    def _instructions(self) -> str:
        now = self._now()
        prompt = now.settings.prompt
        return f"{prompt}\n{DATA_RULE}".strip() if now.tools.offered() else prompt

    def _budget(self) -> int:
        """Tokens for what was said: the rest is for instructions, tools and answer."""
        now = self._now()
        settings = now.settings
        tools = () if isinstance(now.llm, ChoosesApart) else now.tools.offered()
        others = estimated_tokens(self._instructions()) + settings.max_tokens + tool_tokens(tools)
        least = max(LEAST_BUDGET_TOKENS, int(settings.context_tokens * LEAST_SHARE))
        return max(least, settings.context_tokens - others)
