"""Speech for a server that only behaves like a recogniser: each word is a tone, so what was sent can be heard again."""

import numpy as np

from voicegui.core.audio import LISTENING_RATE_HZ, Audio

VOCABULARY = ("north", "east", "south", "west", "up", "down", "left", "right")
_LOWEST_HZ, _STEP_HZ = 400, 250
WORD_S = 0.3
"""200 ms of tone between two 50 ms of silence."""


def spoken(*words: str) -> Audio:
    return Audio(b"".join(_tone(word) for word in words), LISTENING_RATE_HZ)


def _tone(word: str) -> bytes:
    hz = _LOWEST_HZ + _STEP_HZ * VOCABULARY.index(word)
    time = np.arange(int(0.2 * LISTENING_RATE_HZ)) / LISTENING_RATE_HZ
    silence = np.zeros(int(0.05 * LISTENING_RATE_HZ))
    samples = np.concatenate([silence, np.sin(2 * np.pi * hz * time) * 8000, silence])
    return samples.astype("<i2").tobytes()


def recognised(sound: bytes, rate_hz: int) -> str:
    """The words of the tones in it."""
    samples = np.frombuffer(sound, "<i2").astype(np.float64)
    block = rate_hz // 100
    blocks = samples[: len(samples) // block * block].reshape(-1, block)
    loud = np.abs(blocks).max(axis=1, initial=0) > 2000
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    words = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= 10:
            tone = samples[start * block : end * block]
            hz = np.abs(np.fft.rfft(tone)).argmax() * rate_hz / len(tone)
            words.append(VOCABULARY[round((hz - _LOWEST_HZ) / _STEP_HZ)])
    return " ".join(words)
