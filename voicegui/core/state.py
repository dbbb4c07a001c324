"""What a conversation is at one moment, for the table in `machine`."""

from dataclasses import dataclass, field
from typing import NamedTuple

from .effects import Effect
from .events import Event, Phase


@dataclass(frozen=True, slots=True)
class GivenUp:
    """The last turn that was given up or failed: what `Retry` answers. False when there is nothing to answer."""

    text: str = ""
    """Its words, as far as they are known."""
    sound: bool = False
    """Its sound is kept in memory."""
    transcribed: bool = True
    """False: the kept sound holds words that `text` lacks."""
    partly: bool = False
    """Part of the answer was heard before the reply broke off: the next one goes on from there."""
    typed: bool = False

    def __bool__(self) -> bool:
        return bool(self.text) or not self.transcribed


@dataclass(frozen=True, slots=True)
class State:
    phase: Phase = Phase.IDLE
    hands_free: bool = False
    """The microphone is open between turns: "rest" is listening, else idle."""
    talking: bool = False
    """A push-to-talk turn: its end is decided by the person, not by silence."""
    user_speaking: bool = False
    undecided: bool = False
    """The reply goes on after a sound over it whose words are not known yet."""
    muted: bool = False
    turn: int = 0
    answering: bool = False
    """A reply was begun. While processing, False means that the words are still being transcribed."""
    question: str = ""
    """The text being answered; "" while it is not known, and for the opening line."""
    spoken: bool = False
    """The question was spoken, so there is sound of it."""
    typed: bool = False
    """The question was typed: what is shown of its answer counts, whether it was heard or not."""
    silent: bool = False
    """The reply is only shown: typed questions are not read aloud, or its voice was stopped."""
    goes_on: bool = False
    """The reply goes on where an earlier one broke off; the question is in the history already."""
    unanswered: str = ""
    """Text of a turn the user went on from before it was answered: merged with what comes."""
    given_up: GivenUp = field(default_factory=GivenUp)
    keeps_sound: bool = True
    """Setting: the sound of a turn is kept until it is answered."""
    reads_aloud: bool = True
    """Setting: the answers to typed questions are spoken, too."""
    opening_line: str = ""
    """Setting: said when hands-free begins a conversation."""

    @property
    def mic_open(self) -> bool:
        return self.hands_free or self.talking

    @property
    def being_heard(self) -> bool:
        """There is sound of the user that may be speech."""
        return self.user_speaking or self.undecided

    @property
    def at_rest(self) -> bool:
        """Nobody talks and nothing is being answered."""
        resting = self.phase is Phase.IDLE or self.phase is Phase.LISTENING
        return resting and not self.user_speaking and not self.talking


class Step(NamedTuple):
    state: State
    effects: tuple[Effect, ...] = ()
    events: tuple[Event, ...] = ()


def join(first: str, second: str) -> str:
    """Two pieces of one utterance."""
    return f"{first} {second}".strip()
