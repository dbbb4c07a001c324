"""Sound files made while their sound comes, for somebody who gets them piece by piece.

`soundfile` (libsndfile) makes MP3, FLAC and Opus in Ogg. Nothing that was given away can be changed: what an encoder
writes at its beginning when it knows the length is dropped. Players take MP3 without it. FLAC they do not all take
(libsndfile itself fails at the end of such a file), so a FLAC file is given away as a whole.
"""

import io
import threading
from typing import Any

import numpy as np
import soundfile
import soxr

from voicegui.core.audio import Audio

from .wav_bytes import int16_format, wav_header

FILE_RATE_HZ = 24_000

_KINDS = {"mp3": ("MP3", "MPEG_LAYER_III"), "flac": ("FLAC", "PCM_16"), "opus": ("OGG", "OPUS")}

_MP3_LEVEL = 0.5
"""The same number of bits for each second (80,000): from the size of the file players tell its length, as the header
that would hold it is not there."""

_UNKNOWN_LENGTH = 0xFFFFFFFF - 36
"""Of a WAV file that is not at its end yet: as many bytes as its header can tell, so that both lengths in it are the
largest, which programs read as unknown."""

_SET_OGG_PAGE_LATENCY_MS = 0x1302
_PAGE_MS = 200.0
"""Of Opus: by itself it comes in pieces of a second (measured with libsndfile 1.2.2)."""


class FileEncoder:
    """`format`: mp3, flac, opus, wav or pcm. One channel at 24 kHz, whatever comes.

    Its methods may be called in several threads, one at a time goes on: libsndfile crashes where a file is closed while
    it is written.
    """

    def __init__(self, format: str) -> None:
        self._lock = threading.Lock()
        self._from_hz = 0
        self._resampler: soxr.ResampleStream | None = None
        self._sink = _Sink()
        self._whole = format == "flac"
        self._file: soundfile.SoundFile | None = None
        if format in _KINDS:
            kind, subtype = _KINDS[format]
            more = {"bitrate_mode": "CONSTANT", "compression_level": _MP3_LEVEL} if format == "mp3" else {}
            self._file = soundfile.SoundFile(
                self._sink, "w", samplerate=FILE_RATE_HZ, channels=1, format=kind, subtype=subtype, **more
            )
            if format == "opus":
                _set_page_latency(self._file, _PAGE_MS)
        elif format == "wav":
            self._sink.write(wav_header(int16_format(FILE_RATE_HZ), _UNKNOWN_LENGTH))

    def encode(self, audio: Audio) -> bytes:
        """What of the file is there by now. Nothing once it was closed."""
        with self._lock:
            self._write(self._at_file_rate(np.frombuffer(audio.samples, "<i2"), audio.rate_hz))
            return b"" if self._whole else self._sink.taken()

    def finish(self) -> bytes:
        with self._lock:
            self._write(self._rest())
            self._close()
            return self._sink.taken()

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._file is not None and not self._file.closed:
            self._file.close()

    def _at_file_rate(self, samples: Any, rate_hz: int) -> Any:
        rest = np.zeros(0, np.int16)
        if rate_hz != self._from_hz:
            rest = self._rest()
            self._from_hz = rate_hz
            same = rate_hz == FILE_RATE_HZ
            self._resampler = None if same else soxr.ResampleStream(rate_hz, FILE_RATE_HZ, 1, "int16")
        made = samples if self._resampler is None else self._resampler.resample_chunk(samples)
        return np.concatenate([rest, made])

    def _rest(self) -> Any:
        """What the resampler has kept back."""
        nothing = np.zeros(0, np.int16)
        return nothing if self._resampler is None else self._resampler.resample_chunk(nothing, last=True)

    def _write(self, samples: Any) -> None:
        if self._file is not None:
            if not self._file.closed:
                self._file.write(samples)
        else:
            self._sink.write(samples.astype("<i2").tobytes())


def _set_page_latency(file: soundfile.SoundFile, ms: float) -> None:
    """A command of libsndfile that soundfile does not know of."""
    latency = soundfile._ffi.new("double *", ms)
    soundfile._snd.sf_command(file._file, _SET_OGG_PAGE_LATENCY_MS, latency, soundfile._ffi.sizeof("double"))


class _Sink(io.RawIOBase):
    """A file of which what was written is taken away. It knows where it would be."""

    def __init__(self) -> None:
        self._made = bytearray()
        self._at = self._end = 0

    def taken(self) -> bytes:
        made, self._made = bytes(self._made), bytearray()
        return made

    def write(self, data: Any) -> int:
        data = bytes(data)
        if self._at == self._end:
            self._made += data
        elif (there := self._at - (self._end - len(self._made))) >= 0 and there + len(data) <= len(self._made):
            self._made[there : there + len(data)] = data  # not given away yet
        self._at += len(data)
        self._end = max(self._end, self._at)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        return b""

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True
