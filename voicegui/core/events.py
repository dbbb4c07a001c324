"""What a conversation tells: a closed union of frozen facts, in the past tense.

Windows, terminals and servers show them. Sentences in them are in the language of the window.
"""

from dataclasses import dataclass
from enum import StrEnum

from .backchannel import Passed
from .errors import ErrorCode, HintKind, VoiceError
from .lifecycle_events import Continued as Continued
from .lifecycle_events import ConversationOver as ConversationOver
from .lifecycle_events import LastConversationFound as LastConversationFound
from .lifecycle_events import StartedAfresh as StartedAfresh
from .lifecycle_events import Summarized as Summarized
from .ports import LoadingProgress
from .tool_events import ApprovalAnswered as ApprovalAnswered
from .tool_events import ApprovalAsked as ApprovalAsked
from .tool_events import ToolCalled as ToolCalled
from .tool_events import ToolFinished as ToolFinished


class Phase(StrEnum):
    IDLE = "idle"
    LISTENING = "listening"
    PROCESSING = "processing"
    SPEAKING = "speaking"


class Stage(StrEnum):
    """The parts of a turn that models or services fill."""

    STT = "stt"
    LLM = "llm"
    TTS = "tts"


@dataclass(frozen=True, slots=True)
class Timings:
    """Cumulative ms from the end of the user's speech (in input audio time); None where not reached."""

    end_of_turn: float | None = None
    stt: float | None = None
    first_token: float | None = None
    first_sentence: float | None = None
    voice_to_voice: float | None = None


@dataclass(frozen=True, slots=True)
class LoadingProgressed:
    loading: LoadingProgress


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine is loaded and warm; turns can be taken."""


@dataclass(frozen=True, slots=True)
class StateChanged:
    phase: Phase
    user_speaking: bool
    hands_free: bool
    talking: bool
    """Push-to-talk is held or latched."""
    muted: bool
    typed: bool = False
    """What is being answered was typed."""
    silent: bool = False
    """The answer is only shown: speaking means writing."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    turn: int


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    turn: int


@dataclass(frozen=True, slots=True)
class PartialHeard:
    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class UserSaid:
    """The user's words of a turn: transcribed or typed. Sent again with more text when the user went on."""

    turn: int
    text: str
    typed: bool = False


@dataclass(frozen=True, slots=True)
class NothingHeard:
    """A turn ended without words: nothing was sent anywhere."""

    turn: int


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Something was heard over a reply and did not interrupt it. Echo of the reply itself is not told."""

    turn: int
    """Of the reply."""
    text: str
    """"" if there were no words, or if they came too late."""
    why: Passed


@dataclass(frozen=True, slots=True)
class ReplyGrew:
    """Text as shown (Markdown), appended to the reply of this turn."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplyShortened:
    """The answer was cut by the limit of tokens and ended at its last whole sentence: the text shown is now `text`."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class SentenceReady:
    """Text as spoken, handed to the voice."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class PlaybackStarted:
    turn: int


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A reply was cut. `heard + unheard` is the shown text received so far."""

    turn: int
    heard: str
    unheard: str


@dataclass(frozen=True, slots=True)
class TurnDone:
    """Always the last of a turn. `assistant` holds only what was heard (or shown, for a reply without sound)."""

    turn: int
    user: str
    assistant: str
    timings: Timings


@dataclass(frozen=True, slots=True)
class TurnFailed:
    """The turn gave no answer, or the answer broke off. What the user said stays; `Retry` answers it."""

    turn: int
    code: ErrorCode
    message: str
    retryable: bool
    audio_kept: bool = False
    """The sound of what the user said is in memory: `SaveAudio` writes it."""


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """Somebody stopped the turn, or went on to something else, before anything was heard of an answer."""

    turn: int
    partly: bool = False
    """The beginning of an answer was heard in an earlier turn, before it broke off."""


@dataclass(frozen=True, slots=True)
class AudioSaved:
    path: str


@dataclass(frozen=True, slots=True)
class AudioNotSaved:
    code: ErrorCode
    message: str


@dataclass(frozen=True, slots=True)
class FellBack:
    """A stage failed and its second choice took over. Told once; again only after the first had worked in between."""

    stage: Stage
    message: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something worth knowing about a service, told once: what it lacks, which model ends soon."""

    message: str
    stage: Stage | None = None
    """Whose model ends."""
    successor: str = ""
    """The value of the stage's setting that chooses what comes after it; "" if none is known there."""


@dataclass(frozen=True, slots=True)
class ProblemAppeared:
    """Something lasting is wrong (a device, the engine): a state with a sentence and a way out, not a dialog."""

    source: str
    """"microphone", "speaker" or "engine"; one problem each at a time."""
    code: ErrorCode
    message: str
    hint: str = ""
    alternative: str = ""
    """Name of a device that could be used instead."""
    to_download: int = 0
    """Bytes of models that are missing: `Retry` gets them."""
    hint_kind: HintKind = HintKind.SENTENCE
    heading: str = ""
    """The beginning of `message`, which stands out; "" if all of it does."""
    detail: str = ""
    """What follows the heading in `message`."""


def problem_of(source: str, error: VoiceError, *, alternative: str = "", to_download: int = 0) -> ProblemAppeared:
    return ProblemAppeared(
        source, error.code, error.message, error.hint, alternative, to_download,
        error.hint_kind, error.heading, error.detail if error.heading else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProblemSolved:
    source: str
    message: str = ""


Event = (
    LoadingProgressed
    | Ready
    | StateChanged
    | SpeechStarted
    | SpeechEnded
    | PartialHeard
    | UserSaid
    | NothingHeard
    | NotTaken
    | ReplyGrew
    | ReplyShortened
    | SentenceReady
    | PlaybackStarted
    | Interrupted
    | TurnDone
    | TurnFailed
    | AudioSaved
    | AudioNotSaved
    | FellBack
    | Noticed
    | StartedAfresh
    | ConversationOver
    | Summarized
    | LastConversationFound
    | Continued
    | NotAnswered
    | ToolCalled
    | ToolFinished
    | ApprovalAsked
    | ApprovalAnswered
    | ProblemAppeared
    | ProblemSolved
)
