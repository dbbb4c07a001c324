"""The Moonshine model itself (Jeffries et al. 2024, arXiv 2410.15608): from sound to tokens and their probabilities.

The weights are those of the `moonshine-voice` wheel, run by ONNX Runtime. The wheel's own library takes 1.5 times as
long for the same model and keeps the probabilities to itself; with them a text can be doubted, and a sound can be
compared with phrases that were expected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from voicegui.core.audio import LISTENING_RATE_HZ

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
