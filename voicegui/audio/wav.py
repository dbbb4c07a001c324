"""WAV files, read and written.

Reading accepts what people have: PCM of 8, 16, 24 or 32 bits and float of 32 or 64, any number of channels and any
usual rate. The standard library's `wave` knows no float, so the two chunks that matter are read here (Microsoft,
"Multimedia Programming Interface and Data Specifications 1.0"; WAVE_FORMAT_EXTENSIBLE from mmreg.h).
"""

import os
import struct
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ..core.audio import LISTENING_RATE_HZ, Audio
from ..core.errors import ErrorCode, VoiceError, is_disk_full

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_SECONDS = 600
RATES_HZ = range(4_000, 384_001)

_LOUDEST = 16.0
"""Of samples as floats: some mean more than 1 and are cut later, but none is infinite."""
_LONGEST_FORMAT = 1000
"""Bytes; the longest kind has 40."""
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_UNKNOWN_LENGTH = 0xFFFFFFFF
"""Written by programs that stream into a pipe: the data go on to the end of the file."""


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate_hz: int
    bits: int

    @property
    def bytes_per_second(self) -> int:
        return self.rate_hz * self.channels * self.bits // 8


def read_wav(path: Path, rate_hz: int = LISTENING_RATE_HZ) -> Audio:
    """Reads a WAV as mono int16 at `rate_hz`; channels are averaged.

    Raises VoiceError(BAD_AUDIO_FILE): missing, unreadable, empty, truncated, not a WAV, longer than 10 minutes.
    """
    try:
        with path.open("rb") as file:
            kind, data = _read_chunks(file, path)
    except FileNotFoundError:
        raise _bad(path, "does not exist", "Check its name.") from None
    except IsADirectoryError:
        raise _bad(path, "is a folder", "Name a WAV file in it.") from None
    except OSError as error:
        raise _bad(path, f"cannot be read ({error.strerror})", "Check that you may read it.") from error
    mono = _mono(kind, data)
    if not len(mono):
        raise _bad(path, "holds no sound", "Record it again.")
    return Audio(_int16(_resampled(mono, kind.rate_hz, rate_hz)), rate_hz)


def write_wav(path: Path, audio: Audio, *, channels: int = 1) -> None:
    """Writes `audio`; with `channels=2` its samples alternate left and right.

    Raises VoiceError(BAD_AUDIO_FILE | DISK_FULL).
    """
    try:
        # Opened here: `wave` leaves a half-made object behind when it cannot open a path itself.
        with path.open("wb") as file, wave.open(file, "wb") as out:
            out.setnchannels(channels)
            out.setsampwidth(2)
            out.setframerate(audio.rate_hz)
            out.writeframes(audio.samples)
    except OSError as error:
        if is_disk_full(error):
            sentence = f"The disk is full: {path} was not saved. Free some space, or choose a folder on another disk."
            raise VoiceError(ErrorCode.DISK_FULL, sentence, retryable=True) from error
        sentence = f"{path} cannot be written ({error.strerror}). Choose a folder you may write to."
        raise VoiceError(ErrorCode.BAD_AUDIO_FILE, sentence) from error


def check_target(path: Path) -> None:
    """Whether a file can be written there, before there is anything to write.

    Raises VoiceError(BAD_AUDIO_FILE).
    """
    if path.is_dir():
        raise _bad(path, "is a folder", "Name a WAV file in it.")
    if not path.parent.is_dir():
        raise _bad(path, "cannot be written: its folder does not exist", "Make the folder, or choose another one.")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise _bad(path, "cannot be written", "Choose a folder you may write to.")


def interleave(left: bytes, right: bytes) -> bytes:
    """Two int16 channels as one stereo stream; the shorter is filled with silence."""
    import numpy as np

    stereo = np.zeros((max(len(left), len(right)) // 2, 2), "<i2")
    stereo[: len(left) // 2, 0] = np.frombuffer(left, "<i2")
    stereo[: len(right) // 2, 1] = np.frombuffer(right, "<i2")
    return stereo.tobytes()


def _bad(path: Path, what: str, todo: str) -> VoiceError:
    return VoiceError(ErrorCode.BAD_AUDIO_FILE, f"{path} {what}. {todo}")


def _read_chunks(file: BinaryIO, path: Path) -> tuple[_Format, bytes]:
    head = file.read(12)
    if not head:
        raise _bad(path, "is empty", "Record it again.")
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise _bad(path, "is not a WAV file", "Convert it to WAV (16 bit PCM) first.")
    kind: _Format | None = None
    while len(chunk := file.read(8)) == 8:
        name, size = chunk[:4], int.from_bytes(chunk[4:], "little")
        if name == b"fmt ":
            kind = _read_format(file.read(min(size, _LONGEST_FORMAT)), path)
            file.seek(max(size - _LONGEST_FORMAT, 0), 1)
        elif name == b"data":
            if kind is None:
                raise _bad(path, "is a damaged WAV file: its format is missing", "Record or convert it again.")
            return kind, _read_data(file, size, kind, path)
        else:
            file.seek(size, 1)
        file.seek(size % 2, 1)  # chunks begin at even positions
    raise _bad(path, "is truncated: it has no sound data", "Copy or record it again.")


def _read_format(chunk: bytes, path: Path) -> _Format:
    if len(chunk) < 16:
        raise _bad(path, "is truncated within its header", "Copy or record it again.")
    tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE and len(chunk) >= 26:
        tag = int.from_bytes(chunk[24:26], "little")
    usable = (tag == _PCM and bits in (8, 16, 24, 32)) or (tag == _FLOAT and bits in (32, 64))
    if not usable or not 1 <= channels <= 32 or rate_hz not in RATES_HZ:
        raise _bad(path, "is a WAV of an unsupported kind", "Convert it to 16 bit PCM.")
    return _Format(tag, channels, rate_hz, bits)


def _read_data(file: BinaryIO, size: int, kind: _Format, path: Path) -> bytes:
    longest = LONGEST_SECONDS * kind.bytes_per_second
    endless = size == _UNKNOWN_LENGTH
    if size > longest and not endless:
        raise _bad(path, "is longer than 10 minutes", "Cut it into shorter pieces.")
    there = max(os.fstat(file.fileno()).st_size - file.tell(), 0)
    data = file.read(min(size, longest + 1, there))  # room is made for all that is asked for, whatever a header claims
    if len(data) > longest:
        raise _bad(path, "is longer than 10 minutes", "Cut it into shorter pieces.")
    if len(data) < size and not endless:
        raise _bad(path, "is truncated: it ends before its sound does", "Copy or record it again.")
    return data


def _mono(kind: _Format, data: bytes) -> "NDArray[np.float32]":
    """Samples -1..1 of all channels averaged."""
    import numpy as np

    width = kind.bits // 8
    data = data[: len(data) // (width * kind.channels) * width * kind.channels]
    samples: NDArray[Any]
    if kind.tag == _FLOAT:
        samples = np.clip(np.nan_to_num(np.frombuffer(data, f"<f{width}")), -_LOUDEST, _LOUDEST)
    elif width == 1:
        samples = (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / 128
    elif width == 3:
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        samples = wide.view("<i4")[:, 0] / 2**31
    else:
        samples = np.frombuffer(data, f"<i{width}") / 2 ** (kind.bits - 1)
    mono: NDArray[np.float32] = samples.reshape(-1, kind.channels).mean(axis=1, dtype=np.float64).astype(np.float32)
    return mono


def _resampled(mono: "NDArray[np.float32]", from_hz: int, to_hz: int) -> "NDArray[np.float32]":
    if from_hz == to_hz:
        return mono
    import soxr

    result: NDArray[np.float32] = soxr.resample(mono, from_hz, to_hz)
    return result


def _int16(mono: "NDArray[np.float32]") -> bytes:
    import numpy as np

    return np.clip(np.rint(mono * 32768), -32768, 32767).astype("<i2").tobytes()
