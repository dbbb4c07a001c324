"""WAV files as bytes: what their header says, and how one is written. Nothing is opened, and nothing is decoded.

Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", 1991. Whoever reads one walks through its
chunks: a name and a length, 8 bytes, and then the bytes of that length, filled up to an even number.
"""

import struct
from dataclasses import dataclass

RATES_HZ = range(4_000, 384_001)
MOST_CHANNELS = 32

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
"""Kinds of samples; which kind an extensible one has is said further on in its chunk."""

CHUNK_HEADER_BYTES = 8
FIRST_CHUNK = 12
"""Behind the twelve bytes "RIFF", a length, "WAVE"."""

MADE_UP_LENGTH = 0x7FFF0000
"""Bytes. Whoever does not know a length writes one from here on: 0x7FFFF000, 0x7FFFFFFF, 0xFFFFFFFF less a header."""

FORMAT_BYTES = 16
"""Of the chunk "fmt ", at least."""

_FORMAT = struct.Struct("<HHIIHH")


@dataclass(frozen=True, slots=True)
class WavFormat:
    """What the chunk "fmt " says."""

    kind: int
    channels: int
    rate_hz: int
    bits: int
    """Of one sample of one channel."""

    @property
    def is_usable(self) -> bool:
        return 1 <= self.channels <= MOST_CHANNELS and self.rate_hz in RATES_HZ

    @property
    def bytes_per_second(self) -> int:
        return int(max(self.channels * self.rate_hz * max(self.bits, 1) // 8, 1))

    def chunk(self) -> bytes:
        """The chunk "fmt " without its header; the bytes of a second and of a frame follow from the rest.

        Raises struct.error where they do not fit, as those of samples with more than 64 bits.
        """
        frame = self.channels * self.bits // 8
        return _FORMAT.pack(self.kind, self.channels, self.rate_hz, self.rate_hz * frame, frame, self.bits)


def read_format(data: bytes, position: int = 0) -> WavFormat:
    """Of the chunk "fmt " whose `FORMAT_BYTES` begin at `position`."""
    kind, channels, rate_hz, _, _, bits = _FORMAT.unpack_from(data, position)
    return WavFormat(kind, channels, rate_hz, bits)


def read_chunk_header(data: bytes, position: int = 0) -> tuple[bytes, int]:
    """The name of the chunk whose `CHUNK_HEADER_BYTES` begin at `position`, and its length in bytes."""
    name, size = struct.unpack_from("<4sI", data, position)
    return name, size


def wav_header(form: bytes, length: int) -> bytes:
    """All that stands before `length` bytes of sound. `form`: the chunk "fmt " without its header."""
    form += bytes(len(form) % 2)
    head = struct.pack("<4s4sI", b"WAVE", b"fmt ", len(form)) + form + struct.pack("<4sI", b"data", length)
    return struct.pack("<4sI", b"RIFF", len(head) + length) + head


def int16_format(rate_hz: int, channels: int = 1) -> bytes:
    """The chunk "fmt " of int16 samples, those of several channels in turn."""
    return WavFormat(PCM, channels, rate_hz, 16).chunk()
