"""Sound files of every usual kind, made into one channel of samples.

`soundfile` (libsndfile) decodes them. The chunks of WAV files are walked through here first: programs that write into a
pipe make their lengths up, and libsndfile believes some of them.
"""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import soundfile

from voicegui.core.wording import Sentence, sentence

from .wav_bytes import (
    CHUNK_HEADER_BYTES,
    FIRST_CHUNK,
    FLOAT,
    FORMAT_BYTES,
    MADE_UP_LENGTH,
    MOST_CHANNELS,
    PCM,
    RATES_HZ,
    read_chunk_header,
    read_format,
    wav_header,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_LOUDEST = 16.0
"""Of samples as floats: some mean more than 1 and are cut later, but none is infinite."""
_LONGEST_FORMAT = 1000
"""Bytes; the longest kind has 40."""
_WHOLE_BYTES = range(8, 65, 8)
"""Bits of a sample."""
_ELSEWHERE = 0xFFFFFFFF
"""The length stands in the chunk `ds64` (EBU Tech 3306)."""
_CHUNKS = frozenset(
    b"fmt |data|LIST|fact|bext|JUNK|junk|PAD |FLLR|cue |smpl|inst|plst|labl|note|id3 |ID3 |iXML|_PMX|PEAK|cart|ds64|"
    b"acid|minf|elm1|regn|umid|afsp|chna|axml|dbmd|SAUR|olym|levl|link|slnt".split(b"|")
)
"""Names of chunks (Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", EBU Tech 3285, and what
editors and recorders add)."""


class NoSound(Exception):
    """What is wrong with a file and what to do, for a person; the name of the {file} is not filled in."""

    def __init__(self, what: Sentence) -> None:
        super().__init__(what)
        self.what = what


def decode(file: BinaryIO, longest_s: float, most_samples: float = math.inf) -> "tuple[Floats, int]":
    """Samples -1..1 of one channel, and their rate in Hz. Raises NoSound, and OSError from the file.

    Room is made for what is there, whatever a header claims. `most_samples`: of all channels together.
    """
    head = file.read(FIRST_CHUNK)
    if not head:
        raise NoSound(sentence("{file} is empty. Record it again."))
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        file = _whole_wav(file, longest_s)
    with _opened(file) as sound:
        signs, gain = _mixing(_blocks(sound, longest_s, most_samples)) if sound.channels > 1 else (np.ones(1), 1.0)
    with _opened(file) as sound:
        mix = (signs * gain).astype(np.float32)
        mono = [block @ mix for block in _blocks(sound, longest_s, most_samples)]
        if not mono:
            raise NoSound(sentence("{file} holds no sound. Record it again."))
        return np.concatenate(mono), sound.samplerate


def int16(mono: "Floats") -> bytes:
    return np.clip(np.rint(mono * 32768), -32768, 32767).astype("<i2").tobytes()


# ---------------------------------------------------------------- one channel


def _mixing(blocks: "Iterator[Floats]") -> "tuple[NDArray[np.float64], float]":
    """A sign for each channel and one gain: the sum of all, those turned over that run against the loudest, as loud as
    it. So nobody's voice is lost, whichever channel it is on, and no two channels take each other away."""
    moves = (_movement(block) for block in blocks)
    first = next(moves, None)
    if first is None:
        raise NoSound(sentence("{file} holds no sound. Record it again."))
    together = sum((each.T @ each for each in moves), first.T @ first)
    loudest = int(np.argmax(np.diag(together)))
    signs = np.where(together[loudest] < 0, -1.0, 1.0)
    energy = float(signs @ together @ signs)
    return signs, float(np.sqrt(together[loudest, loudest] / energy)) if energy > 0 else 1.0


def _movement(block: "Floats") -> "NDArray[np.float64]":
    """From sample to sample: a constant offset of a channel is no sound."""
    return np.diff(block.astype(np.float64), axis=0)


# ---------------------------------------------------------------- decoding


@contextmanager
def _opened(file: BinaryIO) -> "Iterator[soundfile.SoundFile]":
    file.seek(0)
    try:
        with soundfile.SoundFile(file) as sound:
            if sound.samplerate not in RATES_HZ or not 1 <= sound.channels <= MOST_CHANNELS:
                raise _unsupported()
            yield sound
    except soundfile.LibsndfileError as error:
        raise _undecodable(error, file) from None


def _undecodable(error: soundfile.LibsndfileError, file: BinaryIO) -> NoSound:
    file.seek(0)
    head = file.read(4)
    if head == b"RIFF":
        return _unsupported()
    if error.code == _UNKNOWN_KIND:
        return NoSound(sentence("{file} is not a WAV, FLAC, MP3 or Ogg file. Convert it to WAV (16 bit PCM) first."))
    return NoSound(sentence("{file} is damaged or truncated. Copy or record it again."))


_UNKNOWN_KIND = 1
"""SF_ERR_UNRECOGNISED_FORMAT of libsndfile."""


def _blocks(sound: "soundfile.SoundFile", longest_s: float, most_samples: float) -> "Iterator[Floats]":
    left, room = int(longest_s * sound.samplerate), most_samples
    while len(block := sound.read(sound.samplerate, dtype="float32", always_2d=True)):
        left -= len(block)
        room -= block.size
        if left < 0:
            raise _too_long()
        if room < 0:
            raise NoSound(
                sentence("{file} holds more than can be read at a time. Convert it to one channel at 16 kHz.")
            )
        yield np.clip(np.nan_to_num(block), -_LOUDEST, _LOUDEST)


def _unsupported() -> NoSound:
    return NoSound(sentence("{file} is a sound file of an unsupported kind. Convert it to WAV (16 bit PCM)."))


def _too_long() -> NoSound:
    return NoSound(sentence("{file} is longer than 10 minutes. Cut it into shorter pieces."))


# ---------------------------------------------------------------- chunks of WAV files


def _whole_wav(file: BinaryIO, longest_s: float) -> BinaryIO:
    """Its format and its sound alone, with the true length."""
    end = file.seek(0, io.SEEK_END)
    position, form, long_size = FIRST_CHUNK, b"", 0
    while position + CHUNK_HEADER_BYTES <= end:
        name, size = read_chunk_header(_at(file, position, CHUNK_HEADER_BYTES))
        position += CHUNK_HEADER_BYTES
        if name == b"fmt ":
            form = _format(_at(file, position, min(size, _LONGEST_FORMAT)))
        elif name == b"ds64":
            long_size = int.from_bytes(_at(file, position, 16)[8:16], "little")
        elif name == b"data":
            if not form:
                raise NoSound(
                    sentence("{file} is a damaged WAV file: its format is missing. Record or convert it again.")
                )
            size = long_size if size == _ELSEWHERE and long_size else size
            sound = _sound(file, position, size, end, read_format(form).bytes_per_second * longest_s)
            return io.BytesIO(wav_header(form, len(sound)) + sound)
        position = _after(file, position + size, size)
    raise NoSound(sentence("{file} is truncated: it has no sound data. Copy or record it again."))


def _at(file: BinaryIO, position: int, length: int) -> bytes:
    file.seek(position)
    return file.read(length)


def _after(file: BinaryIO, position: int, size: int) -> int:
    """Chunks begin at even positions; some programs forget that."""
    forgotten = size % 2 and _at(file, position, 4) in _CHUNKS
    return position + (0 if forgotten else size % 2)


def _format(chunk: bytes) -> bytes:
    """With what follows from the rest filled in where it is wrong."""
    if len(chunk) < FORMAT_BYTES:
        raise NoSound(sentence("{file} is truncated within its header. Copy or record it again."))
    form = read_format(chunk)
    if not form.is_usable:
        raise _unsupported()
    return form.chunk() if form.kind in (PCM, FLOAT) and form.bits in _WHOLE_BYTES else chunk


def _sound(file: BinaryIO, position: int, size: int, end: int, longest: float) -> bytes:
    there = end - position
    known = size <= there and _chunks_follow(file, position + size, size, end)
    if not known and (size < there or size >= MADE_UP_LENGTH):
        size = there - _chunk_at_end(file, position, end)
    if size > longest:
        raise _too_long()
    if size > there:
        raise NoSound(sentence("{file} is truncated: it ends before its sound does. Copy or record it again."))
    return _at(file, position, size)


def _chunks_follow(file: BinaryIO, position: int, size: int, end: int) -> bool:
    """Whether what stands after the sound looks as if it had ended there."""
    position = _after(file, position, size)
    if end - position < CHUNK_HEADER_BYTES:
        return True
    name, length = read_chunk_header(_at(file, position, CHUNK_HEADER_BYTES))
    return name in _CHUNKS or bool(name.isalnum() and length <= end - position - CHUNK_HEADER_BYTES)


def _chunk_at_end(file: BinaryIO, start: int, end: int) -> int:
    """Bytes of a list of titles after a sound whose length nobody knew."""
    begin = max(start, end - _LONGEST_LIST)
    tail = _at(file, begin, end - begin)
    at = tail.rfind(b"LIST")
    if at < 0 or len(tail) < at + CHUNK_HEADER_BYTES:
        return 0
    _, size = read_chunk_header(tail, at)
    return len(tail) - at if len(tail) - at - CHUNK_HEADER_BYTES - size in (0, 1) and size >= 4 else 0


_LONGEST_LIST = 64_000
