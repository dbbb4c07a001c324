"""Whether the first choice of a stage is to be tried, and what is told when it is not."""

from collections.abc import Callable

from voicegui.core.errors import VoiceError
from voicegui.core.events import Event, FellBack, NothingHeard, Stage, TurnDone, TurnFailed

_MEANWHILE = {
    Stage.STT: "Until it works again, this machine recognises what you say.",
    Stage.LLM: "Until it works again, this machine answers.",
    Stage.TTS: "Until it works again, this machine speaks.",
}


class Outage:
    """Of one stage. After a failure the second choice keeps it for the rest of the turn: nobody waits for the first one
    at every sentence. The next turn begins with the first one again."""

    def __init__(self, stage: Stage, tell: Callable[[FellBack], None]) -> None:
        self._stage = stage
        self._tell = tell
        self._told = False
        self.this_turn = False
        """The first choice has failed in this turn."""

    def failed(self, error: VoiceError) -> None:
        """Raises `error` again if nobody else could do better: a second choice helps against outages only."""
        if not error.retryable:
            raise error
        self.this_turn = True
        if not self._told:
            self._told = True
            self._tell(FellBack(self._stage, f"{error.message.removesuffix(' Try again.')} {_MEANWHILE[self._stage]}"))

    def worked(self) -> None:
        """The outage is over: the next one is told again."""
        self._told = False

    def receive(self, event: Event) -> None:
        """Told of everything that the conversation tells."""
        if isinstance(event, TurnDone | TurnFailed | NothingHeard):
            self.this_turn = False
