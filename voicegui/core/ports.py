"""The Protocols between a conversation and the world. `app` hands a conversation its parts."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from .audio import Audio
from .errors import VoiceError
from .tools import ToolCall, ToolInfo

# ---------------------------------------------------------------- sound


@dataclass(frozen=True, slots=True)
class Frame:
    """32 ms of the microphone: echo-cancelled, 16 kHz, 512 samples."""

    samples: bytes
    speech_probability: float
    end: int
    """Position after the last sample, in samples at 16 kHz since the microphone opened. Never jumps back."""
    captured_at: float
    """Monotonic seconds at which its last sample reached the microphone."""
    own_voice: bool = False
    """What sounded like a voice in the last 0.2 s was the reply itself: the echo canceller has found out just now."""


@dataclass(frozen=True, slots=True)
class FirstSound:
    """The first sample above -40 dBFS of what was played since the last flush reached the speaker."""

    at: float
    """Monotonic seconds, output latency included."""


@dataclass(frozen=True, slots=True)
class PlaybackDone:
    """Everything played before `Sound.finish` has been heard."""


@dataclass(frozen=True, slots=True)
class SoundTrouble:
    """A device is missing, lost, busy or sends only zeros. The other direction goes on."""

    error: VoiceError
    device: Literal["microphone", "speaker"]
    alternative: str = ""
    """Name of a device that could be used instead, if any."""


@dataclass(frozen=True, slots=True)
class SoundMended:
    device: Literal["microphone", "speaker"]
    name: str
    """The device in use now."""


SoundEvent = Frame | FirstSound | PlaybackDone | SoundTrouble | SoundMended


@runtime_checkable
class MayLoad(Protocol):
    """A stage that may first have to load its model."""

    def patience_s(self, usual_s: float) -> float:
        """How long its next words or sound may be waited for, where others have `usual_s`."""


class Sound(Protocol):
    """A microphone and a speaker on one echo canceller: a sound card, a WAV file in real time, a network peer.

    All methods are called on the event loop's thread and return at once; events arrive there too, in order.
    """

    async def open(self, receive: Callable[[SoundEvent], None]) -> None:
        """Starts the speaker; the microphone waits for `listen(True)`.

        A missing device is a `SoundTrouble`, not an exception.
        """

    async def aclose(self) -> None: ...

    def listen(self, on: bool) -> None:
        """Opens or closes the microphone. While open, a `Frame` arrives every 32 ms."""

    def mute(self, on: bool) -> None:
        """While muted frames go on, with zeros and probability 0; playback is untouched."""

    def play(self, audio: Audio) -> None:
        """Appends to what is being played; any rate. Plays at once unless paused."""

    def finish(self) -> None:
        """No more will be appended: `PlaybackDone` follows when all of it was heard."""

    def pause(self) -> None:
        """Silence within 20 ms (a fade), the position is kept; `play` still appends."""

    def resume(self, at: int) -> None:
        """Goes on from playback sample `at` (48 kHz, since the last flush; not after the pause's position)."""

    def flush(self) -> int:
        """Silence at once, drops everything; returns the playback samples that were really heard since the last
        flush."""

    def heard(self) -> int:
        """Playback samples heard since the last flush: those played, less the output latency."""


class SoundPeer(Protocol):
    """Who listens to a `Sound` at the other end of a connection. All return at once."""

    def play(self, samples: bytes, at: int | None) -> None:
        """int16 samples at the peer's rate. `at`: the first one's place in what is said since the last flush, in
        samples at 48 kHz; None: they follow those before."""

    def drop(self) -> None:
        """What it got and has not played yet is not to be played. Called only if there is some."""

    def end(self) -> None:
        """All that will be said until the next flush was sent."""


class LevelSource(Protocol):
    """What the window draws. Pulled at the window's own frame rate; audio never pushes repaint."""

    def levels(self, since: int) -> "AudioLevels": ...


@dataclass(frozen=True, slots=True)
class AudioLevels:
    """Peaks of 20 ms blocks, 0..1 of full scale, oldest first; at most the last 10 s."""

    microphone: Sequence[float]
    speaker: Sequence[float]
    """Same length and clock as `microphone`."""
    until: int
    """Number of blocks since the start; pass it as the next `since`."""
    speech_probability: float


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    name: str
    """Stable identifier: what settings keep."""
    label: str
    """What people call it."""
    is_default: bool


class Devices(Protocol):
    """The devices that can be chosen, by name."""

    @property
    def looked(self) -> bool:
        """The lists are known. Before that they are empty, which means nothing."""

    def microphones(self) -> Sequence[DeviceInfo]: ...

    def speakers(self) -> Sequence[DeviceInfo]: ...

    def use(self, *, microphone: str | None = None, speaker: str | None = None) -> None:
        """Switches at once. `""` means the system's default; None leaves a direction as it is."""

    def watch(self, changed: Callable[[], None]) -> None:
        """`changed` is called on the event loop's thread whenever the lists change."""


# ---------------------------------------------------------------- models


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant", "tool"]
    """A "tool" message brings the outcome of one call of the last assistant message that made calls."""
    text: str
    calls: tuple[ToolCall, ...] = ()
    """Of an assistant's message: each is answered by one tool message, in this order."""
    call_id: str = ""
    """Of a tool's message."""
    say: str = ""
    """Of a tool's message: see `ToolOutcome.say`."""
    goes_on: bool = field(default=False, compare=False)
    """Of a user's message: the program asks for the rest of an answer that broke off."""
    name: str = field(default="", compare=False)
    """By which a program that edits what was said refers to it: see `core.history`. "" if nobody does."""
    whole: str = field(default="", compare=False)
    """Of an assistant's message that broke off: `text` without the mark that says so."""


class Hearing(Protocol):
    """The transcription of one utterance, audio by audio."""

    def feed(self, audio: Audio) -> None:
        """Appends 16 kHz audio."""

    async def text(self) -> str:
        """Transcript of all that was fed so far, "" if there are no words. May be called again after more was fed.

        Raises VoiceError. Cancelling it is safe; the hearing stays usable.
        """

    async def aclose(self) -> None: ...


class SpeechToText(Protocol):
    def listen(self, on_partial: Callable[[str], None], expected: Sequence[str] = ()) -> Hearing:
        """`on_partial` gets the words so far, on the event loop's thread; never while `text()` runs or after
        `aclose()`. `expected`: phrases that an unclear short sound is likely to be; a hint, it may be ignored."""


@dataclass(frozen=True, slots=True)
class LimitReached:
    """The answer was cut by `max_tokens`: what came last may be no whole sentence."""


ReplyText = str | LimitReached
ReplyPiece = ReplyText | ToolCall
"""Text as it comes; calls come whole, after the text."""


class LanguageModel(Protocol):
    def reply(
        self, messages: Sequence[Message], *, max_tokens: int, tools: Sequence[ToolInfo] = ()
    ) -> AsyncGenerator[ReplyPiece, None]:
        """Streams the answer: text, or calls of `tools`, or both. Closing the generator stops the model within 50 ms.

        Raises VoiceError.
        """

    async def prepare(self, messages: Sequence[Message]) -> None:
        """A prompt that begins like these comes soon: reads ahead, opens a connection, or does nothing.

        Safe to cancel, never in the way of `reply`. Raises nothing.
        """


@runtime_checkable
class ChoosesApart(Protocol):
    """A language model that is asked for calls in a prompt of its own: tools take no room in that of the talk."""

    chooses_apart: bool


class TextToSpeech(Protocol):
    def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        """Speaks one sentence as it becomes ready. Closing the generator stops it. Raises VoiceError."""

    def voices(self) -> Sequence[str]: ...


class EndOfTurn(Protocol):
    async def probability(self, words: str) -> float:
        """Probability that a turn whose words so far are `words` ends here, 0..1. Raises VoiceError."""


@dataclass(frozen=True, slots=True)
class LoadingProgress:
    """Progress of getting an engine ready."""

    what: str
    """For a person: "Downloading Qwen2.5 0.5B", "Loading the voice"."""
    done: int = 0
    total: int = 0
    """Bytes; 0 when it cannot be known."""
    bytes_per_second: float = 0.0


class Engine(Protocol):
    """Owner of models or connections behind the providers of one vendor."""

    async def start(self, progress: Callable[[LoadingProgress], None]) -> None:
        """Loads and warms up. Raises VoiceError(MODEL_MISSING | MODEL_DAMAGED | ENGINE_FAILED)."""

    async def aclose(self) -> None: ...
