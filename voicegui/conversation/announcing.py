"""What the agent says unasked, such as a reminder that is due: one after the other, when nobody talks."""

import asyncio
from collections import deque
from collections.abc import Callable

from voicegui.core.inputs import Announce, Failed, Input, ReplyDone, ReplyStarted


class Announcements:
    def __init__(self, post: Callable[[Input], None]) -> None:
        self._post = post
        self._waiting: deque[tuple[str, asyncio.Future[None]]] = deque()
        self._current: asyncio.Future[None] | None = None
        self._turn = 0
        """Of the current one; 0 while none is being said."""

    async def say(self, line: str, *, at_rest: bool) -> None:
        """Returns when it sounds or was shown. `at_rest`: nothing has to be waited for. Raises VoiceError."""
        said: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((line, said))
        if at_rest:
            self.next()
        await said

    def next(self) -> None:
        """Nobody talks: the next one is said, if there is one."""
        while self._current is None and self._waiting:
            line, said = self._waiting.popleft()
            if not said.done():
                self._current, self._turn = said, 0
                self._post(Announce(line))

    def follow(self, happened: Input, turn: int) -> None:
        """Every input of the conversation, and its turn after that."""
        if self._current is None:
            return
        if isinstance(happened, Announce):
            self._turn = turn
        elif self._turn and (turn != self._turn or isinstance(happened, ReplyStarted | ReplyDone)):
            self._end(happened)

    def close(self) -> None:
        for _, said in self._waiting:
            said.cancel()
        if self._current is not None:
            self._current.cancel()

    def _end(self, happened: Input) -> None:
        said, self._current, self._turn = self._current, None, 0
        if said is None or said.done():
            return
        if isinstance(happened, Failed):
            said.set_exception(happened.error)
        else:
            said.set_result(None)
