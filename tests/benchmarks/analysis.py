"""What recordings say. Pure numpy; everything in samples at 48 kHz."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

RATE = 48_000
AUDIBLE_DBFS = -40.0
SILENT_DBFS = -50.0


def samples(ms: float) -> int:
    return round(ms * RATE / 1000)


def milliseconds(count: int) -> float:
    return count * 1000 / RATE


def percentile(values: Sequence[float], share: float) -> float:
    """`share` 0..100, linear between neighbours; nan without values."""
    return float(np.percentile(values, share)) if len(values) else float("nan")


def _level(dbfs: float) -> float:
    return float(10 ** (dbfs / 20)) * 32768


def first_sound(sound: Samples, start: int = 0, dbfs: float = AUDIBLE_DBFS) -> int | None:
    """The first sample at or after `start` above `dbfs`."""
    loud = np.flatnonzero(np.abs(sound[start:].astype(np.int32)) > _level(dbfs))
    return start + int(loud[0]) if loud.size else None


def last_sound(sound: Samples, dbfs: float = AUDIBLE_DBFS) -> int | None:
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > _level(dbfs))
    return int(loud[-1]) if loud.size else None


def gaps(sound: Samples, least: int, dbfs: float = SILENT_DBFS) -> list[tuple[int, int]]:
    """(start, length) of the stretches of at least `least` samples below `dbfs`, those at the edges too."""
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > _level(dbfs))
    edges = np.concatenate(([-1], loud, [len(sound)]))
    lengths = np.diff(edges) - 1
    return [(int(edges[i]) + 1, int(lengths[i])) for i in np.flatnonzero(lengths >= max(1, least))]


def silence_after(sound: Samples, start: int, length: int, dbfs: float = SILENT_DBFS) -> int | None:
    """The first sample at or after `start` from which it stays below `dbfs` for `length` samples."""
    found = gaps(sound[start:], length, dbfs)
    return start + found[0][0] if found else None


def find_clip(sound: Samples, clip: Samples) -> tuple[int, float]:
    """(position, normalised correlation) of the best match of `clip` in `sound`."""
    if len(sound) < len(clip):
        raise ValueError("the recording is shorter than the clip")
    haystack, needle = sound.astype(np.float64), clip.astype(np.float64)
    size = 1 << (len(haystack) + len(needle) - 1).bit_length()
    spectrum = np.fft.rfft(haystack, size) * np.conj(np.fft.rfft(needle, size))
    matches = np.fft.irfft(spectrum, size)[: len(haystack) - len(needle) + 1]
    position = int(np.argmax(matches))
    energy = np.sqrt(np.sum(haystack[position : position + len(needle)] ** 2) * np.sum(needle**2))
    return position, float(matches[position] / energy) if energy else 0.0


def rms_dbfs(sound: Samples) -> float:
    """Of the audible part: 10 ms blocks above -50 dBFS."""
    blocks = sound[: len(sound) // 480 * 480].astype(np.float64).reshape(-1, 480)
    power = np.mean(blocks**2, axis=1)
    active = power[power > _level(SILENT_DBFS) ** 2]
    return float(10 * np.log10(np.mean(active) / 32768**2)) if active.size else -120.0


def dropouts(sound: Samples, least_ms: float = 2.0) -> list[float]:
    """Lengths in ms of the exact silences that cut into audible sound at both ends: what a speech pause never does."""
    loud = np.abs(sound.astype(np.int32)) > _level(AUDIBLE_DBFS)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (sound == 0).astype(np.int8), [0]))))
    near = samples(1)
    found = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        cut = loud[max(0, start - near) : start].any() and loud[end : end + near].any()
        if end - start >= samples(least_ms) and cut:
            found.append(milliseconds(int(end - start)))
    return found
