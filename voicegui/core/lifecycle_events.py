"""Events of the beginnings and ends of conversations. Imported from `core.events`, where the union is."""

from dataclasses import dataclass

from .records import PastConversation


@dataclass(frozen=True, slots=True)
class StartedAfresh:
    """The language model is told nothing of what was said before."""

    turns: int
    asked: bool = False
    """Somebody asked for it (`NewConversation`)."""


@dataclass(frozen=True, slots=True)
class ConversationOver:
    """It has had as many turns as it may have, and a goodbye was said. Whatever comes next is another one."""

    turns: int


@dataclass(frozen=True, slots=True)
class Summarized:
    """As `Summarize` asked for."""

    text: str
    """"" if nothing was said that could be summed up."""


@dataclass(frozen=True, slots=True)
class LastConversationFound:
    """What was said before the program was started: it may be continued."""

    conversation: PastConversation


@dataclass(frozen=True, slots=True)
class Continued:
    """The conversation that was found goes on."""
