"""What the agent says: begins replies early, plays them, pauses and cuts them, and remembers what was heard."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from voicegui.core import inputs
from voicegui.core.events import Event, Interrupted, TurnDone
from voicegui.core.history import build_prompt, trimmed
from voicegui.core.ports import Message
from voicegui.core.settings import Settings

from .marks import Marks
from .reply import Reply, ReplyParts

Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


class Mouth:
    """At most one reply is being heard, and at most one is begun early, before its turn has ended."""

    def __init__(
        self,
        parts: ReplyParts,
        settings: Settings,
        *,
        tell: Callable[[Event], None],
        post: Callable[[inputs.Input], None],
        spawn: Spawn,
    ) -> None:
        self.parts = parts
        self.settings = settings
        self.marks = Marks(parts.clock())
        """Of the turn being answered."""
        self._tell = tell
        self._post = post
        self._spawn = spawn
        self._history: list[Message] = []
        self._reply: Reply | None = None
        self._early: Reply | None = None
        self._preparing: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        return self._reply is not None

    def spoken_until(self) -> int:
        """Characters of the current reply spoken so far."""
        return self._reply.heard_until(self.parts.sound.heard()) if self._reply else 0

    # ------------------------------------------------------------ before the turn has ended

    def prepare(self, words: str) -> None:
        """The model reads what was said so far while the user still talks."""
        if self._preparing is None or self._preparing.done():
            self._preparing = self._spawn(self.parts.llm.prepare(self._prompt(words)))

    def begin_early(self, question: str) -> None:
        """Perhaps all that will be said."""
        if self._early is None or self._early.question != question:
            self.drop_early()
            self._early = self._begin(question)

    def drop_early(self) -> None:
        if self._early is not None:
            self._spawn(self._early.cancel())
            self._early = None

    # ------------------------------------------------------------ the reply

    def start(self, turn: int, question: str) -> None:
        """The reply to `question`: the early one if it answers just that."""
        early, self._early = self._early, None
        if early is not None and early.question != question:
            self._spawn(early.cancel())
            early = None
        self._reply = early or self._begin(question)
        self._reply.release(
            turn,
            self._tell,
            on_silent_end=lambda: self._post(inputs.ReplyDone(turn)),
            on_failure=lambda error: self._post(inputs.Failed(turn, error)),
        )

    def pause(self) -> None:
        self.parts.sound.pause()

    def resume(self) -> None:
        """From the start of the last word."""
        played = self.parts.sound.heard()
        self.parts.sound.resume(self._reply.resume_point(played) if self._reply else played)

    def commit_user(self, words: str) -> None:
        self._history = [*trimmed(self._history), Message("user", words)]

    def commit(self, turn: int) -> None:
        """All of it was heard."""
        self.parts.sound.flush()
        reply, self._reply = self._reply, None
        if reply is not None:
            self._end_turn(turn, reply, reply.text.strip())

    def cancel(self, turn: int, question: str, *, commit_heard: bool) -> None:
        """Silence at once; what was heard enters the history if `commit_heard`."""
        played = self.parts.sound.flush()
        self.drop_early()
        reply, self._reply = self._reply, None
        if reply is None:
            self._tell(TurnDone(turn, question, "", self.marks.timings()))
            return
        self._spawn(reply.cancel())
        cut = reply.heard_until(played) if commit_heard else 0
        if commit_heard:
            self._tell(Interrupted(turn, reply.text[:cut], reply.text[cut:]))
        self._end_turn(turn, reply, reply.text[:cut].strip())

    # ------------------------------------------------------------ helpers

    def _begin(self, question: str) -> Reply:
        if self._preparing is not None:
            self._preparing.cancel()
        reply = Reply(question, self._prompt(question), self.parts, max_tokens=self.settings.max_tokens)
        reply.start()
        return reply

    def _prompt(self, words: str) -> list[Message]:
        return build_prompt(self.settings.prompt, trimmed(self._history), words)

    def _end_turn(self, turn: int, reply: Reply, assistant: str) -> None:
        if assistant:
            self._history.append(Message("assistant", assistant))
        marks = replace(self.marks, first_token=reply.first_token_at, first_sentence=reply.first_sentence_at)
        self._tell(TurnDone(turn, reply.question, assistant, marks.timings()))
