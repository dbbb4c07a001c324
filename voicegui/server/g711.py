"""G.711, the sound of telephones: eight bits a sample at 8 kHz, as logarithms (ITU-T G.711). Pure, by tables."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Law = Literal["mulaw", "alaw"]


def _mulaw_table() -> NDArray[np.int16]:
    code = ~np.arange(256) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84 << ((code >> 4) & 7)) - 0x84
    return np.where(code & 0x80, -size, size).astype(np.int16)


def _alaw_table() -> NDArray[np.int16]:
    code = np.arange(256) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, (code & 0x0F) << 4
    size = np.where(exponent == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


_TO_LINEAR = {"mulaw": _mulaw_table(), "alaw": _alaw_table()}


def _nearest(table: NDArray[np.int16]) -> NDArray[np.uint8]:
    """For each 16-bit sample, from -32768 on, the code whose sound is nearest."""
    order = np.argsort(table, kind="stable")
    values = table[order].astype(np.int32)
    samples = np.arange(-32768, 32768)
    above = np.clip(np.searchsorted(values, samples), 1, len(values) - 1)
    nearer_below = samples - values[above - 1] <= values[above] - samples
    codes: NDArray[np.uint8] = order[np.where(nearer_below, above - 1, above)].astype(np.uint8)
    return codes


_FROM_LINEAR = {law: _nearest(table) for law, table in _TO_LINEAR.items()}


def decode_g711(data: bytes, law: Law) -> NDArray[np.int16]:
    """One byte a sample."""
    return _TO_LINEAR[law][np.frombuffer(data, np.uint8)]


def encode_g711(samples: NDArray[np.int16], law: Law) -> bytes:
    return _FROM_LINEAR[law][samples.astype(np.int32) + 32768].tobytes()
