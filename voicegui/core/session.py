"""What a window or a server holds of the running program, without knowing its parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from .commands import Command
from .events import Event
from .ports import Devices, LevelSource
from .settings import Settings


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a picker."""

    name: str
    label: str
    detail: str = ""
    available: bool = True
    """False: choosing it starts a download first."""


class Session(Protocol):
    """Lives on the event loop's thread; every method returns at once."""

    def send(self, command: Command) -> None: ...

    def subscribe(self, receive: Callable[[Event], None]) -> Callable[[], None]:
        """`receive` gets every later event in order; returns what ends the subscription."""

    def spoken_until(self) -> int:
        """Characters of the current reply's shown text spoken so far; 0 when nothing is being spoken."""

    @property
    def levels(self) -> LevelSource: ...

    @property
    def devices(self) -> Devices: ...

    @property
    def settings(self) -> Settings: ...

    def change(self, settings: Settings) -> None:
        """Applies to the next turn and is stored; devices and voice switch at once."""

    def voices(self) -> Sequence[Choice]: ...

    def models(self) -> Sequence[Choice]:
        """Language models that can answer here."""

    def cancel_loading(self) -> None:
        """Stops a running download; what has arrived is kept for later."""
