"""What the window's process and the child with the models say to each other: two closed unions over a pipe.

Every request has an id chosen by the parent; it is answered by any number of `Chunk`, then one `Done` or
`RequestFailed`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voicegui.core.audio import Audio
from voicegui.core.errors import VoiceError
from voicegui.core.ports import LimitReached, Message
from voicegui.core.wording import Sentence


@dataclass(frozen=True, slots=True)
class LocalModels:
    """What the child loads: only what is set."""

    hearing: bool = True
    """Moonshine tiny-en, from inside its wheel."""
    voice: str = "heart"
    """A hibari voice present on this machine; "" loads none."""
    language_model: Path | None = None
    """GGUF file of a chat model."""
    end_of_turn: Path | None = None
    """GGUF file of SmolLM2-135M-Instruct."""
    language_model_name: str = ""
    """Catalogue names, for `voicegui models get NAME` in errors; "" takes the file's name."""
    end_of_turn_name: str = ""


# ---------------------------------------------------------------- parent to child


@dataclass(frozen=True, slots=True)
class Transcribe:
    id: int
    samples: bytes
    """int16 at 16 kHz, mono."""
    partial: bool
    """A guess while the user still talks: dropped when a real request waits."""
    expected: Sequence[str] = ()
    """Phrases that an unclear short sound is likely to be."""


@dataclass(frozen=True, slots=True)
class Generate:
    id: int
    messages: Sequence[Message]
    max_tokens: int
    """0 only reads the prompt, so that a later reply starts sooner."""


@dataclass(frozen=True, slots=True)
class Choose:
    """Answered by JSON text of the given shape; what was read for replies stays in the model's cache."""

    id: int
    messages: Sequence[Message]
    schema: Mapping[str, Any]
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Speak:
    id: int
    text: str
    voice: str
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class JudgeEnd:
    id: int
    words: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Ends request `id`; its answer still closes with `Done` or `RequestFailed`."""

    id: int


Request = Transcribe | Generate | Choose | Speak | JudgeEnd

# ---------------------------------------------------------------- child to parent


@dataclass(frozen=True, slots=True)
class PartialTranscript:
    settled: str
    """Words of the first `settled_samples`: they never have to be sent again."""
    settled_samples: int
    rest: str


ChunkValue = str | LimitReached | float | Audio | PartialTranscript
"""A token or the end of their number, a probability, a piece of speech, a transcript."""


@dataclass(frozen=True, slots=True)
class Chunk:
    id: int
    value: ChunkValue


@dataclass(frozen=True, slots=True)
class Done:
    id: int


@dataclass(frozen=True, slots=True)
class RequestFailed:
    id: int
    error: VoiceError


@dataclass(frozen=True, slots=True)
class LoadingStep:
    what: Sentence


@dataclass(frozen=True, slots=True)
class Started:
    """Everything is loaded and warm."""

    voices: Sequence[str]


@dataclass(frozen=True, slots=True)
class StartFailed:
    error: VoiceError


Response = Chunk | Done | RequestFailed
Report = Response | LoadingStep | Started | StartFailed
