"""What the agent says unasked, such as a reminder that is due: one after the other, when nobody talks."""

import asyncio
from collections import deque
from collections.abc import Callable

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.inputs import Announce, Input, ReplyDone, ReplyStarted, StageFailed
from voicegui.core.wording import sentence


class Announcements:
    """Only what was heard to its end counts as said. What is cut twice in the middle does, too: who stops it again and
    again knows it."""

    def __init__(self, post: Callable[[Input], None], taint: Callable[[], None]) -> None:
        self._post, self._taint = post, taint
        self._waiting: deque[tuple[str, asyncio.Future[None], bool]] = deque()
        self._current: tuple[str, asyncio.Future[None]] | None = None
        self._turn = 0
        """Of the current one; 0 while none is being said."""
        self._sounds = False
        self._cut: set[str] = set()
        """Lines of which only the beginning was heard."""
        self._closed = False

    async def say(self, line: str, *, at_rest: bool, outside: bool) -> None:
        """Returns when it was heard to its end, or shown where nothing can be heard. `at_rest`: nothing has to be
        waited for. `outside`: it holds text from outside, and taints the conversation in which it is said: a new one
        may begin meanwhile. Raises VoiceError: NOT_HEARD when something came before it, that of a stage that failed."""
        if self._closed:
            raise _not_heard()
        if not line.strip():
            return
        said: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((line, said, outside))
        if at_rest:
            self.next()
        await said

    def next(self) -> None:
        """Nobody talks: the next one is said, if there is one."""
        while self._current is None and self._waiting:
            line, said, outside = self._waiting.popleft()
            if not said.done():
                if outside:
                    self._taint()
                self._current, self._turn, self._sounds = (line, said), 0, False
                self._post(Announce(line))

    def follow(self, happened: Input, before: int, turn: int) -> None:
        """Every input of the conversation, and its turns before and after that."""
        if self._current is None:
            return
        if isinstance(happened, Announce):
            if turn == before:  # somebody was faster
                self._end(_not_heard())
            self._turn = turn
        elif self._turn == 0:
            return
        elif isinstance(happened, ReplyStarted) and happened.turn == self._turn:
            self._sounds = True
        elif isinstance(happened, ReplyDone) and happened.turn == self._turn:
            self._end(None)
        elif turn != self._turn:
            self._end(happened.error if isinstance(happened, StageFailed) else self._interrupted())

    def close(self) -> None:
        """What was not heard by now is not said any more."""
        self._closed = True
        for _, said, _ in self._waiting:
            if not said.done():
                said.set_exception(_not_heard())
        self._waiting.clear()
        self._end(_not_heard())

    def _interrupted(self) -> VoiceError | None:
        line = self._current[0] if self._current else ""
        if not self._sounds:
            return _not_heard()
        if line in self._cut:
            return None
        self._cut.add(line)
        return _not_heard()

    def _end(self, error: VoiceError | None) -> None:
        current, self._current, self._turn = self._current, None, 0
        if current is None or current[1].done():
            return
        if error is None:
            self._cut.discard(current[0])
            current[1].set_result(None)
        else:
            current[1].set_exception(error)


def _not_heard() -> VoiceError:
    return VoiceError(ErrorCode.NOT_HEARD, sentence("Something else was said before it was heard."), retryable=True)
