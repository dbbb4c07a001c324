"""What stands behind the words of all answers: what is remembered, what is done, what is asked permission for."""

from collections.abc import Callable

from voicegui.core.approval import QUIETEST_VOLUME
from voicegui.core.events import Event
from voicegui.core.settings import Settings

from .acting import Acting
from .approvals import Approvals
from .calls import Calls, Round
from .memory import Memory, Spawn
from .parts import Parts


class Mind:
    def __init__(self, parts: Parts, settings: Settings, *, tell: Callable[[Event], None], spawn: Spawn) -> None:
        self.memory = Memory(parts.llm, parts.tools, settings, tell=tell, spawn=spawn)
        self.calls = Calls(parts.tools, parts.clock, tell=tell, late=self.memory.resolve)
        self.approvals = Approvals(
            tell=tell, refused=self._refused, audible=lambda: self.acting.settings.volume >= QUIETEST_VOLUME
        )
        self.acting = Acting(parts.llm, settings, self.calls, self.approvals, lambda: self.memory.tainted)

    def change(self, parts: Parts, settings: Settings) -> None:
        """From the next answer on."""
        self.memory.settings = self.acting.settings = settings
        self.memory.llm = self.acting.llm = parts.llm
        self.memory.tools = self.calls.tools = parts.tools

    def rest(self) -> None:
        """Nobody talks and nothing is being answered."""
        self.memory.rest()
        self.approvals.rest()

    def wake(self) -> None:
        self.memory.wake()
        self.approvals.wake()

    def begin_anew(self) -> None:
        """A call that waits for a yes is refused; one that was declared to finish does, and nobody is told."""
        self.approvals.refuse()
        self.calls.answered()
        self.memory.begin_anew()

    async def aclose(self) -> None:
        self.wake()
        await self.calls.aclose()

    def _refused(self, round: Round) -> None:
        self.memory.acted(round.messages(self.calls.unfinished), outside=round.outside)
