"""hibari, in the child process."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from voicegui.core.audio import Audio
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.wording import sentence

LONG_WORDS = 14
"""A longer sentence is spoken clause by clause, so that its beginning need not wait for its end."""

_CLAUSE = re.compile(r"(?<=[,;:—])\s+")
_LEAST_WORDS = 4
_MOST_WORDS = 30
"""Nothing can be cancelled, and nothing is heard, until a piece is done."""

_SILENCE = 0.01
"""-40 dBFS. The model starts with up to 0.3 s of silence, which the listener would wait for."""

_LEAD_S = 0.01

_BRACKETS = str.maketrans("[]", "()")
"""hibari takes [words](sounds) for words to be said with other sounds, and says nothing of the second part."""


class HibariVoice:
    """Sentences to sound, 24 kHz. Keeps every voice it has used; they take 10 MB each."""

    def __init__(self, name: str) -> None:
        self._voices: dict[str, Any] = {}
        self._load(name)

    def names(self) -> Sequence[str]:
        """Voices present on this machine."""
        from hibari.voices import VOICES

        return tuple(name for name in VOICES if _path(name))

    def speak(self, text: str, name: str, speed: float = 1.0) -> Iterator[Audio]:
        """Sound clause by clause; nothing for text without words. `speed`: 0.5 to 2, the voice's own is 1."""
        model = self._load(name)
        for clause in clauses(text):
            for sound in model.stream(clause, speed):
                loud = np.flatnonzero(np.abs(sound) > _SILENCE)
                if len(loud):
                    start = max(int(loud[0]) - int(_LEAD_S * model.sample_rate), 0)
                    samples = (np.clip(sound[start:], -1, 1) * 32767).astype("<i2").tobytes()
                    yield Audio(samples, model.sample_rate)

    def _load(self, name: str) -> Any:
        if name in self._voices:
            return self._voices[name]
        path = _path(name)
        if not path:
            raise _missing(name)
        from hibari import Hibari

        self._voices[name] = Hibari(name, model=path)
        return self._voices[name]


def _path(name: str) -> str:
    """The voice's file, "" if it is not here: hibari would download it behind the user's back."""
    from hibari.voices import VOICES, voice_path

    if name not in VOICES:
        return ""
    try:
        return str(voice_path(name, download_missing=False))
    except FileNotFoundError:
        return ""


def _missing(name: str) -> VoiceError:
    from hibari.voices import VOICES

    if name not in VOICES:
        what = sentence("There is no voice “{voice}” for this machine. Choose another voice.", voice=name)
        return VoiceError(ErrorCode.MODEL_MISSING, what)
    what = sentence(
        "its {number} MB are not downloaded. Choose another voice.", number=f"{VOICES[name]['bytes'] / 1e6:.0f}"
    )
    heading = sentence("The voice “{voice}” is not on this machine", voice=name)
    return VoiceError(ErrorCode.MODEL_MISSING, what, heading=heading)


def clauses(text: str) -> Sequence[str]:
    """The pieces a sentence is spoken in, with all its words: at commas, each of at least four words; without commas,
    every 30 words."""
    text = text.translate(_BRACKETS)
    if len(text.split()) <= LONG_WORDS:
        return (text,)
    pieces: list[list[str]] = []
    for part in _CLAUSE.split(text):
        words = part.split()
        if pieces and min(len(pieces[-1]), len(words)) < _LEAST_WORDS:
            pieces[-1] += words
        else:
            pieces.append(words)
    return [chunk for piece in pieces for chunk in _chunks(piece)]


def _chunks(words: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(words), _MOST_WORDS):
        yield " ".join(words[start : start + _MOST_WORDS])
