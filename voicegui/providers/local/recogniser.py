"""Moonshine tiny-en, in the child process. One lane, because a transcriber is not thread-safe."""

import os
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from voicegui.core.audio import LISTENING_RATE_HZ

from .protocol import Transcript

Samples = npt.NDArray[np.float32]

LONGEST_PIECE_S = 12.0
"""Longer audio is decoded in pieces: the decoder's cost grows faster than the audio (44 s: 6 s, in pieces 2.5 s)."""

CUT_FROM_S, CUT_TO_S = 5.0, 10.0
"""A piece ends at the quietest moment between these."""

_BLOCK = LISTENING_RATE_HZ // 50
_AUDIBLE_PEAK = 0.002
"""-54 dBFS: below it nothing can be a word."""

_MARGIN_BLOCKS = 10
"""200 ms kept around what is audible."""

_DOUBTFUL_WORDS, _DOUBTFUL_PEAK = 4, 0.05
"""Texts made up for noise are this short ("You", "Thank you for watching.") or for sound this faint (-26 dBFS): there
the voice detector must agree. It costs 5 ms per second of audio."""

_DETECTOR_SETTLED_S = 0.4
"""Moonshine's own voice detector starts in the state "voice" and reports a line of up to 0.29 s for any beginning."""

_LOOP = re.compile(r"\b(\w[^.!?]{0,40}?)((?:[\s,.!?]+\1\b){3,})", re.IGNORECASE)


class Recogniser:
    """Audio to words, without any state between calls."""

    def __init__(self) -> None:
        # Read by the library when a session opens. One thread is as fast as two (which spin) and costs half the CPU.
        os.environ["MOONSHINE_ORT_SINGLE_THREAD"] = "1"
        # Without its detector the whole utterance is one line: 40 % faster and fewer words broken at pauses.
        self._decoder = _transcriber({"vad_threshold": "0"})
        self._detector = _transcriber({"skip_transcription": "true"})

    def transcribe(self, samples: bytes) -> Transcript:
        """Words of int16 audio at 16 kHz. Everything but the last seconds of long audio comes back as settled."""
        audio: Samples = np.frombuffer(samples, "<i2").astype(np.float32) / np.float32(32768)
        settled: list[str] = []
        start = 0
        while len(audio) - start > LONGEST_PIECE_S * LISTENING_RATE_HZ:
            end = start + quietest(audio[start:])
            settled.append(self._piece(audio[start:end]))
            start = end
        return Transcript(" ".join(filter(None, settled)), start, self._piece(audio[start:]))

    def _piece(self, audio: Samples) -> str:
        audible = trim(audio)
        if len(audible) < _BLOCK * 5:
            return ""
        text = clean(" ".join(line.text for line in self._lines(self._decoder, audible)))
        doubtful = len(text.split()) <= _DOUBTFUL_WORDS or float(np.abs(audible).max()) < _DOUBTFUL_PEAK
        return "" if doubtful and not self._is_voice(audio) else text

    def _is_voice(self, audio: Samples) -> bool:
        lines = self._lines(self._detector, audio)
        return any(line.start_time + line.duration > _DETECTOR_SETTLED_S for line in lines)

    @staticmethod
    def _lines(transcriber: Any, audio: Samples) -> list[Any]:
        return list(transcriber.transcribe_without_streaming(audio.tolist(), LISTENING_RATE_HZ).lines)


def trim(audio: Samples) -> Samples:
    """Without the silence at both ends (40 dB below its loudest 20 ms); empty if nothing is audible.

    Decoding costs 55 ms per second of audio, and digital silence before the first word is heard as quotation marks.
    """
    whole = audio[: len(audio) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    if not len(whole):
        return audio[:0]
    peaks = np.abs(whole).max(axis=1)
    loud = np.flatnonzero(peaks > max(float(peaks.max()) / 100, _AUDIBLE_PEAK))
    if not len(loud):
        return audio[:0]
    first, last = max(int(loud[0]) - _MARGIN_BLOCKS, 0), int(loud[-1]) + 1 + _MARGIN_BLOCKS
    return audio[first * _BLOCK : last * _BLOCK]


def quietest(audio: Samples) -> int:
    """Where to cut: the middle of the quietest 160 ms between `CUT_FROM_S` and `CUT_TO_S`, in samples."""
    first = int(CUT_FROM_S * LISTENING_RATE_HZ)
    window = audio[first : int(CUT_TO_S * LISTENING_RATE_HZ)]
    energy = (window[: len(window) // _BLOCK * _BLOCK].reshape(-1, _BLOCK) ** 2).sum(axis=1)
    smooth = np.convolve(energy, np.ones(8), "valid")
    return first + (int(smooth.argmin()) + 4) * _BLOCK


def clean(text: str) -> str:
    """Without what the decoder makes up: quotes around everything, notes, a phrase repeated four times and more."""
    text = _LOOP.sub(r"\1", text.replace("♪", " ")).strip(" \"'“”‘’")
    text = re.sub(r"\s+", " ", text)
    return text if any(letter.isalnum() for letter in text) else ""


def _transcriber(options: dict[str, str]) -> Any:
    from moonshine_voice import ModelArch, get_model_path
    from moonshine_voice.transcriber import Transcriber

    options = {"return_audio_data": "false", "identify_speakers": "false", **options}
    return Transcriber(str(get_model_path("tiny-en")), ModelArch.TINY, options=options)
