"""What an engine tells of itself, so that whoever builds, lists and uses it need not know it.

Importing this is cheap: an engine's own modules are imported by its `EngineEntry.build`.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from voicegui.core.errors import VoiceError
from voicegui.core.events import Event, Stage
from voicegui.core.keys import Keys
from voicegui.core.ports import EndOfTurn, Engine, LanguageModel, LoadingProgress, Message, SpeechToText, TextToSpeech
from voicegui.core.settings import Settings

if TYPE_CHECKING:
    from voicegui.providers.catalogue import Catalogue

ReportProgress = Callable[[LoadingProgress], None]
LoadCatalogue = Callable[[], "Catalogue"]
"""The models that can be downloaded. Looks at the disk: call it in a thread. Raises VoiceError(BAD_SETTINGS)."""


@dataclass(frozen=True, slots=True)
class EngineModel:
    """One model that can be chosen."""

    name: str
    """MODEL of the settings."""
    label: str
    stages: Collection[Stage]
    detail: str = ""
    available: bool = True
    """False: choosing it starts a download first."""
    shutdown: str = ""
    """The day from which it answers no more, as YYYY-MM-DD; "" if none is announced."""
    successor: str = ""
    """The name of the model to take instead, if one is known."""


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """What is wanted of an engine, and what it may use for that."""

    settings: Settings
    keys: Keys
    catalogue: LoadCatalogue
    stages: Mapping[Stage, str]
    """What it is to fill, each with MODEL of the settings; "" means its usual one. Nothing else needs to be loaded."""
    end_of_turn: bool = False
    """It is to judge the ends of turns, too."""
    voice: str = ""
    """Speaks with exactly this one instead of the one in the settings."""
    prompt: Sequence[Message] = ()
    """What every conversation begins with: it may be read ahead."""
    download: ReportProgress | None = None
    """Models that are missing are downloaded, and that is reported here; None: they are a VoiceError(MODEL_MISSING)."""
    trouble: Callable[[VoiceError], None] = lambda error: None
    """To be told when the engine stops working, `mended` when it works again; both on the event loop's thread."""
    mended: Callable[[], None] = lambda: None
    tell: Callable[[Event], None] = lambda event: None
    """To be told what the user should know: which model ends soon, what a server lacks."""


@dataclass(frozen=True, slots=True)
class Provided:
    """An engine and what it fills. Stages it does not fill are None."""

    engine: Engine
    stt: SpeechToText | None = None
    llm: LanguageModel | None = None
    tts: TextToSpeech | None = None
    end_of_turn: EndOfTurn | None = None


class ServiceAccount(Protocol):
    """A service asked about itself. All but `aclose` raise VoiceError."""

    async def list_models(self) -> Sequence[EngineModel]: ...

    async def check_key(self) -> str:
        """Makes a real request with the key; returns its outcome as a sentence."""

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class EngineEntry:
    """One engine that can be chosen, and what it can."""

    name: str
    """PROVIDER of the settings."""
    label: str
    """What people call it."""
    build: Callable[[EngineRequest], Awaitable[Provided]]
    """Imports what the engine needs, gets its models and remembers; connections and processes are opened by
    `Engine.start`. Raises VoiceError for what it cannot do."""
    stages: Collection[Stage] = tuple(Stage)
    """What it fills as it is; a server at another address may fill more."""
    languages: Collection[str] = ()
    """Codes of those it hears and speaks; () means whatever its models know."""
    needs_download: bool = False
    """It uses models of the catalogue, which come before the first use."""
    needs_key: bool = False
    works_offline: bool = False
    """It runs in this program and nothing leaves the machine: it has no address, and may be a second choice for what
    fails."""
    judges_end_of_turn: bool = False
    voice_setting: Literal["voice", "cloud_voice"] = "cloud_voice"
    """The setting with the name of its voice."""
    voices: Sequence[str] = ()
    """Known ones before it has been asked, the usual one first."""
    called: str = ""
    """Within a sentence, where the label is no name: "your server"."""
    called_first: str = ""
    """The same at the beginning of a sentence: "Your server"."""
    models_here: Callable[[LoadCatalogue], Sequence[EngineModel]] = field(default=lambda catalogue: ())
    """Those that are known without asking a server. Looks at the disk: call it in a thread. Raises VoiceError."""
    address: Callable[[Settings, Stage], str] = field(default=lambda settings, stage: "")
    """The URL that is asked for a stage; "" if nobody knows it. Raises VoiceError."""
    account: Callable[[Settings, Keys], ServiceAccount] | None = None
    """Of a service that lists its models and takes a key. Raises VoiceError."""


# What some engines can beside `core.ports.Engine`.


@runtime_checkable
class AppliesSettings(Protocol):
    def apply(self, settings: Settings) -> None:
        """What needs no new engine, such as voice and speed: from the next sentence on."""


@runtime_checkable
class Revivable(Protocol):
    def revive(self) -> None:
        """Tries once more after it was given up; `EngineRequest.trouble` or `mended` follows."""


@runtime_checkable
class UsesKey(Protocol):
    async def use_new_key(self) -> None:
        """Its key was entered or deleted."""


@runtime_checkable
class LendsVoices(Protocol):
    """An engine that can speak with several voices at once."""

    @property
    def speaks(self) -> bool:
        """A voice is loaded."""

    def speaker(self, voice: str, speed: float) -> TextToSpeech:
        """One with a voice of its own; only while it `speaks`."""
