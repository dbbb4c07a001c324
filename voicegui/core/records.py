"""What is kept from one day to the next, and the Protocols of those who keep it.

All raise `VoiceError(STORAGE_FAILED | DISK_FULL)`; none blocks the event loop. Times are seconds since 1970, UTC.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Reminder:
    id: int
    text: str
    """What to be reminded of, as it completes "remind me" or "remind me to": "stretch", "about the meeting"; of a timer
    its name, "" if it has none."""
    due: float
    made: float
    timer: bool = False
    tainted: bool = False
    """Set in a conversation that held text from outside, which may have told the model to: it is such text itself."""
    remaining: float | None = None
    """Seconds that are left of a paused timer, which is never due: `due` is infinite."""


class Reminders(Protocol):
    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """`changed` is called on the event loop's thread after one came or went; returns what ends that."""

    async def add(self, text: str, due: float, *, timer: bool = False, tainted: bool = False) -> Reminder: ...

    async def pending(self) -> Sequence[Reminder]:
        """Not announced and not cancelled, the earliest first; those that were missed too, and paused ones last."""

    async def cancel(self, id: int) -> bool:
        """False if there is no such one pending."""

    async def change(self, id: int, due: float, remaining: float | None = None) -> Reminder | None:
        """Due at another time, or paused with so many seconds left. It gets a new id: whoever is telling the one before
        does not end this one. None if there is no such one pending."""

    async def announced(self, id: int) -> None:
        """It was heard or shown: it is not pending any more."""

    async def claim(self, ids: Sequence[int]) -> Sequence[int]:
        """Those of them that are pending and that no other program is telling; from now on this one is. The claim ends
        with `release`, and with the program, however that ends."""

    async def release(self, ids: Sequence[int]) -> None:
        """They could not be told: any program may tell them."""


@dataclass(frozen=True, slots=True)
class Fact:
    id: int
    text: str
    since: float
    tainted: bool = False
    """As of a reminder."""


class Facts(Protocol):
    async def remember(self, text: str, *, tainted: bool = False) -> Fact:
        """The known one, if the same text is known; it stays tainted only if it is now, too."""

    async def recall(self, about: str = "") -> Sequence[Fact]:
        """Those with words of `about`, the best first; without it all, the newest first."""

    async def forget(self, id: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message of an earlier conversation."""

    at: float
    role: str
    """"user" or "assistant"."""
    text: str


@dataclass(frozen=True, slots=True)
class PastMessage:
    """Of a conversation that was kept: words as they were heard, or that a tool was used."""

    turn: int
    role: Literal["user", "assistant", "tool"]
    text: str
    """Of a tool its name: what it was given and what it brought is not kept."""
    ending: Literal["whole", "interrupted", "failed"] = "whole"
    ok: bool | None = None
    """Of a tool: whether it worked, None if that is not known."""
    answered: bool = True
    """Of a question: False if nothing was heard of an answer, or if the answer broke off."""


@dataclass(frozen=True, slots=True)
class PastConversation:
    id: int
    began: float
    messages: tuple[PastMessage, ...]
    """The newest ones, the oldest of them first."""
    tainted: bool
    """Text from outside was in it."""


class Archive(Protocol):
    async def search(self, words: str, limit: int = 5) -> Sequence[FoundMessage]:
        """Messages with all of the words, the newest first."""
