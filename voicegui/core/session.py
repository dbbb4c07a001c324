"""What a window or a server holds of the running program, without knowing its parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from .commands import Command
from .events import Event
from .keys import Keys
from .persona import Persona
from .ports import Devices, LevelSource
from .privacy import DataFlow
from .settings import Settings
from .toolbox import Toolbox
from .wording import shown

StageSetting = Literal["stt", "llm", "tts"]
"""The field of `Settings` that says who does it."""


@dataclass(frozen=True, slots=True)
class PickerChoice:
    """One line of a picker."""

    name: str
    label: str
    detail: str = ""
    available: bool = True
    """False: choosing it starts a download first."""
    shutdown: str = ""
    """The day from which it answers no more, as YYYY-MM-DD; "" if none is announced."""
    successor: str = ""
    """The name of the choice to take instead, if one is known."""
    short: str = ""
    """Of a label that says more than a name the name: "Heart" of "Heart, American woman"."""
    kind: str = ""
    """The rest of such a label: "American woman"."""


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """Somebody who can do a stage: this machine, a vendor, a server."""

    name: str
    """PROVIDER of the settings; "local" is this machine's own engine."""
    label: str
    needs_key: bool
    running_here: bool = False
    """A server that was found on this machine."""
    takes_key: bool = True
    called: str = ""
    """Within a sentence, where the label is no name: "your server"."""
    called_first: str = ""
    """The same at the beginning of a sentence: "Your server"."""

    @property
    def key(self) -> str:
        """What its key is called within a sentence: "OpenAI key", "key of your server"."""
        if self.called:
            return shown("key of {service}", service=self.called)
        return shown("{service} key", service=self.label)

    @property
    def key_title(self) -> str:
        """`key` where nothing stands before it."""
        return shown("Key of {service}", service=self.called) if self.called else self.key

    @property
    def subject(self) -> str:
        """At the beginning of a sentence."""
        return self.called_first or self.label


class Session(Protocol):
    """Lives on the event loop's thread; every method that is not async returns at once. The async ones raise
    `VoiceError`."""

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

    def presets(self) -> Sequence[Persona]: ...

    @property
    def keys(self) -> Keys: ...

    @property
    def toolbox(self) -> Toolbox: ...

    def whereabouts(self) -> DataFlow:
        """Where what is said goes, by the settings as they are now."""

    def services(self) -> Sequence[ServiceInfo]:
        """Those that can be chosen, this machine first."""

    def stage_models(self, stage: StageSetting) -> Sequence[PickerChoice]:
        """Models known for a stage, of all services; each name is a value of the stage's setting."""

    def voices(self, service: str) -> Sequence[PickerChoice]:
        """Empty when they are not known: then any name may do."""

    async def refresh_services(self) -> None:
        """Looks which servers run here and asks services for their models; the lists above are new then."""

    async def test_key(self, service: str) -> str:
        """Makes a real request with the key; returns its outcome as a sentence."""

    async def hear_voice(self, service: str, voice: str) -> None:
        """Plays a sample of exactly this voice, whatever speaks now: until it has been heard, somebody begins to talk
        or another sample is asked for. Cancelling stops it. The microphone hears nothing meanwhile."""

    def cancel_loading(self) -> None:
        """Stops a running download; what has arrived is kept for later."""
