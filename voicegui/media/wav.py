"""Sound files read, WAV files written."""

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from voicegui.core.audio import LISTENING_RATE_HZ, Audio
from voicegui.core.errors import ErrorCode, VoiceError, is_disk_full
from voicegui.core.wording import Sentence, sentence

from .wav_bytes import int16_format, wav_header

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_SECONDS = 600

MOST_SAMPLES_SENT = 60_000_000
"""Of all channels of a file that somebody sent: ten minutes in stereo at 48 kHz. One megabyte of FLAC can hold many
channels of silence at a rate that nobody needs: a gigabyte, and half a minute of work."""


def read_wav(path: Path, rate_hz: int = LISTENING_RATE_HZ) -> Audio:
    """Reads a WAV, FLAC, MP3 or Ogg file as int16 at `rate_hz`, whatever its channels.

    Raises VoiceError(BAD_AUDIO_FILE): missing, unreadable, empty, truncated, of another kind, longer than 10 minutes.
    """
    from .decoding import NoSound, decode, int16

    try:
        with path.open("rb") as file:
            mono, from_hz = decode(file, LONGEST_SECONDS)
    except FileNotFoundError:
        raise _bad(path, sentence("{file} does not exist. Check its name.")) from None
    except IsADirectoryError:
        raise _bad(path, _IS_FOLDER) from None
    except OSError as error:
        unread = sentence("{file} cannot be read ({problem}). Check that you may read it.", problem=error.strerror)
        raise _bad(path, unread) from error
    except NoSound as problem:
        raise _bad(path, problem.what) from None
    return Audio(int16(_resampled(mono, from_hz, rate_hz)), rate_hz)


def decode_sound(data: bytes, rate_hz: int = LISTENING_RATE_HZ) -> Audio:
    """As `read_wav`, of the bytes of a file that somebody sent."""
    from .decoding import NoSound, decode, int16

    try:
        mono, from_hz = decode(io.BytesIO(data), LONGEST_SECONDS, MOST_SAMPLES_SENT)
    except NoSound as problem:
        raise _bad(sentence("The sound file"), problem.what) from None
    return Audio(int16(_resampled(mono, from_hz, rate_hz)), rate_hz)


def write_wav(path: Path, audio: Audio, *, channels: int = 1) -> None:
    """Writes `audio`; with `channels=2` its samples alternate left and right.

    Raises VoiceError(BAD_AUDIO_FILE | DISK_FULL).
    """
    try:
        with path.open("wb") as file:
            file.write(wav_header(int16_format(audio.rate_hz, channels), len(audio.samples)))
            file.write(audio.samples)
    except OSError as error:
        if is_disk_full(error):
            raise VoiceError(ErrorCode.DISK_FULL, _FULL.filled(file=path), retryable=True) from error
        raise _bad(path, _UNWRITTEN.filled(problem=error.strerror)) from error


def check_target(path: Path) -> None:
    """Whether a file can be written there, before there is anything to write.

    Raises VoiceError(BAD_AUDIO_FILE).
    """
    if path.is_dir():
        raise _bad(path, _IS_FOLDER)
    if not path.parent.is_dir():
        raise _bad(path, _NO_FOLDER)
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise _bad(path, sentence("{file} cannot be written. Choose a folder you may write to."))


def interleave(left: bytes, right: bytes) -> bytes:
    """Two int16 channels as one stereo stream; the shorter is filled with silence."""
    import numpy as np

    stereo = np.zeros((max(len(left), len(right)) // 2, 2), "<i2")
    stereo[: len(left) // 2, 0] = np.frombuffer(left, "<i2")
    stereo[: len(right) // 2, 1] = np.frombuffer(right, "<i2")
    return stereo.tobytes()


def _bad(path: Path | Sentence, what: Sentence) -> VoiceError:
    return VoiceError(ErrorCode.BAD_AUDIO_FILE, what.filled(file=path))


_IS_FOLDER = sentence("{file} is a folder. Name a WAV file in it.")
_NO_FOLDER = sentence("{file} cannot be written: its folder does not exist. Make the folder, or choose another one.")
_UNWRITTEN = sentence("{file} cannot be written ({problem}). Choose a folder you may write to.")
_FULL = sentence("The disk is full: {file} was not saved. Free some space, or choose a folder on another disk.")


def _resampled(mono: "NDArray[np.float32]", from_hz: int, to_hz: int) -> "NDArray[np.float32]":
    if from_hz == to_hz:
        return mono
    import soxr

    result: NDArray[np.float32] = soxr.resample(mono, from_hz, to_hz)
    return result
